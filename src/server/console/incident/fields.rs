//! A fact as a field to be filled in: the input that fits its kind, with what was stated or prepared.

use chrono_tz::Tz;
use serde::Serialize;

use super::sight::Sight;
use crate::incident::fact;
use crate::locale::{Locale, Text};
use crate::runbook::{Fact, FactId, FactKind, FactValue};

/// Which input a browser shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Input {
    Text,
    Number,
    Percent,
    Datetime,
    Duration,
    Choice,
}

/// Where what stands in a field comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    Stated,
    /// Stated before the incident was reopened: it no longer counts.
    Again,
    Prepared,
    Missing,
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Field {
    fact: String,
    title: String,
    /// The fact, with the language where it is a text.
    name: String,
    input: Input,
    value: String,
    /// What stood there before anybody wrote: unchanged, it is not stated again.
    was: String,
    standing: Standing,
    /// The language of a text.
    lang: Option<String>,
    stale: bool,
    zone: Option<String>,
    choices: Vec<Choice>,
    others: Vec<Wording>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Choice {
    id: String,
    title: String,
    chosen: bool,
}

/// A text in another language.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Wording {
    pub(super) lang: String,
    pub(super) language: String,
    pub(super) text: String,
    pub(super) stale: bool,
}

/// A fact to be filled in by the reader, in their language.
pub(super) fn field(sight: &Sight<'_>, id: &FactId) -> Option<Field> {
    let fact = sight.runbook().facts.get(id)?;
    Some(in_language(sight, fact, sight.writing(), true))
}

/// A fact to be changed: a text in every language of the runbook.
pub(super) fn fields(sight: &Sight<'_>, fact: &Fact) -> Vec<Field> {
    match fact.kind {
        FactKind::Text => {
            sight.runbook().locales.iter().map(|locale| in_language(sight, fact, locale, false)).collect()
        }
        _ => vec![in_language(sight, fact, sight.writing(), false)],
    }
}

fn in_language(sight: &Sight<'_>, fact: &Fact, locale: &Locale, with_others: bool) -> Field {
    let incident = sight.incident();
    let stated = incident.facts.get(&fact.id);
    let prepared = || fact::prepared(fact, incident, sight.now);
    let value = stated.map(|stated| stated.value.clone()).or_else(prepared);
    let standing = match (stated, &value) {
        (Some(stated), _) if stated.attempt == incident.attempt => Standing::Stated,
        (Some(_), _) => Standing::Again,
        (None, Some(_)) => Standing::Prepared,
        (None, None) => Standing::Missing,
    };
    let is_text = matches!(fact.kind, FactKind::Text);
    let stale = stated.map(|stated| stated.stale.as_slice()).unwrap_or_default();
    let others = match &value {
        Some(FactValue::Text(text)) if with_others => wordings(text, stale, Some(locale)),
        _ => Vec::new(),
    };
    let name = if is_text { format!("{}.{locale}", fact.id) } else { fact.id.to_string() };
    let was = value.as_ref().map(|value| written(value, locale, incident.timezone)).unwrap_or_default();
    let written = sight.kept.fact(&name).map_or_else(|| was.clone(), str::to_owned);
    Field {
        fact: fact.id.to_string(),
        title: fact.title.get(sight.locale).to_owned(),
        input: input(&fact.kind),
        choices: choices(&fact.kind, &written, sight.locale),
        name,
        value: written,
        was,
        standing,
        lang: is_text.then(|| locale.to_string()),
        stale: stale.contains(locale),
        zone: matches!(fact.kind, FactKind::Datetime { .. }).then(|| incident.timezone.to_string()),
        others,
    }
}

fn input(kind: &FactKind) -> Input {
    match kind {
        FactKind::Text => Input::Text,
        FactKind::Number => Input::Number,
        FactKind::Percent => Input::Percent,
        FactKind::Datetime { .. } => Input::Datetime,
        FactKind::Duration => Input::Duration,
        FactKind::Choice(_) => Input::Choice,
    }
}

fn choices(kind: &FactKind, chosen: &str, locale: &Locale) -> Vec<Choice> {
    let FactKind::Choice(known) = kind else { return Vec::new() };
    let choice = |(id, title): (&String, &Text)| Choice {
        id: id.clone(),
        title: title.get(locale).to_owned(),
        chosen: id == chosen,
    };
    known.iter().map(choice).collect()
}

/// A value as its input takes it.
fn written(value: &FactValue, locale: &Locale, zone: Tz) -> String {
    match value {
        FactValue::Text(text) => text.exactly(locale).unwrap_or_default().to_owned(),
        FactValue::Datetime(moment) => moment.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string(),
        FactValue::Number(_) | FactValue::Percent(_) | FactValue::Duration(_) | FactValue::Choice(_) => {
            fact::written(value)
        }
    }
}

/// A text in each of its languages but one.
pub(super) fn wordings(text: &Text, stale: &[Locale], but: Option<&Locale>) -> Vec<Wording> {
    let others = text.iter().filter(|(locale, text)| Some(*locale) != but && !text.trim().is_empty());
    others
        .map(|(locale, text)| Wording {
            lang: locale.to_string(),
            language: language(locale),
            text: text.to_owned(),
            stale: stale.contains(locale),
        })
        .collect()
}

/// A language as those who read it call it.
pub(super) fn language(locale: &Locale) -> String {
    match locale.as_str() {
        "en" => "English".to_owned(),
        "zh-Hans" => "中文".to_owned(),
        other => other.to_owned(),
    }
}
