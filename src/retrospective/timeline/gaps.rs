//! What the journal does not say: long silences, steps that left no trace, facts nobody stated.

use std::collections::HashSet;
use std::time::Duration;

use serde::Serialize;

use super::{Kind, Row};
use crate::clock::between;
use crate::incident::event::{Event, Recorded};
use crate::incident::{Actor, Outcome};
use crate::retrospective::names::Roles;
use crate::retrospective::words::{Words, say};
use crate::runbook::{Phase, Runbook, StepKind};

/// The shortest silence worth asking about.
const SILENCE: Duration = Duration::from_secs(20 * 60);

/// Something missing, and who could know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    pub what: String,
    /// A role's title.
    pub who: String,
    pub seqs: Vec<u64>,
}

/// Rows for the stretches of an open incident in which nobody recorded anything.
pub fn silences(runbook: &Runbook, events: &[Recorded], roles: &Roles, words: &Words) -> Vec<Row> {
    let longest = runbook.severities.iter().map(|severity| severity.update_every).min().unwrap_or(SILENCE).max(SILENCE);
    let mut silences = Vec::new();
    let mut last: Option<&Recorded> = None;
    let mut phase = Phase::Pre;
    for recorded in events {
        if let Event::PhaseEntered { phase: entered } = recorded.event {
            phase = entered;
        }
        if phase == Phase::Post {
            last = None;
            continue;
        }
        let by_people = matches!(recorded.actor, Actor::Person(_));
        if !by_people && !matches!(recorded.event, Event::IncidentDeclared(_)) {
            continue;
        }
        if let Some(before) = last
            && between(before.at, recorded.at) >= longest
        {
            silences.push(silence(before, recorded, phase, roles, words));
        }
        last = Some(recorded);
    }
    silences
}

fn silence(before: &Recorded, after: &Recorded, phase: Phase, roles: &Roles, words: &Words) -> Row {
    let (from, to) = (words.time(before.at), words.time(after.at));
    let span = words.duration(between(before.at, after.at));
    let who = roles.actor(before).or_else(|| roles.actor(after)).unwrap_or_default();
    let what = match who.is_empty() {
        true => say!(words, "{from} 到 {to}（{span}）没有记录", "Nothing was recorded from {from} to {to} ({span})"),
        false => say!(
            words,
            "{from} 到 {to}（{span}）没有记录，{who}也许记得当时在做什么",
            "Nothing was recorded from {from} to {to} ({span}); {who} may recall what went on"
        ),
    };
    Row {
        seqs: Vec::new(),
        occurred_at: before.at,
        at: before.at,
        phase,
        role: None,
        step: None,
        what,
        evidence: None,
        kind: Kind::Gap,
        internal: true,
        correction: None,
        aside: None,
        switched: Vec::new(),
        group: None,
    }
}

/// Steps that left no note or evidence, and facts that their steps asked for and nobody stated.
pub fn gaps(runbook: &Runbook, events: &[Recorded], roles: &Roles, words: &Words) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let noted = steps_spoken_of(events);
    let mut stated: HashSet<&str> = HashSet::new();
    let mut told = HashSet::new();
    for recorded in events {
        match &recorded.event {
            Event::FactStated { fact, .. } => drop(stated.insert(fact.as_str())),
            Event::FactsConfirmed { facts } => stated.extend(facts.keys().map(|fact| fact.as_str())),
            Event::StepEnded { step, outcome, note: None, evidence: None, .. } if *outcome != Outcome::Skipped => {
                let Some(known) = runbook.steps.get(step) else { continue };
                let leaves_traces =
                    matches!(known.kind, StepKind::Task { .. } | StepKind::Contain { .. } | StepKind::Accept { .. });
                if leaves_traces && !noted.contains(step.as_str()) && told.insert(step) {
                    let title = known.title.get(&words.locale);
                    let what = say!(words, "“{title}”没有留下说明或证据", "“{title}” left no note and no evidence");
                    gaps.push(Gap { what, who: roles.title(&known.role), seqs: vec![recorded.seq] });
                }
            }
            Event::StepEnded { .. } => {}
            _ => {}
        }
    }
    for step in runbook.steps.values() {
        let StepKind::Gather { facts } = &step.kind else { continue };
        let missing: Vec<_> = facts.iter().filter(|fact| !stated.contains(fact.as_str())).collect();
        if !missing.is_empty() && opened(events, step.id.as_str()) {
            let facts = words.list(missing.iter().map(|fact| words.fact_title(runbook, fact.as_str())));
            let what = say!(words, "没有说明：{facts}", "Not stated: {facts}");
            gaps.push(Gap { what, who: roles.title(&step.role), seqs: Vec::new() });
        }
    }
    gaps
}

/// Steps with a note or evidence at any of their ends, or whose operation left a report.
fn steps_spoken_of(events: &[Recorded]) -> HashSet<&str> {
    let spoken = events.iter().filter_map(|recorded| match &recorded.event {
        Event::StepEnded { step, note, evidence, .. } if note.is_some() || evidence.is_some() => Some(step.as_str()),
        Event::ActionWorked { step, .. } | Event::ActionFailed { step, .. } | Event::ProbeAnswered { step, .. } => {
            Some(step.as_str())
        }
        _ => None,
    });
    spoken.collect()
}

fn opened(events: &[Recorded], id: &str) -> bool {
    events.iter().any(|recorded| matches!(&recorded.event, Event::StepOpened { step, .. } if step.as_str() == id))
}
