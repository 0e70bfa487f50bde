//! Counting the ledger: how many rows stand where, and what the journal should hear of it.

use indexmap::IndexMap;
use sqlx::AssertSqlSafe;

use super::words::{attempts, incident_id, notice_id, recipient};
use super::{Channel, Counts, Delivery, DeliveryId, Error, News, PendingNudge, State, Store, Untold, queue};
use crate::clock::Timestamp;
use crate::contact::ContactId;
use crate::incident::{IncidentId, NoticeId};
use crate::runbook::StepId;
use crate::store::sql::{Row, Value, places, values};

/// Values of one statement's list.
const AT_ONCE: usize = 500;

impl Store {
    /// How many rows of a notice are in which state.
    pub async fn counts(&self, notice: NoticeId) -> Result<Counts, Error> {
        let sql =
            "SELECT d.state, n.state, CAST(count(*) AS BIGINT) FROM deliveries d JOIN notices n ON n.id = d.notice
                   WHERE d.notice = $1 GROUP BY d.state, n.state";
        counted(&self.all(sql, values![notice]).await?)
    }

    /// The same over every notice and nudge that was queued.
    pub async fn counts_all(&self) -> Result<Counts, Error> {
        let sql =
            "SELECT d.state, n.state, CAST(count(*) AS BIGINT) FROM deliveries d JOIN notices n ON n.id = d.notice
                   WHERE n.queued_at IS NOT NULL GROUP BY d.state, n.state";
        counted(&self.all(sql, values![]).await?)
    }

    /// How many rows of queued notices and nudges have yet to end.
    pub async fn pending(&self) -> Result<u64, Error> {
        let sql = "SELECT CAST(count(*) AS BIGINT) FROM deliveries d JOIN notices n ON n.id = d.notice
                   WHERE n.told_settled = 0 AND n.queued_at IS NOT NULL
                     AND d.state IN ('prepared', 'queued', 'sending') AND (n.state = 'queued' OR d.state = 'sending')";
        self.first(sql, values![]).await?.map_or(Ok(0), |row| row.count(0))
    }

    /// Whether a row of a notice is due or in a worker's hands; none is while it is paused.
    pub async fn is_on_its_way(&self, notice: NoticeId, now: Timestamp) -> Result<bool, Error> {
        let sql = "SELECT d.id FROM deliveries d JOIN notices n ON n.id = d.notice
                   WHERE d.notice = $1 AND n.state = 'queued' AND n.paused = 0
                     AND d.state IN ('prepared', 'queued', 'sending') AND (d.again_at <= $2 OR d.lease <> 0) LIMIT 1";
        Ok(self.first(sql, values![notice, now]).await?.is_some())
    }

    /// When a notice's first row is tried again; none where nothing of it is pending.
    pub async fn tried_again_at(&self, notice: NoticeId) -> Result<Option<Timestamp>, Error> {
        let sql = "SELECT min(d.again_at) FROM deliveries d JOIN notices n ON n.id = d.notice
                   WHERE d.notice = $1 AND n.state = 'queued' AND d.state IN ('prepared', 'queued', 'sending')";
        self.first(sql, values![notice]).await?.map_or(Ok(None), |row| row.maybe_moment(0))
    }

    /// How many rows `RowChange::ResendNotice` would queue again.
    pub async fn resendable(&self, notice: NoticeId) -> Result<u64, Error> {
        let sql = format!("SELECT CAST(count(*) AS BIGINT) FROM deliveries WHERE {}", queue::RESENDABLE);
        self.first(AssertSqlSafe(sql), values![notice]).await?.map_or(Ok(0), |row| row.count(0))
    }

    /// Queued notices of which the journal has yet to hear something.
    pub async fn untold(&self) -> Result<Vec<Untold>, Error> {
        let sql = "SELECT id, incident, step, first_sent_at, told_first FROM notices
                   WHERE told_settled = 0 AND queued_at IS NOT NULL AND state = 'queued' AND nudge IS NULL
                   ORDER BY queued_at, id";
        let mut untold = Vec::new();
        for row in self.all(sql, values![]).await? {
            let notice = notice_id(&row, 0)?;
            let (incident, step) = (incident_id(&row, 1)?, StepId::new(row.text(2)?));
            let tell = |news| Untold { incident, notice, step: step.clone(), news };
            // Asked before what was sent: a row sent in between is then told next time.
            let settled = !self.has_pending(notice).await?;
            if let (Some(at), 0) = (row.maybe_moment(3)?, row.int(4)?) {
                untold.push(tell(News::FirstSent { at }));
            }
            if settled {
                untold.push(tell(News::Settled { counts: self.counts(notice).await? }));
            }
        }
        Ok(untold)
    }

    async fn has_pending(&self, notice: NoticeId) -> Result<bool, Error> {
        let sql = "SELECT id FROM deliveries
                   WHERE notice = $1 AND state IN ('prepared', 'queued', 'sending') LIMIT 1";
        Ok(self.first(sql, values![notice]).await?.is_some())
    }

    /// Nudges of an incident of which a row has yet to leave, oldest first.
    pub async fn pending_nudges(&self, incident: IncidentId) -> Result<Vec<PendingNudge>, Error> {
        let sql = "SELECT n.id, n.nudge, CAST(sum(
                       CASE WHEN d.state = 'queued' AND d.attempts = 0 AND d.lease = 0 THEN 0 ELSE 1 END) AS BIGINT)
                   FROM notices n JOIN deliveries d ON d.notice = n.id
                   WHERE n.incident = $1 AND n.nudge IS NOT NULL AND n.told_settled = 0 AND n.state = 'queued'
                   GROUP BY n.id, n.nudge, n.queued_at ORDER BY n.queued_at, n.id";
        let read =
            |row: &Row| Ok(PendingNudge { id: notice_id(row, 0)?, text: row.text(1)?, untouched: row.int(2)? == 0 });
        self.all(sql, values![incident]).await?.iter().map(read).collect()
    }

    /// When a row of the ledger next wants a worker; none when nothing is pending.
    pub async fn next_delivery(&self) -> Result<Option<Timestamp>, Error> {
        let sql = "SELECT id FROM notices
                   WHERE told_settled = 0 AND queued_at IS NOT NULL
                     AND (state = 'cancelled' OR (state = 'queued' AND paused = 0))";
        let mut next = None;
        for row in self.all(sql, values![]).await? {
            for channel in [Channel::Mail, Channel::Webhook] {
                let sql = "SELECT again_at FROM deliveries
                           WHERE notice = $1 AND channel = $2 AND state IN ('prepared', 'queued', 'sending')
                           ORDER BY again_at LIMIT 1";
                let row = self.first(sql, values![notice_id(&row, 0)?, channel.as_str()]).await?;
                let at = row.map(|row| row.moment(0)).transpose()?;
                next = next.into_iter().chain(at).min();
            }
        }
        Ok(next)
    }

    /// When each of these contacts was last sent mail about an incident.
    pub async fn last_mailed(
        &self,
        incident: IncidentId,
        contacts: &[ContactId],
    ) -> Result<IndexMap<ContactId, Timestamp>, Error> {
        let mut last = IndexMap::new();
        for some in contacts.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT d.recipient, max(d.sent_at) FROM notices n JOIN deliveries d ON d.notice = n.id
                 WHERE n.incident = $1 AND n.nudge IS NULL AND d.channel = 'mail' AND d.kind = 'contact'
                   AND d.state = 'sent' AND d.recipient IN ({}) GROUP BY d.recipient",
                places(2, some.len())
            );
            let mut values = values![incident];
            values.extend(some.iter().map(Value::from));
            for row in self.all(AssertSqlSafe(sql), values).await? {
                last.insert(ContactId::new(row.text(0)?), row.moment(1)?);
            }
        }
        Ok(last)
    }

    /// The address to which a contact's mail went, by the row that stands for it.
    pub async fn mailed_address(&self, notice: NoticeId, row: DeliveryId) -> Result<Option<String>, Error> {
        let sql = "SELECT address FROM deliveries
                   WHERE id = $1 AND notice = $2 AND channel = 'mail' AND kind = 'contact'";
        self.first(sql, values![row.0, notice]).await?.map(|row| row.text(0)).transpose()
    }

    /// A notice's rows in their order, a page at a time.
    pub async fn deliveries(
        &self,
        notice: NoticeId,
        after: Option<DeliveryId>,
        limit: usize,
    ) -> Result<Vec<Delivery>, Error> {
        let sql = "SELECT d.id, d.kind, d.recipient, d.channel, d.address, d.state, n.state, d.attempts, d.again_at,
                       d.sent_at, d.reply
                   FROM deliveries d JOIN notices n ON n.id = d.notice
                   WHERE d.notice = $1 AND d.id > $2 ORDER BY d.id LIMIT $3";
        let rows = self.all(sql, values![notice, after.map_or(-1, |id| id.0), limit]).await?;
        rows.iter().map(delivery).collect()
    }
}

pub(super) fn delivery(row: &Row) -> Result<Delivery, Error> {
    let state = effective(row, 5, 6)?;
    Ok(Delivery {
        id: DeliveryId(row.int(0)?),
        recipient: recipient(row, 1, 2)?,
        channel: row.parsed(3, "channel")?,
        address: row.text(4)?,
        state,
        attempts: attempts(row, 7)?,
        again_at: state.is_pending().then(|| row.moment(8)).transpose()?,
        sent_at: row.maybe_moment(9)?,
        reply: row.text(10)?,
    })
}

/// A row's state as its notice makes it: queueing and cancelling change one row for a million.
fn effective(row: &Row, own: usize, notice: usize) -> Result<State, Error> {
    let state: State = row.parsed(own, "state")?;
    Ok(match (row.text(notice)?.as_str(), state) {
        ("queued", State::Prepared) => State::Queued,
        ("cancelled", State::Prepared | State::Queued) => State::Expired,
        _ => state,
    })
}

fn counted(rows: &[Row]) -> Result<Counts, Error> {
    let mut counts = IndexMap::new();
    for row in rows {
        *counts.entry(effective(row, 0, 1)?).or_default() += row.count(2)?;
    }
    counts.sort_unstable_keys();
    Ok(Counts(counts))
}
