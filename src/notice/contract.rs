//! What a notice must say before it may be drafted, by status.
