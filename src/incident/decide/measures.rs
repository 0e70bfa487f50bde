//! Measures: asked for, approved, carried out, answered by the world, lifted or kept.

use std::fmt::Write;

use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use super::{Deciding, Rejection, text};
use crate::incident::Outcome;
use crate::incident::event::Event;
use crate::incident::fact;
use crate::incident::state::{Incident, RunState};
use crate::runbook::{Step, StepId, StepKind};

/// What a measure would run now: its operation, and what it is handed.
pub(super) struct Planned {
    /// None for a measure that people carry out.
    action: Option<String>,
    with: IndexMap<String, String>,
    pub(super) hash: String,
}

/// The hash that an approval of a measure covers: SHA-256, in lowercase hexadecimal, of its step,
/// attempt, operation and what that is handed, as they stand now. None for a step that is no measure,
/// or one that hands on a fact nobody has stated.
pub fn measure_hash(step: &Step, incident: &Incident) -> Option<String> {
    plan(step, incident).ok().map(|planned| planned.hash)
}

pub(super) fn plan(step: &Step, incident: &Incident) -> Result<Planned, Rejection> {
    let run = step.kind.run();
    let mut with = IndexMap::new();
    for (name, value) in run.into_iter().flat_map(|run| &run.with) {
        with.insert(name.clone(), resolve(value, step, incident)?);
    }
    let action = run.map(|run| run.action.clone());
    // As JSON, so that no value can run into its neighbour.
    let attempt = incident.step_attempt(&step.id);
    let canonical = serde_json::to_string(&(step.id.as_str(), attempt, &action, &with)).unwrap_or_default();
    let mut hash = String::with_capacity(64);
    for byte in Sha256::digest(canonical.as_bytes()) {
        let _ = write!(hash, "{byte:02x}");
    }
    Ok(Planned { action, with, hash })
}

/// Fills `{facts.ID}` in.
fn resolve(value: &str, step: &Step, incident: &Incident) -> Result<String, Rejection> {
    let mut resolved = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("{facts.") {
        let Some((id, after)) = after.split_once('}') else { break };
        let known = incident.fact(id).ok_or_else(|| {
            Rejection::new("fact_missing", format!("`{}` hands on `{id}`, which nobody has stated", step.id))
                .help(format!("muster set {id}=…"))
        })?;
        resolved.push_str(before);
        resolved.push_str(&fact::written(known));
        rest = after;
    }
    resolved.push_str(rest);
    Ok(resolved)
}

/// Whether a measure has every approval it needs, for exactly what it would run now.
fn is_approved(step: &Step, incident: &Incident, planned: &Planned) -> bool {
    if step.kind.gate().is_none() {
        return true;
    }
    let approval = incident.steps.get(&step.id).and_then(|state| state.approval.as_ref());
    approval.is_some_and(|approval| approval.complete && approval.hash.as_ref() == Some(&planned.hash))
}

impl Deciding<'_> {
    pub(super) fn run(&mut self, id: &StepId) -> Result<(), Rejection> {
        let step = self.act_on(id, "run")?;
        match &step.kind {
            StepKind::Action { .. }
            | StepKind::Contain { run: Some(_), .. }
            | StepKind::Contain { approve: Some(_), .. } => {}
            StepKind::Contain { .. } => {
                return Err(Rejection::new("nothing_to_run", format!("`{id}` is carried out by people"))
                    .help(format!("muster done {id}")));
            }
            StepKind::Task { .. }
            | StepKind::Gather { .. }
            | StepKind::Decide { .. }
            | StepKind::Approval { .. }
            | StepKind::Accept { .. }
            | StepKind::Notice(_)
            | StepKind::Updates { .. }
            | StepKind::Cover { .. }
            | StepKind::Reach { .. }
            | StepKind::Wait(_)
            | StepKind::Retrospective { .. } => {
                return Err(Rejection::new(
                    "nothing_to_run",
                    format!("`{id}` is {} and runs nothing", step.kind.with_article()),
                )
                .help(super::how_to_end(step)));
            }
        }
        self.at_rest(id)?;
        let planned = plan(step, &self.incident)?;
        if is_approved(step, &self.incident, &planned) {
            return match planned.action {
                Some(_) => self.start(step, planned),
                None => {
                    Err(Rejection::new("already_approved", format!("`{id}` is approved and carried out by people"))
                        .help(format!("muster done {id}")))
                }
            };
        }
        let asked = self.incident.steps.get(id).and_then(|state| state.approval.as_ref());
        if asked.is_some_and(|asked| asked.author.is_some() && asked.hash.as_ref() == Some(&planned.hash)) {
            return Err(
                Rejection::new("already_asked", format!("`{id}` awaits its approval")).help(self.who_may_approve(step))
            );
        }
        self.emit(Event::MeasureRequested { step: id.clone(), hash: planned.hash })
    }

    /// Puts a measure's operation on its way.
    pub(super) fn start(&mut self, step: &Step, planned: Planned) -> Result<(), Rejection> {
        let Some(action) = planned.action else { return Ok(()) };
        let run = self.incident.steps.get(&step.id).map_or(0, |state| state.runs) + 1;
        self.emit(Event::ActionQueued { step: step.id.clone(), run, action, with: planned.with })
    }

    pub(super) fn finish_measure(
        &mut self,
        step: &Step,
        outcome: Outcome,
        note: Option<String>,
        evidence: Option<String>,
    ) -> Result<(), Rejection> {
        let id = &step.id;
        self.at_rest(id)?;
        let untried = self.incident.steps.get(id).is_none_or(|state| state.run.is_none());
        let approved = match plan(step, &self.incident) {
            Ok(planned) => is_approved(step, &self.incident, &planned),
            Err(missing) if outcome == Outcome::Worked => return Err(missing),
            Err(_) => step.kind.gate().is_none(),
        };
        // Nothing that was never allowed can have been tried and have failed.
        if !approved && (outcome == Outcome::Worked || untried) {
            return Err(Rejection::new("approval_needed", format!("`{id}` needs an approval first"))
                .help(self.who_may_approve(step)));
        }
        self.emit(Event::StepEnded { step: id.clone(), outcome, note, evidence, reason: None })?;
        self.oblige(step, outcome)
    }

    /// A containment that worked is to be lifted some day.
    fn oblige(&mut self, step: &Step, outcome: Outcome) -> Result<(), Rejection> {
        let lifts = matches!(&step.kind, StepKind::Contain { lift: Some(_), .. });
        if lifts && outcome == Outcome::Worked && !self.incident.obligations.contains(&step.id) {
            self.follow(Event::ObligationOpened { step: step.id.clone() })?;
        }
        Ok(())
    }

    pub(super) fn hear_started(&mut self, id: &StepId, run: u32) -> Result<(), Rejection> {
        match self.run_under_way(id, run)? {
            // A second worker may take it up again: at least once.
            RunState::Started => Ok(()),
            RunState::Queued | RunState::Worked | RunState::Failed { .. } => {
                self.emit(Event::ActionStarted { step: id.clone(), run })
            }
        }
    }

    pub(super) fn hear_action(&mut self, id: &StepId, run: u32, worked: bool, detail: &str) -> Result<(), Rejection> {
        self.run_under_way(id, run)?;
        let step = self.known(id)?;
        let detail = text::heard(detail);
        if worked {
            self.emit(Event::ActionWorked { step: id.clone(), run, detail })?;
            let outcome = Outcome::Worked;
            self.emit(Event::StepEnded { step: id.clone(), outcome, note: None, evidence: None, reason: None })?;
            return self.oblige(step, outcome);
        }
        let allowed = step.kind.run().map_or(0, |run| run.retries);
        let left = self.incident.steps.get(id).and_then(|state| state.retries_left);
        let left = left.map_or(allowed, |left| left.saturating_sub(1));
        // A retry runs what was approved, or not at all.
        let again = plan(step, &self.incident).ok().filter(|planned| is_approved(step, &self.incident, planned));
        let retries_left = if again.is_some() { left } else { 0 };
        self.emit(Event::ActionFailed { step: id.clone(), run, detail, retries_left })?;
        match again {
            Some(planned) if retries_left > 0 => self.start(step, planned),
            Some(_) | None => Ok(()),
        }
    }

    fn run_under_way(&self, id: &StepId, run: u32) -> Result<RunState, Rejection> {
        let state = self.incident.steps.get(id).filter(|state| state.runs == run);
        state
            .and_then(|state| state.run.clone())
            .filter(RunState::is_under_way)
            .ok_or_else(|| Rejection::new("stale_run", format!("run {run} of `{id}` is not under way any more")))
    }

    pub(super) fn lift(&mut self, id: &StepId) -> Result<(), Rejection> {
        self.obligation(id)?;
        self.emit(Event::ObligationLifted { step: id.clone() })
    }

    pub(super) fn keep(&mut self, id: &StepId, reason: &str) -> Result<(), Rejection> {
        self.obligation(id)?;
        let reason = text::said("reason", reason)?;
        self.emit(Event::ObligationKept { step: id.clone(), reason })
    }

    fn obligation(&self, id: &StepId) -> Result<(), Rejection> {
        self.known(id)?;
        if self.incident.obligations.contains(id) {
            return Ok(());
        }
        let open: Vec<String> = self.incident.obligations.iter().map(|step| format!("muster lift {step}")).collect();
        let help = if open.is_empty() { "nothing is to be lifted now".to_owned() } else { open.join(", or ") };
        Err(Rejection::new("no_obligation", format!("`{id}` has nothing to lift")).help(help))
    }
}
