//! Rows of small journals: what is told, where, and what is left untold.
