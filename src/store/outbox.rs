//! The outbox of actions: operations asked for by an event, run by a worker, answered by an event.

use std::time::Duration;

use indexmap::IndexMap;

use super::ledger::Lease;
use super::{Error, Store};
use crate::clock::Timestamp;
use crate::incident::IncidentId;
use crate::runbook::StepId;

/// An operation to be run; `run` counts the tries of its step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedAction {
    pub incident: IncidentId,
    pub step: StepId,
    pub run: u32,
    /// The name by which the settings know it.
    pub action: String,
    pub with: IndexMap<String, String>,
}

/// An operation that a worker may now run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedAction {
    pub action: QueuedAction,
    pub lease: Lease,
    /// Leases before this one: not zero if a worker went away while it may have been running.
    pub attempts: u32,
}

impl Store {
    /// Gives out up to `limit` operations, each to one worker for `lease_for`.
    pub async fn lease_actions(
        &self,
        _limit: usize,
        _now: Timestamp,
        _lease_for: Duration,
    ) -> Result<Vec<LeasedAction>, Error> {
        unimplemented!("store")
    }

    /// Ends an operation whose answer no event needs; false if the lease has ended.
    /// With events, use `RowChange::SettleAction` so that both are recorded or neither.
    pub async fn settle_action(&self, _action: &QueuedAction, _lease: Lease) -> Result<bool, Error> {
        unimplemented!("store")
    }

    /// Whether any operation waits to be run or is being run.
    pub async fn has_actions(&self) -> Result<bool, Error> {
        unimplemented!("store")
    }
}
