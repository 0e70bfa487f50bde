//! Preparing rows: written in chunks while a notice is drafted, outside any decision.

use sqlx::AssertSqlSafe;

use super::words::{incident_id, notice_id};
use super::{Error, Fate, NewDelivery, NewNotice, StepId, Store};
use crate::clock::Timestamp;
use crate::incident::NoticeId;
use crate::store::patience::patiently;
use crate::store::sql::{Transaction, Value, rows_of, values};

/// Rows written by one statement, and rows of one transaction: others get their turn in between.
const AT_ONCE: usize = 100;
const A_TURN: usize = 5000;
const COLUMNS: &str = "notice, channel, kind, recipient, address, locale, name, org, state, again_at, reply";
const WIDTH: usize = 11;

/// Why a row that could never be sent has failed.
pub(super) const NO_ADDRESS: &str = "no_address";

impl Store {
    /// Adds prepared rows to a notice, in chunks of any size; the same recipient twice is one row.
    pub async fn prepare(&self, notice: &NewNotice, rows: &[NewDelivery]) -> Result<(), Error> {
        let sql = "INSERT INTO notices (id, incident, step, state) VALUES ($1, $2, $3, 'prepared')
                   ON CONFLICT (id) DO NOTHING";
        // A notice without rows is there as well.
        for turn in rows.chunks(A_TURN).chain(rows.is_empty().then_some(rows)) {
            patiently!(async {
                let mut change = self.change().await?;
                change.execute(sql, values![notice.id, notice.incident, &notice.step]).await?;
                insert(&mut change, notice.id, turn, "prepared", None).await?;
                change.commit().await
            })?;
        }
        Ok(())
    }

    /// Throws away the rows of a notice that was never queued.
    pub async fn discard(&self, notice: NoticeId) -> Result<(), Error> {
        while self.discard_some(notice).await? > 0 {}
        Ok(())
    }

    /// Throws away a turn's worth of them; says how many, and lets go of the notice with the last.
    pub async fn discard_some(&self, notice: NoticeId) -> Result<u64, Error> {
        patiently!(self.try_discard_some(notice))
    }

    async fn try_discard_some(&self, notice: NoticeId) -> Result<u64, Error> {
        let mut change = self.change().await?;
        let sql = "DELETE FROM deliveries WHERE id IN (
                       SELECT d.id FROM deliveries d JOIN notices n ON n.id = d.notice
                       WHERE d.notice = $1 AND n.queued_at IS NULL LIMIT $2)";
        let deleted = change.execute(sql, values![notice, A_TURN]).await?;
        if deleted == 0 {
            let sql = "DELETE FROM notices WHERE id = $1 AND queued_at IS NULL";
            change.execute(sql, values![notice]).await?;
        }
        change.commit().await?;
        Ok(deleted)
    }

    /// Notices whose rows were prepared before then, and which were not queued or ended since: each is a draft
    /// that stands, or one that nobody came to decide.
    pub async fn undecided(&self, before: Timestamp) -> Result<Vec<NewNotice>, Error> {
        let sql = "SELECT id, incident, step FROM notices WHERE queued_at IS NULL AND state = 'prepared' ORDER BY id";
        let mut undecided = Vec::new();
        for row in self.all(sql, values![]).await? {
            let id = notice_id(&row, 0)?;
            if began(id).is_some_and(|began| began < before) {
                undecided.push(NewNotice { id, incident: incident_id(&row, 1)?, step: StepId::new(row.text(2)?) });
            }
        }
        Ok(undecided)
    }
}

/// When a notice's rows began to be prepared: its identifier was made then (UUIDv7).
fn began(notice: NoticeId) -> Option<Timestamp> {
    let (seconds, nanos) = notice.0.get_timestamp()?.to_unix();
    chrono::DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}

/// Writes rows; the reachable ones begin in the state given, the others have already ended.
pub(super) async fn insert(
    change: &mut Transaction,
    notice: NoticeId,
    rows: &[NewDelivery],
    state: &str,
    again_at: Option<Timestamp>,
) -> Result<(), Error> {
    for some in rows.chunks(AT_ONCE) {
        let sql =
            format!("INSERT INTO deliveries ({COLUMNS}) VALUES {} ON CONFLICT DO NOTHING", rows_of(WIDTH, some.len()));
        let values = some.iter().flat_map(|row| row_values(notice, row, state, again_at)).collect();
        change.execute(AssertSqlSafe(sql), values).await?;
    }
    Ok(())
}

fn row_values(notice: NoticeId, row: &NewDelivery, state: &str, again_at: Option<Timestamp>) -> [Value; WIDTH] {
    let (state, reply) = match row.fate {
        Fate::Reachable => (state, ""),
        Fate::Suppressed => ("suppressed", ""),
        Fate::NoAddress => ("failed", NO_ADDRESS),
    };
    [
        notice.into(),
        row.channel.as_str().into(),
        row.recipient.kind().into(),
        row.recipient.as_str().into(),
        row.address.as_str().into(),
        row.locale.as_str().into(),
        row.name.as_str().into(),
        row.org.as_str().into(),
        state.into(),
        again_at.map_or(0, |at| at.timestamp_millis()).into(),
        reply.into(),
    ]
}
