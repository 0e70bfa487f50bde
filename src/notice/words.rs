//! The words Muster itself puts into notices, by language.
