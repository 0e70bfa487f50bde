//! Faults injected into the real binary: killed at every write and flush, a disk that fails, a folder that can't be written.

mod disk;
pub(crate) mod incident;
mod kill;
mod place;
mod strace;
mod trace;
