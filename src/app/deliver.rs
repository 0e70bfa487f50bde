//! Delivering: one pass over what is due, or until every row is terminal.

use super::send::delivery_counts;
use super::view::DeliveryCounts;
use super::{App, Error, Outlet, Progress, Result};
use crate::clock::between;
use crate::delivery::courier::{Courier, Passed, Stall, Stop, Tally};
use crate::incident::{Actor, Command, Request};

impl App {
    /// One pass over what is due, or until every row is terminal; says what became of the rows it came to.
    pub async fn deliver(&self, drain: bool, progress: Progress<'_>) -> Result<DeliveryCounts> {
        self.tick().await?;
        self.carry_out().await?;
        let mut total = Tally::default();
        loop {
            let passed = self.pass(total, progress).await?;
            total = sum(total, passed.tally);
            let stalled = !passed.stalled.is_empty();
            self.pause_stalled(passed.stalled).await?;
            self.tell_journal().await?;
            if stalled {
                continue;
            }
            match self.writer().await?.next_delivery().await? {
                Some(at) if drain => self.clock.wait(between(self.clock.now(), at)).await,
                _ => break,
            }
        }
        let pending = delivery_counts(&self.writer().await?.counts_all().await?).pending;
        Ok(DeliveryCounts { pending, ..counts_of(total) })
    }

    /// Pauses the notices that the relay refuses for everyone, so that a person hears of it.
    pub async fn pause_stalled(&self, stalled: Vec<Stall>) -> Result<()> {
        for stall in stalled {
            let report = Command::ReportStalled { notice: stall.notice, reason: stall.reason };
            self.commit(stall.incident, &Request::new(Actor::Muster, report), None, Vec::new()).await?;
        }
        Ok(())
    }

    /// One pass of the courier; `before` is what earlier passes of this delivery came to.
    async fn pass(&self, before: Tally, progress: Progress<'_>) -> Result<Passed> {
        let store = self.writer().await?.clone();
        let pending = delivery_counts(&store.counts_all().await?).pending;
        let trap = match &self.outlet {
            Outlet::World => None,
            Outlet::Trap(rehearsal) => Some(rehearsal.trap.clone()),
        };
        let courier = Courier::new(store, self.clock.clone(), &self.settings, trap).map_err(courier_error)?;
        let told = |tally: Tally| {
            let now = counts_of(tally);
            progress(DeliveryCounts { pending: pending.saturating_sub(now.ended()), ..counts_of(sum(before, tally)) });
        };
        courier.pass(&told, &Stop::default()).await.map_err(courier_error)
    }
}

fn courier_error(error: crate::delivery::courier::Error) -> Error {
    use crate::delivery::courier::Error as Courier;
    match error {
        Courier::Store(error) => error.into(),
        Courier::From(error) => Error::refused(
            "bad_sender",
            format!("the settings' `from` cannot be used: {error}"),
            "set `from` under [mail] in muster.toml",
        ),
    }
}

fn counts_of(tally: Tally) -> DeliveryCounts {
    DeliveryCounts {
        sent: tally.sent,
        failed: tally.failed,
        suppressed: tally.suppressed,
        expired: tally.expired,
        unknown: tally.unknown,
        pending: tally.later,
    }
}

fn sum(a: Tally, b: Tally) -> Tally {
    Tally {
        sent: a.sent + b.sent,
        failed: a.failed + b.failed,
        suppressed: a.suppressed + b.suppressed,
        expired: a.expired + b.expired,
        unknown: a.unknown + b.unknown,
        later: b.later,
    }
}
