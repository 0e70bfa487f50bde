//! Coverage over small books, as sets.
