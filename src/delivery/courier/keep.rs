//! Keeping: rows on the wire stay their worker's, however long a relay or endpoint takes to answer.

use std::collections::HashMap;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::LEASE;
use crate::clock::{Clock, after};
use crate::store::Store;
use crate::store::ledger::{DeliveryId, Lease};

/// How often the leases of rows on the wire are renewed: well before they end.
pub const RENEWAL: Duration = Duration::from_secs(LEASE.as_secs() / 3);

/// The rows that were begun and have no result yet.
pub(super) struct Keep<'a> {
    store: &'a Store,
    clock: &'a Clock,
    rows: HashMap<DeliveryId, Lease>,
    every: Duration,
    due: Instant,
}

impl<'a> Keep<'a> {
    pub(super) fn new(store: &'a Store, clock: &'a Clock, every: Duration) -> Self {
        Self { store, clock, rows: HashMap::new(), every, due: Instant::now() + every }
    }

    pub(super) fn begun(&mut self, row: DeliveryId, lease: Lease) {
        self.rows.insert(row, lease);
    }

    pub(super) fn settled(&mut self, row: DeliveryId) {
        self.rows.remove(&row);
    }

    /// Waits for something, and renews the leases meanwhile.
    ///
    /// A renewal that fails changes nothing: a result still counts if it comes before the lease ends.
    pub(super) async fn until<T>(&mut self, something: impl Future<Output = T>) -> T {
        let mut something = pin!(something);
        loop {
            if Instant::now() >= self.due {
                self.due = Instant::now() + self.every;
                let rows: Vec<_> = self.rows.iter().map(|(row, lease)| (*row, *lease)).collect();
                let _ = self.store.extend(&rows, after(self.clock.now(), LEASE)).await;
            }
            if let Ok(done) = timeout_at(self.due, something.as_mut()).await {
                return done;
            }
        }
    }
}
