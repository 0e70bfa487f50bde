//! A fact as a field to be filled in: the input that fits its kind, with what was stated or prepared.

use chrono_tz::Tz;
use serde::Serialize;

use super::sight::Sight;
use crate::incident::fact;
use crate::locale::{Locale, Text};
use crate::runbook::{Fact, FactId, FactKind, FactValue, StepKind};

/// Which input a browser shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Input {
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
enum Standing {
    Stated,
    /// Stated before the incident was reopened: it no longer counts.
    Again,
    Prepared,
    Missing,
    /// Nobody asks for it here.
    Unasked,
}

/// What becomes of prepared wording that is left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prepared {
    /// The form confirms it by itself: a field that is left alone states nothing.
    Confirmed,
    /// It is stated with the form.
    Stated,
    /// It is not shown: what is beside the point is not stated by the way.
    Hidden,
}

/// The facts of a form: in the reader's language, and behind them their texts in the others.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct FactFields {
    own: Vec<Field>,
    others: Vec<Field>,
    /// Whether one of the others is older than what was last said, or is being written.
    behind: bool,
}

impl FactFields {
    /// Tells apart those without which nothing goes on.
    pub(crate) fn lacking(mut self, facts: &[&str]) -> Self {
        for field in self.own.iter_mut().filter(|field| facts.contains(&field.fact.as_str())) {
            field.standing = Standing::Missing;
        }
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.own.is_empty()
    }
}

/// An input for a fact, or for its text in one language.
#[derive(Debug, PartialEq, Serialize)]
struct Field {
    fact: String,
    title: String,
    /// The fact, with the language where it is a text.
    name: String,
    input: Input,
    value: String,
    /// What stands there already: unchanged, it is not stated again. Empty where sending the form states it.
    was: String,
    standing: Standing,
    /// The language of a text.
    lang: Option<String>,
    /// What that language is called, where it is not the reader's.
    language: Option<String>,
    stale: bool,
    zone: Option<String>,
    choices: Vec<Choice>,
    #[serde(skip)]
    is_being_written: bool,
}

#[derive(Debug, PartialEq, Serialize)]
struct Choice {
    id: String,
    title: String,
    chosen: bool,
}

/// Facts as fields of a form that does this with prepared wording.
pub(crate) fn fields<'f>(
    sight: &Sight<'_>,
    facts: impl IntoIterator<Item = &'f Fact>,
    prepared: impl Fn(&Fact) -> Prepared,
) -> FactFields {
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for fact in facts {
        own.push(in_language(sight, fact, sight.writing(), prepared(fact)));
        if matches!(fact.kind, FactKind::Text) {
            let locales = sight.runbook().locales.iter().filter(|locale| *locale != sight.writing());
            others.extend(locales.map(|locale| in_other_language(sight, fact, locale, prepared(fact))));
        }
    }
    FactFields { behind: others.iter().any(|field| field.stale || field.is_being_written), own, others }
}

/// Whether a form that confirms what is gathered confirms this, too.
pub(crate) fn is_gathered(sight: &Sight<'_>, fact: &FactId) -> bool {
    let open = sight.runbook().steps.values().filter(|step| sight.incident().is_open(&step.id));
    open.filter_map(|step| if let StepKind::Gather { facts } = &step.kind { Some(facts) } else { None })
        .any(|facts| facts.contains(fact))
}

fn in_other_language(sight: &Sight<'_>, fact: &Fact, locale: &Locale, prepared: Prepared) -> Field {
    let own = in_language(sight, fact, locale, prepared);
    Field { language: Some(locale.own_name().to_owned()), standing: Standing::Unasked, ..own }
}

fn in_language(sight: &Sight<'_>, fact: &Fact, locale: &Locale, prepared: Prepared) -> Field {
    let incident = sight.incident();
    let stated = incident.facts.get(&fact.id);
    let is_text = matches!(fact.kind, FactKind::Text);
    let value = match (stated, prepared) {
        // Times and choices from before the incident was reopened are chosen anew, not waved through.
        (Some(stated), _) => Some(stated.value.clone()).filter(|_| is_text || stated.attempt == incident.attempt),
        (None, Prepared::Hidden) => None,
        (None, Prepared::Confirmed | Prepared::Stated) => fact::prepared(fact, incident, sight.now),
    };
    let standing = match (stated, &value, prepared) {
        (Some(stated), ..) if stated.attempt == incident.attempt => Standing::Stated,
        (Some(_), ..) => Standing::Again,
        (None, Some(_), _) => Standing::Prepared,
        (None, None, Prepared::Confirmed) => Standing::Missing,
        (None, None, Prepared::Stated | Prepared::Hidden) => Standing::Unasked,
    };
    let name = if is_text { format!("{}.{locale}", fact.id) } else { fact.id.to_string() };
    let shown = value.as_ref().map(|value| written(value, locale, incident.timezone)).unwrap_or_default();
    let kept = sight.kept.and_then(|form| form.fact(&name));
    let value = kept.map_or_else(|| shown.clone(), str::to_owned);
    // A translation that is left as it is is not said again: the engine then knows whether it has fallen behind.
    let stands = locale != sight.writing()
        || standing == Standing::Stated
        || (standing == Standing::Prepared && prepared == Prepared::Confirmed);
    Field {
        fact: fact.id.to_string(),
        title: fact.title.get(sight.locale).to_owned(),
        input: input(&fact.kind),
        choices: choices(&fact.kind, &value, sight.locale),
        name,
        is_being_written: value != shown,
        value,
        was: if stands { shown } else { String::new() },
        standing,
        lang: is_text.then(|| locale.to_string()),
        language: None,
        stale: stated.is_some_and(|stated| stated.stale.contains(locale)),
        zone: matches!(fact.kind, FactKind::Datetime { .. }).then(|| incident.timezone.to_string()),
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
