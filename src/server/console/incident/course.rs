//! The course of an incident: what is open in lanes, what is behind, what is to come.

use serde::Serialize;

use crate::app::view::Moment;
use crate::incident::Outcome;
use crate::incident::state::Progress;
use crate::incident::view::Todo;
use crate::runbook::{ListIndex, Step, StepId, StepKind};
use crate::server::console::step::{Card, Sight, notice};

/// Open steps of one branch.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Lane {
    /// None for a phase's own steps.
    name: Option<String>,
    cards: Vec<Card>,
}

/// A step that is not open.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Stop {
    id: String,
    title: String,
    kind: &'static str,
    role: String,
    phase: &'static str,
    /// `done`, `worked`, `failed`, `skipped`, `not_applicable`; none while it is to come.
    outcome: Option<&'static str>,
    ended_at: Option<Moment>,
    attempt: u32,
    /// Whether it has, or had, a notice to be read.
    notice: bool,
}

/// Everything open but what is pinned, by the branch it stands in.
pub(super) fn lanes(sight: &Sight<'_>, todo: &[Todo], pinned: &[&StepId]) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    let open = sight.runbook().steps.values().filter(|step| sight.incident().is_open(&step.id));
    for step in open.filter(|step| !pinned.contains(&&step.id)) {
        let name = lane_name(sight, step.list);
        let card = Card::open(sight, step, todo.iter().find(|todo| todo.step == step.id));
        match lanes.iter_mut().find(|lane| lane.name == name) {
            Some(lane) => lane.cards.push(card),
            None => lanes.push(Lane { name, cards: vec![card] }),
        }
    }
    lanes
}

/// What a branch is called: the answer that it follows from where all of it does, else as the runbook names it.
fn lane_name(sight: &Sight<'_>, list: ListIndex) -> Option<String> {
    let branch = sight.runbook().list(list).branch.clone()?;
    let mut steps = sight.runbook().steps.values().filter(|step| step.list == list);
    let first = steps.next().and_then(|step| step.when.as_ref());
    let answer = first.filter(|first| steps.all(|step| step.when.as_ref() == Some(*first)));
    Some(answer.and_then(|when| answered(sight, when.as_str())).unwrap_or(branch))
}

/// The answer that a condition asks for, such as `answers.remedy == 'appeal'`, as the question words it.
fn answered(sight: &Sight<'_>, condition: &str) -> Option<String> {
    let (question, answer) = condition.trim().strip_prefix("answers.")?.split_once("==")?;
    let answer = answer.trim().trim_matches(['\'', '"']);
    let StepKind::Decide { answers } = &sight.runbook().step(question.trim())?.kind else { return None };
    let (_, title) = answers.iter().find(|(id, _)| id.as_str() == answer)?;
    Some(title.get(sight.locale).to_owned())
}

/// Steps that are over, newest first, and those that are to come, in their order.
pub(super) fn stops(sight: &Sight<'_>) -> (Vec<Stop>, Vec<Stop>) {
    let (mut behind, mut to_come) = (Vec::new(), Vec::new());
    for step in sight.runbook().steps.values() {
        match sight.incident().progress(&step.id) {
            Progress::Open => {}
            Progress::Waiting => to_come.push(stop(sight, step, None, None)),
            Progress::NotApplicable => behind.push(stop(sight, step, Some("not_applicable"), None)),
            Progress::Ended { outcome, at } => {
                behind.push(stop(sight, step, Some(Outcome::as_str(*outcome)), Some((*at).into())));
            }
        }
    }
    behind.sort_by_key(|stop| std::cmp::Reverse(stop.ended_at));
    (behind, to_come)
}

fn stop(sight: &Sight<'_>, step: &Step, outcome: Option<&'static str>, ended_at: Option<Moment>) -> Stop {
    Stop {
        id: step.id.to_string(),
        title: step.title.get(sight.locale).to_owned(),
        kind: step.kind.name(),
        role: sight.role(&step.role),
        phase: step.phase.as_str(),
        outcome,
        ended_at,
        attempt: sight.incident().step_attempt(&step.id),
        notice: step.kind.notice().is_some() && notice(sight, &step.id).stage != "none",
    }
}
