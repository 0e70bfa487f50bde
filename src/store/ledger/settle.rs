//! Settling and beginning rows: what became of those that were sent, and which go out next, in one commit for many.

use std::collections::{BTreeMap, HashMap};

use sqlx::AssertSqlSafe;

use super::words::notice_id;
use super::{DeliveryId, Error, Lease, NoticeId, Recorded, SettleReport, Settled, Settlement, State, Store};
use crate::clock::{self, Timestamp};
use crate::store::book::suppress;
use crate::store::patience::{Patience, patiently};
use crate::store::sql::{Transaction, Value, values};
use crate::store::table::{Column, table};

impl Store {
    /// Records what happened to leased rows, then marks others as being sent, in one commit.
    ///
    /// A settlement of a row whose lease has ended is refused and counted. Of the rows to be begun those are given
    /// back that may really go out now: not the ones whose lease has ended, or whose notice was cancelled or paused.
    pub async fn record(
        &self,
        settlements: &[Settlement],
        begins: &[(DeliveryId, Lease)],
        now: Timestamp,
    ) -> Result<Recorded, Error> {
        let mut patience = Patience::new();
        loop {
            // The lease may end while the store is waited for, and then nothing may go out any more.
            let now = clock::after(now, patience.waited());
            match self.try_record(settlements, begins, now, patience.is_in_doubt()).await {
                Err(error) if patience.lasts_for_repeatable(&error).await => {}
                recorded => return recorded,
            }
        }
    }

    /// Records what happened to leased rows.
    pub async fn settle(&self, settlements: &[Settlement]) -> Result<SettleReport, Error> {
        Ok(self.record(settlements, &[], Timestamp::default()).await?.report)
    }

    /// Marks rows as being sent; gives back those that may really go out now.
    pub async fn begin_sending(&self, rows: &[(DeliveryId, Lease)], now: Timestamp) -> Result<Vec<DeliveryId>, Error> {
        Ok(self.record(&[], rows, now).await?.begun)
    }

    /// `again`: nobody knows whether the same was committed before; then what stands as it should is as good as done.
    async fn try_record(
        &self,
        settlements: &[Settlement],
        begins: &[(DeliveryId, Lease)],
        now: Timestamp,
        again: bool,
    ) -> Result<Recorded, Error> {
        let mut change = self.change().await?;
        let report = settle(&mut change, settlements, again).await?;
        let begun = begin(&mut change, begins, now, again).await?;
        change.commit().await?;
        Ok(Recorded { report, begun })
    }

    /// Records that so many parts of a row's message were taken; false if the row is no longer the worker's.
    pub async fn parts_taken(&self, row: DeliveryId, lease: Lease, parts: u32) -> Result<bool, Error> {
        let sql = "UPDATE deliveries SET parts = $1 WHERE id = $2 AND lease = $3 AND state = 'sending'";
        patiently!(async {
            let mut change = self.change().await?;
            let touched = change.execute(sql, values![parts, row.0, lease.0]).await?;
            change.commit().await?;
            Ok(touched > 0)
        })
    }
}

/// The columns of a settlement: the row and its lease, then what they become.
const COLUMNS: [Column; 8] =
    [Column::Int, Column::Int, Column::Text, Column::Int, Column::Int, Column::Text, Column::Int, Column::Int];

async fn settle(change: &mut Transaction, settlements: &[Settlement], again: bool) -> Result<SettleReport, Error> {
    let mut report = SettleReport::default();
    if settlements.is_empty() {
        return Ok(report);
    }
    let mut values = Vec::new();
    let becomes = table(COLUMNS, settlements.iter().map(Settlement::becomes), &mut values);
    let sql = format!(
        "UPDATE deliveries SET state = s.column3, again_at = coalesce(s.column4, deliveries.again_at),
             sent_at = s.column5, reply = s.column6, attempts = deliveries.attempts + s.column7, lease = s.column8
         FROM ({becomes}) AS s
         WHERE deliveries.id = s.column1 AND deliveries.lease = s.column2
           AND deliveries.state IN ('queued', 'sending')
         RETURNING id, notice, address, (SELECT n.first_sent_at FROM notices n WHERE n.id = deliveries.notice)"
    );
    let mut settled = HashMap::new();
    for row in change.all(AssertSqlSafe(sql), values).await? {
        settled.insert(DeliveryId(row.int(0)?), row);
    }
    let mut first_sent = BTreeMap::<NoticeId, Timestamp>::new();
    for settlement in settlements {
        let Some(row) = settled.get(&settlement.id) else {
            match again && stands(change, settlement).await? {
                true => report.settled += 1,
                false => report.stale += 1,
            }
            continue;
        };
        report.settled += 1;
        match &settlement.result {
            Settled::Sent { .. } if row.maybe_moment(3)?.is_some() => {}
            Settled::Sent { .. } => {
                let first = first_sent.entry(notice_id(row, 1)?).or_insert(settlement.at);
                *first = settlement.at.min(*first);
            }
            Settled::Failed { reply, suppress: true } => {
                suppress(change, &row.text(2)?, reply, settlement.at).await?;
            }
            Settled::Failed { .. }
            | Settled::Later { .. }
            | Settled::Unknown { .. }
            | Settled::Deferred { .. }
            | Settled::Suppressed { .. }
            | Settled::Released => {}
        }
    }
    for (notice, at) in first_sent {
        let sql = "UPDATE notices SET first_sent_at = $1 WHERE id = $2 AND first_sent_at IS NULL";
        change.execute(sql, values![at, notice]).await?;
    }
    Ok(report)
}

/// Whether a row is as this settlement left it, if it did.
async fn stands(change: &mut Transaction, settlement: &Settlement) -> Result<bool, Error> {
    let (state, lease) = settlement.leaves();
    let sql = "SELECT id FROM deliveries WHERE id = $1 AND state = $2 AND lease = $3";
    Ok(change.first(sql, values![settlement.id.0, state.as_str(), lease.0]).await?.is_some())
}

impl Settlement {
    /// The state a row is left in, and the lease: a row that is queued again is nobody's until it is leased again.
    fn leaves(&self) -> (State, Lease) {
        let state = match &self.result {
            Settled::Sent { .. } => State::Sent,
            Settled::Failed { .. } => State::Failed,
            Settled::Unknown { again_at: None, .. } => State::Unknown,
            Settled::Suppressed { .. } => State::Suppressed,
            Settled::Later { .. }
            | Settled::Unknown { again_at: Some(_), .. }
            | Settled::Deferred { .. }
            | Settled::Released => State::Queued,
        };
        (state, if state == State::Queued { Lease(0) } else { self.lease })
    }

    /// What it makes of its row, in the order of `COLUMNS`.
    fn becomes(&self) -> [Value; COLUMNS.len()] {
        let (state, lease) = self.leaves();
        let at = self.at;
        let (again_at, sent_at, reply, tried) = match &self.result {
            Settled::Sent { reply } => (None, Some(at), reply.as_str(), true),
            Settled::Failed { reply, .. } => (None, None, reply.as_str(), true),
            Settled::Later { again_at, reply } => (Some(*again_at), None, reply.as_str(), true),
            Settled::Unknown { again_at, reply } => (*again_at, None, reply.as_str(), true),
            Settled::Deferred { again_at, reply } => (Some(*again_at), None, reply.as_str(), false),
            Settled::Suppressed { reply } => (None, None, reply.as_str(), false),
            Settled::Released => (Some(at), None, "", false),
        };
        [
            self.id.0.into(),
            self.lease.0.into(),
            state.as_str().into(),
            again_at.into(),
            sent_at.into(),
            reply.into(),
            tried.into(),
            lease.0.into(),
        ]
    }
}

/// Marks rows as being sent. After a commit that nobody answered they may be marked already: nobody else marks them.
async fn begin(
    change: &mut Transaction,
    rows: &[(DeliveryId, Lease)],
    now: Timestamp,
    again: bool,
) -> Result<Vec<DeliveryId>, Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = values![now, if again { State::Sending } else { State::Queued }.as_str()];
    let wanted = rows.iter().map(|(id, lease)| [id.0.into(), lease.0.into()]);
    let wanted = table([Column::Int; 2], wanted, &mut values);
    let sql = format!(
        "UPDATE deliveries SET state = 'sending' FROM ({wanted}) AS w
         WHERE deliveries.id = w.column1 AND deliveries.lease = w.column2
           AND deliveries.again_at > $1 AND deliveries.state IN ('queued', $2)
           AND deliveries.notice IN (SELECT n.id FROM notices n WHERE n.state = 'queued' AND n.paused = 0)
         RETURNING id"
    );
    let begun = change.all(AssertSqlSafe(sql), values).await?;
    begun.iter().map(|row| row.int(0).map(DeliveryId)).collect()
}
