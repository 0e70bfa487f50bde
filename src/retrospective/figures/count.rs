//! Counts a journal once, event by event, into what the figures need.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::{Figures, Measured};
use crate::clock::{Timestamp, between};
use crate::incident::event::{DraftedNotice, Event, FactValue, Recorded};
use crate::incident::{NoticeId, Outcome};
use crate::retrospective::CoverageSummary;
use crate::runbook::{Item, Phase, Runbook, StepId, StepKind};

/// A moment and the event that recorded it.
type Moment = (Timestamp, u64);

pub(super) struct Count<'a> {
    runbook: &'a Runbook,
    declared: Option<Moment>,
    impact: Option<Timestamp>,
    lead: Option<Moment>,
    first_notice_due: Option<Timestamp>,
    first_sent: Option<Moment>,
    contained: Option<Moment>,
    resolved: Option<Moment>,
    last: Option<Timestamp>,
    to_customers: HashMap<NoticeId, &'a DraftedNotice>,
    /// A promise made to customers and not yet kept or missed.
    promise: Option<Timestamp>,
    settled: IndexMap<NoticeId, &'a IndexMap<String, u64>>,
    due: HashMap<&'a StepId, Timestamp>,
    reached: HashSet<&'a str>,
    figures: Figures,
}

impl<'a> Count<'a> {
    pub(super) fn new(runbook: &'a Runbook) -> Self {
        Self {
            runbook,
            declared: None,
            impact: None,
            lead: None,
            first_notice_due: None,
            first_sent: None,
            contained: None,
            resolved: None,
            last: None,
            to_customers: HashMap::new(),
            promise: None,
            settled: IndexMap::new(),
            due: HashMap::new(),
            reached: HashSet::new(),
            figures: Figures::default(),
        }
    }

    pub(super) fn add(&mut self, recorded: &'a Recorded) {
        let moment = (recorded.at, recorded.seq);
        self.last = Some(recorded.at);
        self.figures.deviations += u64::from(recorded.event.deviation().is_some());
        self.take_lead(recorded);
        match &recorded.event {
            Event::IncidentDeclared(declared) => {
                self.declared = Some(moment);
                self.first_notice_due = Some(declared.first_notice_due);
            }
            Event::SeverityChanged { first_notice_due: Some(due), .. } => self.first_notice_due = Some(*due),
            Event::FactStated { fact, value, .. } => self.fact(fact.as_str(), value),
            Event::FactsConfirmed { facts } => facts.iter().for_each(|(fact, value)| self.fact(fact.as_str(), value)),
            Event::IncidentResolved { .. } => self.resolved = Some(moment),
            Event::IncidentReopened { .. } => self.resolved = None,
            Event::StepOpened { step, due_at: Some(due), .. } => {
                self.due.insert(step, *due);
                self.figures.deadlines.promised += 1;
            }
            Event::DeadlineMissed { step, .. } => {
                self.due.remove(step);
                self.figures.deadlines.missed += 1;
            }
            Event::StepEnded { step, outcome, .. } => self.ended(step, *outcome, moment),
            Event::ObligationOpened { .. } => self.figures.obligations.opened += 1,
            Event::ObligationLifted { .. } => self.figures.obligations.lifted += 1,
            Event::ObligationKept { .. } => self.figures.obligations.kept += 1,
            Event::ContactsReached { contacts, .. } => self.reached.extend(contacts.iter().map(|id| id.as_str())),
            _ => self.notice(recorded, moment),
        }
    }

    fn notice(&mut self, recorded: &'a Recorded, moment: Moment) {
        match &recorded.event {
            Event::NoticeDrafted(draft) if draft.to_customers || self.is_for_staff() => {
                self.to_customers.insert(draft.id, draft);
            }
            Event::NoticeQueued(queued) => {
                self.figures.notices += 1;
                let Some(draft) = self.to_customers.get(&queued.notice) else { return };
                self.figures.recipients = self.figures.recipients.max(draft.recipients.contacts);
                self.figures.organisations = self.figures.organisations.max(draft.recipients.organisations);
                if let Some(promised) = self.promise.take() {
                    let kept = queued.kept_promise.unwrap_or(moment.0 <= promised);
                    *(if kept { &mut self.figures.updates.kept } else { &mut self.figures.updates.missed }) += 1;
                }
                if let Some(next) = queued.next_update_at {
                    self.figures.updates.promised += 1;
                    self.promise = Some(next);
                }
            }
            Event::NoticeFirstSent { notice, sent_at, .. } if self.to_customers.contains_key(notice) => {
                self.first_sent.get_or_insert((*sent_at, moment.1));
            }
            Event::NoticeSettled { notice, counts, .. } => {
                self.settled.insert(*notice, counts);
            }
            _ => {}
        }
    }

    /// Where no notice is for customers, what is promised is promised to staff.
    fn is_for_staff(&self) -> bool {
        let mut notices = self.runbook.steps.values().filter_map(|step| step.kind.notice());
        notices.all(|spec| self.runbook.is_staff_only(&spec.audience))
    }

    fn fact(&mut self, fact: &str, value: &FactValue) {
        if let ("started_at", FactValue::Datetime(moment)) = (fact, value) {
            self.impact = Some(*moment);
        }
    }

    /// The lead takes it by the first thing done in that role after the declaration, or by being given the role.
    fn take_lead(&mut self, recorded: &Recorded) {
        let Some((declared_at, _)) = self.declared else { return };
        let acts = recorded.actor.person().is_some()
            && recorded.role.as_ref().is_some_and(|role| role.as_str() == "lead")
            && recorded.at > declared_at;
        let given = matches!(&recorded.event, Event::RoleAssigned { role, people } if role.as_str() == "lead" && !people.is_empty());
        let done = matches!(&recorded.event, Event::StepEnded { step, outcome: Outcome::Done, .. }
            if self.first_lead_step().is_some_and(|first| first == step));
        if acts || given || done {
            self.lead.get_or_insert((recorded.at, recorded.seq));
        }
    }

    /// The step by which the lead takes the incident: the first of `pre`, where it is the lead's task.
    fn first_lead_step(&self) -> Option<&'a StepId> {
        let Some(Item::Step(first)) = self.runbook.lists.get(Phase::Pre as usize)?.items.first() else { return None };
        let step = self.runbook.steps.get(first)?;
        (step.role.as_str() == "lead" && matches!(step.kind, StepKind::Task { .. })).then_some(first)
    }

    fn ended(&mut self, step: &'a StepId, outcome: Outcome, moment: Moment) {
        if let Some(due) = self.due.remove(step) {
            let kept = moment.0 <= due;
            *(if kept { &mut self.figures.deadlines.kept } else { &mut self.figures.deadlines.missed }) += 1;
        }
        let contains = self.runbook.steps.get(step).is_some_and(|step| matches!(step.kind, StepKind::Contain { .. }));
        if contains && outcome == Outcome::Worked {
            self.contained.get_or_insert(moment);
        }
    }

    pub(super) fn figures(mut self, coverage: Option<CoverageSummary>) -> Figures {
        let Some((declared, declared_seq)) = self.declared else { return self.figures };
        let impact = self.impact.unwrap_or(declared);
        let since = |from: Timestamp, moment: Option<Moment>, target: Option<u64>| {
            let seconds = moment.map(|(at, _)| between(from, at).as_secs());
            let waited = self.last.map_or(0, |last| between(from, last).as_secs());
            let kept = target.and_then(|target| match seconds {
                Some(seconds) => Some(seconds <= target),
                None => (waited > target).then_some(false),
            });
            Measured { seconds, target, kept, seq: moment.map(|(_, seq)| seq) }
        };
        let lead_within = self.first_lead_step().and_then(|step| self.runbook.steps.get(step)?.within);
        self.figures.ttd = match self.impact {
            Some(impact) => since(impact, Some((declared, declared_seq)), None),
            None => Measured::default(),
        };
        self.figures.tta = since(declared, self.lead, lead_within.map(|within| within.as_secs()));
        self.figures.ttn =
            since(declared, self.first_sent, self.first_notice_due.map(|due| between(declared, due).as_secs()));
        self.figures.ttm = since(impact, self.contained, None);
        self.figures.ttr = since(impact, self.resolved, None);
        if let (Some(promised), Some(last)) = (self.promise, self.last)
            && self.resolved.map_or(last, |(at, _)| at) > promised
        {
            self.figures.updates.missed += 1;
        }
        for (state, count) in self.settled.values().flat_map(|counts| counts.iter()) {
            *self.figures.deliveries.entry(state.clone()).or_default() += count;
        }
        let all: u64 = self.figures.deliveries.values().sum();
        let sent = self.figures.deliveries.get("sent").copied().unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
        let share = (all > 0).then(|| sent as f64 / all as f64);
        Figures {
            impact_stated: self.impact.is_some(),
            delivery_share: share,
            reached_by_hand: self.reached.len() as u64,
            coverage,
            ..self.figures
        }
    }
}
