//! The clerk: records what all connections report, many in one commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::{Progress, Tally};
use crate::clock::Clock;
use crate::store::ledger::{Batch, DeliveryId, Lease, Leased, Settled, Settlement};
use crate::store::{Error, Store};

/// The most that is recorded in one commit.
const AT_ONCE: usize = 256;

/// Something to be recorded, and who waits for it.
enum Ask {
    Begin { id: DeliveryId, lease: Lease, answer: oneshot::Sender<bool> },
    Settle { settlement: Settlement, answer: oneshot::Sender<()> },
}

/// Records on behalf of every connection.
pub(super) struct Clerk<'a> {
    store: &'a Store,
    clock: &'a Clock,
    progress: Progress<'a>,
    asks: mpsc::Receiver<Ask>,
    found: Arc<Found>,
}

/// Where connections hand in what is to be recorded.
#[derive(Clone)]
pub(super) struct Desk {
    asks: mpsc::Sender<Ask>,
    found: Arc<Found>,
}

/// What leasing settled on the way.
#[derive(Default)]
struct Found {
    expired: AtomicU64,
    suppressed: AtomicU64,
    unknown: AtomicU64,
}

impl<'a> Clerk<'a> {
    pub(super) fn new(store: &'a Store, clock: &'a Clock, progress: Progress<'a>) -> (Self, Desk) {
        let (sender, asks) = mpsc::channel(AT_ONCE);
        let found = Arc::new(Found::default());
        let desk = Desk { asks: sender, found: found.clone() };
        (Self { store, clock, progress, asks, found }, desk)
    }

    /// Records until every desk is gone. While one commit is under way the next one gathers.
    ///
    /// After an error nothing more is recorded, and whoever waits is let go: what was being sent is in doubt.
    pub(super) async fn serve(mut self) -> Result<Tally, Error> {
        let mut tally = Tally::default();
        let mut asks = Vec::with_capacity(AT_ONCE);
        while self.asks.recv_many(&mut asks, AT_ONCE).await > 0 {
            self.record(asks.drain(..), &mut tally).await?;
            (self.progress)(self.found.add_to(tally));
        }
        Ok(self.found.add_to(tally))
    }

    async fn record(&self, asks: impl Iterator<Item = Ask>, tally: &mut Tally) -> Result<(), Error> {
        let (mut begins, mut beginners, mut settlements, mut settlers) = (vec![], vec![], vec![], vec![]);
        for ask in asks {
            match ask {
                Ask::Begin { id, lease, answer } => {
                    begins.push((id, lease));
                    beginners.push((id, answer));
                }
                Ask::Settle { settlement, answer } => {
                    tally.add(&settlement);
                    settlements.push(settlement);
                    settlers.push(answer);
                }
            }
        }
        if !settlements.is_empty() {
            self.store.settle(&settlements).await?;
        }
        for answer in settlers {
            let _ = answer.send(());
        }
        if !begins.is_empty() {
            let begun = self.store.begin_sending(&begins, self.clock.now()).await?;
            for (id, answer) in beginners {
                let _ = answer.send(begun.contains(&id));
            }
        }
        Ok(())
    }
}

impl Desk {
    /// Marks a row as being sent, durably; false if it may not go out any more.
    pub(super) async fn begin(&self, row: &Leased) -> bool {
        let (answer, waiting) = oneshot::channel();
        let asked = self.asks.send(Ask::Begin { id: row.id, lease: row.lease, answer }).await;
        asked.is_ok() && waiting.await.unwrap_or(false)
    }

    /// Records what became of a row; returns once that is durable, or cannot be.
    pub(super) async fn settle(&self, row: &Leased, result: Settled, clock: &Clock) {
        let (answer, waiting) = oneshot::channel();
        let settlement = Settlement { id: row.id, lease: row.lease, result, at: clock.now() };
        if self.asks.send(Ask::Settle { settlement, answer }).await.is_ok() {
            let _ = waiting.await;
        }
    }

    /// Whether nothing can be recorded any more, so that nothing may be sent either.
    pub(super) fn is_closed(&self) -> bool {
        self.asks.is_closed()
    }

    /// Counts what leasing settled on the way.
    pub(super) fn count(&self, batch: &Batch) {
        self.found.expired.fetch_add(batch.expired, Ordering::Relaxed);
        self.found.suppressed.fetch_add(batch.suppressed, Ordering::Relaxed);
        self.found.unknown.fetch_add(batch.unknown, Ordering::Relaxed);
    }
}

impl Found {
    fn add_to(&self, tally: Tally) -> Tally {
        Tally {
            expired: tally.expired + self.expired.load(Ordering::Relaxed),
            suppressed: tally.suppressed + self.suppressed.load(Ordering::Relaxed),
            unknown: tally.unknown + self.unknown.load(Ordering::Relaxed),
            ..tally
        }
    }
}
