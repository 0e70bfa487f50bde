//! What stands beside the steps: containments in force, facts, roles, whom the fallbacks serve.

use serde::Serialize;

use crate::incident::{roles, view};
use crate::locale::{Locale, Text};
use crate::retrospective::Words;
use crate::runbook::{Fact, FactValue, Role, StepId};
use crate::server::console::step::fields::{self, FactFields, Prepared};
use crate::server::console::step::{Link, Sight, reaches};

/// A containment that is yet to be lifted or kept.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Obligation {
    pub(super) step: String,
    title: String,
    /// What was done.
    of: String,
    role: String,
    holders: String,
    may_act: bool,
    pinned: bool,
}

/// What the facts of the incident are, as far as they are known.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct FactLine {
    id: String,
    title: String,
    /// In the reader's language; none until it is stated.
    value: Option<String>,
    /// Whether the reader's wording, or that of another language, is older than what was last said.
    stale: bool,
    stale_elsewhere: bool,
    others: Vec<Wording>,
    fields: FactFields,
}

/// A text in another language.
#[derive(Debug, PartialEq, Serialize)]
struct Wording {
    lang: String,
    language: String,
    text: String,
    stale: bool,
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct RoleLine {
    id: String,
    title: String,
    /// Who was given it; empty where nobody was.
    holders: String,
    /// To whom it falls then.
    falls_to: String,
    /// As it is typed.
    written: String,
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Covered {
    affected: u64,
    covered: u64,
    uncovered: u64,
    left: u64,
    remainder: Vec<String>,
    more: u64,
    reaches: Vec<Link>,
}

pub(super) fn obligations(sight: &Sight<'_>, pinned: Option<&StepId>) -> Vec<Obligation> {
    let (runbook, incident) = (sight.runbook(), sight.incident());
    let open = view::obligations(runbook, incident).into_iter();
    open.filter_map(|(id, lift)| {
        let step = runbook.steps.get(id)?;
        let of = step.title.get(sight.locale).to_owned();
        Some(Obligation {
            step: id.to_string(),
            title: lift.map_or_else(|| of.clone(), |lift| lift.get(sight.locale).to_owned()),
            of,
            role: sight.role(&step.role),
            holders: sight.holders(&step.role),
            may_act: sight.may_act(),
            pinned: pinned == Some(id),
        })
    })
    .collect()
}

/// The facts that were stated, and those that may yet be.
pub(super) fn facts(sight: &Sight<'_>) -> (Vec<FactLine>, Vec<FactLine>) {
    sight.runbook().facts.values().map(|fact| line(sight, fact)).partition(|line| line.value.is_some())
}

fn line(sight: &Sight<'_>, fact: &Fact) -> FactLine {
    let incident = sight.incident();
    let today = sight.now.with_timezone(&incident.timezone).date_naive();
    let words = Words { locale: sight.locale.clone(), timezone: incident.timezone, day: Some(today) };
    let stated = incident.facts.get(&fact.id);
    let stale = stated.map(|stated| stated.stale.as_slice()).unwrap_or_default();
    let others = match stated.map(|stated| (&stated.value, &stated.stale)) {
        Some((FactValue::Text(text), stale)) => wordings(text, stale, sight.writing()),
        _ => Vec::new(),
    };
    FactLine {
        id: fact.id.to_string(),
        title: fact.title.get(sight.locale).to_owned(),
        value: stated.map(|stated| words.fact(sight.runbook(), fact.id.as_str(), &stated.value)),
        stale: stale.contains(sight.writing()),
        stale_elsewhere: stale.iter().any(|locale| locale != sight.writing()),
        others,
        fields: fields::fields(sight, [fact], |_| Prepared::Stated),
    }
}

/// A text in each of its languages but one.
fn wordings(text: &Text, stale: &[Locale], but: &Locale) -> Vec<Wording> {
    let others = text.iter().filter(|(locale, text)| *locale != but && !text.trim().is_empty());
    others
        .map(|(locale, text)| Wording {
            lang: locale.to_string(),
            language: locale.own_name().to_owned(),
            text: text.to_owned(),
            stale: stale.contains(locale),
        })
        .collect()
}

pub(super) fn roles(sight: &Sight<'_>) -> Vec<RoleLine> {
    let incident = sight.incident();
    let line = |role: &Role| {
        let given = incident.roles.get(&role.id).map(Vec::as_slice).unwrap_or_default();
        let falls = if given.is_empty() { roles::holders(sight.runbook(), incident, &role.id) } else { &[] };
        let written: Vec<&str> = given.iter().map(|person| person.0.as_str()).collect();
        RoleLine {
            id: role.id.to_string(),
            title: role.title.get(sight.locale).to_owned(),
            holders: sight.people(given),
            falls_to: sight.people(falls),
            written: written.join(", "),
        }
    };
    sight.runbook().roles.values().map(line).collect()
}

pub(super) fn covered(sight: &Sight<'_>) -> Option<Covered> {
    let coverage = sight.coverage?;
    Some(Covered {
        affected: coverage.affected,
        covered: coverage.covered,
        uncovered: coverage.uncovered,
        left: coverage.left,
        more: coverage.left.saturating_sub(coverage.remainder.len() as u64),
        remainder: coverage.remainder.clone(),
        reaches: reaches(sight),
    })
}
