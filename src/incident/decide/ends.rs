//! How an incident ends by hand, and begins again.

use super::rejection::listed;
use super::{Deciding, Rejection, text};
use crate::incident::Outcome;
use crate::incident::event::Event;
use crate::incident::state::{Lifecycle, Progress};
use crate::runbook::{Phase, Step, StepId, StepKind};

impl Deciding<'_> {
    pub(super) fn resolve(&mut self, reason: &str) -> Result<(), Rejection> {
        let reason = text::said("reason", reason)?;
        self.free_to_end()?;
        self.skip_what_remains(&[Phase::Pre, Phase::Mid], &reason)?;
        self.end_all_updates()?;
        self.emit(Event::IncidentResolved { reason: Some(reason) })?;
        self.follow(Event::PhaseEntered { phase: Phase::Post })
    }

    pub(super) fn close(&mut self, reason: &str) -> Result<(), Rejection> {
        let reason = text::said("reason", reason)?;
        self.free_to_end()?;
        if self.incident.lifecycle == Lifecycle::Open {
            self.resolve(&reason)?;
        }
        self.skip_what_remains(&[Phase::Post], &reason)?;
        self.end_all_updates()?;
        self.emit(Event::IncidentClosed { reason: Some(reason) })
    }

    /// Nothing ends while something is switched off or being carried out.
    fn free_to_end(&self) -> Result<(), Rejection> {
        if let Some(first) = self.incident.obligations.first() {
            return Err(Rejection::new(
                "obligation_open",
                format!("not before this is lifted or kept: {}", listed(&self.incident.obligations)),
            )
            .help(format!("muster lift {first}, or muster keep {first} --reason \"…\"")));
        }
        self.incident.steps.keys().try_for_each(|id| self.at_rest(id))
    }

    /// Skips every step that has not ended; one whose condition does not hold never applied.
    fn skip_what_remains(&mut self, phases: &[Phase], reason: &str) -> Result<(), Rejection> {
        let runbook = self.runbook;
        for step in runbook.steps.values().filter(|step| phases.contains(&step.phase)) {
            if !self.is_over(&step.id) {
                self.skip_remaining(step, reason)?;
            }
        }
        Ok(())
    }

    fn skip_remaining(&mut self, step: &Step, reason: &str) -> Result<(), Rejection> {
        let id = &step.id;
        let waiting = matches!(self.incident.progress(id), Progress::Waiting);
        if let StepKind::Updates { .. } = step.kind {
            // It holds nothing up: running it ends as its phase does, and waiting it never began.
            return if waiting { self.follow(Event::StepNotApplicable { step: id.clone() }) } else { Ok(()) };
        }
        if waiting && !self.applies(step) {
            return self.follow(Event::StepNotApplicable { step: id.clone() });
        }
        self.emit(Event::StepEnded {
            step: id.clone(),
            outcome: Outcome::Skipped,
            note: None,
            evidence: None,
            reason: Some(reason.to_owned()),
        })
    }

    pub(super) fn reopen(&mut self, reason: &str) -> Result<(), Rejection> {
        let reason = text::said("reason", reason)?;
        let runbook = self.runbook;
        let again = |step: &&Step| match step.phase {
            Phase::Mid | Phase::Post => true,
            Phase::Pre => matches!(step.kind, StepKind::Contain { .. } | StepKind::Updates { .. }),
        };
        let steps: Vec<StepId> = runbook.steps.values().filter(again).map(|step| step.id.clone()).collect();
        for id in &steps {
            self.at_rest(id)?;
        }
        let attempt = self.incident.attempt + 1;
        self.emit(Event::IncidentReopened { reason, attempt, steps })?;
        // What contains and informs opens at once, beside `mid`.
        for step in runbook.steps.values().filter(|step| step.phase == Phase::Pre).filter(again) {
            if self.applies(step) {
                self.open(step)?;
            } else {
                self.follow(Event::StepNotApplicable { step: step.id.clone() })?;
            }
        }
        Ok(())
    }
}
