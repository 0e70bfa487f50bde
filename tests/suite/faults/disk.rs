//! A disk that fails: no space, failed flushes, a folder that can't be written.
