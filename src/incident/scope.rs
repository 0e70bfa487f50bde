//! What a condition of a runbook sees of an incident.

use std::time::Duration;

use super::event::FactValue;
use super::state::{Incident, Progress};
use crate::runbook::condition::{IncidentScope, Value};
use crate::runbook::{Condition, Runbook};

/// Everything a condition may speak about, as it stands now.
pub fn scope(runbook: &Runbook, incident: &Incident) -> IncidentScope {
    let rank = runbook.severity(incident.severity.as_str()).map_or(0, |(_, rank)| i64::from(rank));
    let mut scope = IncidentScope {
        severity: incident.severity.as_str().to_owned(),
        rank,
        cause: incident.cause.map(|cause| cause.as_str().to_owned()).unwrap_or_default(),
        status: incident.status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        phase: incident.phase.as_str().to_owned(),
        ..IncidentScope::default()
    };
    // What is absent reads as null or empty, so that this stays small however long the runbook is.
    for (id, fact) in &incident.facts {
        scope.facts.insert(id.as_str().to_owned(), value(&fact.value));
    }
    for (id, answer) in &incident.answers {
        scope.answers.insert(id.as_str().to_owned(), answer.as_str().to_owned());
    }
    for (id, step) in &incident.steps {
        scope.outcomes.insert(id.as_str().to_owned(), outcome(&step.progress).to_owned());
    }
    scope
}

/// Asks a condition; one that cannot be answered counts as false, and none always holds.
pub fn holds(condition: Option<&Condition>, scope: &IncidentScope) -> bool {
    condition.is_none_or(|condition| condition.holds(scope).unwrap_or(false))
}

fn value(fact: &FactValue) -> Value {
    match fact {
        FactValue::Text(text) => Value::Text(text.original().to_owned()),
        FactValue::Number(number) | FactValue::Percent(number) => Value::Number(*number),
        FactValue::Datetime(moment) => Value::Datetime(*moment),
        FactValue::Duration(seconds) => Value::Duration(Duration::from_secs(*seconds)),
        FactValue::Choice(choice) => Value::Text(choice.clone()),
    }
}

fn outcome(progress: &Progress) -> &'static str {
    match progress {
        Progress::Waiting | Progress::Open => "",
        Progress::NotApplicable => "not_applicable",
        Progress::Ended { outcome, .. } => outcome.as_str(),
    }
}
