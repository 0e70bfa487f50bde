//! When something next falls due: a function of state, never a stored timer.

use std::time::Duration;

use super::command::Command;
use super::deadline;
use super::state::{Incident, Progress};
use crate::clock::{Timestamp, after};
use crate::runbook::{Runbook, Step, StepId, StepKind, WaitFor};

/// The next moment at which the clock itself asks for something.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    pub at: Timestamp,
    pub step: StepId,
    /// What a tick at or after that moment asks.
    pub command: Command,
}

/// The earliest thing that falls due, whether already past or still to come.
pub fn due(runbook: &Runbook, incident: &Incident) -> Option<Due> {
    if incident.closed_at().is_some() {
        return None;
    }
    let mut earliest: Option<Due> = None;
    let mut consider = |at: Option<Timestamp>, step: &Step, command: fn(StepId) -> Command| {
        let Some(at) = at else { return };
        // The first of several at the same moment stays, so that the order is always the same.
        if earliest.as_ref().is_none_or(|earliest| at < earliest.at) {
            earliest = Some(Due { at, step: step.id.clone(), command: command(step.id.clone()) });
        }
    };
    if let Some((step, _)) = deadline::first_notice_due(runbook, incident) {
        consider(deadline(runbook, incident, step).map(just_after), step, |step| Command::MissDeadline { step });
    }
    for (id, state) in &incident.steps {
        if state.progress != Progress::Open {
            continue;
        }
        let Some(step) = runbook.steps.get(id) else { continue };
        consider(deadline(runbook, incident, step).map(just_after), step, |step| Command::MissDeadline { step });
        consider(escalation(incident, step), step, |step| Command::EscalateApproval { step });
        consider(wait_ends(incident, step), step, |step| Command::EndWait { step });
        let update = deadline::next_missed_update(runbook, incident, step).map(just_after);
        consider(update, step, |step| Command::OweUpdate { step });
    }
    earliest
}

/// The moment after: what is done in the very moment it is due is done in time.
pub(super) fn just_after(moment: Timestamp) -> Timestamp {
    after(moment, Duration::from_millis(1))
}

/// A step's deadline; none once that is recorded.
pub(super) fn deadline(runbook: &Runbook, incident: &Incident, step: &Step) -> Option<Timestamp> {
    let state = incident.steps.get(&step.id);
    if state.is_some_and(|state| state.deadline_missed) {
        return None;
    }
    let first = deadline::first_notice_due(runbook, incident).filter(|(first, _)| first.id == step.id);
    if let Some((_, moment)) = first {
        // A later notice takes the first one's place without missing the same moment twice.
        let missed = runbook.steps.values().any(|other| {
            deadline::tells_customers(runbook, other)
                && incident.steps.get(&other.id).is_some_and(|state| state.deadline_missed)
        });
        return (!missed).then_some(moment);
    }
    state.filter(|state| state.progress == Progress::Open).and_then(|state| state.due_at)
}

/// When an approval is passed on to the backups; none once it is, or where nobody waits for one.
pub(super) fn escalation(incident: &Incident, step: &Step) -> Option<Timestamp> {
    let within = step.kind.gate()?.within?;
    if !incident.is_open(&step.id) {
        return None;
    }
    let state = incident.steps.get(&step.id)?;
    if let StepKind::Approval { .. } = step.kind {
        let escalated = state.approval.as_ref().is_some_and(|approval| approval.escalated);
        return state.opened_at.filter(|_| !escalated).map(|since| after(since, within));
    }
    let approval = if step.kind.notice().is_some() {
        incident.newest_notice(&step.id).filter(|notice| notice.is_pending()).map(|notice| &notice.approval)
    } else {
        state.approval.as_ref()
    }?;
    let waits = approval.author.is_some() && !approval.complete && !approval.escalated;
    waits.then(|| after(approval.asked_at, within))
}

/// When a wait for time is over.
pub fn wait_ends(incident: &Incident, step: &Step) -> Option<Timestamp> {
    let StepKind::Wait(WaitFor::Time(span)) = step.kind else { return None };
    let state = incident.steps.get(&step.id).filter(|state| state.progress == Progress::Open)?;
    state.opened_at.map(|since| after(since, span))
}
