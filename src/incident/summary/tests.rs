//! What the sentences read like.
