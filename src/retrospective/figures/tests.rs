//! Figures of small journals.
