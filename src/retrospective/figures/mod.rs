//! The figures of an incident, from its journal alone, beside the targets of its severity.

pub mod across;
mod count;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;
use serde::Serialize;

use super::CoverageSummary;
use crate::incident::event::Recorded;
use crate::runbook::{Runbook, Step};

/// A value beside its target, and the event it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
pub struct Measured {
    /// In seconds; none where it has not happened, or its beginning is not known.
    pub seconds: Option<u64>,
    /// In seconds; none where the runbook promises nothing.
    pub target: Option<u64>,
    /// Whether the target was met; none without a target, or while it may still be.
    pub kept: Option<bool>,
    /// The event that ended the clock.
    pub seq: Option<u64>,
}

/// Promises made, and what became of them; those still open are neither kept nor missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
pub struct Promises {
    pub promised: u64,
    pub kept: u64,
    pub missed: u64,
}

/// Containments that had to be lifted again, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
pub struct Obligations {
    pub opened: u64,
    pub lifted: u64,
    /// Left in place with a reason.
    pub kept: u64,
}

/// What the figures say; field names are those of the JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Figures {
    /// Whether someone stated when the impact began; otherwise times count from the declaration.
    pub impact_stated: bool,
    /// Impact to declaration.
    pub ttd: Measured,
    /// Declaration to the lead taking it.
    pub tta: Measured,
    /// Declaration to the first notice sent.
    pub ttn: Measured,
    /// Impact to containment that worked.
    pub ttm: Measured,
    /// Impact to resolution.
    pub ttr: Measured,
    pub updates: Promises,
    pub deadlines: Promises,
    pub obligations: Obligations,
    /// Notices queued.
    pub notices: u64,
    /// Contacts that the widest notice to customers, or to staff where only they are told, went to.
    pub recipients: u64,
    /// Organisations they belong to.
    pub organisations: u64,
    /// Deliveries by their state, over all notices.
    pub deliveries: IndexMap<String, u64>,
    /// Those that failed because the contact book holds no address, over all notices.
    pub no_address: u64,
    /// The share of deliveries to a usable address that were sent, 0 to 1: neither those without an
    /// address nor those to a suppressed one count.
    pub delivery_share: Option<f64>,
    pub reached_by_hand: u64,
    pub coverage: Option<CoverageSummary>,
    /// Skips, early steps, approvals alone, ends before their time.
    pub deviations: u64,
}

/// Whether a runbook tells staff only: then its promises are made to them.
pub(super) fn tells_staff_only(runbook: &Runbook) -> bool {
    let to_customers = |step: &Step| step.kind.notice().is_some_and(|notice| !runbook.is_staff_only(&notice.audience));
    !runbook.steps.values().any(to_customers)
}

/// Computes the figures of one incident.
pub fn figures(runbook: &Runbook, events: &[Recorded], coverage: Option<CoverageSummary>) -> Figures {
    let mut count = count::Count::new(runbook);
    for recorded in events {
        count.add(recorded);
    }
    count.figures(coverage)
}
