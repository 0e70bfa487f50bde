//! The figures of an incident, from its journal alone, beside the targets of its severity.

use serde::Serialize;

use super::CoverageSummary;
use crate::incident::event::Recorded;
use crate::runbook::Runbook;

/// A value in seconds beside its target, and the events it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Measured {
    /// In seconds; none where it has not happened.
    pub seconds: Option<u64>,
    /// In seconds; none where the runbook promises nothing.
    pub target: Option<u64>,
    /// Whether the target was met; none without a target, or while it may still be.
    pub kept: Option<bool>,
    /// The event that ended the clock.
    pub seq: Option<u64>,
}

/// What the figures say; field names are those of the JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Figures {
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
    pub notices: u64,
    pub recipients: u64,
    pub organisations: u64,
    /// Deliveries by their state.
    pub deliveries: indexmap::IndexMap<String, u64>,
    /// The share of deliveries that were sent, 0 to 1.
    pub delivery_share: Option<f64>,
    pub coverage: Option<CoverageSummary>,
    pub deviations: u64,
}

/// Promises made, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
pub struct Promises {
    pub promised: u64,
    pub kept: u64,
    pub missed: u64,
}

/// Computes the figures of one incident.
pub fn figures(_runbook: &Runbook, _events: &[Recorded], _coverage: Option<CoverageSummary>) -> Figures {
    unimplemented!("retrospective")
}
