//! Which events the timeline tells, and as what; the sentences are the journal's own.

use std::collections::HashMap;

use super::{FACTS, Kind};
use crate::incident::event::{DraftedNotice, Event, FactValue, Recorded};
use crate::incident::{NoticeId, Outcome};
use crate::retrospective::names::Roles;
use crate::retrospective::words::{Words, say};
use crate::runbook::{FallbackId, Phase, Runbook, Scope, StepId, StepKind};

/// What an event comes to on the timeline.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) kind: Kind,
    pub(super) what: String,
    pub(super) evidence: Option<String>,
    pub(super) step: Option<StepId>,
    pub(super) internal: bool,
    /// Neighbours with the same key are told together.
    pub(super) group: Option<String>,
    /// A fallback that it put in use, or out of use.
    pub(super) switched: Option<(String, bool)>,
}

/// Tells the events of one incident to one reader.
pub(super) struct Teller<'a> {
    pub(super) runbook: &'a Runbook,
    pub(super) roles: &'a Roles,
    pub(super) words: &'a Words,
    pub(super) notices: HashMap<NoticeId, &'a DraftedNotice>,
}

impl Teller<'_> {
    /// What an event comes to; none where it only moves the engine along, or is told by another.
    pub(super) fn tell(&self, recorded: &Recorded) -> Option<Told> {
        self.classed(&recorded.event).map(|mut told| {
            told.what = self.roles.replace(&told.what);
            told.evidence = told.evidence.map(|link| self.roles.replace(&link));
            told
        })
    }

    fn classed(&self, event: &Event) -> Option<Told> {
        let told = match event {
            Event::IncidentDeclared(_)
            | Event::IncidentResolved { .. }
            | Event::IncidentClosed { .. }
            | Event::IncidentReopened { .. }
            | Event::StatusChanged { .. } => self.as_is(Kind::Milestone, event).public(),
            Event::PhaseEntered { phase: Phase::Mid | Phase::Post } => self.as_is(Kind::Milestone, event).public(),
            Event::StepTakenEarly { step, .. } | Event::Approved { step, alone: Some(_), .. } => {
                self.as_is(Kind::Deviation, event).of(step)
            }
            Event::DecisionAnswered { step, .. } => self.as_is(Kind::Decision, event).of(step),
            Event::SignalReceived { step } => self.as_is(Kind::Step, event).of(step),
            Event::ProbeAnswered { step, passed, .. } => {
                self.as_is(Kind::Step, event).of(step).grouped(format!("probe {step} {passed}"))
            }
            Event::StepEnded { step, outcome, note, evidence, .. } => {
                return self.ended(event, step, *outcome, note.is_some(), evidence.clone());
            }
            Event::AttemptRestarted { because, .. } => self.as_is(Kind::Step, event).of(because),
            Event::MeasureRequested { step, .. } | Event::ActionWorked { step, .. } => {
                self.as_is(Kind::Measure, event).of(step)
            }
            Event::ActionFailed { step, .. } => {
                self.as_is(Kind::Measure, event).of(step).grouped(format!("action {step}"))
            }
            Event::ObligationLifted { step } => self.as_is(Kind::Measure, event).of(step).scope(self.scope(step)),
            Event::ObligationKept { step, .. } => self.as_is(Kind::Measure, event).of(step),
            Event::Approved { step, .. } | Event::Rejected { step, .. } => self.as_is(Kind::Approval, event).of(step),
            Event::ApprovalEscalated { step, .. } => self.as_is(Kind::Late, event).of(step),
            Event::DeadlineMissed { .. } | Event::UpdateOwed { .. } => self.late(event)?,
            _ => return self.known(event).or_else(|| self.notice(event)),
        };
        Some(told)
    }

    /// The journal's sentence, as a row has it: without the full stop.
    fn as_is(&self, kind: Kind, event: &Event) -> Told {
        let sentence = event.summary(self.runbook, &self.words.locale, self.words.timezone);
        let what = sentence.strip_suffix(['.', '。']).map_or(sentence.as_str(), |rest| {
            // An ellipsis somebody wrote stays whole.
            if rest.ends_with('.') { sentence.as_str() } else { rest }
        });
        Told::new(kind, what.to_owned())
    }

    fn ended(
        &self,
        event: &Event,
        step: &StepId,
        outcome: Outcome,
        noted: bool,
        evidence: Option<String>,
    ) -> Option<Told> {
        let kind = self.runbook.steps.get(step).map(|step| &step.kind);
        let plain = outcome == Outcome::Done && !noted && evidence.is_none();
        let told_elsewhere = matches!(
            kind,
            Some(
                StepKind::Notice(_)
                    | StepKind::Updates { .. }
                    | StepKind::Decide { .. }
                    | StepKind::Retrospective { .. }
            )
        );
        if plain && told_elsewhere {
            return None;
        }
        let row = match (outcome, kind) {
            (Outcome::Skipped, _) => Kind::Deviation,
            (Outcome::Failed | Outcome::Done, Some(StepKind::Accept { .. })) => Kind::Step,
            (Outcome::Worked | Outcome::Failed, _) => Kind::Measure,
            (Outcome::Done, _) => Kind::Step,
        };
        let mut told = self.as_is(row, event).of(step).scope(self.scope(step));
        if plain && matches!(kind, Some(StepKind::Gather { .. })) {
            told.group = Some(FACTS.to_owned());
        }
        told.evidence = evidence;
        told.internal |= outcome == Outcome::Skipped;
        Some(told)
    }

    /// What went past its moment, with the moment.
    fn late(&self, event: &Event) -> Option<Told> {
        let words = self.words;
        let told = match event {
            Event::DeadlineMissed { step, due_at } => {
                let (title, due) = (self.title(step), words.time(*due_at));
                let what = say!(
                    words,
                    "“{title}”到了 {due} 的时限，尚未结束",
                    "“{title}” was still open at its deadline, {due}"
                );
                Told::new(Kind::Late, what).of(step)
            }
            Event::UpdateOwed { step, due_at, .. } => {
                let due = words.time(*due_at);
                let what =
                    say!(words, "约定 {due} 的更新未能按时发出", "The update promised for {due} was not out in time");
                Told::new(Kind::Late, what).of(step).grouped(format!("owed {step}"))
            }
            _ => return None,
        };
        Some(told)
    }

    fn known(&self, event: &Event) -> Option<Told> {
        let told = match event {
            Event::FactStated { fact, value, .. } => {
                Told::new(Kind::Fact, self.fact(fact.as_str(), value)).grouped(FACTS.to_owned())
            }
            Event::FactsConfirmed { facts } => {
                let stated: Vec<_> = facts.iter().map(|(fact, value)| self.fact(fact.as_str(), value)).collect();
                Told::new(Kind::Fact, stated.join(self.words.pick("；", "; "))).grouped(FACTS.to_owned())
            }
            Event::SeverityChanged { .. } | Event::CauseClassified { .. } => self.as_is(Kind::Decision, event),
            Event::RoleAssigned { .. } | Event::FallbackImported { .. } => self.as_is(Kind::Step, event),
            Event::NoteAdded { text, .. } => Told::new(Kind::Note, text.clone()),
            Event::FallbackSwitched { fallback, on } => {
                let mut told = self.as_is(Kind::Measure, event).grouped("fallbacks".to_owned());
                told.switched = Some((self.fallback(fallback), *on));
                told
            }
            Event::AffectedImported { .. } => self.as_is(Kind::Fact, event),
            // Each call counts its own people, and says what they said.
            Event::ContactsReached { step, .. } => self.as_is(Kind::Step, event).of(step),
            _ => return None,
        };
        Some(told)
    }

    fn notice(&self, event: &Event) -> Option<Told> {
        let told = match event {
            Event::NoticeQueued(queued) => {
                let subject = self.subject(queued.notice, &queued.step);
                let what = say!(self.words, "发出“{subject}”", "Sent “{subject}”");
                let to_customers = self.notices.get(&queued.notice).is_some_and(|draft| draft.to_customers);
                let told = Told::new(Kind::Notice, what).of(&queued.step);
                if to_customers { told.public() } else { told }
            }
            Event::NoticeVoided { step, .. } => {
                self.as_is(Kind::Notice, event).of(step).grouped(format!("void {step}"))
            }
            Event::NoticeCancelled { step, .. }
            | Event::NoticePaused { step, .. }
            | Event::NoticeResumed { step, .. }
            | Event::NoticeResent { step, .. } => self.as_is(Kind::Notice, event).of(step),
            Event::NoticeSettled { notice, step, counts } => {
                let (subject, counts) = (self.subject(*notice, step), self.counts(*notice, counts));
                Told::new(Kind::Notice, say!(self.words, "“{subject}”：{counts}", "“{subject}”: {counts}")).of(step)
            }
            _ => return None,
        };
        Some(told)
    }

    fn title(&self, step: &StepId) -> String {
        self.runbook
            .steps
            .get(step)
            .map_or_else(|| step.to_string(), |step| step.title.get(&self.words.locale).to_owned())
    }

    fn fallback(&self, id: &FallbackId) -> String {
        let known = self.runbook.fallbacks.get(id);
        known.map_or(id.as_str(), |fallback| fallback.title.get(&self.words.locale)).to_owned()
    }

    fn scope(&self, step: &StepId) -> Scope {
        self.runbook.steps.get(step).map_or(Scope::Internal, |step| step.scope)
    }

    fn fact(&self, fact: &str, value: &FactValue) -> String {
        let (title, value) = (self.words.fact_title(self.runbook, fact), self.words.fact(self.runbook, fact, value));
        say!(self.words, "{title}：{value}", "{title}: {value}")
    }

    /// The subject in the reader's language.
    pub(super) fn subject(&self, notice: NoticeId, step: &StepId) -> String {
        let message = self.notices.get(&notice).and_then(|draft| {
            let found = self.words.locale.best(draft.messages.iter().map(|message| &message.locale));
            draft.messages.iter().find(|message| Some(&message.locale) == found).or(draft.messages.first())
        });
        message.map_or_else(|| self.title(step), |message| message.subject.clone())
    }
}

impl Told {
    pub(super) fn new(kind: Kind, what: String) -> Self {
        Self { kind, what, evidence: None, step: None, internal: true, group: None, switched: None }
    }

    pub(super) fn milestone(what: String) -> Self {
        Self::new(Kind::Milestone, what).public()
    }

    pub(super) fn of(mut self, step: &StepId) -> Self {
        self.step = Some(step.clone());
        self
    }

    fn scope(mut self, scope: Scope) -> Self {
        self.internal = scope == Scope::Internal;
        self
    }

    pub(super) fn public(mut self) -> Self {
        self.internal = false;
        self
    }

    fn grouped(mut self, group: String) -> Self {
        self.group = Some(group);
        self
    }
}
