//! When a step is due: its own deadline, or the promise of a first notice.

use std::time::Duration;

use super::state::{Incident, Lifecycle, Progress};
use crate::clock::{Timestamp, after};
use crate::runbook::{Runbook, SeverityId, Step, StepKind};

/// How long the silence may last at a severity.
pub fn update_every(runbook: &Runbook, severity: &SeverityId) -> Duration {
    runbook.severity(severity.as_str()).map_or(Duration::ZERO, |(severity, _)| severity.update_every)
}

/// Whether a step's message goes to customers.
pub fn tells_customers(runbook: &Runbook, step: &Step) -> bool {
    match &step.kind {
        StepKind::Notice(spec) => !runbook.is_staff_only(&spec.audience),
        StepKind::Updates { .. }
        | StepKind::Task { .. }
        | StepKind::Gather { .. }
        | StepKind::Decide { .. }
        | StepKind::Approval { .. }
        | StepKind::Contain { .. }
        | StepKind::Action { .. }
        | StepKind::Accept { .. }
        | StepKind::Cover { .. }
        | StepKind::Reach { .. }
        | StepKind::Wait(_)
        | StepKind::Retrospective { .. } => false,
    }
}

/// The step that will tell customers first, as long as nobody has told them.
pub fn first_notice<'a>(runbook: &'a Runbook, incident: &Incident) -> Option<&'a Step> {
    incident.first_notice_due?;
    runbook.steps.values().find(|step| {
        tells_customers(runbook, step)
            && matches!(incident.progress(&step.id), Progress::Waiting | Progress::Open)
            && (step.phase >= incident.phase || incident.is_open(&step.id))
    })
}

/// When the first notice to customers is due, and by which step.
pub fn first_notice_due<'a>(runbook: &'a Runbook, incident: &Incident) -> Option<(&'a Step, Timestamp)> {
    if incident.lifecycle != Lifecycle::Open {
        return None;
    }
    let step = first_notice(runbook, incident)?;
    let promised = incident.first_notice_due?;
    if step.within.is_none() {
        return Some((step, promised));
    }
    // Its own deadline counts from when it opens; a raise may only bring it forward.
    let own = incident.steps.get(&step.id).and_then(|state| state.due_at);
    let raised = incident.first_notice_raised.then_some(promised);
    Some((step, own.into_iter().chain(raised).min()?))
}

/// When a step that is open is due, or the first notice even while it waits.
pub fn due_at(runbook: &Runbook, incident: &Incident, step: &Step) -> Option<Timestamp> {
    if let Some((first, moment)) = first_notice_due(runbook, incident)
        && first.id == step.id
    {
        return Some(moment);
    }
    incident.steps.get(&step.id).and_then(|state| state.due_at)
}

/// When running updates were last owed and not counted yet: the next moment that will be missed.
pub fn next_missed_update(runbook: &Runbook, incident: &Incident, step: &Step) -> Option<Timestamp> {
    let updates = incident.updates.get(&step.id)?;
    let every = update_every(runbook, &incident.severity);
    match updates.counted_until {
        None => Some(updates.next_due),
        // Without a period nothing more can be missed.
        Some(_) if every.is_zero() => None,
        Some(counted) => Some(after(counted, every)),
    }
}
