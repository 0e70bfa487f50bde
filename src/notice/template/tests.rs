//! Template faults, each with the outcome promised for it.
