//! Reads a scenario's file: its top-level keys, and the names that moments may speak of.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use indexmap::IndexMap;

use super::fields::{Faults, Fields};
use super::{Checked, Expectations, Fails, Pace, Player, Scenario, moment};
use crate::clock::Timestamp;
use crate::contact::ContactId;
use crate::incident::{Outcome, PersonId};
use crate::locale::Locale;
use crate::problem::{Place, Problem};
use crate::runbook::source::{self, Node};
use crate::runbook::{FactId, FallbackId, RoleId, Runbook, SeverityId, StepId};

const KEYS: [&str; 15] = [
    "drill",
    "runbook",
    "title",
    "start",
    "timezone",
    "locale",
    "severity",
    "started_by",
    "people",
    "contacts",
    "pace",
    "facts",
    "story",
    "fails",
    "expect",
];

/// What a moment may name, and when it all begins.
pub(super) struct Names<'a> {
    pub(super) runbook: &'a Runbook,
    pub(super) people: &'a IndexMap<PersonId, Player>,
    pub(super) start: Timestamp,
    pub(super) timezone: Tz,
}

/// Reads a scenario whole; every problem it has is in the answer.
pub(super) fn read(bytes: &[u8], runbook: &Runbook) -> Checked {
    let reading = source::read(bytes);
    let mut faults = Faults { problems: reading.problems, locale: runbook.locale().clone() };
    let scenario = reading.root.as_ref().and_then(|root| {
        let fields = faults.fields(root, &KEYS)?;
        scenario(&mut faults, &fields, runbook)
    });
    faults.problems.sort_by_key(|problem| (problem.place.line, problem.place.column));
    let sound = !faults.problems.iter().any(Problem::is_error);
    Checked { scenario: scenario.filter(|_| sound), problems: faults.problems }
}

fn scenario(faults: &mut Faults, fields: &Fields<'_, '_>, runbook: &Runbook) -> Option<Scenario> {
    if let Some(version) = fields.need(faults, "drill")
        && faults.word(version).is_some_and(|version| version != "1")
    {
        faults.error("unknown_version", version.place, "this Muster reads `drill: 1`");
    }
    if let Some(node) = fields.need(faults, "runbook")
        && let Some(id) = faults.string(node).filter(|id| id != runbook.id.as_str())
    {
        faults.error("other_runbook", node.place, format!("this scenario plays `{id}`, not `{}`", runbook.id));
    }
    if let Some(tag) = fields.get("locale") {
        match faults.string(tag).map(|tag| tag.parse::<Locale>()) {
            Some(Ok(locale)) => faults.locale = locale,
            Some(Err(error)) => faults.error("bad_locale", tag.place, error.to_string()),
            None => {}
        }
    }
    let timezone = fields.get("timezone").map_or(Some(Tz::UTC), |node| timezone(faults, node));
    let start = fields.need(faults, "start").and_then(|node| start(faults, node));
    let people = fields.need(faults, "people").map(|node| people(faults, node, runbook)).unwrap_or_default();
    // The faults that follow are worth telling even where the start is none.
    let names =
        Names { runbook, people: &people, start: start.unwrap_or_default(), timezone: timezone.unwrap_or_default() };
    let severity = fields.need(faults, "severity").and_then(|node| {
        let level = faults.word(node)?;
        names.severity(faults, node.place, &level)
    });
    let started_by = match fields.get("started_by") {
        Some(node) => faults.word(node).and_then(|person| names.person(faults, node.place, &person)),
        None => people.keys().next().cloned(),
    };
    let title = fields.get("title").and_then(|node| faults.text(node));
    let contacts = fields.get("contacts").and_then(|node| faults.string(node)).map(Into::into);
    let pace = fields.get("pace").map(|node| pace(faults, node, &names)).unwrap_or_default();
    let mut facts = IndexMap::new();
    for (id, value, place) in entries(faults, fields.get("facts")) {
        if let (Some(fact), Some(text)) = (names.fact(faults, place, &id), faults.fact(value)) {
            facts.insert(fact, text);
        }
    }
    let mut story: Vec<super::Moment> = Vec::new();
    if let Some(node) = fields.get("story") {
        for item in faults.list(node) {
            let after = story.last().map(|moment| moment.at).unwrap_or_default();
            story.extend(moment::read(faults, &names, item, after));
        }
    }
    let fails = fields.get("fails").map(|node| fails(faults, node, &names)).unwrap_or_default();
    let expect = fields.get("expect").map(|node| expectations(faults, node, &names)).unwrap_or_default();
    let (start, timezone, severity, started_by) = (start?, timezone?, severity?, started_by?);
    let locale = faults.locale.clone();
    Some(Scenario {
        title,
        start,
        timezone,
        locale,
        severity,
        started_by,
        people: people.clone(),
        contacts,
        pace,
        facts,
        story,
        fails,
        expect,
    })
}

fn timezone(faults: &mut Faults, node: &Node<'_>) -> Option<Tz> {
    let name = faults.string(node)?;
    let zone = name.parse().ok();
    if zone.is_none() {
        faults.error("bad_value", node.place, format!("`{name}` is not a time zone such as `Asia/Shanghai`"));
    }
    zone
}

fn start(faults: &mut Faults, node: &Node<'_>) -> Option<Timestamp> {
    let written = faults.word(node)?;
    let moment = DateTime::parse_from_rfc3339(&written).ok();
    if moment.is_none() {
        let example = "2026-03-12T19:42:00+08:00";
        faults.error("bad_value", node.place, format!("`{written}` is not a moment such as \"{example}\""));
    }
    moment.map(|moment| moment.with_timezone(&Utc))
}

fn people(faults: &mut Faults, node: &Node<'_>, runbook: &Runbook) -> IndexMap<PersonId, Player> {
    let mut people = IndexMap::new();
    for (id, value, _) in entries(faults, Some(node)) {
        let Some(fields) = faults.fields(value, &["name", "email", "roles"]) else { continue };
        let name = fields.get("name").and_then(|node| faults.string(node)).unwrap_or_else(|| id.clone());
        let email = fields.get("email").and_then(|node| faults.string(node));
        let mut roles = Vec::new();
        if let Some(list) = fields.get("roles") {
            for item in faults.list(list) {
                if let Some(role) = faults.word(item) {
                    roles.extend(role_of(faults, item.place, &role, runbook));
                }
            }
        }
        people.insert(PersonId(id), Player { name, email, roles });
    }
    people
}

fn pace(faults: &mut Faults, node: &Node<'_>, names: &Names<'_>) -> Pace {
    let mut pace = Pace::default();
    for (id, value, place) in entries(faults, Some(node)) {
        let span = faults.span(value);
        if id == "any" {
            pace.any = span;
        } else if let (Some(step), Some(span)) = (names.step(faults, place, &id), span) {
            pace.steps.insert(step, span);
        }
    }
    pace
}

fn fails(faults: &mut Faults, node: &Node<'_>, names: &Names<'_>) -> Fails {
    let mut fails = Fails::default();
    let Some(fields) = faults.fields(node, &["delivery", "actions", "probes"]) else { return fails };
    for (id, value, _) in entries(faults, fields.get("delivery")) {
        if let Some(answer) = faults.string(value) {
            fails.delivery.insert(ContactId::new(id), answer);
        }
    }
    for (key, words) in [("actions", ["failed", "worked"]), ("probes", ["failed", "passed"])] {
        for (id, value, place) in entries(faults, fields.get(key)) {
            let Some(step) = names.step(faults, place, &id) else { continue };
            let mut results = Vec::new();
            for item in faults.list(value) {
                let Some(word) = faults.word(item) else { continue };
                match words.iter().position(|known| *known == word) {
                    Some(index) => results.push(index == 1),
                    None => {
                        faults.error("bad_value", item.place, format!("`{word}` is not one of {}", words.join(", ")))
                    }
                }
            }
            let table = if key == "actions" { &mut fails.actions } else { &mut fails.probes };
            table.insert(step, results);
        }
    }
    fails
}

fn expectations(faults: &mut Faults, node: &Node<'_>, names: &Names<'_>) -> Expectations {
    let mut expect = Expectations::default();
    let Some(fields) = faults.fields(node, &["outcomes", "not_applicable", "uncovered"]) else { return expect };
    let outcomes = [Outcome::Done, Outcome::Worked, Outcome::Failed, Outcome::Skipped];
    for (id, value, place) in entries(faults, fields.get("outcomes")) {
        let (step, word) = (names.step(faults, place, &id), faults.word(value));
        let outcome = word.as_deref().and_then(|word| outcomes.into_iter().find(|outcome| outcome.as_str() == word));
        match (step, outcome) {
            (Some(step), Some(outcome)) => {
                expect.outcomes.insert(step, outcome);
            }
            (Some(_), None) => faults.error("bad_value", value.place, "expected done, worked, failed or skipped"),
            (None, _) => {}
        }
    }
    if let Some(list) = fields.get("not_applicable") {
        for item in faults.list(list) {
            if let Some(id) = faults.word(item) {
                expect.not_applicable.extend(names.step(faults, item.place, &id));
            }
        }
    }
    if let Some(node) = fields.get("uncovered") {
        expect.uncovered = faults.word(node).and_then(|count| count.parse().ok());
        if expect.uncovered.is_none() {
            faults.error("bad_value", node.place, "expected a count of contacts");
        }
    }
    expect
}

/// The entries of a map that may be missing, each with the place of its key.
fn entries<'n, 's>(faults: &mut Faults, node: Option<&'n Node<'s>>) -> Vec<(String, &'n Node<'s>, Place)> {
    let Some(node) = node else { return Vec::new() };
    let entries = faults.entries(node).unwrap_or_default();
    let placed = |(id, value): (String, &'n Node<'s>)| {
        let place = faults.key_place(node, &id).unwrap_or(value.place);
        (id, value, place)
    };
    entries.into_iter().map(placed).collect()
}

fn role_of(faults: &mut Faults, place: Place, id: &str, runbook: &Runbook) -> Option<RoleId> {
    let role = runbook.roles.get(id).map(|role| role.id.clone());
    if role.is_none() {
        faults.error("unknown_role", place, format!("`{id}` is not a role of the runbook"));
    }
    role
}

impl Names<'_> {
    pub(super) fn step(&self, faults: &mut Faults, place: Place, id: &str) -> Option<StepId> {
        let step = self.runbook.step(id).map(|step| step.id.clone());
        if step.is_none() {
            faults.error("unknown_step", place, format!("`{id}` is not a step of the runbook"));
        }
        step
    }

    pub(super) fn fact(&self, faults: &mut Faults, place: Place, id: &str) -> Option<FactId> {
        let fact = self.runbook.facts.get(id).map(|fact| fact.id.clone());
        if fact.is_none() {
            faults.error("unknown_fact", place, format!("`{id}` is not a fact of the runbook"));
        }
        fact
    }

    pub(super) fn fallback(&self, faults: &mut Faults, place: Place, id: &str) -> Option<FallbackId> {
        let fallback = self.runbook.fallbacks.get(id).map(|fallback| fallback.id.clone());
        if fallback.is_none() {
            faults.error("unknown_fallback", place, format!("`{id}` is not a fallback of the runbook"));
        }
        fallback
    }

    pub(super) fn severity(&self, faults: &mut Faults, place: Place, id: &str) -> Option<SeverityId> {
        let severity = self.runbook.severity(id).map(|(severity, _)| severity.id.clone());
        if severity.is_none() {
            faults.error("unknown_severity", place, format!("`{id}` is not a severity of the runbook"));
        }
        severity
    }

    pub(super) fn role(&self, faults: &mut Faults, place: Place, id: &str) -> Option<RoleId> {
        role_of(faults, place, id, self.runbook)
    }

    pub(super) fn person(&self, faults: &mut Faults, place: Place, id: &str) -> Option<PersonId> {
        let person = moment::known(self.people.keys(), id);
        if person.is_none() {
            faults.error("unknown_person", place, format!("`{id}` is not among the scenario's people"));
        }
        person
    }
}
