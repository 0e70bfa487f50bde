//! One decision under way: the state as the events so far would leave it, and the events.

use super::Rejection;
use super::rejection::listed;
use crate::clock::Timestamp;
use crate::incident::event::{Event, Recorded};
use crate::incident::roles;
use crate::incident::scope;
use crate::incident::state::{Incident, Progress, RunState};
use crate::incident::{Actor, apply};
use crate::runbook::condition::IncidentScope;
use crate::runbook::{RoleId, Runbook, Step, StepId};

pub(super) struct Deciding<'a> {
    pub(super) runbook: &'a Runbook,
    pub(super) actor: Actor,
    pub(super) early: Option<String>,
    /// The state with every event so far applied.
    pub(super) incident: Incident,
    /// When all of this happens; never before the newest event.
    pub(super) at: Timestamp,
    events: Vec<Recorded>,
    /// What conditions see, until the next event changes it.
    seen: Option<IncidentScope>,
}

impl<'a> Deciding<'a> {
    pub(super) fn new(runbook: &'a Runbook, now: Timestamp, incident: Incident, actor: Actor) -> Self {
        let at = now.max(incident.at);
        Self { runbook, actor, early: None, incident, at, events: Vec::new(), seen: None }
    }

    /// Starts with events that are decided already.
    pub(super) fn following(mut self, events: Vec<Recorded>) -> Self {
        self.events = events;
        self
    }

    pub(super) fn into_events(self) -> Vec<Recorded> {
        self.events
    }

    pub(super) fn count(&self) -> usize {
        self.events.len()
    }

    /// Records what whoever asks makes true.
    pub(super) fn emit(&mut self, event: Event) -> Result<(), Rejection> {
        let approving = if let Event::Approved { step, .. } | Event::Rejected { step, .. } = &event {
            self.approving(step)
        } else {
            None
        };
        let role = approving.or_else(|| roles::acting(self.runbook, &self.incident, &self.actor, event.step()));
        self.record(self.actor.clone(), role, event)
    }

    /// The role in which whoever acts approves a step: one of those it asks for, rather than the step's own.
    fn approving(&self, step: &StepId) -> Option<RoleId> {
        let person = self.actor.person()?;
        let gate = self.runbook.steps.get(step)?.kind.gate()?;
        gate.by.iter().find(|role| roles::holds(self.runbook, &self.incident, role, person)).cloned()
    }

    /// Records a consequence that nobody asked for in so many words.
    pub(super) fn follow(&mut self, event: Event) -> Result<(), Rejection> {
        self.record(Actor::Muster, None, event)
    }

    fn record(&mut self, actor: Actor, role: Option<RoleId>, event: Event) -> Result<(), Rejection> {
        let recorded = Recorded { seq: self.incident.seq + 1, at: self.at, actor, role, event };
        apply(&mut self.incident, &recorded).map_err(|error| Rejection::fault(&error))?;
        self.events.push(recorded);
        self.seen = None;
        Ok(())
    }

    /// A step of the runbook by its id.
    pub(super) fn known(&self, id: &StepId) -> Result<&'a Step, Rejection> {
        self.runbook.steps.get(id).ok_or_else(|| {
            Rejection::new("unknown_step", format!("there is no step `{id}` in this runbook")).help("muster show")
        })
    }

    /// Whether a step's condition holds now; one that has none always does.
    pub(super) fn applies(&mut self, step: &Step) -> bool {
        if step.when.is_none() {
            return true;
        }
        let seen = self.seen.take().unwrap_or_else(|| scope::scope(self.runbook, &self.incident));
        let seen = &*self.seen.insert(seen);
        scope::holds(step.when.as_ref(), seen)
    }

    /// Makes sure that a step may be acted on: it is open, or waiting and taken early.
    pub(super) fn act_on(&mut self, id: &StepId, verb: &str) -> Result<&'a Step, Rejection> {
        let step = self.known(id)?;
        match self.incident.progress(id) {
            Progress::Open => Ok(step),
            Progress::Ended { outcome, .. } => {
                Err(Rejection::new("already_ended", format!("`{id}` has already ended: {}", outcome.as_str()))
                    .help(self.help_open()))
            }
            Progress::NotApplicable => {
                Err(Rejection::new("not_applicable", format!("`{id}` does not apply: its condition does not hold"))
                    .help(self.help_open()))
            }
            Progress::Waiting => self.take_early(step, verb),
        }
    }

    fn take_early(&mut self, step: &'a Step, verb: &str) -> Result<&'a Step, Rejection> {
        let id = &step.id;
        let Some(reason) = self.early.clone() else {
            let help = format!("{}; before its turn: muster {verb} {id} --early --reason \"…\"", self.help_open());
            return Err(Rejection::new("not_open", format!("it is not yet the turn of `{id}`")).help(help));
        };
        if step.phase < self.incident.phase {
            return Err(Rejection::new("phase_over", format!("the phase of `{id}` is over")).help(self.help_open()));
        }
        if !self.applies(step) {
            return Err(Rejection::new(
                "not_applicable",
                format!("`{id}` does not apply: its condition does not hold"),
            )
            .help(self.help_open()));
        }
        let reason = super::text::said("reason", &reason)?;
        self.emit(Event::StepTakenEarly { step: id.clone(), attempt: self.incident.step_attempt(id), reason })?;
        self.begin(step)?;
        Ok(step)
    }

    /// Says what is open, as a next step to take.
    pub(super) fn help_open(&self) -> String {
        let open: Vec<&StepId> = self
            .incident
            .steps
            .iter()
            .filter(|(_, state)| state.progress == Progress::Open)
            .map(|(id, _)| id)
            .collect();
        if open.is_empty() { "muster show".to_owned() } else { format!("open now: {}", listed(open)) }
    }

    /// Refuses while a step's operation is on its way: its answer will end or free the step.
    pub(super) fn at_rest(&self, id: &StepId) -> Result<(), Rejection> {
        let under_way =
            self.incident.steps.get(id).and_then(|state| state.run.as_ref()).is_some_and(RunState::is_under_way);
        if under_way {
            return Err(Rejection::new("running", format!("`{id}` is being carried out right now"))
                .help("wait for its result: muster show"));
        }
        Ok(())
    }
}
