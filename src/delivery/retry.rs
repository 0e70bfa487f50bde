//! Retries: whether a row needs another try, and when. Pure.
