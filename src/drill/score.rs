//! The score: each target the runbook sets, beside what happened.

use serde::Serialize;

/// Every target of a played incident, in the order in which they fell due.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Score {
    pub kept: usize,
    pub missed: usize,
    pub targets: Vec<Target>,
}

/// One promise of the runbook and whether it was kept. Spans are in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    pub target: Sort,
    /// The step it belongs to; none for the first notice.
    pub step: Option<String>,
    pub attempt: u32,
    pub limit: u64,
    /// How long it took; none if it never happened.
    pub value: Option<u64>,
    pub kept: bool,
}

/// What sort of promise a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    FirstNotice,
    Update,
    Step,
    Approval,
}
