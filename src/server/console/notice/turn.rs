//! Whose turn it is: the notice of a step that stands, and what comes before one that is yet to come.

use crate::app::Loaded;
use crate::incident::state::{NoticeState, Stage};
use crate::runbook::{Phase, Step, StepKind};
use crate::server::console::step::{Card, Sight};

/// The newest notice of a step that counts: one that was called back is composed anew, as is an update already sent.
pub(super) fn current<'l>(loaded: &'l Loaded, step: &Step) -> Option<&'l NoticeState> {
    let newest = loaded.incident.newest_notice(&step.id)?;
    match newest.stage {
        Stage::Draft | Stage::Approved | Stage::Queued => Some(newest),
        Stage::Settled => {
            let again = matches!(step.kind, StepKind::Updates { .. }) && loaded.incident.is_open(&step.id);
            (!again).then_some(newest)
        }
        Stage::Voided | Stage::Cancelled => None,
    }
}

/// Whether a notice's turn has yet to come, while it may.
pub(super) fn is_to_come(loaded: &Loaded, step: &Step) -> bool {
    let incident = &loaded.incident;
    !incident.is_open(&step.id) && incident.outcome(&step.id).is_none() && incident.phase <= Phase::Mid
}

/// What still stands before a notice whose turn has not come: the same cards as on the incident's page.
pub(super) fn before(sight: &Sight<'_>, step: &Step) -> Vec<Card> {
    if !is_to_come(sight.loaded, step) {
        return Vec::new();
    }
    let steps = &sight.runbook().steps;
    let todo = sight.todo();
    let rank = |step: &Step| todo.iter().position(|todo| todo.step == step.id).unwrap_or(usize::MAX);
    let earlier = steps.values().take_while(|earlier| earlier.id != step.id);
    let holds_up = |step: &&Step| !matches!(step.kind, StepKind::Updates { .. });
    let mut open: Vec<&Step> = earlier.filter(|step| sight.incident().is_open(&step.id)).filter(holds_up).collect();
    open.sort_by_key(|step| rank(step));
    let card = |(at, step): (usize, &Step)| {
        let card = Card::open(sight, step, todo.iter().find(|todo| todo.step == step.id));
        if at == 0 { card.pinned() } else { card }
    };
    open.into_iter().enumerate().map(card).collect()
}
