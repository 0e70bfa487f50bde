//! How bad it is, what class its cause is of, and who plays which part.

use indexmap::IndexMap;

use super::rejection::listed;
use super::{Deciding, Rejection, text};
use crate::clock::after;
use crate::incident::PersonId;
use crate::incident::deadline;
use crate::incident::event::Event;
use crate::runbook::{Cause, RoleId, Runbook, Severity, SeverityId};

impl Deciding<'_> {
    pub(super) fn change_severity(&mut self, to: SeverityId, reason: &str) -> Result<(), Rejection> {
        let reason = text::said("reason", reason)?;
        let (level, rank) = known_severity(self.runbook, &to)?;
        let from = self.incident.severity.clone();
        if from == to {
            return Err(Rejection::new("unchanged", format!("the severity is `{to}` already")).help("muster show"));
        }
        let raised = self.runbook.severity(from.as_str()).is_some_and(|(_, before)| rank < before);
        let anew = after(self.at, level.first_notice);
        let first_notice_due = self.incident.first_notice_due.filter(|_| raised).map(|promised| {
            match deadline::first_notice(self.runbook, &self.incident) {
                // A deadline of its own that has not begun yet is no moment to compare with.
                Some(step) if step.within.is_some() => {
                    deadline::first_notice_due(self.runbook, &self.incident).map_or(anew, |(_, own)| own.min(anew))
                }
                Some(_) | None => promised.min(anew),
            }
        });
        let mut updates_due = IndexMap::new();
        for (step, updates) in &self.incident.updates {
            let sooner = after(self.at, level.update_every);
            if sooner < updates.next_due {
                updates_due.insert(step.clone(), sooner);
            }
        }
        self.emit(Event::SeverityChanged { from, to, reason, first_notice_due, updates_due })?;
        self.void_drafts(None, "severity")
    }

    pub(super) fn classify(&mut self, cause: Cause) -> Result<(), Rejection> {
        if self.incident.cause == Some(cause) {
            return Err(
                Rejection::new("unchanged", format!("the cause is `{}` already", cause.as_str())).help("muster show")
            );
        }
        self.emit(Event::CauseClassified { cause })?;
        self.void_drafts(None, "cause")
    }

    pub(super) fn assign(&mut self, role: RoleId, people: Vec<PersonId>) -> Result<(), Rejection> {
        known_role(self.runbook, &role)?;
        real_people(&people)?;
        if self.incident.roles.get(&role).map(Vec::as_slice).unwrap_or_default() == people {
            return Err(Rejection::new("unchanged", format!("`{role}` is held so already")).help("muster show"));
        }
        self.emit(Event::RoleAssigned { role, people })
    }
}

pub(super) fn known_severity<'a>(runbook: &'a Runbook, id: &SeverityId) -> Result<(&'a Severity, u32), Rejection> {
    runbook.severity(id.as_str()).ok_or_else(|| {
        Rejection::new("unknown_severity", format!("there is no severity `{id}` in this runbook"))
            .help(format!("severities: {}", listed(runbook.severities.iter().map(|severity| &severity.id))))
    })
}

pub(super) fn known_role(runbook: &Runbook, id: &RoleId) -> Result<(), Rejection> {
    if runbook.roles.contains_key(id) {
        return Ok(());
    }
    Err(Rejection::new("unknown_role", format!("there is no role `{id}` in this runbook"))
        .help(format!("roles: {}", listed(runbook.roles.keys()))))
}

/// Refuses handles that nobody could have.
pub(super) fn real_people(people: &[PersonId]) -> Result<(), Rejection> {
    for (position, person) in people.iter().enumerate() {
        let handle =
            text::said("person", &person.0).map_err(|error| error.help("name a person: muster role ROLE=PERSON"))?;
        if handle != person.0 || handle.chars().any(char::is_control) || handle.len() > 200 {
            return Err(Rejection::new(
                "not_a_person",
                format!("`{}` is not a person's handle", person.0.escape_debug()),
            )
            .help("muster role ROLE=PERSON"));
        }
        if people[..position].contains(person) {
            return Err(
                Rejection::new("not_a_person", format!("`{person}` is named twice")).help("name each person once")
            );
        }
    }
    Ok(())
}
