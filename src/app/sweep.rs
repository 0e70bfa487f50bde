//! Sweeping: what somebody who went away halfway has left behind, in small turns and after a safe age.

use std::time::Duration;

use super::{App, Error, Result};
use crate::store::ledger::NewNotice;

/// Nobody is still at what was begun so long ago.
const SAFE_AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// Turns taken at a time; each is a change of its own, so that others get theirs in between.
const TURNS: usize = 8;

impl App {
    /// Removes prepared rows of drafts that were never decided, and sets of contacts that nothing uses.
    pub(super) async fn sweep(&self) -> Result<()> {
        if self.is_rehearsal() {
            return Ok(());
        }
        let store = self.writer().await?;
        let before = self.clock.now() - SAFE_AGE;
        let mut turns = 0;
        for NewNotice { id, incident, .. } in store.undecided(before).await? {
            let decided = match self.load(incident).await {
                Ok(loaded) => loaded.incident.notice(id).is_some(),
                // Killed in its first moments, an incident that was never declared has no draft either.
                Err(Error::NotFound { .. }) => false,
                // Not to be read by this version: left to the one that wrote it.
                Err(_) => true,
            };
            while !decided && turns < TURNS {
                turns += 1;
                if store.discard_some(id).await? == 0 {
                    break;
                }
            }
        }
        while turns < TURNS && store.discard_unused_sets(before).await? > 0 {
            turns += 1;
        }
        Ok(())
    }
}
