//! The timeline: one calm row for what happened, in the order it happened, gaps shown as gaps.

use serde::Serialize;

use super::names::Roles;
use crate::clock::Timestamp;
use crate::incident::event::Recorded;
use crate::locale::Locale;
use crate::runbook::{Phase, Runbook, StepId};

/// What sort of thing a row tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The beginning and the ends: declared, a phase entered, resolved, closed, reopened.
    Milestone,
    Step,
    Fact,
    Decision,
    Measure,
    Approval,
    Notice,
    Note,
    Deviation,
    /// A deadline or an update that passed its moment.
    Late,
    /// Nothing was recorded for long, or evidence is missing.
    Gap,
    Writing,
}

/// A correction: what a row says now, and what it said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// The correcting event.
    pub seq: u64,
    pub original: String,
    pub reason: String,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The events it rests on; several where like ones are told together, none for a gap.
    pub seqs: Vec<u64>,
    /// When it happened; notes may be placed before they were written.
    pub occurred_at: Timestamp,
    /// When it was recorded.
    pub at: Timestamp,
    pub phase: Phase,
    /// The role's title; never a person.
    pub role: Option<String>,
    pub step: Option<StepId>,
    pub what: String,
    pub evidence: Option<String>,
    pub kind: Kind,
    /// Whether it is the team's own, left out of the public edition.
    pub internal: bool,
    pub correction: Option<Correction>,
}

/// Tells an incident's events as rows.
pub fn rows(_runbook: &Runbook, _events: &[Recorded], _roles: &Roles, _locale: &Locale) -> Vec<Row> {
    unimplemented!("retrospective")
}
