//! Settling rows: what became of each, in one commit for many.

use std::collections::BTreeMap;

use super::words::notice_id;
use super::{DeliveryId, Error, Lease, NoticeId, SettleReport, Settled, Settlement, State, Store};
use crate::clock::Timestamp;
use crate::store::book::suppress;
use crate::store::sql::{Transaction, values};

impl Store {
    /// Records what happened to leased rows; a row whose lease has ended is refused and counted.
    pub async fn settle(&self, settlements: &[Settlement]) -> Result<SettleReport, Error> {
        let mut change = self.change().await?;
        let mut report = SettleReport::default();
        let mut first_sent = BTreeMap::<NoticeId, Timestamp>::new();
        for settlement in settlements {
            let Some((notice, address)) = settle_one(&mut change, settlement).await? else {
                report.stale += 1;
                continue;
            };
            report.settled += 1;
            match &settlement.result {
                Settled::Sent { .. } => {
                    let first = first_sent.entry(notice).or_insert(settlement.at);
                    *first = settlement.at.min(*first);
                }
                Settled::Failed { reply, suppress: true } => {
                    suppress(&mut change, &address, reply, settlement.at).await?;
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
        change.commit().await?;
        Ok(report)
    }

    /// Records that so many parts of a row's message were taken; false if the row is no longer the worker's.
    pub async fn parts_taken(&self, row: DeliveryId, lease: Lease, parts: u32) -> Result<bool, Error> {
        let mut change = self.change().await?;
        let sql = "UPDATE deliveries SET parts = $1 WHERE id = $2 AND lease = $3 AND state = 'sending'";
        let touched = change.execute(sql, values![parts, row.0, lease.0]).await?;
        change.commit().await?;
        Ok(touched > 0)
    }
}

/// Settles a row if the lease is still the one that counts; gives its notice and address.
async fn settle_one(change: &mut Transaction, settlement: &Settlement) -> Result<Option<(NoticeId, String)>, Error> {
    let at = settlement.at;
    let (state, again_at, sent_at, reply, tried) = match &settlement.result {
        Settled::Sent { reply } => (State::Sent, None, Some(at), reply.as_str(), true),
        Settled::Failed { reply, .. } => (State::Failed, None, None, reply.as_str(), true),
        Settled::Later { again_at, reply } => (State::Queued, Some(*again_at), None, reply.as_str(), true),
        Settled::Unknown { again_at: Some(again_at), reply } => {
            (State::Queued, Some(*again_at), None, reply.as_str(), true)
        }
        Settled::Unknown { again_at: None, reply } => (State::Unknown, None, None, reply.as_str(), true),
        Settled::Deferred { again_at, reply } => (State::Queued, Some(*again_at), None, reply.as_str(), false),
        Settled::Suppressed { reply } => (State::Suppressed, None, None, reply.as_str(), false),
        Settled::Released => (State::Queued, Some(at), None, "", false),
    };
    // A row that is queued again belongs to nobody until it is leased again.
    let lease = if state == State::Queued { 0 } else { settlement.lease.0 };
    let sql = "UPDATE deliveries SET state = $1, again_at = coalesce($2, again_at), sent_at = $3, reply = $4,
                   attempts = attempts + $5, lease = $6
               WHERE id = $7 AND lease = $8 AND state IN ('queued', 'sending') RETURNING notice, address";
    let values = values![state.as_str(), again_at, sent_at, reply, tried, lease, settlement.id.0, settlement.lease.0];
    let row = change.first(sql, values).await?;
    row.map(|row| Ok((notice_id(&row, 0)?, row.text(1)?))).transpose()
}
