//! When something next falls due: a function of state, never a stored timer.

use super::command::Command;
use super::state::Incident;
use crate::clock::Timestamp;
use crate::runbook::{Runbook, StepId};

/// The next moment at which the clock itself asks for something.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    pub at: Timestamp,
    pub step: StepId,
    /// What a tick at or after that moment asks.
    pub command: Command,
}

/// The earliest thing that falls due, whether already past or still to come.
pub fn due(_runbook: &Runbook, _incident: &Incident) -> Option<Due> {
    unimplemented!("incident")
}
