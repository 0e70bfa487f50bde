//! What events change about steps: their progress, runs, approvals and attempts.

use indexmap::IndexMap;

use super::Misfit;
use crate::clock::Timestamp;
use crate::incident::Outcome;
use crate::incident::event::{Event, Recorded};
use crate::incident::state::{ApprovalState, Incident, ProbeState, Progress, RunState, StepState, UpdatesState};
use crate::runbook::StepId;

impl Incident {
    pub(super) fn change_step(&mut self, recorded: &Recorded) -> Result<(), Misfit> {
        let at = recorded.at;
        if let Event::StepOpened { step, attempt, due_at } = &recorded.event {
            self.open_step(step, *attempt, *due_at, at)?;
        } else if let Event::StepNotApplicable { step } = &recorded.event {
            let state = self.waiting(step)?;
            state.progress = Progress::NotApplicable;
            state.reached = true;
        } else if let Event::UpdatesStarted { step, audience, due_at } = &recorded.event {
            let state = UpdatesState { audience: audience.clone(), next_due: *due_at, missed: 0, counted_until: None };
            self.updates.insert(step.clone(), state);
        } else if let Event::StepPassed { step } = &recorded.event {
            self.touch(step).reached = true;
        } else if let Event::StepTakenEarly { step, .. } = &recorded.event {
            let state = self.waiting(step)?;
            state.progress = Progress::Open;
            state.opened_at = Some(at);
        } else if let Event::DecisionAnswered { step, answer } = &recorded.event {
            self.open(step)?;
            self.answers.insert(step.clone(), answer.clone());
        } else if let Event::SignalReceived { step } = &recorded.event {
            self.open(step)?;
        } else if let Event::ProbeAnswered { step, passed, .. } = &recorded.event {
            self.open(step)?.probe = Some(ProbeState { passed: *passed, since: at });
        } else if let Event::StepEnded { step, outcome, .. } = &recorded.event {
            self.end_step(step, *outcome, at)?;
        } else if let Event::AttemptRestarted { steps, .. } = &recorded.event {
            self.start_again(steps);
        } else if let Event::UpdateOwed { step, due_at, missed } = &recorded.event {
            let updates = self.updates.get_mut(step).ok_or_else(|| format!("`{step}` owes no updates"))?;
            updates.missed = *missed;
            updates.counted_until = Some(*due_at);
        } else if let Event::DeadlineMissed { step, .. } = &recorded.event {
            let state = self.touch(step);
            if state.deadline_missed {
                return Err(format!("`{step}` has missed its deadline before"));
            }
            state.deadline_missed = true;
        } else {
            self.change_measure(recorded)?;
        }
        Ok(())
    }

    fn change_measure(&mut self, recorded: &Recorded) -> Result<(), Misfit> {
        let at = recorded.at;
        if let Event::MeasureRequested { step, hash } = &recorded.event {
            let person = recorded.actor.person();
            let state = self.open(step)?;
            // What others approved before it was asked for still counts, if it is the same measure.
            let approvers = match state.approval.take() {
                Some(given) if given.hash.as_ref() == Some(hash) => {
                    given.approvers.into_iter().filter(|approver| Some(approver) != person).collect()
                }
                Some(_) | None => Vec::new(),
            };
            state.approval = Some(ApprovalState {
                author: Some(recorded.actor.clone()),
                asked_at: at,
                hash: Some(hash.clone()),
                approvers,
                complete: false,
                escalated: false,
            });
        } else if let Event::ActionQueued { step, run, .. } = &recorded.event {
            let state = self.open(step)?;
            if *run != state.runs + 1 {
                return Err(format!("run {} of `{step}` was next", state.runs + 1));
            }
            state.runs = *run;
            if state.retries_left == Some(0) {
                state.retries_left = None;
            }
            state.run = Some(RunState::Queued);
        } else if let Event::ActionStarted { step, run } = &recorded.event {
            self.running(step, *run)?.run = Some(RunState::Started);
        } else if let Event::ActionWorked { step, run, .. } = &recorded.event {
            self.running(step, *run)?.run = Some(RunState::Worked);
        } else if let Event::ActionFailed { step, run, retries_left, .. } = &recorded.event {
            let state = self.running(step, *run)?;
            state.run = Some(RunState::Failed { retries_left: *retries_left });
            state.retries_left = Some(*retries_left);
        } else if let Event::Approved { step, hash, complete, .. } = &recorded.event {
            let state = self.open(step)?;
            let approval = state.approval.get_or_insert_with(|| ApprovalState {
                author: None,
                asked_at: at,
                hash: hash.clone(),
                approvers: Vec::new(),
                complete: false,
                escalated: false,
            });
            if &approval.hash != hash {
                approval.hash.clone_from(hash);
                approval.approvers.clear();
            }
            approval.approvers.extend(recorded.actor.person().cloned());
            approval.complete = *complete;
        } else if let Event::Rejected { step, .. } = &recorded.event {
            let state = self.open(step)?;
            // A gate stays where it is, without the approvals so far; a measure is to be asked for again.
            let gate = state.approval.take().filter(|given| given.hash.is_none());
            state.approval = gate.map(|given| ApprovalState { approvers: Vec::new(), complete: false, ..given });
        } else if let Event::ApprovalEscalated { step, .. } = &recorded.event {
            self.escalate(step)?;
        }
        Ok(())
    }

    /// A step's state to change; one nobody has come to is waiting in its first attempt.
    pub(super) fn touch(&mut self, step: &StepId) -> &mut StepState {
        self.steps.entry(step.clone()).or_insert_with(|| StepState::waiting(1))
    }

    fn waiting(&mut self, step: &StepId) -> Result<&mut StepState, Misfit> {
        let state = self.touch(step);
        if state.progress == Progress::Waiting { Ok(state) } else { Err(format!("`{step}` is no longer waiting")) }
    }

    fn open(&mut self, step: &StepId) -> Result<&mut StepState, Misfit> {
        self.steps
            .get_mut(step)
            .filter(|state| state.progress == Progress::Open)
            .ok_or_else(|| format!("`{step}` is not open"))
    }

    fn running(&mut self, step: &StepId, run: u32) -> Result<&mut StepState, Misfit> {
        let state = self.open(step)?;
        if state.runs == run && state.run.as_ref().is_some_and(RunState::is_under_way) {
            Ok(state)
        } else {
            Err(format!("run {run} of `{step}` is not under way"))
        }
    }

    fn open_step(
        &mut self,
        step: &StepId,
        attempt: u32,
        due_at: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<(), Misfit> {
        let state = self.steps.entry(step.clone()).or_insert_with(|| StepState::waiting(attempt));
        match state.progress {
            Progress::Waiting | Progress::NotApplicable => state.opened_at = Some(at),
            // Taken early; now its turn has come.
            Progress::Open if !state.reached => {}
            Progress::Open => return Err(format!("`{step}` is open already")),
            Progress::Ended { .. } => return Err(format!("`{step}` has ended")),
        }
        if state.attempt != attempt {
            return Err(format!("attempt {} of `{step}` is the one that stands", state.attempt));
        }
        state.progress = Progress::Open;
        state.reached = true;
        state.due_at = due_at;
        Ok(())
    }

    fn end_step(&mut self, step: &StepId, outcome: Outcome, at: Timestamp) -> Result<(), Misfit> {
        let state = self.touch(step);
        if matches!(state.progress, Progress::Ended { .. }) {
            return Err(format!("`{step}` has ended"));
        }
        state.progress = Progress::Ended { outcome, at };
        self.updates.shift_remove(step);
        Ok(())
    }

    /// Puts steps back to waiting, each in its next attempt; run numbers go on.
    pub(super) fn start_again(&mut self, steps: &[StepId]) {
        for step in steps {
            if let Some(state) = self.steps.get_mut(step) {
                *state = StepState { runs: state.runs, ..StepState::waiting(state.attempt + 1) };
            }
            self.answers.shift_remove(step);
            self.updates.shift_remove(step);
        }
    }

    /// Moves the promises of running updates.
    pub(super) fn promise_updates(&mut self, due: &IndexMap<StepId, Timestamp>) -> Result<(), Misfit> {
        for (step, moment) in due {
            let updates = self.updates.get_mut(step).ok_or_else(|| format!("`{step}` owes no updates"))?;
            updates.next_due = *moment;
        }
        Ok(())
    }

    fn escalate(&mut self, step: &StepId) -> Result<(), Misfit> {
        let pending = self.notices.iter_mut().rev().find(|notice| &notice.draft.step == step && notice.is_pending());
        if let Some(notice) = pending {
            notice.approval.escalated = true;
            return Ok(());
        }
        let state = self.open(step)?;
        let asked_at = state.opened_at.unwrap_or_default();
        let approval = state.approval.get_or_insert_with(|| ApprovalState {
            author: None,
            asked_at,
            hash: None,
            approvers: Vec::new(),
            complete: false,
            escalated: false,
        });
        approval.escalated = true;
        Ok(())
    }
}
