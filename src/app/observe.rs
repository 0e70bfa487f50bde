//! What those who watch over an installation ask: is it well, and how much of what is there.

use std::time::Duration;

use super::{App, Error, Result};
use crate::clock::between;
use crate::incident::Incident;
use crate::runbook::Runbook;

/// What an installation holds at this moment; nothing in it is about a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observed {
    /// How many incidents are in which state.
    pub incidents: Vec<(&'static str, u64)>,
    /// Open steps and promised updates whose time is past.
    pub overdue: u64,
    /// Ledger rows by channel and state.
    pub deliveries: Vec<(&'static str, &'static str, u64)>,
    /// For how long the oldest row that is still to leave has been queued.
    pub oldest_queued: Option<Duration>,
}

/// Why an installation is not ready to be worked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ailment {
    pub code: String,
    pub message: String,
}

impl App {
    /// What is there; costs one pass over the ledger.
    pub async fn observe(&self) -> Result<Observed> {
        let Some(store) = self.reader().await? else { return Ok(Observed::default()) };
        let mut overdue = 0;
        for head in store.heads(false).await? {
            match self.load(head.id).await {
                Ok(loaded) => overdue += overdue_in(&loaded.runbook, &loaded.incident, self.clock.now()),
                Err(error @ Error::StoreUnavailable { .. }) => return Err(error),
                // One that can't be read is seen to elsewhere.
                Err(_) => {}
            }
        }
        let now = self.clock.now();
        Ok(Observed {
            incidents: store
                .heads_by_state()
                .await?
                .into_iter()
                .map(|(state, count)| (state.as_str(), count))
                .collect(),
            overdue,
            deliveries: store
                .tallies()
                .await?
                .into_iter()
                .map(|tally| (tally.channel.as_str(), tally.state.as_str(), tally.count))
                .collect(),
            oldest_queued: store.oldest_queued().await?.map(|at| between(at, now)),
        })
    }

    /// What keeps this installation from being worked with: a store that can't be read, nobody who writes and delivers.
    pub async fn ailments(&self) -> Vec<Ailment> {
        let ailment = |error: Error| Ailment { code: error.code().to_owned(), message: error.to_string() };
        if let Err(error) = self.journal_mark().await {
            return vec![ailment(error)];
        }
        if self.is_rehearsal() {
            return Vec::new();
        }
        // A worker says again and again, in the store, that it is there: heard of lately, it can write.
        match self.has_worker().await {
            Ok(true) => Vec::new(),
            Ok(false) => vec![Ailment {
                code: "no_worker".to_owned(),
                message: "no worker has written to the store lately: nothing is delivered, no clock is kept".to_owned(),
            }],
            Err(error) => vec![ailment(error)],
        }
    }
}

fn overdue_in(runbook: &Runbook, incident: &Incident, now: crate::clock::Timestamp) -> u64 {
    let steps = crate::incident::view::steps(runbook, incident, runbook.locale());
    let late = steps.iter().filter(|step| step.state == crate::incident::view::Standing::Open);
    late.filter(|step| step.due_at.is_some_and(|due| due < now)).count() as u64
}
