//! What the clock asks: deadlines missed, approvals passed on, updates owed, waits over. Each takes effect once.

use super::{Deciding, Rejection};
use crate::clock::{Timestamp, after, between, rfc3339};
use crate::incident::event::Event;
use crate::incident::{deadline, due, roles};
use crate::runbook::{StepId, StepKind, WaitFor};

impl Deciding<'_> {
    pub(super) fn miss_deadline(&mut self, id: &StepId) -> Result<(), Rejection> {
        let step = self.known(id)?;
        let due_at = due::deadline(self.runbook, &self.incident, step);
        let due_at = self.missed(id, due_at)?;
        self.emit(Event::DeadlineMissed { step: id.clone(), due_at })
    }

    pub(super) fn escalate(&mut self, id: &StepId) -> Result<(), Rejection> {
        let step = self.known(id)?;
        let due_at = due::escalation(&self.incident, step);
        self.passed(id, due_at)?;
        let to = step.kind.gate().map(|gate| roles::backups(self.runbook, gate)).unwrap_or_default();
        self.emit(Event::ApprovalEscalated { step: id.clone(), to })
    }

    pub(super) fn owe_update(&mut self, id: &StepId) -> Result<(), Rejection> {
        let step = self.known(id)?;
        let first = self.missed(id, deadline::next_missed_update(self.runbook, &self.incident, step))?;
        let before = self.incident.updates.get(id).map_or(0, |updates| updates.missed);
        // However long nobody looked, what went by meanwhile is one message owed and so many periods missed.
        let every = deadline::update_every(self.runbook, &self.incident.severity);
        let periods = between(first, self.at).as_millis().checked_div(every.as_millis()).unwrap_or_default();
        let more = u32::try_from(periods).unwrap_or(u32::MAX);
        let due_at = after(first, every.saturating_mul(more));
        let missed = before.saturating_add(1).saturating_add(more);
        self.emit(Event::UpdateOwed { step: id.clone(), due_at, missed })
    }

    pub(super) fn end_wait(&mut self, id: &StepId) -> Result<(), Rejection> {
        let step = self.known(id)?;
        let StepKind::Wait(WaitFor::Time(_)) = step.kind else {
            return Err(Rejection::new("not_due", format!("`{id}` does not wait for time")));
        };
        self.passed(id, due::wait_ends(&self.incident, step))?;
        self.end_as_asked(id)
    }

    /// A moment that went by without what it was for; in that very moment there is still time.
    fn missed(&self, id: &StepId, due_at: Option<Timestamp>) -> Result<Timestamp, Rejection> {
        self.passed(id, due_at.map(due::just_after))?;
        due_at.ok_or_else(|| Rejection::new("not_due", format!("nothing falls due for `{id}`")))
    }

    /// Refuses what has not come yet, or has had its effect.
    fn passed(&self, id: &StepId, due_at: Option<Timestamp>) -> Result<Timestamp, Rejection> {
        match due_at {
            Some(moment) if moment <= self.at => Ok(moment),
            Some(moment) => Err(Rejection::new("not_due", format!("`{id}` is not due before `{}`", rfc3339(moment)))),
            None => Err(Rejection::new("not_due", format!("nothing falls due for `{id}`"))),
        }
    }
}
