//! Settling rows: what became of each, in one commit for many.

use std::collections::BTreeMap;

use super::words::notice_id;
use super::{DeliveryId, Error, Lease, NoticeId, SettleReport, Settled, Settlement, State, Store};
use crate::clock::Timestamp;
use crate::store::book::suppress;
use crate::store::patience::{Patience, patiently};
use crate::store::sql::{Transaction, values};

impl Store {
    /// Records what happened to leased rows; a row whose lease has ended is refused and counted.
    pub async fn settle(&self, settlements: &[Settlement]) -> Result<SettleReport, Error> {
        let mut patience = Patience::new();
        loop {
            match self.try_settle(settlements, patience.is_in_doubt()).await {
                Err(error) if patience.lasts_for_repeatable(&error).await => {}
                settled => return settled,
            }
        }
    }

    /// `again`: nobody knows whether the same was committed before; then what stands as it should is settled.
    async fn try_settle(&self, settlements: &[Settlement], again: bool) -> Result<SettleReport, Error> {
        let mut change = self.change().await?;
        let mut report = SettleReport::default();
        let mut first_sent = BTreeMap::<NoticeId, Timestamp>::new();
        for settlement in settlements {
            let Some((notice, address)) = settle_one(&mut change, settlement).await? else {
                match again && stands(&mut change, settlement).await? {
                    true => report.settled += 1,
                    false => report.stale += 1,
                }
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
        let sql = "UPDATE deliveries SET parts = $1 WHERE id = $2 AND lease = $3 AND state = 'sending'";
        patiently!(async {
            let mut change = self.change().await?;
            let touched = change.execute(sql, values![parts, row.0, lease.0]).await?;
            change.commit().await?;
            Ok(touched > 0)
        })
    }
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
}

/// Settles a row if the lease is still the one that counts; gives its notice and address.
async fn settle_one(change: &mut Transaction, settlement: &Settlement) -> Result<Option<(NoticeId, String)>, Error> {
    let (state, lease) = settlement.leaves();
    let at = settlement.at;
    let (again_at, sent_at, reply, tried) = match &settlement.result {
        Settled::Sent { reply } => (None, Some(at), reply.as_str(), true),
        Settled::Failed { reply, .. } => (None, None, reply.as_str(), true),
        Settled::Later { again_at, reply } => (Some(*again_at), None, reply.as_str(), true),
        Settled::Unknown { again_at, reply } => (*again_at, None, reply.as_str(), true),
        Settled::Deferred { again_at, reply } => (Some(*again_at), None, reply.as_str(), false),
        Settled::Suppressed { reply } => (None, None, reply.as_str(), false),
        Settled::Released => (Some(at), None, "", false),
    };
    let sql = "UPDATE deliveries SET state = $1, again_at = coalesce($2, again_at), sent_at = $3, reply = $4,
                   attempts = attempts + $5, lease = $6
               WHERE id = $7 AND lease = $8 AND state IN ('queued', 'sending') RETURNING notice, address";
    let values = values![state.as_str(), again_at, sent_at, reply, tried, lease.0, settlement.id.0, settlement.lease.0];
    let row = change.first(sql, values).await?;
    row.map(|row| Ok((notice_id(&row, 0)?, row.text(1)?))).transpose()
}
