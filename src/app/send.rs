//! Sending: queueing what was approved, carrying it out or leaving it to a worker, and telling the journal of it.

use std::time::Duration;

use super::draft::message_step;
use super::view::{Change, DeliveryCounts};
use super::{App, Caller, Error, Progress, Result, Stop};
use crate::clock::Timestamp;
use crate::incident::{Actor, Command, IncidentId, NoticeId, Request};
use crate::store::ledger::{Counts, News, State, Untold};

/// How often the ledger is looked at while a worker delivers.
const LOOK: Duration = Duration::from_millis(500);

/// What is to be expected of what is still pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outlook {
    /// It waits for a person.
    pub paused: bool,
    /// When the first of it is tried again.
    pub next_at: Option<Timestamp>,
    /// A worker is there that sees to it.
    pub worker: bool,
}

/// Who is seen to deliver while a send is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// A worker is there: the rows are left to it.
    Worker,
    /// The worker has fallen silent: they are delivered from here.
    TakenOver,
}

/// How a send is followed while it goes on.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    pub progress: Progress<'a>,
    pub carrier: &'a (dyn Fn(Carrier) + Send + Sync),
    pub stop: &'a Stop,
}

/// How watching a worker ended.
enum Watched {
    /// Nothing of it is due any more, or the reader has seen enough.
    Enough,
    Silent,
}

impl App {
    /// Queues the approved text and delivers it, or watches a worker deliver it.
    pub async fn send(
        &self,
        caller: &Caller,
        id: IncidentId,
        step: &str,
        recipients: Option<u64>,
        watch: Watch<'_>,
    ) -> Result<DeliveryCounts> {
        let (step, _) = message_step(&*self.load(id).await?, step)?;
        self.act(caller, id, Command::QueueNotice { step: step.clone(), recipients }).await?;
        self.see_out(id, step.as_str(), watch).await
    }

    /// Queues failed, unknown and expired rows again and delivers them, or watches a worker deliver them.
    pub async fn resend(
        &self,
        caller: &Caller,
        id: IncidentId,
        step: &str,
        watch: Watch<'_>,
    ) -> Result<DeliveryCounts> {
        self.requeue(caller, id, step).await?;
        self.see_out(id, step, watch).await
    }

    /// Queues failed, unknown and expired rows again; says how many.
    pub async fn requeue(&self, caller: &Caller, id: IncidentId, step: &str) -> Result<(Change, u64)> {
        let loaded = self.load(id).await?;
        let (step, _) = message_step(&loaded, step)?;
        let notice = loaded.incident.newest_sent(&step).or(loaded.incident.newest_notice(&step)).ok_or_else(|| {
            Error::refused(
                "no_notice",
                format!("`{step}` has no notice to send again"),
                format!("muster notice draft {step}"),
            )
        })?;
        let rows = self.writer().await?.resendable(notice.id()).await?;
        let change = self.act(caller, id, Command::ResendNotice { step, rows }).await?;
        Ok((change, rows))
    }

    /// Stays with a queued notice until nothing of it is due, whoever delivers it.
    async fn see_out(&self, id: IncidentId, step: &str, watch: Watch<'_>) -> Result<DeliveryCounts> {
        let loaded = self.load(id).await?;
        let (step, _) = message_step(&loaded, step)?;
        let Some(notice) = loaded.incident.newest_sent(&step).map(|notice| notice.id()) else {
            return Ok(DeliveryCounts::default());
        };
        let carried = if self.has_worker().await? {
            (watch.carrier)(Carrier::Worker);
            self.watch(notice, watch).await?
        } else {
            Watched::Silent
        };
        if let Watched::Silent = carried {
            Box::pin(self.deliver(false, watch.progress, watch.stop)).await?;
        }
        Ok(delivery_counts(&self.writer().await?.counts(notice).await?))
    }

    /// Follows in the ledger what a worker does; the ledger is the truth, whoever works on it.
    async fn watch(&self, notice: NoticeId, watch: Watch<'_>) -> Result<Watched> {
        let store = self.writer().await?;
        loop {
            let counts = store.counts(notice).await?;
            (watch.progress)(delivery_counts(&counts));
            if watch.stop.is_asked() || !store.is_on_its_way(notice, self.clock.now()).await? {
                return Ok(Watched::Enough);
            }
            if !self.has_worker().await? {
                (watch.carrier)(Carrier::TakenOver);
                return Ok(Watched::Silent);
            }
            tokio::select! {
                () = watch.stop.asked() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// What is to be expected of what a step's newest notice has pending; of everything where no step is given.
    pub async fn outlook(&self, of: Option<(IncidentId, &str)>) -> Result<Outlook> {
        let store = self.writer().await?;
        let worker = self.has_worker().await?;
        let Some((id, step)) = of else {
            return Ok(Outlook { paused: false, next_at: store.next_delivery().await?, worker });
        };
        let loaded = self.load(id).await?;
        let (step, _) = message_step(&loaded, step)?;
        match loaded.incident.newest_sent(&step) {
            Some(notice) => {
                let next_at = store.tried_again_at(notice.id()).await?;
                Ok(Outlook { paused: notice.paused, next_at, worker })
            }
            None => Ok(Outlook { worker, ..Outlook::default() }),
        }
    }

    /// Tells the journal of first sends and of notices of which nothing is pending any more.
    pub async fn tell_journal(&self) -> Result<()> {
        for Untold { incident, notice, news, .. } in self.writer().await?.untold().await? {
            let command = match news {
                News::FirstSent { at } => Command::ReportFirstSent { notice, at },
                News::Settled { counts } => Command::ReportSettled {
                    notice,
                    counts: counts.0.iter().map(|(state, count)| (state.as_str().to_owned(), *count)).collect(),
                },
            };
            self.commit(incident, &Request::new(Actor::Muster, command), None, Vec::new()).await?;
        }
        Ok(())
    }
}

/// Ledger states as `deliver` prints them: what is neither final nor merely prepared is pending.
pub(super) fn delivery_counts(counts: &Counts) -> DeliveryCounts {
    let of = |state: State| counts.0.get(&state).copied().unwrap_or_default();
    DeliveryCounts {
        sent: of(State::Sent),
        failed: of(State::Failed),
        suppressed: of(State::Suppressed),
        expired: of(State::Expired),
        unknown: of(State::Unknown),
        pending: of(State::Queued) + of(State::Sending),
    }
}
