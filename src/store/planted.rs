//! Faults put into the ledger on purpose, so that the simulation can show that it would find them.
//!
//! Only the feature `planted-faults` lets one be planted, for the calling thread; without it nothing of this is
//! left in the program.

/// A fault that ledgers of this kind have had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A row counts as dealt with once it is given out: it never comes back from a worker that went away.
    ProgressAtFetch,
    /// Every lease has the same token: a worker that lost a row still answers for it.
    NoFencing,
}

#[cfg(feature = "planted-faults")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Fault>> = const { std::cell::Cell::new(None) };
}

/// Plants a fault for this thread, or takes it out again.
#[cfg(feature = "planted-faults")]
pub fn plant(fault: Option<Fault>) {
    PLANTED.set(fault);
}

#[cfg(feature = "planted-faults")]
pub(super) fn is_planted(fault: Fault) -> bool {
    PLANTED.get() == Some(fault)
}

#[cfg(not(feature = "planted-faults"))]
pub(super) const fn is_planted(_: Fault) -> bool {
    false
}
