//! Ticks: what has fallen due becomes ordinary commands, each once.

use std::time::Duration;

use super::{App, Error, Result};
use crate::clock::Timestamp;
use crate::incident::{Actor, IncidentId, Request, due};

/// More due at once than any runbook can ask for; beyond it the engine is at fault.
const MOST: usize = 10_000;
/// For how long nobody else takes an incident's deadlines in hand; a node that is killed leaves them for so long.
const CLAIM: Duration = Duration::from_secs(30);

impl App {
    /// Issues what has fallen due, of every incident that no other node has in hand.
    pub async fn tick(&self) -> Result<()> {
        let store = self.writer().await?;
        store.set_clock(&self.clock).await?;
        let now = self.clock.now();
        if store.due(now).await?.is_empty() {
            return Ok(());
        }
        for due in store.claim_due(now, CLAIM).await? {
            match self.tick_one(due.incident, now).await {
                // Parked: an incident that this version can't read holds up no other.
                Err(Error::Refused { code: "unknown_event" | "broken_journal", .. }) => {}
                other => {
                    other?;
                    store.give_back(due.incident).await?;
                }
            }
        }
        Ok(())
    }

    /// Issues what has fallen due, before something is decided about this incident: its own, whoever has it in
    /// hand (of two nodes that issue the same, one is first), and what nobody has in hand of the others.
    pub(super) async fn tick_before(&self, id: IncidentId) -> Result<()> {
        self.tick().await?;
        self.tick_one(id, self.clock.now()).await
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
