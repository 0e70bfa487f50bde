//! What follows by itself: lists go on, conditions are asked again, phases turn, the incident ends.

use super::{Deciding, Rejection};
use crate::clock::after;
use crate::incident::deadline;
use crate::incident::event::Event;
use crate::incident::state::{Incident, Lifecycle, Progress};
use crate::incident::{FollowUpId, Outcome};
use crate::runbook::{Item, ListIndex, Phase, Runbook, Step, StepId, StepKind};

impl Deciding<'_> {
    /// Lets everything happen that the events so far bring about.
    pub(super) fn advance(&mut self) -> Result<(), Rejection> {
        loop {
            let before = self.count();
            self.end_updates()?;
            self.void_orphans()?;
            if self.incident.closed_at().is_some() {
                return Ok(());
            }
            self.ask_again()?;
            for phase in Phase::ALL {
                let current = self.incident.phase;
                // Once it is resolved only `post` goes on; before that, what restarted in an earlier phase does too.
                let goes_on = phase == current || (phase < current && self.incident.lifecycle == Lifecycle::Open);
                if goes_on {
                    self.walk(self.runbook.phase_list(phase), phase < current)?;
                }
            }
            self.turn_phase()?;
            if self.count() == before {
                return Ok(());
            }
        }
    }

    /// Lets a list and the branches it has come to go on. In an earlier phase, what ended without being
    /// reached stays as it is.
    fn walk(&mut self, list: ListIndex, earlier: bool) -> Result<(), Rejection> {
        let runbook = self.runbook;
        let items = &runbook.list(list).items;
        // Whether the item before lets the next one open, and whether no step of this very list is open before it.
        let (mut passed, mut clear) = (true, true);
        for item in items {
            if !is_reached(&self.incident, runbook, item, earlier) {
                if passed && clear {
                    self.reach(item, earlier)?;
                }
            } else if let Item::Together(branches) = item {
                for branch in branches {
                    self.walk(*branch, earlier)?;
                }
            }
            passed = is_settled(&self.incident, runbook, item, earlier);
            if let Item::Step(_) = item {
                clear &= passed;
            } else if !is_reached(&self.incident, runbook, item, earlier) {
                clear = false;
            }
        }
        Ok(())
    }

    /// The list comes to an item.
    fn reach(&mut self, item: &Item, earlier: bool) -> Result<(), Rejection> {
        match item {
            Item::Step(id) => self.reach_step(id),
            Item::Together(branches) => branches.iter().try_for_each(|branch| self.walk(*branch, earlier)),
        }
    }

    fn reach_step(&mut self, id: &StepId) -> Result<(), Rejection> {
        let Some(step) = self.runbook.steps.get(id) else { return Ok(()) };
        match self.incident.progress(id).clone() {
            Progress::Ended { .. } => self.follow(Event::StepPassed { step: id.clone() }),
            // Taken early and still open: now it is its turn, with its deadline.
            Progress::Open => self.open(step),
            Progress::Waiting if self.applies(step) => self.open(step),
            Progress::Waiting => self.follow(Event::StepNotApplicable { step: id.clone() }),
            Progress::NotApplicable => Ok(()),
        }
    }

    /// Opens a step, with its deadline and what begins with it.
    pub(super) fn open(&mut self, step: &Step) -> Result<(), Rejection> {
        let taken_early = self.incident.is_open(&step.id);
        let due_at = match step.within {
            Some(within) => Some(after(self.at, within)),
            None => deadline::first_notice_due(self.runbook, &self.incident)
                .filter(|(first, _)| first.id == step.id)
                .map(|(_, moment)| moment),
        };
        let attempt = self.incident.step_attempt(&step.id);
        self.follow(Event::StepOpened { step: step.id.clone(), attempt, due_at })?;
        if taken_early { Ok(()) } else { self.begin(step) }
    }

    /// What begins with a step, be it opened in turn or taken early.
    pub(super) fn begin(&mut self, step: &Step) -> Result<(), Rejection> {
        if let StepKind::Updates { notice, .. } = &step.kind {
            let every = deadline::update_every(self.runbook, &self.incident.severity);
            let audience = notice.audience.clone();
            let last = self.incident.notices.iter().rev().find_map(|told| {
                let covers = audience.iter().all(|wanted| told.draft.audience.contains(wanted));
                told.queued_at.filter(|_| covers).map(|queued_at| (queued_at, told.draft.next_update_at))
            });
            let due_at = match last {
                Some((queued_at, promised)) => {
                    let owed = after(queued_at, every);
                    promised.map_or(owed, |promised| promised.min(owed))
                }
                None => after(self.at, every),
            };
            self.follow(Event::UpdatesStarted { step: step.id.clone(), audience, due_at })?;
        }
        if let StepKind::Retrospective { follow_ups, .. } = &step.kind {
            for text in follow_ups {
                let known = self.incident.follow_ups.values().any(|known| known.from_runbook.as_ref() == Some(text));
                if !known {
                    let id = self.next_follow_up();
                    let plan = crate::incident::event::FollowUpPlan::default();
                    self.follow(Event::FollowUpAdded { id, plan, from_runbook: Some(text.clone()) })?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn next_follow_up(&self) -> FollowUpId {
        FollowUpId(self.incident.follow_ups.keys().map(|id| id.0).max().unwrap_or_default() + 1)
    }

    /// Asks the conditions of steps that were passed over again: until the incident is resolved, one that is
    /// now true opens beside whatever is open.
    fn ask_again(&mut self) -> Result<(), Rejection> {
        if self.incident.lifecycle != Lifecycle::Open {
            return Ok(());
        }
        let passed_over: Vec<StepId> = self
            .incident
            .steps
            .iter()
            .filter(|(_, state)| state.progress == Progress::NotApplicable)
            .map(|(id, _)| id.clone())
            .collect();
        for id in passed_over {
            let Some(step) = self.runbook.steps.get(&id) else { continue };
            // Opening one may change what the next one sees.
            if step.phase <= self.incident.phase && self.applies(step) {
                self.open(step)?;
            }
        }
        Ok(())
    }

    /// Ends the updates whose `until` step has ended with any outcome but failed.
    fn end_updates(&mut self) -> Result<(), Rejection> {
        let running: Vec<StepId> = self.incident.updates.keys().cloned().collect();
        for id in running {
            let Some(StepKind::Updates { until, .. }) = self.runbook.steps.get(&id).map(|step| &step.kind) else {
                continue;
            };
            match self.incident.outcome(until) {
                Some(Outcome::Done | Outcome::Worked | Outcome::Skipped) => self.end(&id, Outcome::Done)?,
                Some(Outcome::Failed) | None => {}
            }
        }
        Ok(())
    }

    /// Ends every `updates` step that still runs, as its phase or the incident does.
    pub(super) fn end_all_updates(&mut self) -> Result<(), Rejection> {
        let running: Vec<StepId> = self.incident.updates.keys().cloned().collect();
        running.iter().try_for_each(|id| self.end(id, Outcome::Done))
    }

    /// Ends a step as a consequence.
    pub(super) fn end(&mut self, id: &StepId, outcome: Outcome) -> Result<(), Rejection> {
        self.follow(Event::StepEnded { step: id.clone(), outcome, note: None, evidence: None, reason: None })
    }

    /// Voids the drafts of steps that are no longer open.
    fn void_orphans(&mut self) -> Result<(), Rejection> {
        let incident = &self.incident;
        let orphans: Vec<_> = incident
            .notices
            .iter()
            .filter(|notice| notice.is_pending() && !incident.is_open(&notice.draft.step))
            .map(|notice| notice.id())
            .collect();
        orphans.into_iter().try_for_each(|id| self.void(id, "step_ended"))
    }

    /// Turns to the next phase, resolves or closes, when everything before that has ended.
    fn turn_phase(&mut self) -> Result<(), Rejection> {
        let settled = |phase| {
            let earlier = phase < self.incident.phase;
            list_is_settled(&self.incident, self.runbook, self.runbook.phase_list(phase), earlier)
        };
        match self.incident.phase {
            Phase::Pre if settled(Phase::Pre) => self.follow(Event::PhaseEntered { phase: Phase::Mid }),
            Phase::Mid if settled(Phase::Pre) && settled(Phase::Mid) && self.incident.obligations.is_empty() => {
                self.end_all_updates()?;
                self.follow(Event::IncidentResolved { reason: None })?;
                self.follow(Event::PhaseEntered { phase: Phase::Post })
            }
            Phase::Post if settled(Phase::Post) && self.incident.obligations.is_empty() => {
                self.end_all_updates()?;
                self.follow(Event::IncidentClosed { reason: None })
            }
            Phase::Pre | Phase::Mid | Phase::Post => Ok(()),
        }
    }
}

/// Whether a list has come to an item: to the step, or to any step inside.
fn is_reached(incident: &Incident, runbook: &Runbook, item: &Item, earlier: bool) -> bool {
    match item {
        Item::Step(id) => incident
            .steps
            .get(id)
            .is_some_and(|state| state.reached || (earlier && matches!(state.progress, Progress::Ended { .. }))),
        Item::Together(branches) => branches
            .iter()
            .any(|branch| runbook.list(*branch).items.iter().any(|item| is_reached(incident, runbook, item, earlier))),
    }
}

/// Whether a list may go past an item: all of it was reached and nothing in it is open. Updates hold nothing up.
fn is_settled(incident: &Incident, runbook: &Runbook, item: &Item, earlier: bool) -> bool {
    match item {
        Item::Step(id) => {
            let updates = matches!(runbook.steps.get(id).map(|step| &step.kind), Some(StepKind::Updates { .. }));
            is_reached(incident, runbook, item, earlier) && (updates || !incident.is_open(id))
        }
        Item::Together(branches) => branches.iter().all(|branch| list_is_settled(incident, runbook, *branch, earlier)),
    }
}

fn list_is_settled(incident: &Incident, runbook: &Runbook, list: ListIndex, earlier: bool) -> bool {
    runbook.list(list).items.iter().all(|item| is_settled(incident, runbook, item, earlier))
}
