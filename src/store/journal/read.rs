//! Reading the journal back: every event checked against the chain before anyone trusts it.

use std::time::Duration;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Audit, DueIncident, Error, Head, HeadState, Store, Which};
use crate::clock::{Timestamp, after};
use crate::incident::event::Recorded;
use crate::incident::{IncidentId, IncidentNumber, event};
use crate::store::chain;
use crate::store::patience::patiently;
use crate::store::sql::{Row, unreadable, values};

/// Events read at a time where a whole journal need not stand in memory.
const PAGE: usize = 1000;

/// Where a journal should end, as the incident's own row says.
struct End {
    incident: IncidentId,
    number: IncidentNumber,
    seq: u64,
    hash: String,
}

/// An event as it is stored.
struct Stored {
    seq: u64,
    hash: String,
    body: String,
}

impl Stored {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self { seq: row.count(0)?, hash: row.text(1)?, body: row.text(2)? })
    }
}

/// Follows a journal event by event, from a point that is already trusted.
struct Follower<'a> {
    end: &'a End,
    seq: u64,
    hash: String,
}

impl<'a> Follower<'a> {
    fn from_start(end: &'a End) -> Self {
        Self { end, seq: 0, hash: chain::START.to_owned() }
    }

    /// Takes the next event; the sequence number at which the chain does not hold, if it doesn't.
    fn take(&mut self, event: &Stored) -> Result<(), u64> {
        let seq = self.seq + 1;
        let hash = chain::link(&self.hash, self.end.incident, seq, &event.body);
        if event.seq != seq || event.hash != hash || (seq == self.end.seq && hash != self.end.hash) {
            return Err(seq);
        }
        (self.seq, self.hash) = (seq, hash);
        Ok(())
    }

    /// Checks that nothing is missing at the end.
    fn finish(&self) -> Result<(), u64> {
        if self.seq < self.end.seq { Err(self.seq + 1) } else { Ok(()) }
    }
}

impl Store {
    /// The answer this key was given; [`Error::KeyReused`] if it was for another request.
    pub async fn answered(&self, key: &str, request: &str) -> Result<Option<String>, Error> {
        let sql = "SELECT request, answer FROM answers WHERE idempotency_key = $1";
        let Some(row) = self.first(sql, values![key]).await? else { return Ok(None) };
        if row.text(0)? != request {
            return Err(Error::KeyReused(key.to_owned()));
        }
        row.text(1).map(Some)
    }

    /// An incident's events after a sequence number (0 for all), oldest first.
    pub async fn events(&self, incident: IncidentId, after: u64) -> Result<Vec<Recorded>, Error> {
        let Some(end) = self.end(incident).await? else { return Ok(Vec::new()) };
        let broken = |seq| self.broken(&end, seq);
        // The event before the first one asked for gives the hash to follow on from.
        let sql = "SELECT seq, hash, body FROM events WHERE incident = $1 AND seq >= $2 ORDER BY seq";
        let rows = self.all(sql, values![incident, after]).await?;
        let mut rows = rows.iter();
        let mut follower = Follower::from_start(&end);
        if after > 0 {
            let before = rows.next().map(Stored::read).transpose()?;
            let before = before.filter(|event| event.seq == after).ok_or_else(|| broken(after))?;
            (follower.seq, follower.hash) = (before.seq, before.hash);
        }
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            let stored = Stored::read(row).map_err(|_| broken(follower.seq + 1))?;
            follower.take(&stored).map_err(broken)?;
            events.push(decode(&end, &stored)?);
        }
        follower.finish().map_err(broken)?;
        Ok(events)
    }

    /// Incidents, newest first; those not closed, or all.
    pub async fn heads(&self, all: bool) -> Result<Vec<Head>, Error> {
        let rows = if all {
            self.all("SELECT head FROM incidents ORDER BY number DESC", values![]).await?
        } else {
            let sql = "SELECT head FROM incidents WHERE state <> 'closed' ORDER BY number DESC";
            self.all(sql, values![]).await?
        };
        rows.iter().map(head).collect()
    }

    /// How many incidents are in which state.
    pub async fn heads_by_state(&self) -> Result<Vec<(HeadState, u64)>, Error> {
        let sql = "SELECT state, CAST(count(*) AS BIGINT) FROM incidents GROUP BY state ORDER BY state";
        let counted = |row: &Row| {
            let state = row.text(0)?;
            let known = HeadState::ALL.into_iter().find(|known| known.as_str() == state);
            Ok((known.ok_or_else(|| unreadable("state", format!("`{state}` is no state")))?, row.count(1)?))
        };
        self.all(sql, values![]).await?.iter().map(counted).collect()
    }

    /// A number that grows with every event of any incident.
    pub async fn mark(&self) -> Result<u64, Error> {
        let sql = "SELECT CAST(coalesce(sum(seq), 0) AS BIGINT) FROM incidents";
        self.first(sql, values![]).await?.map_or(Ok(0), |row| row.count(0))
    }

    pub async fn find(&self, which: Which) -> Result<Option<Head>, Error> {
        let row = match which {
            Which::Number(number) => {
                self.first("SELECT head FROM incidents WHERE number = $1", values![number.0]).await?
            }
            Which::Id(id) => self.first("SELECT head FROM incidents WHERE id = $1", values![id]).await?,
        };
        row.as_ref().map(head).transpose()
    }

    /// The incidents for which something falls due at or before this moment, most overdue first.
    pub async fn due(&self, now: Timestamp) -> Result<Vec<DueIncident>, Error> {
        let sql = "SELECT id, next_due FROM incidents WHERE next_due <= $1 ORDER BY next_due, number";
        self.all(sql, values![now]).await?.iter().map(due_incident).collect()
    }

    /// Takes in hand, for so long, the incidents for which something is due and that nobody else has in hand.
    pub async fn claim_due(&self, now: Timestamp, claim: Duration) -> Result<Vec<DueIncident>, Error> {
        patiently!(self.try_claim_due(now, after(now, claim)))
    }

    async fn try_claim_due(&self, now: Timestamp, until: Timestamp) -> Result<Vec<DueIncident>, Error> {
        let mut change = self.change().await?;
        // A claim that reaches further than any can was made by a clock that has jumped since.
        let sql = format!(
            "SELECT id, next_due FROM incidents
             WHERE next_due <= $1 AND (claimed_until <= $1 OR claimed_until > $2) ORDER BY next_due, number{}",
            change.for_one_worker()
        );
        let rows = change.all(AssertSqlSafe(sql), values![now, until]).await?;
        let due = rows.iter().map(due_incident).collect::<Result<Vec<_>, _>>()?;
        for due in &due {
            let sql = "UPDATE incidents SET claimed_until = $1 WHERE id = $2";
            change.execute(sql, values![until, due.incident]).await?;
        }
        change.commit().await?;
        Ok(due)
    }

    /// Lets others take an incident's next deadlines in hand.
    pub async fn give_back(&self, incident: IncidentId) -> Result<(), Error> {
        patiently!(async {
            let mut change = self.change().await?;
            change.execute("UPDATE incidents SET claimed_until = 0 WHERE id = $1", values![incident]).await?;
            change.commit().await
        })
    }

    /// Checks the hash chain of one incident, or of all in the order of their numbers.
    pub async fn audit(&self, incident: Option<IncidentId>) -> Result<Vec<Audit>, Error> {
        let ends = match incident {
            Some(incident) => self.end(incident).await?.into_iter().collect(),
            None => {
                let sql = "SELECT id, number, seq, hash FROM incidents ORDER BY number";
                self.all(sql, values![]).await?.iter().map(read_end).collect::<Result<Vec<_>, _>>()?
            }
        };
        let mut audits = Vec::with_capacity(ends.len());
        for end in ends {
            audits.push(self.audit_one(&end).await?);
        }
        Ok(audits)
    }

    async fn audit_one(&self, end: &End) -> Result<Audit, Error> {
        let sql = "SELECT seq, hash, body FROM events WHERE incident = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let mut follower = Follower::from_start(end);
        let (mut broken_at, mut events, mut last) = (None, 0, -1);
        loop {
            let page = self.all(sql, values![end.incident, last, PAGE]).await?;
            for row in &page {
                last = row.int(0)?;
                let held = Stored::read(row).map_err(|_| follower.seq + 1).and_then(|event| follower.take(&event));
                events += 1;
                broken_at = broken_at.or(held.err());
            }
            if page.len() < PAGE {
                break;
            }
        }
        let broken_at = broken_at.or(follower.finish().err());
        Ok(Audit { incident: end.number, events, head: Some(end.hash.clone()), broken_at })
    }

    async fn end(&self, incident: IncidentId) -> Result<Option<End>, Error> {
        let sql = "SELECT id, number, seq, hash FROM incidents WHERE id = $1";
        self.first(sql, values![incident]).await?.as_ref().map(read_end).transpose()
    }

    fn broken(&self, end: &End, seq: u64) -> Error {
        Error::Broken { incident: end.number, seq, place: self.place() }
    }
}

fn read_end(row: &Row) -> Result<End, Error> {
    let number = IncidentNumber(row.count(1)?);
    Ok(End { incident: incident_id(row, 0)?, number, seq: row.count(2)?, hash: row.text(3)? })
}

fn incident_id(row: &Row, column: usize) -> Result<IncidentId, Error> {
    row.parsed::<Uuid>(column, "incident id").map(IncidentId)
}

fn due_incident(row: &Row) -> Result<DueIncident, Error> {
    Ok(DueIncident { incident: incident_id(row, 0)?, at: row.moment(1)? })
}

fn head(row: &Row) -> Result<Head, Error> {
    serde_json::from_str(&row.text(0)?).map_err(|reason| unreadable("head", reason))
}

fn decode(end: &End, stored: &Stored) -> Result<Recorded, Error> {
    event::decode(&stored.body).map_err(|reason| Error::UnknownEvent {
        incident: end.number,
        seq: stored.seq,
        reason: reason.to_string(),
    })
}
