//! What an incident asks of its people: from this follows who is nudged, about what, and until when that makes sense.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::decide::{Pending, pending};
use super::state::{Incident, NoticeState};
use super::view::{self, Task};
use super::{NoticeId, PersonId, deadline, roles};
use crate::clock::Timestamp;
use crate::runbook::{RoleId, Runbook, Step, StepId, StepKind};

/// Something that waits for a person. Two that are equal are the same thing, however often it is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Matter {
    pub step: StepId,
    pub attempt: u32,
    pub ask: Ask,
}

/// What is asked of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    Do,
    Draft,
    /// An approved notice is ready to leave.
    Send,
    /// A measure is ready to run.
    Run,
    /// Exactly this is to be approved.
    Approve {
        hash: Option<String>,
    },
    /// This moment went by without it.
    Late {
        due_at: Timestamp,
    },
    /// A notice on its way waits for somebody to let it go on.
    Resume {
        notice: NoticeId,
    },
}

/// Those of the team who play each role; asked where nobody holds it in the incident.
pub type Staff = IndexMap<RoleId, Vec<PersonId>>;

/// Everything that waits for somebody, in the order of the file, each with whom it waits for.
pub fn matters(runbook: &Runbook, incident: &Incident, staff: &Staff) -> Vec<(PersonId, Matter)> {
    if incident.closed_at().is_some() {
        return Vec::new();
    }
    let pending = pending(runbook, incident.at, incident);
    let mut found = Vec::new();
    for step in runbook.steps.values() {
        let approval = pending.iter().find(|asked| asked.step == step.id);
        for (people, ask) in asks(runbook, incident, staff, step, approval) {
            let matter = Matter { step: step.id.clone(), attempt: incident.step_attempt(&step.id), ask };
            found.extend(people.into_iter().map(|person| (person, matter.clone())));
        }
    }
    found
}

/// What waits now and did not before, except for who made it so.
pub fn fresh(
    before: &[(PersonId, Matter)],
    now: &[(PersonId, Matter)],
    actor: Option<&PersonId>,
) -> IndexMap<PersonId, Vec<Matter>> {
    let known: HashSet<_> = before.iter().collect();
    let mut fresh: IndexMap<PersonId, Vec<Matter>> = IndexMap::new();
    for waiting in now.iter().filter(|waiting| Some(&waiting.0) != actor && !known.contains(waiting)) {
        fresh.entry(waiting.0.clone()).or_default().push(waiting.1.clone());
    }
    fresh
}

fn asks(
    runbook: &Runbook,
    incident: &Incident,
    staff: &Staff,
    step: &Step,
    approval: Option<&Pending>,
) -> Vec<(Vec<PersonId>, Ask)> {
    let owners = owners(runbook, incident, staff, &step.role);
    let mut asks = Vec::new();
    if let Some(due_at) = late_since(runbook, incident, step) {
        let approvers = approval.map(|approval| approval.approvers.clone()).unwrap_or_default();
        let others: Vec<_> = approvers.into_iter().filter(|person| !owners.contains(person)).collect();
        asks.push(([owners.clone(), others].concat(), Ask::Late { due_at }));
    }
    if let Some(notice) = paused(incident, &step.id) {
        asks.push((self::owners(runbook, incident, staff, &RoleId::new(roles::LEAD)), Ask::Resume { notice }));
    }
    if let Some(approval) = approval {
        asks.push((approval.approvers.clone(), Ask::Approve { hash: approval.hash.clone() }));
    } else if incident.is_open(&step.id)
        && let Some((task, _)) = view::task(runbook, incident.at, incident, step, false)
    {
        asks.extend(ask_of(incident, step, task).map(|ask| (owners, ask)));
    }
    asks
}

fn ask_of(incident: &Incident, step: &Step, task: Task) -> Option<Ask> {
    match task {
        // Every update but the first is owed by the clock, which says so when it is late.
        Task::Draft if matches!(step.kind, StepKind::Updates { .. }) && incident.newest_notice(&step.id).is_some() => {
            None
        }
        Task::Draft => Some(Ask::Draft),
        Task::Do => Some(Ask::Do),
        Task::Send => Some(Ask::Send),
        Task::Run => Some(Ask::Run),
        // Asked of those who may give it; and an obligation has no moment of its own.
        Task::Approve | Task::Lift => None,
    }
}

/// Who answers for a role: those who hold it, those of the team who play it, or those it falls to.
fn owners(runbook: &Runbook, incident: &Incident, staff: &Staff, role: &RoleId) -> Vec<PersonId> {
    let held = incident.roles.get(role).filter(|people| !people.is_empty());
    match held.or_else(|| staff.get(role)) {
        Some(people) => people.clone(),
        None => roles::holders(runbook, incident, role).to_vec(),
    }
}

/// The moment a step should have been done by, if that went by and it still is not.
fn late_since(runbook: &Runbook, incident: &Incident, step: &Step) -> Option<Timestamp> {
    if let Some(updates) = incident.updates.get(&step.id) {
        return updates.counted_until.filter(|_| updates.missed > 0);
    }
    let first = deadline::first_notice_due(runbook, incident).is_some_and(|(first, _)| first.id == step.id);
    let still = incident.is_open(&step.id) || first;
    let missed = incident.steps.get(&step.id).is_some_and(|state| state.deadline_missed);
    if still && missed { deadline::due_at(runbook, incident, step) } else { None }
}

fn paused(incident: &Incident, step: &StepId) -> Option<NoticeId> {
    incident.on_their_way(step).find(|notice| notice.paused).map(NoticeState::id)
}

#[cfg(test)]
mod tests;
