//! What there is to do, in the order it is best done: open steps, then containments to be lifted.

use crate::app::Loaded;
use crate::app::view::{Obligation, Show, StepLine};
use crate::cli::render::out::style;
use crate::cli::render::span::deadline;
use crate::cli::render::table::Cell;
use crate::cli::session::Here;
use crate::cli::words::Words;
use crate::clock::Timestamp;
use crate::incident::state::RunState;
use crate::runbook::StepId;

/// One thing that a number stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Todo {
    Step(StepId),
    Lift(StepId),
}

/// A thing to do and how it is listed.
pub(super) struct Entry {
    pub(super) todo: Todo,
    pub(super) cells: Vec<Cell>,
    rank: Rank,
}

/// Sorts: what someone can do now before what waits, with a clock before without, the earlier first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    waits: bool,
    background: bool,
    clockless: bool,
    due: Timestamp,
}

/// Everything there is to do; where ranks are equal the runbook's order stands.
pub(super) fn list(words: Words, here: Here, show: &Show, loaded: &Loaded) -> Vec<Entry> {
    let open = show.steps.iter().filter(|step| step.state == "open");
    let mut entries: Vec<Entry> = open.map(|step| of_step(words, here, step, loaded)).collect();
    entries.sort_by(|a, b| a.rank.cmp(&b.rank));
    entries.extend(show.obligations.iter().map(|obligation| of_lift(words, obligation)));
    entries
}

fn of_step(words: Words, here: Here, step: &StepLine, loaded: &Loaded) -> Entry {
    // A background step has its turn when its message is owed.
    let owed = loaded.incident.updates.get(step.id.as_str()).map(|updates| updates.next_due);
    let due = owed.or(step.due_at.map(|at| at.0));
    let clock = due.map_or_else(Cell::default, |due| {
        Cell::styled(deadline(words, here.now, due), if due < here.now { style::BAD } else { style::WARN })
    });
    let waits = waits_for(words, loaded, &step.id);
    let rank = Rank {
        waits: waits.is_some(),
        background: matches!(step.kind, "updates" | "wait") && due.is_none_or(|due| due > here.now),
        clockless: due.is_none(),
        due: due.unwrap_or(Timestamp::MAX_UTC),
    };
    let cells = vec![
        Cell::styled(&step.id, style::STRONG),
        (&step.title).into(),
        Cell::styled(&step.role, style::DIM),
        clock,
        Cell::styled(waits.unwrap_or_default(), style::DIM),
    ];
    Entry { todo: Todo::Step(StepId::new(&step.id)), cells, rank }
}

fn of_lift(words: Words, obligation: &Obligation) -> Entry {
    let cells = vec![
        Cell::styled(&obligation.step, style::STRONG),
        (&obligation.lift).into(),
        Cell::default(),
        Cell::default(),
        Cell::styled(words.to_be_lifted(), style::DIM),
    ];
    let rank = Rank { waits: false, background: true, clockless: true, due: Timestamp::MAX_UTC };
    Entry { todo: Todo::Lift(StepId::new(&obligation.step)), cells, rank }
}

/// What an open step waits for, where it is not for whoever looks.
fn waits_for(words: Words, loaded: &Loaded, step: &str) -> Option<String> {
    let state = loaded.incident.steps.get(step)?;
    if matches!(state.run, Some(RunState::Queued | RunState::Started)) {
        return Some(words.on_its_way().to_owned());
    }
    let gate = loaded.runbook.step(step)?.kind.gate()?;
    state.approval.as_ref().filter(|approval| !approval.complete)?;
    let roles: Vec<String> = gate.by.iter().map(ToString::to_string).collect();
    Some(words.awaits_approval_by(&words.listed(&roles)))
}
