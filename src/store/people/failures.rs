//! Failed sign-ins, counted for all nodes together and across restarts.

use std::time::Duration;

use super::{Error, Store};
use crate::clock::{Timestamp, after};
use crate::store::patience::patiently;
use crate::store::sql::values;

/// A count that stands further ahead than this was begun by a clock that has jumped since.
const AHEAD: Duration = Duration::from_secs(60);

/// So many failures of one thing within so long, counted from the first of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// What is counted, such as an account or an address.
    pub counted: String,
    pub most: u32,
    pub within: Duration,
}

/// Whether someone may try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It counts as failed until it is said to have gone well.
    Taken,
    NotBefore(Timestamp),
}

impl Store {
    /// Takes a try under every bound at once, or none. Counted beforehand, so that many at once gain nothing.
    pub async fn take_try(&self, bounds: &[Bound], now: Timestamp) -> Result<Turn, Error> {
        patiently!(async {
            let mut change = self.change().await?;
            let mut not_before = None;
            let longest = bounds.iter().map(|bound| bound.within).max().unwrap_or_default();
            let sql = "DELETE FROM sign_in_failures WHERE since < $1";
            change.execute(sql, values![now - longest * 2]).await?;
            for bound in bounds {
                // The row is also what several nodes of PostgreSQL wait for.
                let sql = "INSERT INTO sign_in_failures (counted, failures, since) VALUES ($1, 1, $2)
                           ON CONFLICT (counted) DO UPDATE SET
                               failures = CASE WHEN sign_in_failures.since <= $3 OR sign_in_failures.since > $4
                                   THEN 1 ELSE sign_in_failures.failures + 1 END,
                               since = CASE WHEN sign_in_failures.since <= $3 OR sign_in_failures.since > $4
                                   THEN $2 ELSE sign_in_failures.since END
                           RETURNING failures, since";
                let values = values![bound.counted.as_str(), now, now - bound.within, after(now, AHEAD)];
                let Some(row) = change.first(sql, values).await? else { continue };
                if row.count(0)? > u64::from(bound.most) {
                    let free = after(row.moment(1)?, bound.within);
                    not_before = Some(not_before.map_or(free, |other: Timestamp| other.max(free)));
                }
            }
            match not_before {
                // Not committed: a refused try counts for nothing, so that nobody is kept out by being kept out.
                Some(moment) => Ok(Turn::NotBefore(moment)),
                None => {
                    change.commit().await?;
                    Ok(Turn::Taken)
                }
            }
        })
    }

    /// A try went well: it no longer counts, and what is counted for the account alone begins anew.
    pub async fn went_well(&self, began_anew: &[String], taken_back: &[String]) -> Result<(), Error> {
        patiently!(async {
            let mut change = self.change().await?;
            for counted in began_anew {
                change.execute("DELETE FROM sign_in_failures WHERE counted = $1", values![counted.as_str()]).await?;
            }
            for counted in taken_back {
                let sql = "UPDATE sign_in_failures SET failures = failures - 1 WHERE counted = $1 AND failures > 0";
                change.execute(sql, values![counted.as_str()]).await?;
            }
            change.commit().await
        })
    }
}
