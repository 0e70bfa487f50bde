//! The clerk: records what all connections report, many in one commit.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::hand::Hand;
use super::{Progress, Tally};
use crate::clock::Clock;
use crate::store::ledger::{Batch, DeliveryId, Lease, Leased, Settlement};
use crate::store::{Error, Store};

/// The most that is recorded in one commit.
const AT_ONCE: usize = 256;

/// What a connection has to say between two rows, and where it waits for the answer.
struct Ask {
    /// What became of its last row.
    settled: Option<Settlement>,
    /// The row it is to send next.
    begins: Option<(DeliveryId, Lease)>,
    /// Whether that row may go out.
    answer: oneshot::Sender<bool>,
}

/// Records on behalf of every connection.
pub(super) struct Clerk<'a> {
    store: &'a Store,
    clock: &'a Clock,
    progress: Progress<'a>,
    asks: mpsc::Receiver<Ask>,
    hand: Hand,
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
    /// Nothing more is begun: the results of what is on its way take the last room there is.
    full: AtomicBool,
}

impl<'a> Clerk<'a> {
    pub(super) fn new(store: &'a Store, clock: &'a Clock, hand: Hand, progress: Progress<'a>) -> (Self, Desk) {
        let (sender, asks) = mpsc::channel(AT_ONCE);
        let found = Arc::new(Found::default());
        let desk = Desk { asks: sender, found: found.clone() };
        (Self { store, clock, progress, asks, hand, found }, desk)
    }

    /// Records until every desk is gone. While one commit is under way the next one gathers.
    ///
    /// After an error nothing more is recorded, and whoever waits is let go: what was being sent is in doubt. A full
    /// disk is told apart: then nothing more is begun, and what is on its way is recorded in the room kept for it.
    pub(super) async fn serve(mut self) -> Result<Tally, Error> {
        let mut tally = Tally::default();
        let mut full = None;
        let mut asks: Vec<Ask> = Vec::with_capacity(AT_ONCE);
        while self.asks.recv_many(&mut asks, AT_ONCE).await > 0 {
            let settlements: Vec<_> = asks.iter_mut().filter_map(|ask| ask.settled.take()).collect();
            let begins: Vec<_> = asks.iter().filter_map(|ask| ask.begins.filter(|_| full.is_none())).collect();
            let recorded = match self.store.record(&settlements, &begins, self.clock.now()).await {
                Err(error @ Error::Full(_)) if self.store.give_up_room() => {
                    self.found.full.store(true, Ordering::Relaxed);
                    full = Some(error);
                    self.store.record(&settlements, &[], self.clock.now()).await?
                }
                recorded => recorded?,
            };
            let begun: HashSet<DeliveryId> = recorded.begun.into_iter().collect();
            let refused = begins.iter().map(|(id, _)| *id).filter(|id| !begun.contains(id));
            self.hand.let_go(settlements.iter().map(|settlement| settlement.id).chain(refused));
            for ask in asks.drain(..) {
                let may_go = ask.begins.is_some_and(|(id, _)| begun.contains(&id));
                let _ = ask.answer.send(may_go);
            }
            settlements.iter().for_each(|settlement| tally.add(settlement));
            (self.progress)(self.found.add_to(tally));
        }
        full.map_or(Ok(self.found.add_to(tally)), Err)
    }
}

impl Desk {
    /// Records what became of one row and marks another as being sent, in one commit shared with whoever else asks.
    ///
    /// Returns once that is durable, or cannot be; says whether the other row may go out.
    pub(super) async fn record(&self, settled: Option<Settlement>, next: Option<&Leased>) -> bool {
        if settled.is_none() && next.is_none() {
            return false;
        }
        let (answer, waiting) = oneshot::channel();
        let ask = Ask { settled, begins: next.map(|row| (row.id, row.lease)), answer };
        self.asks.send(ask).await.is_ok() && waiting.await.unwrap_or(false)
    }

    /// Whether nothing can be recorded any more, so that nothing may be sent either.
    pub(super) fn is_closed(&self) -> bool {
        self.asks.is_closed() || self.found.full.load(Ordering::Relaxed)
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
