//! Who plays which part: holders, backups, and the role in which someone acts.

use std::slice;

use super::state::Incident;
use super::{Actor, PersonId};
use crate::runbook::{Gate, RoleId, Runbook, StepId};

/// The role that everything falls to in the end.
pub const LEAD: &str = "lead";

/// Who holds a role: whoever was given it, else its backup, else the lead, else whoever started.
pub fn holders<'a>(runbook: &Runbook, incident: &'a Incident, role: &RoleId) -> &'a [PersonId] {
    let given = |role: &str| incident.roles.get(role).map(Vec::as_slice).filter(|people| !people.is_empty());
    let backup = runbook.roles.get(role).map(|role| &role.backup);
    given(role.as_str())
        .or_else(|| given(backup?.as_str()))
        .or_else(|| given(LEAD))
        .or_else(|| incident.started_by.person().map(slice::from_ref))
        .unwrap_or_default()
}

/// Whether someone holds a role, be it given or fallen to them.
pub fn holds(runbook: &Runbook, incident: &Incident, role: &RoleId, person: &PersonId) -> bool {
    holders(runbook, incident, role).contains(person)
}

/// Who may approve by holding one of the roles a gate names.
pub fn approvers(runbook: &Runbook, incident: &Incident, gate: &Gate) -> Vec<PersonId> {
    distinct(gate.by.iter().flat_map(|role| holders(runbook, incident, role)))
}

/// The roles that step in once an approval has taken too long.
pub fn backups(runbook: &Runbook, gate: &Gate) -> Vec<RoleId> {
    let mut backups: Vec<RoleId> = Vec::new();
    for role in &gate.by {
        if let Some(role) = runbook.roles.get(role)
            && !backups.contains(&role.backup)
        {
            backups.push(role.backup.clone());
        }
    }
    backups
}

/// Who may approve once the backups may too.
pub fn approvers_with_backups(runbook: &Runbook, incident: &Incident, gate: &Gate) -> Vec<PersonId> {
    let backups = backups(runbook, gate);
    distinct(gate.by.iter().chain(&backups).flat_map(|role| holders(runbook, incident, role)))
}

/// The role in which someone acts: that of the step if they hold it, else one they hold, else none.
pub fn acting(runbook: &Runbook, incident: &Incident, actor: &Actor, step: Option<&StepId>) -> Option<RoleId> {
    let person = actor.person()?;
    let of_step = step.and_then(|step| runbook.steps.get(step)).map(|step| &step.role);
    if let Some(role) = of_step
        && holds(runbook, incident, role, person)
    {
        return Some(role.clone());
    }
    let given = incident.roles.iter().find(|(_, people)| people.contains(person)).map(|(role, _)| role.clone());
    given.or_else(|| {
        let lead = RoleId::new(LEAD);
        holds(runbook, incident, &lead, person).then_some(lead)
    })
}

fn distinct<'a>(people: impl Iterator<Item = &'a PersonId>) -> Vec<PersonId> {
    let mut found: Vec<PersonId> = Vec::new();
    for person in people {
        if !found.contains(person) {
            found.push(person.clone());
        }
    }
    found
}
