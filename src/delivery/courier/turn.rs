//! A connection's turn: what became of its last row and the beginning of its next are one commit.

use std::pin::pin;

use futures_util::FutureExt;

use super::Round;
use super::lane::Lane;
use crate::delivery::Verdict;
use crate::store::ledger::{Leased, Settled, Settlement};

/// A row with all that it takes to send it.
pub(super) struct Ready<C> {
    pub(super) row: Leased,
    pub(super) cargo: C,
}

/// What a connection does next.
pub(super) enum Turn<C> {
    /// Sends the row, which is begun.
    Go(Ready<C>),
    /// Takes another: this one may not go out now, and is to be given back.
    Skip(Settlement),
    Over,
}

impl Round<'_> {
    /// Records what became of a connection's last row, and begins its next.
    ///
    /// Both are one commit where the next row is ready at once. Where it must be waited for, be it for the pace or
    /// for a connection, the result does not wait with it. Either way it is durable before the next row leaves.
    pub(super) async fn turn<C>(
        &self,
        lane: &Lane,
        mut last: Option<Settlement>,
        next: impl Future<Output = Option<Ready<C>>>,
    ) -> Turn<C> {
        let mut next = pin!(next);
        let ready = match next.as_mut().now_or_never() {
            Some(ready) => ready,
            None => tokio::join!(self.finish(lane, last.take()), next).1,
        };
        let finished = usize::from(last.is_some());
        let may_go = self.desk.record(last, ready.as_ref().map(|ready| &ready.row)).await;
        lane.done(finished);
        match ready {
            Some(ready) if may_go => Turn::Go(ready),
            Some(Ready { row, .. }) => Turn::Skip(self.given_back(&row)),
            None => Turn::Over,
        }
    }

    /// Records what became of a row that was not sent.
    pub(super) async fn put_aside(&self, lane: &Lane, row: &Leased, verdict: Verdict) {
        self.finish(lane, Some(self.conclude(row, verdict))).await;
    }

    /// A row goes back as it was; where it is somebody else's by now, this is refused.
    pub(super) fn given_back(&self, row: &Leased) -> Settlement {
        Settlement::of(row, Settled::Released, self.courier.clock.now())
    }

    pub(super) async fn finish(&self, lane: &Lane, settlement: Option<Settlement>) {
        if settlement.is_some() {
            self.desk.record(settlement, None).await;
            lane.done(1);
        }
    }
}
