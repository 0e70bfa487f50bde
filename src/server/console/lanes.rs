//! The plan as lanes: phases in order, what happens side by side beside each other.

use serde::Serialize;

use crate::app::Loaded;
use crate::app::view::Moment;
use crate::incident::Outcome;
use crate::incident::state::Progress;
use crate::locale::Locale;
use crate::runbook::{Item, ListIndex, Phase, StepId};

/// A phase, in parts that follow each other.
#[derive(Debug, Serialize)]
pub(super) struct PhaseLanes {
    phase: &'static str,
    now: bool,
    parts: Vec<Part>,
}

/// Steps one after another, or branches side by side.
#[derive(Debug, Serialize)]
struct Part {
    steps: Vec<Row>,
    lanes: Vec<Lane>,
}

#[derive(Debug, Serialize)]
struct Lane {
    name: String,
    parts: Vec<Part>,
}

#[derive(Debug, Serialize)]
struct Row {
    id: String,
    title: String,
    kind: &'static str,
    /// `waiting`, `open`, `not_applicable`, or how it ended.
    state: &'static str,
    late: bool,
    ended_at: Option<Moment>,
    due_at: Option<Moment>,
}

pub(super) fn phases(loaded: &Loaded, locale: &Locale) -> Vec<PhaseLanes> {
    let lanes = |phase: Phase| PhaseLanes {
        phase: phase.as_str(),
        now: loaded.incident.phase == phase && loaded.incident.closed_at().is_none(),
        parts: parts(loaded, locale, loaded.runbook.phase_list(phase)),
    };
    Phase::ALL.map(lanes).into()
}

fn parts(loaded: &Loaded, locale: &Locale, list: ListIndex) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    for item in &loaded.runbook.list(list).items {
        match item {
            Item::Step(id) => match found.last_mut().filter(|part| part.lanes.is_empty()) {
                Some(part) => part.steps.extend(row(loaded, locale, id)),
                None => {
                    found.push(Part { steps: row(loaded, locale, id).into_iter().collect(), lanes: Vec::new() });
                }
            },
            Item::Together(branches) => {
                let lane = |branch: &ListIndex| Lane {
                    name: loaded.runbook.list(*branch).branch.clone().unwrap_or_default(),
                    parts: parts(loaded, locale, *branch),
                };
                found.push(Part { steps: Vec::new(), lanes: branches.iter().map(lane).collect() });
            }
        }
    }
    found
}

fn row(loaded: &Loaded, locale: &Locale, id: &StepId) -> Option<Row> {
    let step = loaded.runbook.steps.get(id)?;
    let state = loaded.incident.step(id);
    let progress = loaded.incident.progress(id);
    Some(Row {
        id: id.to_string(),
        title: step.title.get(locale).to_owned(),
        kind: step.kind.name(),
        state: match progress {
            Progress::Waiting => "waiting",
            Progress::NotApplicable => "not_applicable",
            Progress::Open => "open",
            Progress::Ended { outcome, .. } => match outcome {
                Outcome::Done => "done",
                Outcome::Worked => "worked",
                Outcome::Failed => "failed",
                Outcome::Skipped => "skipped",
            },
        },
        late: state.is_some_and(|state| state.deadline_missed),
        ended_at: if let Progress::Ended { at, .. } = progress { Some((*at).into()) } else { None },
        due_at: state.filter(|_| *progress == Progress::Open).and_then(|state| state.due_at).map(Into::into),
    })
}
