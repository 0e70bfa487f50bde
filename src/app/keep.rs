//! Keeping: audits of the journal, backup and restore, and reading files that people name.

use std::path::{Path, PathBuf};

use super::view::{AuditLine, AuditView};
use super::{App, Error, Result};
use crate::clock::Clock;
use crate::incident::{IncidentId, event};
use crate::settings::Settings;
use crate::store::Store;

impl App {
    /// Checks the hash chain of one incident, or of all.
    pub async fn audit(&self, incident: Option<IncidentId>) -> Result<AuditView> {
        let audits = match self.reader().await? {
            Some(store) => store.audit(incident).await?,
            None => Vec::new(),
        };
        let line = |audit: crate::store::journal::Audit| AuditLine {
            incident: audit.incident,
            events: audit.events,
            head: audit.head.unwrap_or_default(),
            broken_at: audit.broken_at,
        };
        let incidents: Vec<_> = audits.into_iter().map(line).collect();
        Ok(AuditView { ok: incidents.iter().all(|line| line.broken_at.is_none()), incidents })
    }

    /// The journal of an incident as stored, one event a line.
    pub async fn journal(&self, id: IncidentId) -> Result<String> {
        let Some(store) = self.reader().await? else { return Ok(String::new()) };
        let events = store.events(id, 0).await?;
        let mut lines = String::new();
        for recorded in &events {
            lines.push_str(&event::encode(recorded));
            lines.push('\n');
        }
        Ok(lines)
    }

    /// Copies the whole store into a new file.
    pub async fn backup(&self, file: &Path) -> Result<()> {
        let store = self.reader().await?.ok_or_else(|| {
            Error::refused("no_store", "there is nothing to back up yet", "`muster start` begins an incident")
        })?;
        Ok(store.backup(file).await?)
    }

    /// Puts a backup in the store's place; gives the name the replaced file is kept under, if there was one.
    pub async fn restore(settings: &Settings, clock: &Clock, file: &Path) -> Result<Option<PathBuf>> {
        Ok(Store::restore(&settings.store, file, clock.now()).await?)
    }
}
