//! Facts stated and confirmed, and the drafts that a change of what is known voids.

use indexmap::IndexMap;

use super::rejection::listed;
use super::{Deciding, Rejection, text};
use crate::incident::NoticeId;
use crate::incident::command::StatedFact;
use crate::incident::event::{Event, FactValue};
use crate::incident::fact;
use crate::incident::state::FactState;
use crate::locale::{Locale, Text};
use crate::runbook::{FactId, StepId, StepKind};

impl Deciding<'_> {
    pub(super) fn state_facts(&mut self, stated: &[StatedFact], confirm: bool) -> Result<(), Rejection> {
        let mut statements: IndexMap<&FactId, FactValue> = IndexMap::new();
        for StatedFact { fact, value } in stated {
            self.checked(fact, value)?;
            // The same text in several languages is one statement.
            if let (Some(FactValue::Text(earlier)), FactValue::Text(more)) = (statements.get_mut(fact), value) {
                more.iter().for_each(|(locale, wording)| earlier.set(locale.clone(), wording));
            } else {
                statements.insert(fact, value.clone());
            }
        }
        for (fact, value) in statements {
            self.state(fact, value)?;
        }
        let confirmed = confirm && self.confirm_open_gathers()?;
        if stated.is_empty() && !confirmed {
            let help = "muster set FACT=VALUE, or muster set --confirm while a gather with prepared wording is open";
            return Err(Rejection::new("nothing_stated", "nothing is stated or left to confirm").help(help));
        }
        Ok(())
    }

    fn checked(&self, id: &FactId, value: &FactValue) -> Result<(), Rejection> {
        let fact = self.runbook.facts.get(id).ok_or_else(|| {
            Rejection::new("unknown_fact", format!("there is no fact `{id}` in this runbook"))
                .help(format!("facts: {}", listed(self.runbook.facts.keys())))
        })?;
        fact::fits(&fact.kind, value).map_err(|expected| {
            Rejection::new("wrong_value", format!("`{id}` is {expected}")).help(format!("muster set {id}=…"))
        })?;
        if let FactValue::Text(wording) = value {
            if wording.locales().next().is_none() {
                return Err(Rejection::new("empty_text", format!("`{id}` is empty")).help(format!("muster set {id}=…")));
            }
            for (_, wording) in wording.iter() {
                text::said(id.as_str(), wording).map_err(|error| error.help(format!("muster set {id}=…")))?;
            }
        }
        Ok(())
    }

    fn state(&mut self, id: &FactId, value: FactValue) -> Result<(), Rejection> {
        let known = self.incident.facts.get(id);
        let before = known.map(|known| known.value.clone());
        let (value, stale) = match value {
            FactValue::Text(said) => {
                let prepared =
                    self.runbook.facts.get(id).and_then(|fact| match fact::prepared(fact, &self.incident, self.at) {
                        Some(FactValue::Text(text)) => Some(text),
                        Some(_) | None => None,
                    });
                let (text, stale) = worded(said, known, prepared);
                (FactValue::Text(text), stale)
            }
            FactValue::Number(_)
            | FactValue::Percent(_)
            | FactValue::Datetime(_)
            | FactValue::Duration(_)
            | FactValue::Choice(_) => (value, Vec::new()),
        };
        let changed = before.as_ref() != Some(&value);
        self.emit(Event::FactStated { fact: id.clone(), value, stale })?;
        if changed { self.void_drafts(None, &format!("fact:{id}")) } else { Ok(()) }
    }

    /// Confirms every prepared value of the gathers that are open; says whether there were any.
    fn confirm_open_gathers(&mut self) -> Result<bool, Rejection> {
        let runbook = self.runbook;
        let mut confirmed = IndexMap::new();
        for step in runbook.steps.values().filter(|step| self.incident.is_open(&step.id)) {
            if let StepKind::Gather { facts } = &step.kind {
                confirmed.extend(fact::unsettled(runbook, &self.incident, self.at, facts).0);
            }
        }
        let any = !confirmed.is_empty();
        self.confirm(confirmed)?;
        Ok(any)
    }

    /// Ends a gather's wait for its facts: prepared wording is confirmed, the rest must have been stated.
    pub(super) fn confirm_gathered(&mut self, id: &StepId, facts: &[FactId]) -> Result<(), Rejection> {
        let (prepared, missing) = fact::unsettled(self.runbook, &self.incident, self.at, facts);
        if !missing.is_empty() {
            let set: Vec<String> = missing.iter().map(|fact| format!("{fact}=…")).collect();
            return Err(Rejection::new("facts_missing", format!("`{id}` still needs {}", listed(&missing)))
                .help(format!("muster set {}", set.join(" "))));
        }
        self.confirm(prepared)
    }

    fn confirm(&mut self, facts: IndexMap<FactId, FactValue>) -> Result<(), Rejection> {
        let Some(first) = facts.keys().next().cloned() else { return Ok(()) };
        self.emit(Event::FactsConfirmed { facts })?;
        self.void_drafts(None, &format!("fact:{first}"))
    }

    /// Voids drafts that are no longer true; `but` is the notice whose queueing made them so.
    pub(super) fn void_drafts(&mut self, but: Option<NoticeId>, because: &str) -> Result<(), Rejection> {
        let pending: Vec<NoticeId> = self
            .incident
            .notices
            .iter()
            .filter(|notice| notice.is_pending() && Some(notice.id()) != but)
            .map(|notice| notice.id())
            .collect();
        pending.into_iter().try_for_each(|id| self.void(id, because))
    }

    pub(super) fn void(&mut self, notice: NoticeId, because: &str) -> Result<(), Rejection> {
        let Some(step) = self.incident.notice(notice).map(|notice| notice.draft.step.clone()) else { return Ok(()) };
        self.follow(Event::NoticeVoided { notice, step, because: because.to_owned() })
    }
}

/// Puts what is said now before the wording in other languages, and tells which of that is now stale. Saying it
/// in a language that had fallen behind catches up, and leaves the others as they are.
fn worded(said: Text, known: Option<&FactState>, prepared: Option<Text>) -> (Text, Vec<Locale>) {
    let stated = known.and_then(|known| match &known.value {
        FactValue::Text(text) => Some(text.clone()),
        FactValue::Number(_)
        | FactValue::Percent(_)
        | FactValue::Datetime(_)
        | FactValue::Duration(_)
        | FactValue::Choice(_) => None,
    });
    let was_stale = known.map(|known| known.stale.clone()).unwrap_or_default();
    let stands = stated.as_ref().or(prepared.as_ref());
    let says_the_same =
        stands.is_some_and(|stands| said.iter().all(|(locale, wording)| stands.exactly(locale) == Some(wording)));
    let catches_up = says_the_same || stated.is_some() && said.locales().all(|locale| was_stale.contains(locale));
    let mut text = said.clone();
    let mut stale = Vec::new();
    for (locale, wording) in stated.or(prepared).iter().flat_map(Text::iter) {
        if said.exactly(locale).is_some() {
            continue;
        }
        text.set(locale.clone(), wording);
        if !catches_up || was_stale.contains(locale) {
            stale.push(locale.clone());
        }
    }
    (text, stale)
}
