//! Sending: queueing what was approved, carrying it out, and telling the journal what became of it.

use super::draft::message_step;
use super::view::DeliveryCounts;
use super::{App, Caller, Error, Progress, Result};
use crate::incident::{Actor, Command, IncidentId, Request};
use crate::store::ledger::{Counts, News, State, Untold};

impl App {
    /// Queues the approved text and delivers it.
    pub async fn send(
        &self,
        caller: &Caller,
        id: IncidentId,
        step: &str,
        recipients: Option<u64>,
        progress: Progress<'_>,
    ) -> Result<DeliveryCounts> {
        let (step, _) = message_step(&*self.load(id).await?, step)?;
        self.act(caller, id, Command::QueueNotice { step: step.clone(), recipients }).await?;
        self.deliver(false, progress).await?;
        self.counts_of_step(id, step.as_str()).await
    }

    /// Queues failed, unknown and expired rows again and delivers them.
    pub async fn resend(
        &self,
        caller: &Caller,
        id: IncidentId,
        step: &str,
        progress: Progress<'_>,
    ) -> Result<DeliveryCounts> {
        self.requeue(caller, id, step).await?;
        self.deliver(false, progress).await?;
        self.counts_of_step(id, step).await
    }

    /// Queues failed, unknown and expired rows again; says how many.
    pub async fn requeue(&self, caller: &Caller, id: IncidentId, step: &str) -> Result<u64> {
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
        self.act(caller, id, Command::ResendNotice { step, rows }).await?;
        Ok(rows)
    }

    async fn counts_of_step(&self, id: IncidentId, step: &str) -> Result<DeliveryCounts> {
        let loaded = self.load(id).await?;
        let (step, _) = message_step(&loaded, step)?;
        match loaded.incident.newest_sent(&step) {
            Some(notice) => Ok(delivery_counts(&self.writer().await?.counts(notice.id()).await?)),
            None => Ok(DeliveryCounts::default()),
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
