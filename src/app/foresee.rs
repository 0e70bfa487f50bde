//! Foreseeing: how a notice would read if the prepared wording were confirmed now; nothing is kept.

use super::draft::{message_step, refused_view};
use super::view::DraftView;
use super::{App, Result};
use crate::incident::state::FactState;
use crate::incident::{Incident, IncidentId};
use crate::notice::{self, Scene};
use crate::runbook::Runbook;
use crate::runbook::fact::{self, Context};

impl App {
    /// Renders a step's notice from the facts stated and the wording prepared, without drafting it.
    pub async fn foresee(&self, id: IncidentId, step: &str) -> Result<DraftView> {
        let loaded = self.load(id).await?;
        let (step, spec) = message_step(&loaded, step)?;
        let templates = self.templates()?;
        let mut incident = loaded.incident.clone();
        confirm_prepared(&loaded.runbook, &mut incident);
        let scene = Scene {
            runbook: &loaded.runbook,
            incident: &incident,
            step: &step,
            spec: &spec,
            status: None,
            nothing_new: false,
            page: &self.settings.page,
            locales: &loaded.runbook.locales,
            now: self.clock.now(),
        };
        let composed = notice::compose(&scene, &templates);
        Ok(refused_view(&loaded, &step, &spec, composed))
    }
}

/// Takes every prepared value for stated, as confirming it would.
fn confirm_prepared(runbook: &Runbook, incident: &mut Incident) {
    let (now, attempt) = (incident.at, incident.attempt);
    let locale = runbook.locale().clone();
    for fact in runbook.facts.values().filter(|fact| !incident.facts.contains_key(&fact.id)).collect::<Vec<_>>() {
        let context = Context { locale: &locale, timezone: incident.timezone, now };
        if let Some(value) = fact::prepared(fact, &context) {
            let state = FactState { value, attempt, stated_at: now, locale: Some(locale.clone()), stale: Vec::new() };
            incident.facts.insert(fact.id.clone(), state);
        }
    }
}
