//! The hand: every row that this pass has leased and not yet recorded, whose lease is renewed until it is.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::LEASE;
use crate::clock::{Clock, after};
use crate::store::Store;
use crate::store::ledger::{DeliveryId, Lease, Leased};

#[derive(Clone, Default)]
pub(super) struct Hand(Arc<Mutex<HashMap<DeliveryId, Lease>>>);

impl Hand {
    fn rows(&self) -> MutexGuard<'_, HashMap<DeliveryId, Lease>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(&self, rows: &[Leased]) {
        self.rows().extend(rows.iter().map(|row| (row.id, row.lease)));
    }

    /// Lets go of rows: they are recorded, or somebody else's.
    pub(super) fn let_go(&self, rows: impl Iterator<Item = DeliveryId>) {
        let mut held = self.rows();
        for row in rows {
            held.remove(&row);
        }
    }

    /// Says again and again that the rows are still in hand: a relay may take its time, and nobody else is to
    /// send meanwhile what is on its way. Never ends by itself.
    pub(super) async fn keep(&self, store: &Store, clock: &Clock, every: Duration) -> Infallible {
        loop {
            tokio::time::sleep(every).await;
            let held: Vec<_> = self.rows().iter().map(|(id, lease)| (*id, *lease)).collect();
            if held.is_empty() {
                continue;
            }
            // Where it fails the leases run out, and what the clerk records next is refused.
            if let Ok(kept) = store.extend(&held, after(clock.now(), LEASE)).await {
                let lost = held.into_iter().map(|(id, _)| id).filter(|id| !kept.contains(id));
                self.let_go(lost);
            }
        }
    }
}
