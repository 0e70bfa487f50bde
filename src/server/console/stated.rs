//! Facts as fields: what is stated, what is prepared, which translations are behind.

use std::time::Duration;

use serde::Serialize;

use crate::app::Loaded;
use crate::clock::Timestamp;
use crate::incident::fact::prepared;
use crate::locale::{Locale, Text};
use crate::runbook::{Fact, FactId, FactKind, FactValue, Status, StepKind};

/// A fact to be read and written.
#[derive(Debug, Clone, Serialize)]
pub(super) struct FactField {
    pub(super) id: String,
    /// The id of its field on the page.
    field: String,
    pub(super) title: String,
    /// As the runbook types it: `text`, `number`, …
    pub(super) kind: &'static str,
    /// What the field is called in a form, below `facts.`.
    pub(super) name: String,
    pub(super) lang: String,
    pub(super) value: String,
    /// What stands already, so that leaving it states nothing.
    pub(super) was: String,
    pub(super) stated: bool,
    pub(super) stale: bool,
    pub(super) choices: Vec<Choice>,
    pub(super) others: Vec<Wording>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) picked: bool,
}

/// A text in one of the other languages.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Wording {
    field: String,
    pub(super) lang: String,
    pub(super) name: String,
    pub(super) value: String,
    pub(super) stale: bool,
}

/// What each sort of notice answers for comes first in its composer.
pub(super) fn of_notice(template: &str, status: Option<Status>) -> &'static [&'static str] {
    match (template, status) {
        ("statement", _) => &["claim", "truth", "contact"],
        (_, Some(Status::Resolved)) => &["ended_at", "data_loss", "safe_to_retry", "contact", "review"],
        ("update", _) | (_, Some(Status::Identified | Status::Monitoring)) => &["changed", "workaround", "contact"],
        (_, Some(Status::Investigating)) => &["impact", "affected", "unaffected", "workaround", "contact"],
        (_, None) => &["impact", "contact"],
    }
}

/// The fields of these facts for a reader, in a form of this name.
pub(super) fn fields<'a>(
    loaded: &Loaded,
    now: Timestamp,
    locale: &Locale,
    form: &str,
    ids: impl IntoIterator<Item = &'a str>,
) -> Vec<FactField> {
    let known = ids.into_iter().filter_map(|id| loaded.runbook.facts.get(id));
    known.map(|fact| field(loaded, now, locale, form, fact)).collect()
}

fn field(loaded: &Loaded, now: Timestamp, locale: &Locale, form: &str, fact: &Fact) -> FactField {
    let own = locale.best(&loaded.runbook.locales).unwrap_or_else(|| loaded.runbook.locale());
    let state = loaded.incident.facts.get(&fact.id);
    let proposed = match state {
        Some(state) => Some(state.value.clone()),
        None => prepared(fact, &loaded.incident, now),
    };
    let zone = loaded.incident.timezone;
    let value = proposed.as_ref().map(|value| said(value, own, zone)).unwrap_or_default();
    // Prepared wording that an open gather will confirm needs no statement of its own.
    let stands = state.is_some() || is_gathered(loaded, &fact.id);
    let is_stale = |locale: &Locale| state.is_some_and(|state| state.stale.contains(locale));
    let is_text = fact.kind == FactKind::Text;
    FactField {
        id: fact.id.to_string(),
        field: format!("f-{form}-{}", fact.id),
        title: fact.title.get(locale).to_owned(),
        kind: kind(&fact.kind),
        name: if is_text { format!("{}.{own}", fact.id) } else { fact.id.to_string() },
        lang: own.to_string(),
        was: if stands { value.clone() } else { String::new() },
        stated: state.is_some(),
        stale: is_stale(own),
        choices: choices(&fact.kind, locale, &value),
        others: match &proposed {
            Some(FactValue::Text(text)) if is_text => others(loaded, form, fact, own, text, is_stale),
            _ => Vec::new(),
        },
        value,
    }
}

fn others(
    loaded: &Loaded,
    form: &str,
    fact: &Fact,
    own: &Locale,
    text: &Text,
    is_stale: impl Fn(&Locale) -> bool,
) -> Vec<Wording> {
    let locales = loaded.runbook.locales.iter().filter(|locale| *locale != own);
    locales
        .map(|locale| Wording {
            field: format!("f-{form}-{}-{locale}", fact.id),
            lang: locale.to_string(),
            name: format!("{}.{locale}", fact.id),
            value: text.exactly(locale).unwrap_or_default().to_owned(),
            stale: is_stale(locale),
        })
        .collect()
}

fn is_gathered(loaded: &Loaded, fact: &FactId) -> bool {
    let open = loaded.runbook.steps.values().filter(|step| loaded.incident.is_open(&step.id));
    open.filter_map(|step| if let StepKind::Gather { facts } = &step.kind { Some(facts) } else { None })
        .any(|facts| facts.contains(fact))
}

fn choices(kind: &FactKind, locale: &Locale, value: &str) -> Vec<Choice> {
    let FactKind::Choice(choices) = kind else { return Vec::new() };
    let choice = |(id, title): (&String, &Text)| Choice {
        id: id.clone(),
        title: title.get(locale).to_owned(),
        picked: id == value,
    };
    choices.iter().map(choice).collect()
}

fn kind(kind: &FactKind) -> &'static str {
    match kind {
        FactKind::Text => "text",
        FactKind::Number => "number",
        FactKind::Percent => "percent",
        FactKind::Datetime { .. } => "datetime",
        FactKind::Duration => "duration",
        FactKind::Choice(_) => "choice",
    }
}

/// A value as a person would type it.
fn said(value: &FactValue, locale: &Locale, zone: chrono_tz::Tz) -> String {
    match value {
        FactValue::Text(text) => text.get(locale).to_owned(),
        FactValue::Number(number) | FactValue::Percent(number) => number.to_string(),
        FactValue::Datetime(at) => at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string(),
        FactValue::Duration(seconds) => humantime::format_duration(Duration::from_secs(*seconds)).to_string(),
        FactValue::Choice(choice) => choice.clone(),
    }
}
