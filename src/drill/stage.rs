//! The stage: carries what people do in a drill to the conductor, as any face would.

use std::sync::Arc;

use crate::app::view::{Change, DraftView, ReachLine};
use crate::app::{App, Caller, Drafting, Error, Loaded, Start, Stop, Written, unwatched};
use crate::clock::{Timestamp, after};
use crate::incident::event::FollowUpPlan;
use crate::incident::{Command, IncidentId, Outcome, PersonId, event, translate};
use crate::locale::{Locale, Text};
use crate::runbook::{FactId, ProbeFor, Runbook, StepId, StepKind};

use super::scenario::{Deed, Plan, Scenario};

/// One incident being played.
pub(super) struct Stage<'s> {
    pub(super) app: Arc<App>,
    pub(super) incident: IncidentId,
    scenario: &'s Scenario,
}

type Result<T> = std::result::Result<T, Error>;

impl<'s> Stage<'s> {
    /// Declares the incident as the scenario's first person does.
    pub(super) async fn declare(
        app: Arc<App>,
        runbook: &str,
        scenario: &'s Scenario,
        facts: Vec<Written>,
    ) -> Result<Self> {
        let locale = match &scenario.title {
            Some(title) => title.locales().next().cloned().unwrap_or_else(|| scenario.locale.clone()),
            None => scenario.locale.clone(),
        };
        let caller = Caller { person: scenario.started_by.clone(), locale, key: None, early: None };
        let start = Start {
            runbook: runbook.to_owned(),
            severity: scenario.severity.to_string(),
            title: scenario.title.as_ref().map(|title| title.original().to_owned()),
            facts,
            roles: Vec::new(),
            drill: true,
        };
        let started = app.start(&caller, start).await?;
        Ok(Self { app, incident: started.id, scenario })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.app.clock().now()
    }

    pub(super) async fn load(&self) -> Result<Arc<Loaded>> {
        self.app.load(self.incident).await
    }

    /// Does one thing in somebody's name.
    pub(super) async fn perform(&self, by: &PersonId, early: Option<&Text>, deed: &Deed) -> Result<()> {
        let early = early.map(|why| self.typed(why));
        let caller = Caller { person: by.clone(), locale: self.scenario.locale.clone(), key: None, early };
        match deed {
            Deed::Set { facts, confirm } => self
                .app
                .set(&caller, self.incident, &written(facts, &self.load().await?.runbook), *confirm)
                .await
                .map(drop),
            Deed::Update { text, status, nothing_new } => {
                if let Some(text) = text {
                    let changed = written(&[(FactId::new("changed"), text.clone())], &self.load().await?.runbook);
                    self.app.set(&caller, self.incident, &changed, false).await?;
                }
                let drafting = Drafting { status: *status, nothing_new: *nothing_new };
                sound(self.app.update(&caller, self.incident, None, drafting).await?)
            }
            Deed::Draft { step, status, nothing_new } => {
                let drafting = Drafting { status: *status, nothing_new: *nothing_new };
                sound(self.app.draft(&caller, self.incident, step.as_str(), drafting).await?)
            }
            Deed::Send { step } => {
                let stop = Stop::default();
                self.app.send(&caller, self.incident, step.as_str(), None, unwatched(&stop)).await.map(drop)
            }
            Deed::Resend { step } => {
                let stop = Stop::default();
                self.app.resend(&caller, self.incident, step.as_str(), unwatched(&stop)).await.map(drop)
            }
            Deed::Reach { step, contacts, by, note } if !contacts.is_empty() => {
                let typed = note.as_ref().map(|note| self.typed(note));
                let reached =
                    self.app.reach(&caller, self.incident, step.as_str(), contacts.clone(), by, typed).await?;
                match note {
                    Some(note) => self.translate(&caller, &reached, note).await,
                    None => Ok(()),
                }
            }
            Deed::Reach { step, .. } => self.reach_everyone(&caller, step.as_str()).await,
            Deed::Done { step, outcome: None, .. } => self.finish(&caller, deed, step).await,
            Deed::Edit { section, text } => {
                let runbook = &self.load().await?.runbook;
                for (locale, words) in text.iter().filter(|(locale, _)| locale.best(&runbook.locales).is_some()) {
                    let edit = Command::EditSection {
                        section: section.clone(),
                        locale: locale.clone(),
                        text: words.to_owned(),
                    };
                    self.app.act(&caller, self.incident, edit).await?;
                }
                Ok(())
            }
            // What it says and how its effect will be seen are translated one by one.
            Deed::FollowUp { id: None, plan } if plan.text.is_some() && plan.check.is_some() => {
                let first = Plan { check: None, ..(**plan).clone() };
                self.act(&caller, &Deed::FollowUp { id: None, plan: Box::new(first) }).await?;
                let id = self.load().await?.incident.follow_ups.keys().last().copied();
                let check = Plan { check: plan.check.clone(), ..Plan::default() };
                self.act(&caller, &Deed::FollowUp { id, plan: Box::new(check) }).await
            }
            _ => self.act(&caller, deed).await,
        }
    }

    /// Ends a step; where a probe decides, as failed if it does not pass, else once it has passed for long enough.
    async fn finish(&self, caller: &Caller, deed: &Deed, step: &StepId) -> Result<()> {
        let failed = Deed::Done { step: step.clone(), outcome: Some(Outcome::Failed), note: None, evidence: None };
        let deed = if self.app.probe(self.incident, step).await? { deed } else { &failed };
        let loaded = self.load().await?;
        let kind = loaded.runbook.steps.get(step).map(|step| &step.kind);
        if let Some(StepKind::Accept { probe: Some(ProbeFor { hold: Some(hold), .. }), .. }) = kind {
            self.app.clock().advance_to(after(self.now(), *hold));
        }
        self.act(caller, deed).await
    }

    /// Issues the engine's own command, and gives what was written in every language it was written in.
    async fn act(&self, caller: &Caller, deed: &Deed) -> Result<()> {
        let Some(command) = self.command(deed) else { return Ok(()) };
        let change = self.app.act(caller, self.incident, command).await?;
        match words(deed) {
            Some(words) => self.translate(caller, &change, words).await,
            None => Ok(()),
        }
    }

    /// Adds the translations of what was just written.
    async fn translate(&self, caller: &Caller, change: &Change, words: &Text) -> Result<()> {
        if words.locales().count() < 2 {
            return Ok(());
        }
        let journal = self.app.journal(self.incident).await?;
        let new: Vec<u64> = change.events.iter().map(|event| event.seq).collect();
        let written = journal.lines().rev().take(new.len() + 8).filter_map(|line| event::decode(line).ok());
        let written = written.filter(|recorded| new.contains(&recorded.seq));
        let Some(seq) = written.filter(|r| translate::is_translatable(&r.event)).map(|r| r.seq).min() else {
            return Ok(());
        };
        let runbook = &self.load().await?.runbook;
        for (locale, text) in words.iter().skip(1).filter(|(locale, _)| locale.best(&runbook.locales).is_some()) {
            let translation = Command::TranslateEvent { seq, locale: locale.clone(), text: text.to_owned() };
            self.app.act(caller, self.incident, translation).await?;
        }
        Ok(())
    }

    /// Reaches whoever is left by what they registered, then ends the step.
    async fn reach_everyone(&self, caller: &Caller, step: &str) -> Result<()> {
        let left = self.app.reach_list(self.incident, step).await?.contacts;
        let by = |how: fn(&ReachLine) -> bool| {
            let reached = left.iter().filter(|line| !line.reached && how(line));
            reached.map(|line| crate::contact::ContactId::new(line.id.as_str())).collect::<Vec<_>>()
        };
        let phone = by(|line| !line.phone.is_empty());
        let mail = by(|line| line.phone.is_empty() && !line.emails.is_empty());
        for (contacts, how) in [(phone, "phone"), (mail, "mail")] {
            if !contacts.is_empty() {
                self.app.reach(caller, self.incident, step, contacts, how, None).await?;
            }
        }
        let done =
            Command::FinishStep { step: crate::runbook::StepId::new(step), outcome: None, note: None, evidence: None };
        self.app.act(caller, self.incident, done).await.map(drop)
    }

    /// The engine's own command for a deed that needs nothing else.
    fn command(&self, deed: &Deed) -> Option<Command> {
        let typed = |text: &Text| self.typed(text);
        let maybe = |text: &Option<Text>| text.as_ref().map(typed);
        Some(match deed.clone() {
            Deed::Done { step, outcome, note, evidence } => {
                Command::FinishStep { step, outcome, note: maybe(&note), evidence }
            }
            Deed::Skip { step, reason } => Command::SkipStep { step, reason: typed(&reason) },
            Deed::Answer { step, answer } => Command::AnswerDecision { step, answer },
            Deed::Run { step } => Command::RunStep { step },
            Deed::Signal { step } => Command::SignalStep { step },
            Deed::Approve { step, alone } => Command::Approve { step, hash: None, alone: maybe(&alone) },
            Deed::Reject { step, reason } => Command::Reject { step, reason: typed(&reason) },
            Deed::Lift { step } => Command::LiftContainment { step },
            Deed::Keep { step, reason } => Command::KeepContainment { step, reason: typed(&reason) },
            Deed::Severity { severity, reason } => Command::ChangeSeverity { severity, reason: typed(&reason) },
            Deed::Cause { cause } => Command::ClassifyCause { cause },
            Deed::Role { role, person } => Command::AssignRole { role, people: vec![person] },
            Deed::Note { text, time } => Command::AddNote { text: typed(&text), occurred_at: time },
            Deed::Fallback { fallback, on } => Command::SwitchFallback { fallback, on },
            Deed::Cancel { step } => Command::CancelNotice { step },
            Deed::Pause { step, reason } => Command::PauseNotice { step, reason: maybe(&reason) },
            Deed::Resume { step } => Command::ResumeNotice { step },
            Deed::Resolve { reason } => Command::Resolve { reason: typed(&reason) },
            Deed::Close { reason } => Command::Close { reason: typed(&reason) },
            Deed::Reopen { reason } => Command::Reopen { reason: typed(&reason) },
            Deed::Factor { text } => Command::AddFactor { text: typed(&text) },
            Deed::FollowUp { id: None, plan } => Command::AddFollowUp(self.plan(&plan)),
            Deed::FollowUp { id: Some(id), plan } => Command::PlanFollowUp { id, plan: self.plan(&plan) },
            Deed::FollowUpDone { id, note } => Command::FinishFollowUp { id, note: maybe(&note) },
            Deed::FollowUpVerify { id, note } => Command::VerifyFollowUp { id, note: maybe(&note) },
            Deed::Set { .. }
            | Deed::Update { .. }
            | Deed::Draft { .. }
            | Deed::Send { .. }
            | Deed::Resend { .. }
            | Deed::Reach { .. }
            | Deed::Edit { .. } => return None,
        })
    }

    fn plan(&self, plan: &Plan) -> FollowUpPlan {
        FollowUpPlan {
            text: plan.text.as_ref().map(|text| self.typed(text)),
            owner: plan.owner.clone(),
            due: plan.due,
            important: plan.important,
            urgent: plan.urgent,
            check: plan.check.as_ref().map(|text| self.typed(text)),
        }
    }

    /// What is typed first; the other languages follow as translations.
    fn typed(&self, text: &Text) -> String {
        text.original().to_owned()
    }
}

/// Facts as people write them, a line for each language that the runbook knows; one line where it knows none.
pub(super) fn written(facts: &[(FactId, Text)], runbook: &Runbook) -> Vec<Written> {
    let lines = facts.iter().flat_map(|(fact, text)| {
        let line = |locale: Option<&Locale>, value: &str| Written {
            fact: fact.to_string(),
            locale: locale.cloned(),
            value: value.to_owned(),
        };
        let known = text.iter().filter(|(locale, _)| locale.best(&runbook.locales).is_some());
        let lines: Vec<_> = known.map(|(locale, value)| line(Some(locale), value)).collect();
        if text.locales().count() < 2 || lines.is_empty() { vec![line(None, text.original())] } else { lines }
    });
    lines.collect()
}

/// A draft that the contract refuses is a refusal.
fn sound(view: DraftView) -> Result<()> {
    let missing: Vec<String> = view
        .problems
        .iter()
        .filter(|p| p.severity == crate::problem::Level::Error)
        .map(|p| p.message.clone())
        .collect();
    if view.notice.is_some() && missing.is_empty() {
        return Ok(());
    }
    Err(Error::Refused { code: "contract", message: missing.join("; "), help: None })
}

/// What a deed puts into the journal in somebody's words.
fn words(deed: &Deed) -> Option<&Text> {
    match deed {
        Deed::Done { note, .. } | Deed::FollowUpDone { note, .. } | Deed::FollowUpVerify { note, .. } => note.as_ref(),
        Deed::Skip { reason, .. }
        | Deed::Reject { reason, .. }
        | Deed::Keep { reason, .. }
        | Deed::Severity { reason, .. }
        | Deed::Resolve { reason }
        | Deed::Close { reason }
        | Deed::Reopen { reason } => Some(reason),
        Deed::Approve { alone, .. } => alone.as_ref(),
        Deed::Pause { reason, .. } => reason.as_ref(),
        Deed::Note { text, .. } | Deed::Factor { text } => Some(text),
        Deed::FollowUp { plan, .. } => plan.text.as_ref().or(plan.check.as_ref()),
        Deed::Answer { .. }
        | Deed::Run { .. }
        | Deed::Signal { .. }
        | Deed::Lift { .. }
        | Deed::Set { .. }
        | Deed::Cause { .. }
        | Deed::Role { .. }
        | Deed::Fallback { .. }
        | Deed::Reach { .. }
        | Deed::Update { .. }
        | Deed::Draft { .. }
        | Deed::Send { .. }
        | Deed::Cancel { .. }
        | Deed::Resume { .. }
        | Deed::Resend { .. }
        | Deed::Edit { .. } => None,
    }
}
