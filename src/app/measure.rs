//! Measures: system operations carried out from their durable rows, and the probes acceptance asks.

use indexmap::IndexMap;

use super::{App, Error, Loaded, Outlet, Result};
use crate::action::{Answer, Hand};
use crate::incident::state::Incident;
use crate::incident::{Actor, Command, IncidentId, Request};
use crate::runbook::{FactValue, StepId, StepKind};
use crate::store::journal::RowChange;
use crate::store::outbox::LeasedAction;

/// How many operations are taken at a time.
const BATCH: usize = 16;
/// How much longer than the operation itself its lease lasts.
const GRACE: std::time::Duration = std::time::Duration::from_secs(60);

impl App {
    /// Carries out the operations that wait; each answer becomes an event.
    pub async fn carry_out(&self) -> Result<()> {
        let store = self.writer().await?;
        let longest = self.settings.actions.values().map(|action| action.timeout).max().unwrap_or_default();
        loop {
            let leased = store.lease_actions(BATCH, self.clock.now(), longest + GRACE).await?;
            if leased.is_empty() {
                return Ok(());
            }
            for operation in leased {
                self.carry_out_one(operation).await?;
            }
        }
    }

    async fn carry_out_one(&self, leased: LeasedAction) -> Result<()> {
        let (incident, step, run) = (leased.action.incident, leased.action.step.clone(), leased.action.run);
        let started = Command::ReportActionStarted { step: step.clone(), run };
        if leased.attempts == 0 {
            self.commit(incident, &Request::new(Actor::Muster, started), None, Vec::new()).await?;
        }
        let loaded = self.load(incident).await?;
        let result = match (&self.outlet, self.settings.actions.get(&leased.action.action)) {
            (Outlet::Trap(rehearsal), _) => rehearsal.action(&step, run),
            (Outlet::World, Some(operation)) => {
                let mut values = values(&loaded.incident);
                values.extend(leased.action.with.iter().map(|(name, value)| (name.clone(), value.clone())));
                self.hand().run(operation, &values).await
            }
            (Outlet::World, None) => {
                Answer { worked: false, detail: format!("the settings have no action `{}`", leased.action.action) }
            }
        };
        let report = Command::ReportAction { step: step.clone(), run, worked: result.worked, detail: result.detail };
        let settle = RowChange::SettleAction { step, run, lease: leased.lease };
        self.commit(incident, &Request::new(Actor::Muster, report), None, vec![settle]).await?;
        Ok(())
    }

    /// Asks the probe of an open acceptance, and records its answer.
    pub async fn probe(&self, id: IncidentId, step: &StepId) -> Result<bool> {
        let loaded = self.load(id).await?;
        let Some(name) = probe_of(&loaded, step) else { return Ok(true) };
        let result = match &self.outlet {
            Outlet::Trap(rehearsal) => rehearsal.probe(step, loaded.incident.step(step).map_or(1, |s| s.attempt)),
            Outlet::World => {
                let known = || Error::unknown("probe", name, self.settings.probes.keys().map(String::as_str));
                let probe = self.settings.probes.get(name).ok_or_else(known)?;
                self.hand().probe(probe, &values(&loaded.incident)).await
            }
        };
        let report = Command::ReportProbe { step: step.clone(), passed: result.worked, detail: result.detail };
        self.commit(id, &Request::new(Actor::Muster, report), None, Vec::new()).await?;
        Ok(result.worked)
    }

    fn hand(&self) -> Hand {
        Hand::new(&self.settings.outbound_allow)
    }
}

fn probe_of<'a>(loaded: &'a Loaded, step: &StepId) -> Option<&'a str> {
    match &loaded.runbook.step(step.as_str())?.kind {
        StepKind::Accept { probe: Some(probe), .. } => Some(&probe.probe),
        _ => None,
    }
}

/// What placeholders of an operation may name: `incident`, `severity`, and `facts.<id>` as stated.
fn values(incident: &Incident) -> IndexMap<String, String> {
    let mut values = IndexMap::from([
        ("incident".to_owned(), incident.number.to_string()),
        ("severity".to_owned(), incident.severity.to_string()),
    ]);
    for (id, fact) in &incident.facts {
        values.insert(format!("facts.{id}"), plain(&fact.value));
    }
    values
}

fn plain(value: &FactValue) -> String {
    match value {
        FactValue::Text(text) => text.original().to_owned(),
        FactValue::Number(n) | FactValue::Percent(n) => n.to_string(),
        FactValue::Datetime(moment) => crate::clock::rfc3339(*moment),
        FactValue::Duration(seconds) => seconds.to_string(),
        FactValue::Choice(choice) => choice.clone(),
    }
}
