//! Names in every form a note may contain, and words that only look like names.
