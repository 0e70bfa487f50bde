//! Delivering: one pass over what is due, or until every row is terminal.

use std::time::Duration;

use super::view::DeliveryCounts;
use super::work::LOOK;
use super::{App, Error, Outlet, Progress, Result, Stop};
use crate::clock::between;
use crate::delivery::courier::{Courier, Passed, Stall, Tally};
use crate::incident::{Actor, Command, Request};

impl App {
    /// One pass over what is due, or until every row is terminal; says what became of the rows it came to.
    /// Told to stop, it finishes what is on its way.
    pub async fn deliver(&self, drain: bool, progress: Progress<'_>, stop: &Stop) -> Result<DeliveryCounts> {
        self.tick().await?;
        self.carry_out().await?;
        // Boxed, as it is large and every way of sending is made of it.
        let delivering = Box::pin(self.minded(async {
            let mut total = Tally::default();
            while let Some(pause) = self.deliver_once(&mut total, progress, stop).await?
                && (drain || pause.is_zero())
                && !stop.is_asked()
            {
                // Others may queue something meanwhile.
                let pause = if self.is_rehearsal() { pause } else { pause.min(LOOK) };
                tokio::select! {
                    () = stop.asked() => {}
                    () = self.clock.wait(pause) => {}
                }
            }
            Ok(total)
        }));
        let total = if drain { self.as_worker(delivering).await? } else { delivering.await? };
        self.sweep().await?;
        self.final_counts(total).await
    }

    /// One pass, if anything is due; says how long nothing will be, and nothing where nothing is pending.
    /// No time at all: the relay refused a notice for everyone, and the others are to go on.
    pub(super) async fn deliver_once(
        &self,
        total: &mut Tally,
        progress: Progress<'_>,
        stop: &Stop,
    ) -> Result<Option<Duration>> {
        let store = self.writer().await?;
        if store.next_delivery().await?.is_some_and(|due| due <= self.clock.now()) {
            let passed = self.pass(*total, progress, stop).await?;
            *total = sum(*total, passed.tally);
            let stalled = !passed.stalled.is_empty();
            self.pause_stalled(passed.stalled).await?;
            if stalled {
                return Ok(Some(Duration::ZERO));
            }
        }
        self.tell_journal().await?;
        let next = store.next_delivery().await?;
        // What is just falling due is taken up in a moment: no time at all is said of stalls only.
        Ok(next.map(|at| between(self.clock.now(), at).max(Duration::from_millis(1))))
    }

    /// What became of the rows, and what of all notices is left.
    pub(super) async fn final_counts(&self, total: Tally) -> Result<DeliveryCounts> {
        let pending = self.writer().await?.pending().await?;
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
    async fn pass(&self, before: Tally, progress: Progress<'_>, stop: &Stop) -> Result<Passed> {
        let store = self.writer().await?.clone();
        let pending = store.pending().await?;
        let trap = match &self.outlet {
            Outlet::World => None,
            Outlet::Trap(rehearsal) => Some(rehearsal.trap.clone()),
        };
        let courier = Courier::new(store, self.clock.clone(), &self.settings, trap).map_err(courier_error)?;
        let told = |tally: Tally| {
            let now = counts_of(tally);
            progress(DeliveryCounts { pending: pending.saturating_sub(now.ended()), ..counts_of(sum(before, tally)) });
        };
        Box::pin(courier.pass(&told, stop)).await.map_err(courier_error)
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

pub(super) fn sum(a: Tally, b: Tally) -> Tally {
    Tally {
        sent: a.sent + b.sent,
        failed: a.failed + b.failed,
        suppressed: a.suppressed + b.suppressed,
        expired: a.expired + b.expired,
        unknown: a.unknown + b.unknown,
        later: b.later,
    }
}
