//! Facts within an incident: which values fit, what was prepared, and how a system operation is handed one.

use std::time::Duration;

use indexmap::IndexMap;

use super::event::FactValue;
use super::state::Incident;
use crate::clock::{Timestamp, rfc3339};
use crate::runbook::fact::{self, Context};
use crate::runbook::{Fact, FactId, FactKind, Runbook};

/// The prepared value of a fact, as it would count once confirmed.
pub fn prepared(fact: &Fact, incident: &Incident, now: Timestamp) -> Option<FactValue> {
    let context = Context { locale: &incident.locale, timezone: incident.timezone, now };
    // It began when it was declared, unless people know better.
    let declared = (fact.id.as_str() == "started_at").then_some(FactValue::Datetime(incident.declared_at));
    fact::prepared(fact, &context).or(declared)
}

/// Sorts the facts that do not count yet: those with a prepared value, and those that are missing. What was
/// stated before a reopen neither counts nor gives way to the wording prepared in peace time.
pub(super) fn unsettled(
    runbook: &Runbook,
    incident: &Incident,
    now: Timestamp,
    facts: &[FactId],
) -> (IndexMap<FactId, FactValue>, Vec<FactId>) {
    let (mut with_wording, mut missing) = (IndexMap::new(), Vec::new());
    for id in facts {
        match incident.facts.get(id) {
            Some(known) if known.attempt == incident.attempt => {}
            Some(_) => missing.push(id.clone()),
            None => match runbook.facts.get(id).and_then(|fact| prepared(fact, incident, now)) {
                Some(value) => {
                    with_wording.insert(id.clone(), value);
                }
                None => missing.push(id.clone()),
            },
        }
    }
    (with_wording, missing)
}

/// Whether a value is one that its fact may have; says what was expected if not.
pub fn fits(kind: &FactKind, value: &FactValue) -> Result<(), &'static str> {
    let (fits, expected) = match kind {
        FactKind::Text => (matches!(value, FactValue::Text(_)), "a text"),
        FactKind::Number => (matches!(value, FactValue::Number(number) if number.is_finite()), "a number"),
        FactKind::Percent => (
            matches!(value, FactValue::Percent(percent) if (0.0..=100.0).contains(percent)),
            "a percentage from 0 to 100",
        ),
        FactKind::Datetime { .. } => (matches!(value, FactValue::Datetime(_)), "a time"),
        FactKind::Duration => (matches!(value, FactValue::Duration(_)), "a duration"),
        FactKind::Choice(choices) => {
            (matches!(value, FactValue::Choice(choice) if choices.contains_key(choice)), "one of its choices")
        }
    };
    if fits { Ok(()) } else { Err(expected) }
}

/// A value as a system operation is handed it.
pub fn written(value: &FactValue) -> String {
    match value {
        FactValue::Text(text) => text.original().to_owned(),
        FactValue::Number(number) | FactValue::Percent(number) => number.to_string(),
        FactValue::Datetime(moment) => rfc3339(*moment),
        FactValue::Duration(seconds) => humantime::format_duration(Duration::from_secs(*seconds)).to_string(),
        FactValue::Choice(choice) => choice.clone(),
    }
}
