//! The outbox of actions: operations asked for by an event, run by a worker, answered by an event.

use std::time::Duration;

use indexmap::IndexMap;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::ledger::{self, Lease};
use super::patience::patiently;
use super::sql::{Row, Transaction, unreadable, values};
use super::{Error, Store};
use crate::clock::{self, Timestamp};
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
        limit: usize,
        now: Timestamp,
        lease_for: Duration,
    ) -> Result<Vec<LeasedAction>, Error> {
        patiently!(self.try_lease_actions(limit, now, lease_for))
    }

    async fn try_lease_actions(
        &self,
        limit: usize,
        now: Timestamp,
        lease_for: Duration,
    ) -> Result<Vec<LeasedAction>, Error> {
        let waiting = "SELECT CAST(count(*) AS BIGINT) FROM actions WHERE state = 'queued' AND again_at <= $1";
        if self.first(waiting, values![now]).await?.map_or(Ok(0), |row| row.count(0))? == 0 {
            return Ok(Vec::new());
        }
        let mut change = self.change().await?;
        let sql = format!(
            "SELECT incident, step, run, action, given, attempts FROM actions
             WHERE state = 'queued' AND again_at <= $1 ORDER BY queued_at, incident, step, run LIMIT $2{}",
            change.for_one_worker()
        );
        let rows = change.all(AssertSqlSafe(sql), values![now, limit]).await?;
        let lease = ledger::next_lease(&mut change).await?;
        let mut leased = Vec::with_capacity(rows.len());
        for row in &rows {
            let (action, attempts) = (read(row)?, ledger::attempts(row, 5)?);
            let sql = "UPDATE actions SET lease = $1, again_at = $2, attempts = attempts + 1
                       WHERE incident = $3 AND step = $4 AND run = $5";
            let until = clock::after(now, lease_for);
            change.execute(sql, values![lease.0, until, action.incident, &action.step, action.run]).await?;
            leased.push(LeasedAction { action, lease, attempts });
        }
        change.commit().await?;
        Ok(leased)
    }

    /// Ends an operation whose answer no event needs; false if the lease has ended.
    /// With events, use `RowChange::SettleAction` so that both are recorded or neither.
    pub async fn settle_action(&self, action: &QueuedAction, lease: Lease) -> Result<bool, Error> {
        patiently!(async {
            let mut change = self.change().await?;
            match settle(&mut change, action.incident, &action.step, action.run, lease).await {
                Ok(()) => change.commit().await.map(|()| true),
                Err(Error::StaleLease(_)) => Ok(false),
                Err(error) => Err(error),
            }
        })
    }

    /// Whether any operation waits to be run or is being run.
    pub async fn has_actions(&self) -> Result<bool, Error> {
        let row = self.first("SELECT run FROM actions WHERE state = 'queued' LIMIT 1", values![]).await?;
        Ok(row.is_some())
    }
}

pub(super) async fn queue(change: &mut Transaction, at: Timestamp, action: &QueuedAction) -> Result<(), Error> {
    let given = serde_json::to_string(&action.with).map_err(|reason| unreadable("action", reason))?;
    let sql = "INSERT INTO actions (incident, step, run, action, given, state, again_at, queued_at)
               VALUES ($1, $2, $3, $4, $5, 'queued', $6, $6) ON CONFLICT DO NOTHING";
    let values = values![action.incident, &action.step, action.run, action.action.as_str(), given, at];
    change.execute(sql, values).await.map(drop)
}

pub(super) async fn settle(
    change: &mut Transaction,
    incident: IncidentId,
    step: &StepId,
    run: u32,
    lease: Lease,
) -> Result<(), Error> {
    let sql = "UPDATE actions SET state = 'settled'
               WHERE incident = $1 AND step = $2 AND run = $3 AND lease = $4 AND state = 'queued'";
    match change.execute(sql, values![incident, step, run, lease.0]).await? {
        0 => Err(Error::StaleLease(step.to_string())),
        _ => Ok(()),
    }
}

fn read(row: &Row) -> Result<QueuedAction, Error> {
    Ok(QueuedAction {
        incident: IncidentId(row.parsed::<Uuid>(0, "incident id")?),
        step: StepId::new(row.text(1)?),
        run: ledger::attempts(row, 2)?,
        action: row.text(3)?,
        with: serde_json::from_str(&row.text(4)?).map_err(|reason| unreadable("action", reason))?,
    })
}
