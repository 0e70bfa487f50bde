//! One calm sentence per event, in English and Chinese, for timelines; people are never named in it.

mod chinese;
mod english;
#[cfg(test)]
mod tests;

use chrono_tz::Tz;

use super::event::{Event, FactValue};
use crate::locale::{Locale, Text};
use crate::runbook::{AnswerId, FactId, FactKind, FallbackId, RoleId, Runbook, SeverityId, StepId, StepKind};

impl Event {
    /// Says in a sentence what became true, in the reader's language.
    /// Moments are told in the reader's zone.
    pub fn summary(&self, runbook: &Runbook, locale: &Locale, zone: Tz) -> String {
        let words = Words { runbook, locale, zone };
        if locale.is_chinese() { chinese::sentence(self, &words) } else { english::sentence(self, &words) }
    }
}

/// What the runbook calls things, in the reader's language.
struct Words<'a> {
    runbook: &'a Runbook,
    locale: &'a Locale,
    zone: Tz,
}

impl<'a> Words<'a> {
    fn or_id(&self, text: Option<&'a Text>, id: &'a str) -> &'a str {
        text.map(|text| text.get(self.locale)).filter(|text| !text.is_empty()).unwrap_or(id)
    }

    fn step(&self, id: &'a StepId) -> &'a str {
        self.or_id(self.runbook.steps.get(id).map(|step| &step.title), id.as_str())
    }

    fn fact(&self, id: &'a FactId) -> &'a str {
        self.or_id(self.runbook.facts.get(id).map(|fact| &fact.title), id.as_str())
    }

    fn role(&self, id: &'a RoleId) -> &'a str {
        self.or_id(self.runbook.roles.get(id).map(|role| &role.title), id.as_str())
    }

    fn fallback(&self, id: &'a FallbackId) -> &'a str {
        self.or_id(self.runbook.fallbacks.get(id).map(|fallback| &fallback.title), id.as_str())
    }

    fn answer(&self, step: &StepId, answer: &'a AnswerId) -> &'a str {
        let text = match self.runbook.steps.get(step).map(|step| &step.kind) {
            Some(StepKind::Decide { answers }) => answers.get(answer),
            Some(_) | None => None,
        };
        self.or_id(text, answer.as_str())
    }

    /// A severity with what it means.
    fn severity(&self, id: &SeverityId) -> String {
        match self.runbook.severity(id.as_str()).map(|(severity, _)| severity.means.get(self.locale)) {
            Some("") | None => id.to_string(),
            Some(means) if self.locale.is_chinese() => format!("{id}（{means}）"),
            Some(means) => format!("{id} ({means})"),
        }
    }

    /// Whether a step is an acceptance: it passes or does not.
    fn accepts(&self, id: &StepId) -> bool {
        matches!(self.runbook.steps.get(id).map(|step| &step.kind), Some(StepKind::Accept { .. }))
    }

    /// What lifting a containment means, in the runbook's words.
    fn lift(&self, id: &StepId) -> Option<&'a str> {
        match &self.runbook.steps.get(id)?.kind {
            StepKind::Contain { lift: Some(lift), .. } => Some(lift.get(self.locale)),
            _ => None,
        }
    }

    fn value(&self, id: &FactId, value: &FactValue) -> String {
        match value {
            FactValue::Text(text) => text.get(self.locale).to_owned(),
            FactValue::Percent(percent) => format!("{percent}%"),
            FactValue::Choice(choice) => match self.runbook.facts.get(id).map(|fact| &fact.kind) {
                Some(FactKind::Choice(choices)) => self.or_id(choices.get(choice), choice).to_owned(),
                Some(_) | None => choice.clone(),
            },
            FactValue::Datetime(moment) => moment.with_timezone(&self.zone).format("%Y-%m-%d %H:%M").to_string(),
            FactValue::Number(_) | FactValue::Duration(_) => super::fact::written(value),
        }
    }
}
