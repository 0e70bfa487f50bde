//! Step cards: an open step with everything that working it takes.

use serde::Serialize;

use super::stated::{Choice, FactField, fields};
use crate::app::Loaded;
use crate::app::view::Moment;
use crate::clock::Timestamp;
use crate::incident::PersonId;
use crate::incident::decide::{Pending, pending};
use crate::incident::roles;
use crate::incident::state::{RunState, Stage};
use crate::incident::view::{Task, todo};
use crate::locale::Locale;
use crate::runbook::{Gate, Step, StepKind, WaitFor};

/// An open step, or a containment to be lifted.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Card {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) title: String,
    detail: Option<String>,
    role: String,
    holders: Vec<String>,
    pub(super) mine: bool,
    /// `do`, `approve`, `draft`, `send`, `run`, `lift`, or `wait` while the world has yet to answer.
    pub(super) task: &'static str,
    pub(super) due_at: Option<Moment>,
    again: Option<u32>,
    evidence: bool,
    answers: Vec<Choice>,
    facts: Vec<FactField>,
    confirm: Vec<String>,
    probe: bool,
    fallbacks: Vec<Switch>,
    approval: Option<Approval>,
    failed: bool,
    notice: Option<&'static str>,
    skip: bool,
}

/// A fallback to be turned on or off.
#[derive(Debug, Clone, Serialize)]
struct Switch {
    id: String,
    title: String,
    on: bool,
    decided: bool,
}

/// What stands to be approved, and whether the reader may.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Approval {
    hash: Option<String>,
    /// Who may approve it.
    by: Vec<String>,
    may: bool,
    /// The reader is its author, and nobody else can approve it.
    alone: bool,
}

/// Who looks, and when.
pub(super) struct Looking<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) now: Timestamp,
    pub(super) person: &'a PersonId,
    pub(super) locale: &'a Locale,
}

/// Everything there is to do, what is best done first at the front, then what waits.
pub(super) fn cards(looking: &Looking<'_>) -> Vec<Card> {
    let Looking { loaded, now, person, locale } = looking;
    let (runbook, incident) = (&loaded.runbook, &loaded.incident);
    let pending = pending(runbook, *now, incident);
    let mut todo = todo(runbook, *now, incident, Some(person), locale);
    // Whoever is asked for an approval they can't give waits; an update that is not yet owed is no hurry.
    let rests = |todo: &crate::incident::view::Todo| {
        let owed = incident.updates.get(&todo.step).is_some_and(|updates| updates.next_due > *now);
        owed || (todo.task == Task::Approve && !todo.mine)
    };
    todo.sort_by_key(rests);
    let mut cards: Vec<Card> = todo
        .iter()
        .filter_map(|todo| {
            let step = runbook.steps.get(&todo.step)?;
            let approval = pending.iter().find(|asked| asked.step == step.id);
            let mut card = card(looking, step, called(todo.task), approval);
            card.mine = todo.mine;
            card.due_at = todo.due_at.map(Into::into);
            card.title.clone_from(&todo.title);
            Some(card)
        })
        .collect();
    let waiting = runbook.steps.values().filter(|step| incident.is_open(&step.id));
    let waiting: Vec<_> = waiting.filter(|step| cards.iter().all(|card| card.id != step.id.as_str())).collect();
    cards.extend(waiting.into_iter().map(|step| card(looking, step, "wait", None)));
    cards
}

/// What a page calls a task.
fn called(task: Task) -> &'static str {
    match task {
        Task::Do => "do",
        Task::Approve => "approve",
        Task::Draft => "draft",
        Task::Send => "send",
        Task::Run => "run",
        Task::Lift => "lift",
    }
}

fn card(looking: &Looking<'_>, step: &Step, task: &'static str, asked: Option<&Pending>) -> Card {
    let Looking { loaded, locale, .. } = looking;
    let (runbook, incident) = (&loaded.runbook, &loaded.incident);
    let state = incident.step(&step.id);
    let text = |text: &crate::locale::Text| text.get(locale).to_owned();
    Card {
        id: step.id.to_string(),
        kind: step.kind.name(),
        title: text(&step.title),
        detail: step.detail.as_ref().map(text),
        role: runbook.roles.get(&step.role).map_or_else(|| step.role.to_string(), |role| text(&role.title)),
        holders: roles::holders(runbook, incident, &step.role).iter().map(ToString::to_string).collect(),
        mine: false,
        task,
        due_at: state.and_then(|state| state.due_at).map(Into::into),
        again: state.map(|state| state.attempt).filter(|attempt| *attempt > 1),
        evidence: matches!(step.kind, StepKind::Task { evidence_required: true }),
        answers: answers(step, locale),
        facts: match &step.kind {
            StepKind::Gather { facts } => {
                fields(loaded, looking.now, locale, step.id.as_str(), facts.iter().map(crate::runbook::FactId::as_str))
            }
            _ => Vec::new(),
        },
        confirm: match &step.kind {
            StepKind::Accept { confirm, .. } => confirm.iter().map(text).collect(),
            _ => Vec::new(),
        },
        probe: matches!(&step.kind, StepKind::Accept { probe: Some(_), .. }),
        fallbacks: switches(looking, step),
        approval: step.kind.gate().and_then(|gate| approval(looking, gate, asked)),
        failed: state.is_some_and(|state| matches!(state.run, Some(RunState::Failed { .. }))),
        notice: incident.newest_notice(&step.id).map(|notice| stage(notice.stage)),
        skip: !matches!(step.kind, StepKind::Updates { .. } | StepKind::Wait(WaitFor::Time(_))) && task != "lift",
    }
}

fn answers(step: &Step, locale: &Locale) -> Vec<Choice> {
    let StepKind::Decide { answers } = &step.kind else { return Vec::new() };
    let answer = |(id, title): (&crate::runbook::AnswerId, &crate::locale::Text)| Choice {
        id: id.to_string(),
        title: title.get(locale).to_owned(),
        picked: false,
    };
    answers.iter().map(answer).collect()
}

fn switches(looking: &Looking<'_>, step: &Step) -> Vec<Switch> {
    let StepKind::Cover { fallbacks } = &step.kind else { return Vec::new() };
    let known = fallbacks.iter().filter_map(|id| looking.loaded.runbook.fallbacks.get(id));
    known
        .map(|fallback| {
            let state = looking.loaded.incident.fallbacks.get(&fallback.id);
            Switch {
                id: fallback.id.to_string(),
                title: fallback.title.get(looking.locale).to_owned(),
                on: state.is_some_and(|state| state.on),
                decided: state.is_some_and(|state| state.decided),
            }
        })
        .collect()
}

/// What is asked of whom; none where nothing stands to be approved.
fn approval(looking: &Looking<'_>, gate: &Gate, asked: Option<&Pending>) -> Option<Approval> {
    let asked = asked?;
    let by = if asked.approvers.is_empty() {
        gate.by.iter().map(ToString::to_string).collect()
    } else {
        asked.approvers.iter().map(ToString::to_string).collect()
    };
    Some(Approval {
        hash: asked.hash.clone(),
        by,
        may: asked.approvers.contains(looking.person),
        alone: asked.alone && author(looking, asked) == Some(looking.person),
    })
}

fn author<'a>(looking: &Looking<'a>, asked: &Pending) -> Option<&'a PersonId> {
    let incident = &looking.loaded.incident;
    match asked.notice {
        Some(notice) => incident.notice(notice)?.author.person(),
        None => incident.step(&asked.step)?.approval.as_ref()?.author.as_ref()?.person(),
    }
}

/// What stands to be approved of one step.
pub(super) fn approval_of(looking: &Looking<'_>, step: &Step) -> Option<Approval> {
    let pending = pending(&looking.loaded.runbook, looking.now, &looking.loaded.incident);
    approval(looking, step.kind.gate()?, pending.iter().find(|asked| asked.step == step.id))
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Draft => "draft",
        Stage::Approved => "approved",
        Stage::Queued => "queued",
        Stage::Settled => "settled",
        Stage::Voided | Stage::Cancelled => "cancelled",
    }
}
