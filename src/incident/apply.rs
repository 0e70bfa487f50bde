//! What each event changes; the one way an incident's state comes to be, live and in replay.

mod notices;
mod steps;

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::event::{Declared, Event, FollowUpPlan, Recorded};
use super::state::{FactState, FallbackState, FollowUpState, Incident, Lifecycle};
use super::{FollowUpId, event};
use crate::clock::Timestamp;
use crate::runbook::{FactId, Phase};

/// An event that cannot follow from the state it meets: the journal is not what was decided.
#[derive(Debug, thiserror::Error)]
#[error("event {seq} does not fit what came before it: {reason}")]
pub struct Error {
    pub seq: u64,
    pub reason: String,
}

/// Why an event does not fit; the number is added where it is known.
type Misfit = String;

impl Incident {
    /// Begins an incident from its first event, which declares it.
    pub fn begin(first: &Recorded) -> Result<Self, Error> {
        let misfit = |reason: &str| Error { seq: first.seq, reason: reason.to_owned() };
        let Event::IncidentDeclared(declared) = &first.event else {
            return Err(misfit("a journal begins with a declaration"));
        };
        if first.seq != 1 {
            return Err(misfit("a journal begins with number 1"));
        }
        Ok(Self::declared(declared, first.at))
    }

    /// Rebuilds an incident from its whole journal.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Recorded>) -> Result<Self, Error> {
        let mut events = events.into_iter();
        let first = events.next().ok_or_else(|| Error { seq: 0, reason: "the journal is empty".to_owned() })?;
        let mut incident = Self::begin(first)?;
        for recorded in events {
            apply(&mut incident, recorded)?;
        }
        Ok(incident)
    }

    fn declared(declared: &Declared, at: Timestamp) -> Self {
        Self {
            id: declared.id,
            number: declared.number,
            title: declared.title.clone(),
            runbook: declared.runbook.clone(),
            runbook_hash: declared.runbook_hash.clone(),
            drill: declared.drill,
            locale: declared.locale.clone(),
            timezone: declared.timezone,
            started_by: declared.started_by.clone(),
            declared_at: at,
            seq: 1,
            at,
            lifecycle: Lifecycle::Open,
            phase: Phase::Pre,
            severity: declared.severity.clone(),
            cause: None,
            status: None,
            attempt: 1,
            roles: declared.roles.clone(),
            facts: IndexMap::new(),
            steps: IndexMap::new(),
            answers: IndexMap::new(),
            obligations: BTreeSet::new(),
            fallbacks: IndexMap::new(),
            affected_imported: None,
            reached_by_hand: BTreeSet::new(),
            notices: Vec::new(),
            first_notice_due: Some(declared.first_notice_due),
            first_notice_raised: false,
            updates: IndexMap::new(),
            follow_ups: IndexMap::new(),
            sections: BTreeSet::new(),
            factors: 0,
        }
    }
}

/// Applies the next event. An error leaves the state unusable: the journal itself is wrong.
pub fn apply(incident: &mut Incident, recorded: &Recorded) -> Result<(), Error> {
    let misfit = |reason| Error { seq: recorded.seq, reason };
    if recorded.seq != incident.seq + 1 {
        return Err(misfit(format!("number {} was next", incident.seq + 1)));
    }
    if recorded.at < incident.at {
        return Err(misfit("its time is before that of the event before it".to_owned()));
    }
    incident.change(recorded).map_err(misfit)?;
    incident.seq = recorded.seq;
    incident.at = recorded.at;
    Ok(())
}

impl Incident {
    fn change(&mut self, recorded: &Recorded) -> Result<(), Misfit> {
        let at = recorded.at;
        match &recorded.event {
            Event::IncidentDeclared(_) => return Err("an incident is declared once".to_owned()),
            Event::PhaseEntered { phase } => {
                // Declaring enters `pre`, which the state already says; nothing else enters a phase twice.
                if *phase < self.phase || (*phase == self.phase && *phase != Phase::Pre) {
                    return Err(format!("phase `{}` is not ahead", phase.as_str()));
                }
                self.phase = *phase;
            }

            Event::StepOpened { .. }
            | Event::StepNotApplicable { .. }
            | Event::UpdatesStarted { .. }
            | Event::StepPassed { .. }
            | Event::StepTakenEarly { .. }
            | Event::DecisionAnswered { .. }
            | Event::SignalReceived { .. }
            | Event::ProbeAnswered { .. }
            | Event::StepEnded { .. }
            | Event::AttemptRestarted { .. }
            | Event::MeasureRequested { .. }
            | Event::ActionQueued { .. }
            | Event::ActionStarted { .. }
            | Event::ActionWorked { .. }
            | Event::ActionFailed { .. }
            | Event::Approved { notice: None, .. }
            | Event::Rejected { notice: None, .. }
            | Event::ApprovalEscalated { .. }
            | Event::UpdateOwed { .. }
            | Event::DeadlineMissed { .. } => self.change_step(recorded)?,

            Event::ObligationOpened { step } => {
                if !self.obligations.insert(step.clone()) {
                    return Err(format!("`{step}` already has an obligation"));
                }
            }
            Event::ObligationLifted { step } | Event::ObligationKept { step, .. } => {
                if !self.obligations.remove(step) {
                    return Err(format!("`{step}` has no obligation"));
                }
            }

            Event::FactStated { fact, value, stale } => self.state_fact(fact, value, stale.clone(), at),
            Event::FactsConfirmed { facts } => {
                for (fact, value) in facts {
                    self.state_fact(fact, value, Vec::new(), at);
                }
            }
            Event::SeverityChanged { to, first_notice_due, updates_due, .. } => {
                self.severity = to.clone();
                if first_notice_due.is_some() {
                    self.first_notice_due = *first_notice_due;
                    self.first_notice_raised = true;
                }
                self.promise_updates(updates_due)?;
            }
            Event::CauseClassified { cause } => self.cause = Some(*cause),
            Event::RoleAssigned { role, people } => {
                self.roles.insert(role.clone(), people.clone());
            }
            Event::NoteAdded { .. }
            | Event::EventCorrected { .. }
            | Event::EventTranslated { .. }
            | Event::PhraseKept { .. } => {}

            Event::FallbackSwitched { fallback, on } => {
                let state = self.fallbacks.entry(fallback.clone()).or_default();
                state.on = *on;
                state.decided = true;
            }
            Event::FallbackImported { fallback, contacts } => {
                let state: &mut FallbackState = self.fallbacks.entry(fallback.clone()).or_default();
                state.imported = Some(*contacts);
            }
            Event::AffectedImported { contacts } => self.affected_imported = Some(*contacts),
            Event::ContactsReached { contacts, .. } => self.reached_by_hand.extend(contacts.iter().cloned()),

            Event::Approved { notice: Some(_), .. }
            | Event::Rejected { notice: Some(_), .. }
            | Event::NoticeDrafted(_)
            | Event::NoticeVoided { .. }
            | Event::NoticeCancelled { .. }
            | Event::NoticeQueued(_)
            | Event::NoticePaused { .. }
            | Event::NoticeResumed { .. }
            | Event::NoticeResent { .. }
            | Event::NoticeFirstSent { .. }
            | Event::NoticeSettled { .. } => self.change_notice(recorded)?,
            Event::StatusChanged { to, .. } => self.status = Some(*to),

            Event::IncidentResolved { .. } => {
                if self.lifecycle != Lifecycle::Open {
                    return Err("it is resolved already".to_owned());
                }
                self.lifecycle = Lifecycle::Resolved { at };
            }
            Event::IncidentClosed { .. } => {
                let Lifecycle::Resolved { at: resolved_at } = self.lifecycle else {
                    return Err("only a resolved incident is closed".to_owned());
                };
                self.lifecycle = Lifecycle::Closed { resolved_at, at };
            }
            Event::IncidentReopened { attempt, steps, .. } => {
                if self.lifecycle == Lifecycle::Open {
                    return Err("it is open already".to_owned());
                }
                self.lifecycle = Lifecycle::Open;
                self.phase = Phase::Mid;
                self.attempt = *attempt;
                self.start_again(steps);
            }

            Event::SectionEdited { section, .. } => {
                self.sections.insert(section.clone());
            }
            Event::FactorAdded { .. } => self.factors += 1,
            Event::FollowUpAdded { id, plan, from_runbook } => {
                let state = FollowUpState {
                    plan: plan.clone(),
                    from_runbook: from_runbook.clone(),
                    added_at: at,
                    done_at: None,
                    verified_at: None,
                };
                if self.follow_ups.insert(*id, state).is_some() {
                    return Err(format!("`{id}` was added before"));
                }
            }
            Event::FollowUpPlanned { id, plan } => fill_in(&mut self.follow_up(*id)?.plan, plan),
            Event::FollowUpDone { id, .. } => self.follow_up(*id)?.done_at = Some(at),
            Event::FollowUpVerified { id, .. } => self.follow_up(*id)?.verified_at = Some(at),
        }
        Ok(())
    }

    fn state_fact(
        &mut self,
        fact: &FactId,
        value: &event::FactValue,
        stale: Vec<crate::locale::Locale>,
        at: Timestamp,
    ) {
        // The wording last stated stands first in its text.
        let locale = if let event::FactValue::Text(text) = value { text.locales().next().cloned() } else { None };
        let state = FactState { value: value.clone(), attempt: self.attempt, stated_at: at, locale, stale };
        self.facts.insert(fact.clone(), state);
    }

    fn follow_up(&mut self, id: FollowUpId) -> Result<&mut FollowUpState, Misfit> {
        self.follow_ups.get_mut(&id).ok_or_else(|| format!("there is no `{id}`"))
    }
}

/// Fills in what a plan gives and leaves the rest as it is.
fn fill_in(plan: &mut FollowUpPlan, given: &FollowUpPlan) {
    let FollowUpPlan { text, owner, due, important, urgent, check } = given;
    fn take<T: Clone>(slot: &mut Option<T>, given: &Option<T>) {
        if given.is_some() {
            slot.clone_from(given);
        }
    }
    take(&mut plan.text, text);
    take(&mut plan.owner, owner);
    take(&mut plan.due, due);
    take(&mut plan.important, important);
    take(&mut plan.urgent, urgent);
    take(&mut plan.check, check);
}
