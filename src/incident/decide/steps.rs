//! People end steps: done, skipped, answered, signalled; and probes answer.

use std::time::Duration;

use super::rejection::listed;
use super::{Deciding, Rejection, text};
use crate::clock::between;
use crate::incident::Outcome;
use crate::incident::event::Event;
use crate::incident::review::{self, Unmet};
use crate::incident::roles;
use crate::incident::state::{ProbeState, Progress};
use crate::runbook::{
    AnswerId, FallbackId, Item, ListIndex, ProbeFor, Requirement, Runbook, Step, StepId, StepKind, WaitFor,
};

impl Deciding<'_> {
    pub(super) fn finish(
        &mut self,
        id: &StepId,
        outcome: Option<Outcome>,
        note: Option<&str>,
        evidence: Option<&str>,
    ) -> Result<(), Rejection> {
        let step = self.act_on(id, "done")?;
        let note = text::optional("note", note)?;
        let evidence = text::optional("evidence", evidence)?;
        let outcome = finished_as(step, outcome)?;
        match &step.kind {
            StepKind::Task { evidence_required } => {
                if *evidence_required && evidence.is_none() {
                    return Err(Rejection::new("evidence_needed", format!("`{id}` asks for evidence"))
                        .help(format!("muster done {id} --evidence URL")));
                }
            }
            StepKind::Gather { facts } => self.confirm_gathered(id, facts)?,
            StepKind::Contain { .. } | StepKind::Action { .. } => {
                return self.finish_measure(step, outcome, note, evidence);
            }
            StepKind::Accept { probe, on_fail, .. } => {
                if outcome == Outcome::Failed {
                    self.emit(Event::StepEnded { step: id.clone(), outcome, note, evidence, reason: None })?;
                    return match on_fail {
                        Some(from) => self.restart(step, from),
                        None => Ok(()),
                    };
                }
                self.probe_held(id, probe.as_ref())?;
            }
            StepKind::Cover { fallbacks } => self.all_switched(id, fallbacks)?,
            StepKind::Retrospective { require, .. } => self.all_written(id, require)?,
            StepKind::Reach { .. } => {}
            StepKind::Decide { .. }
            | StepKind::Approval { .. }
            | StepKind::Notice(_)
            | StepKind::Updates { .. }
            | StepKind::Wait(_) => return Err(not_by_hand(step)),
        }
        self.emit(Event::StepEnded { step: id.clone(), outcome, note, evidence, reason: None })
    }

    /// Whether an acceptance's probe passes, and has for as long as it must.
    fn probe_held(&self, id: &StepId, probe: Option<&ProbeFor>) -> Result<(), Rejection> {
        let Some(ProbeFor { probe, hold }) = probe else { return Ok(()) };
        let since = match self.incident.steps.get(id).and_then(|state| state.probe) {
            Some(ProbeState { passed: true, since }) => since,
            Some(ProbeState { passed: false, .. }) | None => {
                return Err(Rejection::new("probe_not_passed", format!("the probe `{probe}` has not passed"))
                    .help(format!("wait for it, or muster done {id} --outcome failed")));
            }
        };
        let left = hold.unwrap_or_default().saturating_sub(between(since, self.at));
        if left.is_zero() {
            return Ok(());
        }
        let left = humantime::format_duration(Duration::from_secs(left.as_secs().max(1)));
        Err(Rejection::new("probe_not_held", format!("the probe `{probe}` passes, but not long enough yet"))
            .help(format!("muster done {id} again in {left}")))
    }

    fn all_switched(&self, id: &StepId, fallbacks: &[FallbackId]) -> Result<(), Rejection> {
        let switched =
            |fallback: &&FallbackId| self.incident.fallbacks.get(*fallback).is_some_and(|state| state.decided);
        let open: Vec<&FallbackId> = fallbacks.iter().filter(|fallback| !switched(fallback)).collect();
        match open.first() {
            None => Ok(()),
            Some(first) => Err(Rejection::new(
                "fallbacks_undecided",
                format!("`{id}` asks for each fallback to be on or off; open: {}", listed(&open)),
            )
            .help(format!("muster fallback on {first}, or muster fallback off {first}"))),
        }
    }

    fn all_written(&self, id: &StepId, require: &[Requirement]) -> Result<(), Rejection> {
        let unmet = review::unmet(&self.incident, require);
        let Some(first) = unmet.first() else { return Ok(()) };
        let (message, help) = match first {
            Unmet::Factors(named) => (
                format!("`{id}` asks for two contributing factors; there are {named}"),
                "muster retro factor add \"…\"".to_owned(),
            ),
            Unmet::FollowUps(unplanned) => (
                format!(
                    "each follow-up needs an owner, a due date and a check before `{id}` is done; open: {}",
                    listed(unplanned)
                ),
                "muster followup list".to_owned(),
            ),
            Unmet::Sections(open) => (
                format!("`{id}` asks for every section to be written; open: {}", listed(open)),
                open.first().map_or_else(String::new, |section| format!("muster retro edit {section} --text \"…\"")),
            ),
        };
        Err(Rejection::new("review_unfinished", message).help(help))
    }

    pub(super) fn skip(&mut self, id: &StepId, reason: &str) -> Result<(), Rejection> {
        let reason = text::said("reason", reason)?;
        let step = self.act_on(id, "skip")?;
        self.at_rest(id)?;
        if let StepKind::Updates { until, .. } = &step.kind {
            return Err(Rejection::new("not_skippable", format!("`{id}` holds nothing up and is not skipped"))
                .help(format!("it ends with `{until}`, or with `mid`")));
        }
        if let StepKind::Approval { gate } = &step.kind {
            let may = roles::approvers(self.runbook, &self.incident, gate);
            if !self.actor.person().is_some_and(|person| may.contains(person)) {
                return Err(Rejection::new(
                    "not_an_approver",
                    format!("only who holds {} may skip the gate `{id}`", listed(&gate.by)),
                )
                .help(super::approvals::ask(&may, &format!("muster skip {id} --reason \"…\""))));
            }
        }
        self.emit(Event::StepEnded {
            step: id.clone(),
            outcome: Outcome::Skipped,
            note: None,
            evidence: None,
            reason: Some(reason),
        })
    }

    pub(super) fn answer(&mut self, id: &StepId, answer: AnswerId) -> Result<(), Rejection> {
        let step = self.act_on(id, "answer")?;
        let StepKind::Decide { answers } = &step.kind else {
            return Err(Rejection::new(
                "not_a_question",
                format!("`{id}` is {}, not a question", step.kind.with_article()),
            )
            .help(how_to_end(step)));
        };
        if !answers.contains_key(&answer) {
            return Err(Rejection::new("unknown_answer", format!("`{answer}` is no answer of `{id}`"))
                .help(format!("answers: {}", listed(answers.keys()))));
        }
        self.emit(Event::DecisionAnswered { step: id.clone(), answer })?;
        self.end_as_asked(id)
    }

    pub(super) fn signal(&mut self, id: &StepId) -> Result<(), Rejection> {
        let step = self.act_on(id, "signal")?;
        let StepKind::Wait(WaitFor::Signal) = &step.kind else {
            return Err(
                Rejection::new("not_a_signal", format!("`{id}` does not wait for a signal")).help(how_to_end(step))
            );
        };
        self.emit(Event::SignalReceived { step: id.clone() })?;
        self.end_as_asked(id)
    }

    pub(super) fn hear_probe(&mut self, id: &StepId, passed: bool, detail: &str) -> Result<(), Rejection> {
        let step = self.known(id)?;
        let StepKind::Accept { probe: Some(_), .. } = &step.kind else {
            return Err(Rejection::new("no_probe", format!("`{id}` has no probe")));
        };
        self.act_on(id, "done")?;
        // The same answer again says nothing new.
        if self.incident.steps.get(id).and_then(|state| state.probe).is_some_and(|probe| probe.passed == passed) {
            return Ok(());
        }
        self.emit(Event::ProbeAnswered { step: id.clone(), passed, detail: text::heard(detail) })
    }

    /// Ends a step by what whoever asks just did.
    pub(super) fn end_as_asked(&mut self, id: &StepId) -> Result<(), Rejection> {
        self.emit(Event::StepEnded {
            step: id.clone(),
            outcome: Outcome::Done,
            note: None,
            evidence: None,
            reason: None,
        })
    }

    /// Starts a new attempt of everything from a step up to the acceptance that failed.
    fn restart(&mut self, acceptance: &Step, from: &StepId) -> Result<(), Rejection> {
        let steps = range(self.runbook, acceptance, from);
        for step in &steps {
            self.at_rest(step)?;
        }
        let attempt = self.incident.step_attempt(&acceptance.id) + 1;
        self.follow(Event::AttemptRestarted { because: acceptance.id.clone(), attempt, steps })
    }

    /// Whether a step has ended or will never have to.
    pub(super) fn is_over(&self, id: &StepId) -> bool {
        match self.incident.progress(id) {
            Progress::Ended { .. } | Progress::NotApplicable => true,
            Progress::Waiting | Progress::Open => false,
        }
    }
}

/// Every step from one up to the acceptance, in the order of the file, branches between them included.
fn range(runbook: &Runbook, acceptance: &Step, from: &StepId) -> Vec<StepId> {
    let start = runbook.steps.get(from).map_or(acceptance.position, |step| step.position);
    let items = &runbook.list(acceptance.list).items;
    let mut steps = Vec::new();
    for item in items.iter().take(acceptance.position + 1).skip(start) {
        collect(runbook, item, &mut steps);
    }
    steps
}

fn collect(runbook: &Runbook, item: &Item, steps: &mut Vec<StepId>) {
    match item {
        Item::Step(id) => steps.push(id.clone()),
        Item::Together(branches) => {
            for ListIndex(branch) in branches {
                runbook.lists[*branch].items.iter().for_each(|item| collect(runbook, item, steps));
            }
        }
    }
}

/// The outcome a step ends with by `done`, where that is one of its kind.
fn finished_as(step: &Step, outcome: Option<Outcome>) -> Result<Outcome, Rejection> {
    let allowed: &[Outcome] = match &step.kind {
        StepKind::Task { .. }
        | StepKind::Gather { .. }
        | StepKind::Cover { .. }
        | StepKind::Reach { .. }
        | StepKind::Retrospective { .. } => &[Outcome::Done],
        StepKind::Accept { .. } => &[Outcome::Done, Outcome::Failed],
        StepKind::Contain { .. } => &[Outcome::Worked, Outcome::Failed],
        StepKind::Action { .. } => &[Outcome::Failed],
        StepKind::Decide { .. }
        | StepKind::Approval { .. }
        | StepKind::Notice(_)
        | StepKind::Updates { .. }
        | StepKind::Wait(_) => return Err(not_by_hand(step)),
    };
    match outcome {
        Some(outcome) if allowed.contains(&outcome) => Ok(outcome),
        Some(Outcome::Skipped) => {
            Err(Rejection::new("wrong_outcome", format!("skipping `{}` needs a reason", step.id))
                .help(format!("muster skip {} --reason \"…\"", step.id)))
        }
        // An operation ends by its own success.
        None | Some(Outcome::Worked) if matches!(step.kind, StepKind::Action { .. }) => Err(not_by_hand(step)),
        Some(outcome) => Err(Rejection::new(
            "wrong_outcome",
            format!("{} does not end as `{}`", step.kind.with_article(), outcome.as_str()),
        )
        .help(how_to_end(step))),
        None => Ok(allowed.first().copied().unwrap_or(Outcome::Done)),
    }
}

fn not_by_hand(step: &Step) -> Rejection {
    Rejection::new("not_by_hand", format!("`{}` is {} and is not ended by `done`", step.id, step.kind.with_article()))
        .help(how_to_end(step))
}

/// The command that ends a step of its kind.
pub(crate) fn how_to_end(step: &Step) -> String {
    let id = &step.id;
    match &step.kind {
        StepKind::Task { evidence_required: true } => format!("muster done {id} --evidence URL"),
        StepKind::Task { .. }
        | StepKind::Gather { .. }
        | StepKind::Accept { .. }
        | StepKind::Cover { .. }
        | StepKind::Reach { .. }
        | StepKind::Retrospective { .. }
        | StepKind::Contain { run: None, .. } => format!("muster done {id}"),
        StepKind::Decide { answers } => {
            let answers: Vec<&str> = answers.keys().map(AnswerId::as_str).collect();
            format!("muster answer {id} {}", answers.join("|"))
        }
        StepKind::Approval { .. } => format!("muster approve {id}"),
        StepKind::Contain { run: Some(_), .. } | StepKind::Action { .. } => format!("muster run {id}"),
        StepKind::Notice(_) => format!("muster notice draft {id}"),
        StepKind::Updates { until, .. } => format!("it ends with `{until}`; meanwhile: muster update \"…\""),
        StepKind::Wait(WaitFor::Time(_)) => format!("it ends by itself; not to wait: muster skip {id} --reason \"…\""),
        StepKind::Wait(WaitFor::Signal) => format!("muster signal {id}"),
    }
}
