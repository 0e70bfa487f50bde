//! What templates read: facts as finished wording, in one language.
