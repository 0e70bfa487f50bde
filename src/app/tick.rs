//! Ticks: what has fallen due becomes ordinary commands, each once.

use super::{App, Error, Result};
use crate::clock::Timestamp;
use crate::incident::{Actor, IncidentId, Request, due};

/// More due at once than any runbook can ask for; beyond it the engine is at fault.
const MOST: usize = 10_000;

impl App {
    /// Issues what has fallen due, of every incident.
    pub async fn tick(&self) -> Result<()> {
        let now = self.clock.now();
        for due in self.writer().await?.due(now).await? {
            match self.tick_one(due.incident, now).await {
                // Parked: an incident that this version can't read holds up no other.
                Err(Error::Refused { code: "unknown_event" | "broken_journal", .. }) => {}
                other => other?,
            }
        }
        Ok(())
    }

    async fn tick_one(&self, id: IncidentId, now: Timestamp) -> Result<()> {
        for _ in 0..MOST {
            let loaded = self.load(id).await?;
            let Some(due) = due(&loaded.runbook, &loaded.incident).filter(|due| due.at <= now) else { return Ok(()) };
            let outcome = self.commit(id, &Request::new(Actor::Muster, due.command), None, Vec::new()).await?;
            if outcome.events.is_empty() {
                return Ok(());
            }
        }
        Err(Error::Fault(format!("{id} never stops falling due")))
    }

    /// When the clock next asks for something of this incident.
    pub async fn next_due(&self, id: IncidentId) -> Result<Option<Timestamp>> {
        let loaded = self.load(id).await?;
        Ok(due(&loaded.runbook, &loaded.incident).map(|due| due.at))
    }
}
