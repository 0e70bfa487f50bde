//! Readiness checks done in peace time.

use super::{Error, Readiness, ReadyId, RunbookId, Store};
use crate::store::patience::patiently;
use crate::store::sql::{Row, values};

impl Store {
    /// Records that a check was done.
    pub async fn record_readiness(&self, done: &Readiness) -> Result<(), Error> {
        let sql = "INSERT INTO readiness (runbook, ready_check, done_at, done_by) VALUES ($1, $2, $3, $4)
                   ON CONFLICT DO NOTHING";
        patiently!(async {
            let mut change = self.change().await?;
            let values = values![done.runbook.as_str(), done.check.as_str(), done.done_at, done.by.as_str()];
            change.execute(sql, values).await?;
            change.commit().await
        })
    }

    /// When each check of a runbook was last done, in the order of the checks' ids.
    pub async fn readiness(&self, runbook: &RunbookId) -> Result<Vec<Readiness>, Error> {
        let sql = "SELECT runbook, ready_check, done_at, done_by FROM readiness r
                   WHERE runbook = $1 AND done_at = (SELECT max(done_at) FROM readiness newest
                       WHERE newest.runbook = r.runbook AND newest.ready_check = r.ready_check)
                   ORDER BY ready_check";
        self.all(sql, values![runbook.as_str()]).await?.iter().map(readiness).collect()
    }
}

fn readiness(row: &Row) -> Result<Readiness, Error> {
    Ok(Readiness {
        runbook: RunbookId::new(row.text(0)?),
        check: ReadyId::new(row.text(1)?),
        done_at: row.moment(2)?,
        by: row.text(3)?,
    })
}
