//! The keys of the format: one table that the checker and the JSON Schema both read.
