//! Workers: who says that they deliver for this installation, and when they last did.

use std::time::Duration;

use uuid::Uuid;

use super::patience::patiently;
use super::sql::values;
use super::{Error, Store};
use crate::clock::{Timestamp, after, between};

/// A worker's own name, new at each start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WorkerId(pub Uuid);

/// How often a worker says that it is there.
pub const BEAT: Duration = Duration::from_secs(3);
/// One that has said nothing for so long is gone, whatever became of it.
pub const SILENT: Duration = Duration::from_secs(12);
/// Whoever has been gone for so long is forgotten.
const FORGOTTEN: Duration = Duration::from_secs(3600);

impl Store {
    /// Says that a worker is there.
    pub async fn beat(&self, worker: WorkerId, now: Timestamp) -> Result<(), Error> {
        let sql = "INSERT INTO workers (id, seen_at) VALUES ($1, $2)
                   ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at";
        let forgotten = now - FORGOTTEN;
        patiently!(async {
            let mut change = self.change().await?;
            change.execute(sql, values![worker.0.to_string(), now]).await?;
            change.execute("DELETE FROM workers WHERE seen_at < $1", values![forgotten]).await?;
            change.commit().await
        })
    }

    /// Says that a worker ends.
    pub async fn leave(&self, worker: WorkerId) -> Result<(), Error> {
        patiently!(async {
            let mut change = self.change().await?;
            change.execute("DELETE FROM workers WHERE id = $1", values![worker.0.to_string()]).await?;
            change.commit().await
        })
    }

    /// Whether any worker was there a moment ago.
    pub async fn has_worker(&self, now: Timestamp) -> Result<bool, Error> {
        let sql = "SELECT max(seen_at) FROM workers";
        let seen = match self.first(sql, values![]).await? {
            Some(row) => row.maybe_moment(0)?,
            None => None,
        };
        // A clock set back must not keep a dead worker alive for ever.
        Ok(seen.is_some_and(|seen| between(seen, now) < SILENT && seen < after(now, SILENT)))
    }
}
