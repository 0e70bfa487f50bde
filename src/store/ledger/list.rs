//! The ledger looked through: rows of any notice in their order, a page at a time.

use sqlx::AssertSqlSafe;

use super::count::delivery;
use super::words::notice_id;
use super::{Channel, Delivery, DeliveryId, Error, State, Store};
use crate::clock::Timestamp;
use crate::incident::{IncidentId, IncidentNumber, NoticeId};
use crate::runbook::StepId;
use crate::store::sql::{Row, Value, values};

/// A row's state as its notice makes it, as `effective` says it in Rust.
const EFFECTIVE: &str = "CASE WHEN n.state = 'queued' AND d.state = 'prepared' THEN 'queued'
    WHEN n.state = 'cancelled' AND d.state IN ('prepared', 'queued') THEN 'expired' ELSE d.state END";

/// Which rows are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sought {
    pub incident: Option<IncidentId>,
    pub notice: Option<NoticeId>,
    pub state: Option<State>,
    pub after: Option<DeliveryId>,
}

/// How many rows of queued notices and nudges go by a channel and are in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub channel: Channel,
    pub state: State,
    pub count: u64,
}

/// A row with what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub incident: IncidentNumber,
    pub notice: NoticeId,
    pub step: StepId,
    /// A word to staff outside any drafted notice.
    pub nudge: bool,
    pub delivery: Delivery,
}

impl Store {
    /// Rows of the ledger in their order, a page at a time.
    pub async fn ledger(&self, sought: &Sought, limit: usize) -> Result<Vec<Listed>, Error> {
        let mut values = vec![Value::from(sought.after.map_or(-1, |id| id.0))];
        let mut narrowed = String::new();
        let mut narrow = |condition: &str, value: Value| {
            values.push(value);
            narrowed.push_str(&format!(" AND {condition} = ${}", values.len()));
        };
        if let Some(incident) = sought.incident {
            narrow("n.incident", incident.into());
        }
        if let Some(notice) = sought.notice {
            narrow("d.notice", notice.into());
        }
        if let Some(state) = sought.state {
            narrow(EFFECTIVE, state.as_str().into());
        }
        values.push(limit.into());
        let sql = format!(
            "SELECT d.id, d.kind, d.recipient, d.channel, d.address, d.state, n.state, d.attempts, d.again_at,
                 d.sent_at, d.reply, n.id, n.step, CAST(CASE WHEN n.nudge IS NULL THEN 0 ELSE 1 END AS BIGINT), i.number
             FROM deliveries d JOIN notices n ON n.id = d.notice JOIN incidents i ON i.id = n.incident
             WHERE d.id > $1{narrowed} ORDER BY d.id LIMIT ${}",
            values.len()
        );
        self.all(AssertSqlSafe(sql), values).await?.iter().map(listed).collect()
    }

    /// All rows that were queued, counted.
    pub async fn tallies(&self) -> Result<Vec<Tally>, Error> {
        let sql = format!(
            "SELECT c.channel, c.state, CAST(sum(c.rows_there) AS BIGINT) FROM (
                 SELECT d.channel AS channel, {EFFECTIVE} AS state, d.rows_there AS rows_there
                 FROM (SELECT notice, channel, state, CAST(count(*) AS BIGINT) AS rows_there
                       FROM deliveries GROUP BY notice, channel, state) d
                 JOIN notices n ON n.id = d.notice WHERE n.queued_at IS NOT NULL) c
             GROUP BY c.channel, c.state ORDER BY c.channel, c.state"
        );
        let tally = |row: &Row| {
            Ok(Tally { channel: row.parsed(0, "channel")?, state: row.parsed(1, "state")?, count: row.count(2)? })
        };
        self.all(AssertSqlSafe(sql), values![]).await?.iter().map(tally).collect()
    }

    /// Since when the oldest notice or nudge has been queued of which a row has yet to leave.
    pub async fn oldest_queued(&self) -> Result<Option<Timestamp>, Error> {
        let sql = "SELECT n.queued_at FROM notices n
                   WHERE n.told_settled = 0 AND n.queued_at IS NOT NULL AND n.state = 'queued'
                     AND EXISTS (SELECT 1 FROM deliveries d WHERE d.notice = n.id
                                 AND d.state IN ('prepared', 'queued', 'sending'))
                   ORDER BY n.queued_at LIMIT 1";
        self.first(sql, values![]).await?.map(|row| row.moment(0)).transpose()
    }
}

fn listed(row: &Row) -> Result<Listed, Error> {
    Ok(Listed {
        incident: IncidentNumber(row.count(14)?),
        notice: notice_id(row, 11)?,
        step: StepId::new(row.text(12)?),
        nudge: row.int(13)? != 0,
        delivery: delivery(row)?,
    })
}
