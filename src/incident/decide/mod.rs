//! Decides what a command makes true: every rule of how a runbook runs, a file per family of commands.

use super::Actor;
use super::command::{Declaration, Request};
use super::event::Recorded;
use super::state::Incident;
use crate::clock::Timestamp;
use crate::runbook::Runbook;

/// Why a command is refused: an answer for a person, not a failure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Rejection {
    /// A stable name, such as `already_ended`.
    pub code: &'static str,
    pub message: String,
    /// What to do instead.
    pub help: Option<String>,
}

/// Decides the first events of an incident.
pub fn declare(
    _runbook: &Runbook,
    _now: Timestamp,
    _actor: &Actor,
    _declaration: Declaration,
) -> Result<Vec<Recorded>, Rejection> {
    unimplemented!("incident")
}

/// Decides a command against a running incident: events numbered on from its newest, each
/// already dated and signed, ready to be stored.
pub fn decide(
    _runbook: &Runbook,
    _now: Timestamp,
    _incident: &Incident,
    _request: Request,
) -> Result<Vec<Recorded>, Rejection> {
    unimplemented!("incident")
}
