//! Asking the store: values, rows and transactions that are the same for every database.
