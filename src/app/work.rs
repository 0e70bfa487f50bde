//! Working: delivering, ticking and carrying out until told to stop, and saying meanwhile that somebody is at work.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use super::view::DeliveryCounts;
use super::{App, Error, Outlet, Progress, Result, Stop};
use crate::delivery::courier::Tally;
use crate::store::workers::{BEAT, WorkerId};

/// How often a worker looks for what others have queued, and for what has fallen due.
pub(super) const LOOK: Duration = Duration::from_secs(1);
/// How often it sweeps up after those who went away halfway.
const SWEEP: Duration = Duration::from_secs(60);
/// How long it waits after something went wrong that may pass; longer each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Told what went wrong and is tried again.
pub type Trouble<'a> = &'a (dyn Fn(&Error) + Send + Sync);

/// What a worker reports while it works.
#[derive(Clone, Copy)]
pub struct Reports<'a> {
    pub progress: Progress<'a>,
    pub trouble: Trouble<'a>,
}

impl App {
    /// Delivers, ticks, carries out operations and tells the journal, until told to stop.
    ///
    /// What may pass by itself, such as a full disk or a database that is away, is waited out.
    pub async fn stay(&self, stop: &Stop, reports: Reports<'_>) -> Result<DeliveryCounts> {
        let worked = self.as_worker(async {
            let mut total = Tally::default();
            let delivering = async {
                let mut pauses = Pauses::new(stop, reports.trouble);
                while !stop.is_asked() {
                    let passed = self.deliver_once(&mut total, reports.progress, stop).await;
                    pauses.after(passed.map(|pause| pause.map_or(LOOK, |pause| pause.min(LOOK)))).await?;
                }
                Ok(())
            };
            let acting = again(stop, reports.trouble, async || self.carry_out().await.map(|()| LOOK));
            let both = async { tokio::try_join!(delivering, acting).map(drop) };
            let never = Stop::default();
            let minding = again(&never, reports.trouble, async || self.mind().await.map(|()| LOOK));
            let sweeping = again(&never, reports.trouble, async || self.sweep().await.map(|()| SWEEP));
            // The clock goes on until the last row is settled.
            tokio::select! {
                done = both => done?,
                broken = minding => broken?,
                broken = sweeping => broken?,
            }
            self.tell_journal().await?;
            Ok(total)
        });
        self.final_counts(Box::pin(worked).await?).await
    }

    /// Issues what has fallen due, and tells the journal what the ledger knows.
    async fn mind(&self) -> Result<()> {
        self.tick().await?;
        self.tell_journal().await
    }

    /// Sees to the clock while something long goes on; whatever fails is tried again with the next command.
    pub(super) async fn minded<T>(&self, work: impl Future<Output = T>) -> T {
        if self.is_rehearsal() {
            return work.await;
        }
        tokio::select! {
            done = work => done,
            never = Box::pin(self.minding()) => match never {},
        }
    }

    async fn minding(&self) -> Infallible {
        loop {
            tokio::time::sleep(LOOK).await;
            let _ = self.mind().await;
        }
    }

    /// Does something as a worker that others see at work.
    pub(super) async fn as_worker<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        if self.is_rehearsal() {
            return work.await;
        }
        let worker = WorkerId(self.clock.new_id());
        self.writer().await?.beat(worker, self.clock.now()).await?;
        let done = tokio::select! {
            done = work => done,
            never = self.beating(worker) => match never {},
        };
        let left = self.writer().await?.leave(worker).await;
        let done = done?;
        left?;
        Ok(done)
    }

    async fn beating(&self, worker: WorkerId) -> Infallible {
        loop {
            tokio::time::sleep(BEAT).await;
            // Missed, it is made up for by the next one; the work itself meets what is wrong.
            let _ = self.beat(worker).await;
        }
    }

    async fn beat(&self, worker: WorkerId) -> Result<()> {
        Ok(self.writer().await?.beat(worker, self.clock.now()).await?)
    }

    /// Whether a worker is there to whom rows can be left.
    pub(super) async fn has_worker(&self) -> Result<bool> {
        if self.is_rehearsal() {
            return Ok(false);
        }
        Ok(self.writer().await?.has_worker(self.clock.now()).await?)
    }

    pub(super) fn is_rehearsal(&self) -> bool {
        matches!(self.outlet, Outlet::Trap(_)) || matches!(self.clock, crate::clock::Clock::Virtual(_))
    }
}

/// Does something again and again until told to stop, as long after the last time as that said.
async fn again(stop: &Stop, trouble: Trouble<'_>, mut work: impl AsyncFnMut() -> Result<Duration>) -> Result<()> {
    let mut pauses = Pauses::new(stop, trouble);
    while !stop.is_asked() {
        pauses.after(work().await).await?;
    }
    Ok(())
}

/// The pauses between one time and the next: as long as was said, longer each time something is wrong.
struct Pauses<'a> {
    stop: &'a Stop,
    trouble: Trouble<'a>,
    next: Duration,
    told: String,
}

impl<'a> Pauses<'a> {
    fn new(stop: &'a Stop, trouble: Trouble<'a>) -> Self {
        Self { stop, trouble, next: FIRST_PAUSE, told: String::new() }
    }

    /// Waits, unless told to stop; gives back what does not pass by itself.
    async fn after(&mut self, done: Result<Duration>) -> Result<()> {
        let pause = match done {
            Ok(pause) => {
                (self.next, self.told) = (FIRST_PAUSE, String::new());
                pause
            }
            Err(error) if error.passes() => {
                let words = error.to_string();
                if words != self.told {
                    (self.trouble)(&error);
                    self.told = words;
                }
                let longer = (self.next * 2).min(LONGEST_PAUSE);
                std::mem::replace(&mut self.next, longer)
            }
            Err(error) => return Err(error),
        };
        tokio::select! {
            () = self.stop.asked() => {}
            () = tokio::time::sleep(pause) => {}
        }
        Ok(())
    }
}
