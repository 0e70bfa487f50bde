//! The score: each target the runbook sets, beside what happened.

use indexmap::IndexMap;
use serde::Serialize;

use crate::clock::{Timestamp, after, between};
use crate::incident::{Event, NoticeId, Recorded};
use crate::runbook::{Runbook, StepId};

/// Every target of a played incident, in the order in which it was met or missed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Score {
    pub kept: usize,
    pub missed: usize,
    pub targets: Vec<Target>,
}

/// One promise of the runbook and whether it was kept. Spans are in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    pub target: Sort,
    /// The step it belongs to; none for the first notice.
    pub step: Option<String>,
    pub attempt: u32,
    pub limit: u64,
    /// How long it took; none if it never happened.
    pub value: Option<u64>,
    pub kept: bool,
}

/// What sort of promise a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    FirstNotice,
    Update,
    Step,
    Approval,
}

/// A promise that runs: from when, until when.
#[derive(Debug, Clone, Copy)]
struct Clocked {
    from: Timestamp,
    due: Timestamp,
    attempt: u32,
}

/// Sets what a runbook promises beside what an incident's journal says.
pub fn score(runbook: &Runbook, events: &[Recorded]) -> Score {
    let mut tally = Tally {
        runbook,
        score: Score::default(),
        steps: IndexMap::new(),
        first: None,
        promise: None,
        asked: IndexMap::new(),
    };
    for recorded in events {
        tally.take(recorded);
    }
    tally.end()
}

struct Tally<'r> {
    runbook: &'r Runbook,
    score: Score,
    steps: IndexMap<StepId, Clocked>,
    /// The first notice, until it is sent.
    first: Option<Clocked>,
    /// What was promised last.
    promise: Option<(StepId, Clocked)>,
    /// Approvals asked for, by step, with the notice they are for.
    asked: IndexMap<StepId, (Clocked, Option<NoticeId>)>,
}

impl Tally<'_> {
    fn take(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        match &recorded.event {
            Event::IncidentDeclared(declared) if self.tells_anybody() => {
                self.first = Some(Clocked { from: at, due: declared.first_notice_due, attempt: 1 });
            }
            Event::SeverityChanged { first_notice_due: Some(due), .. } => {
                if let Some(first) = &mut self.first {
                    first.due = *due;
                }
            }
            Event::StepOpened { step, attempt, due_at } => {
                if let Some(due) = *due_at {
                    self.steps.insert(step.clone(), Clocked { from: at, due, attempt: *attempt });
                }
                self.gate_opened(step, at, *attempt);
            }
            Event::StepEnded { step, .. } => {
                if let Some(clocked) = self.steps.shift_remove(step) {
                    self.put(Sort::Step, Some(step), clocked, Some(at));
                }
                self.asked.shift_remove(step);
            }
            Event::MeasureRequested { step, .. } => self.ask(step, at, None),
            Event::NoticeDrafted(draft) => self.ask(&draft.step, at, Some(draft.id)),
            Event::Approved { step, complete: true, .. } => {
                if let Some((clocked, _)) = self.asked.shift_remove(step) {
                    self.put(Sort::Approval, Some(step), clocked, Some(at));
                }
            }
            Event::Rejected { step, .. } | Event::NoticeVoided { step, .. } | Event::NoticeCancelled { step, .. } => {
                self.asked.shift_remove(step);
            }
            Event::NoticeQueued(queued) if self.is_promised(&queued.step) => {
                if let Some((step, clocked)) = self.promise.take() {
                    self.put(Sort::Update, Some(&step), clocked, Some(at));
                }
                let promise = |due| Clocked { from: at, due, attempt: 1 };
                self.promise = queued.next_update_at.map(|due| (queued.step.clone(), promise(due)));
            }
            Event::NoticeFirstSent { step, sent_at, .. } if self.is_promised(step) => {
                if let Some(first) = self.first.take() {
                    self.put(Sort::FirstNotice, None, first, Some(*sent_at));
                }
            }
            _ => {}
        }
    }

    fn end(mut self) -> Score {
        if let Some(first) = self.first.take() {
            self.put(Sort::FirstNotice, None, first, None);
        }
        for (step, clocked) in std::mem::take(&mut self.steps) {
            self.put(Sort::Step, Some(&step), clocked, None);
        }
        self.score
    }

    fn put(&mut self, target: Sort, step: Option<&StepId>, clocked: Clocked, met: Option<Timestamp>) {
        let kept = met.is_some_and(|met| met <= clocked.due);
        let counter = if kept { &mut self.score.kept } else { &mut self.score.missed };
        *counter += 1;
        self.score.targets.push(Target {
            target,
            step: step.map(ToString::to_string),
            attempt: clocked.attempt,
            limit: between(clocked.from, clocked.due).as_secs(),
            value: met.map(|met| between(clocked.from, met).as_secs()),
            kept,
        });
    }

    fn ask(&mut self, step: &StepId, at: Timestamp, notice: Option<NoticeId>) {
        let gate = self.runbook.steps.get(step).and_then(|step| step.kind.gate());
        if let Some(within) = gate.and_then(|gate| gate.within) {
            self.asked.insert(step.clone(), (Clocked { from: at, due: after(at, within), attempt: 1 }, notice));
        }
    }

    fn gate_opened(&mut self, step: &StepId, at: Timestamp, attempt: u32) {
        let kind = self.runbook.steps.get(step).map(|step| &step.kind);
        if let Some(crate::runbook::StepKind::Approval { gate }) = kind
            && let Some(within) = gate.within
        {
            self.asked.insert(step.clone(), (Clocked { from: at, due: after(at, within), attempt }, None));
        }
    }

    /// Whether a step's notices are those that promises are made to: customers, or staff where nothing is for customers.
    fn is_promised(&self, step: &StepId) -> bool {
        let spec = self.runbook.steps.get(step).and_then(|step| step.kind.notice());
        spec.is_some_and(|spec| !self.runbook.is_staff_only(&spec.audience) || self.is_for_staff())
    }

    fn is_for_staff(&self) -> bool {
        let mut notices = self.runbook.steps.values().filter_map(|step| step.kind.notice());
        notices.all(|spec| self.runbook.is_staff_only(&spec.audience))
    }

    fn tells_anybody(&self) -> bool {
        self.runbook.steps.values().any(|step| step.kind.notice().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::event::decode;

    const RUNBOOK: &str = "
muster: 1
id: small
title: Small
severities:
  sev1: { means: All, first_notice: 10m, update_every: 30m, mail_every: 2h }
approve: { by: lead, within: 2m }
pre: [{ task: look, within: 5m }]
mid: [{ contain: close, approve: { by: lead, within: 1m } }]
post: [{ task: rest }]
";

    fn score_of(lines: &[(&str, &str)]) -> Vec<(Sort, Option<u64>, bool)> {
        let runbook = crate::runbook::check::check(RUNBOOK.as_bytes()).runbook.expect("a runbook");
        let events: Vec<Recorded> = lines
            .iter()
            .zip(1..)
            .map(|((time, event), seq)| {
                let line = format!(r#"{{"seq":{seq},"at":"2026-03-12T{time}Z","actor":"muster","event":{event}}}"#);
                decode(&line).expect("an event")
            })
            .collect();
        let targets = score(&runbook, &events).targets;
        targets.into_iter().map(|target| (target.target, target.value, target.kept)).collect()
    }

    #[test]
    fn a_deadline_is_kept_until_its_moment_and_missed_where_the_step_never_ended() {
        let opened = r#"{"StepOpened":{"step":"look","attempt":1,"due_at":"2026-03-12T10:05:00Z"}}"#;
        let ended = r#"{"StepEnded":{"step":"look","outcome":"done"}}"#;
        let table = [
            (vec![("10:00:00", opened), ("10:04:59", ended)], (Some(299), true)),
            (vec![("10:00:00", opened), ("10:06:00", ended)], (Some(360), false)),
            (vec![("10:00:00", opened)], (None, false)),
        ];
        for (events, (value, kept)) in table {
            assert_eq!(score_of(&events), [(Sort::Step, value, kept)]);
        }
    }

    #[test]
    fn an_approval_counts_from_its_request_and_one_that_ended_otherwise_counts_for_nothing() {
        let asked = r#"{"MeasureRequested":{"step":"close","hash":"x"}}"#;
        let approved = r#"{"Approved":{"step":"close","notice":null,"hash":"x","complete":true}}"#;
        let rejected = r#"{"Rejected":{"step":"close","notice":null,"reason":"not now"}}"#;
        assert_eq!(score_of(&[("10:00:00", asked), ("10:00:40", approved)]), [(Sort::Approval, Some(40), true)]);
        assert_eq!(score_of(&[("10:00:00", asked), ("10:02:00", approved)]), [(Sort::Approval, Some(120), false)]);
        assert_eq!(score_of(&[("10:00:00", asked), ("10:00:40", rejected)]), []);
    }
}
