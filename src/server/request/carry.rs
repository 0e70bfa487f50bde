//! Carrying out what was asked: each command of the interface and of the console becomes one of the conductor's.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Asked, FactText, Plan, Request, Worked};
use crate::app::view::{Change, DraftView, ImportReport};
use crate::app::{App, Caller, Drafting, Error, Written};
use crate::contact::ContactId;
use crate::incident::command::FollowUpPlan;
use crate::incident::{Command, FollowUpId, IncidentId, Outcome, PersonId};
use crate::locale::Locale;
use crate::runbook::{AnswerId, FallbackId, RoleId, SeverityId, StepId};

/// What a command came to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Answer {
    Changed(Change),
    /// A draft, or why there is none: with a problem of severity `error` nothing was drafted.
    Drafted(Box<DraftView>),
    Imported {
        #[serde(flatten)]
        change: Change,
        #[serde(flatten)]
        report: ImportReport,
    },
}

impl Answer {
    /// Whether what was asked is now so; a draft with an error was not made.
    pub(crate) fn is_done(&self) -> bool {
        match self {
            Self::Changed(_) | Self::Imported { .. } => true,
            Self::Drafted(draft) => draft.notice.is_some(),
        }
    }

    /// The same with what a draft warns of said in the reader's language.
    pub(crate) fn told(self, locale: &Locale) -> Self {
        match self {
            Self::Drafted(draft) => Self::Drafted(Box::new(draft.told(locale))),
            Self::Changed(_) | Self::Imported { .. } => self,
        }
    }
}

/// Carries out a command; what follows from it (sending, operations) is the worker's.
pub(crate) async fn carry_out(
    app: &App,
    mut caller: Caller,
    incident: IncidentId,
    request: Request,
) -> Result<Answer, Error> {
    let Request { asked, reason, early, locale } = request;
    if let Some(locale) = locale {
        caller.locale = locale;
    }
    if early {
        caller.early = Some(required(&reason)?);
    }
    let drafted = |draft| Answer::Drafted(Box::new(draft));
    match asked {
        Asked::Update { text, status, nothing_new } => {
            if text.is_none() && !nothing_new {
                return Err(Error::nothing_to_tell());
            }
            let drafting = Drafting { status, nothing_new: text.is_none() };
            app.update(&caller, incident, text.as_deref(), drafting).await.map(drafted)
        }
        Asked::NoticeDraft { step, status } => {
            let drafting = Drafting { status, nothing_new: false };
            app.draft(&caller, incident, &step, drafting).await.map(drafted)
        }
        Asked::NoticeResend { step } => {
            let (change, _) = app.requeue(&caller, incident, &step).await?;
            Ok(Answer::Changed(change))
        }
        Asked::Set { facts, confirm } => {
            app.set(&caller, incident, &written(facts)?, confirm).await.map(Answer::Changed)
        }
        Asked::Role { roles } => {
            let roles =
                roles.into_iter().map(|(role, people)| (RoleId::new(role), people.into_iter().map(PersonId).collect()));
            app.assign(&caller, incident, roles.collect()).await.map(Answer::Changed)
        }
        Asked::Reach { step, contacts, by, note } => {
            let contacts = contacts.into_iter().map(ContactId::new).collect();
            app.reach(&caller, incident, &step, contacts, &by, note).await.map(Answer::Changed)
        }
        Asked::FallbackImport { id, contacts } => {
            let (change, report) = app.import_fallback(&caller, incident, &id, contacts.as_bytes()).await?;
            Ok(Answer::Imported { change, report })
        }
        Asked::AffectedImport { contacts } => {
            let (change, report) = app.import_affected(&caller, incident, contacts.as_bytes()).await?;
            Ok(Answer::Imported { change, report })
        }
        asked => {
            let command = command(app, &caller, asked, &reason)?;
            app.act(&caller, incident, command).await.map(Answer::Changed)
        }
    }
}

/// The engine's command, for those that are one.
fn command(app: &App, caller: &Caller, asked: Asked, reason: &Option<String>) -> Result<Command, Error> {
    Ok(match asked {
        Asked::Done { step, outcome, note, evidence } => {
            Command::FinishStep { step: StepId::new(step), outcome: outcome.map(Into::into), note, evidence }
        }
        Asked::Skip { step } => Command::SkipStep { step: StepId::new(step), reason: required(reason)? },
        Asked::Answer { step, answer } => {
            Command::AnswerDecision { step: StepId::new(step), answer: AnswerId::new(answer) }
        }
        Asked::Run { step } => Command::RunStep { step: StepId::new(step) },
        Asked::Signal { step } => Command::SignalStep { step: StepId::new(step) },
        Asked::Lift { step } => Command::LiftContainment { step: StepId::new(step) },
        Asked::Keep { step } => Command::KeepContainment { step: StepId::new(step), reason: required(reason)? },
        Asked::Approve { step, hash, alone } => {
            let alone = if alone { Some(required(reason)?) } else { None };
            Command::Approve { step: StepId::new(step), hash, alone }
        }
        Asked::Reject { step } => Command::Reject { step: StepId::new(step), reason: required(reason)? },
        Asked::Severity { level } => {
            Command::ChangeSeverity { severity: SeverityId::new(level), reason: required(reason)? }
        }
        Asked::Cause { class } => Command::ClassifyCause { cause: class },
        Asked::Note { text, at } => {
            let occurred_at = at.map(|at| app.past_moment(&caller.locale, &at)).transpose()?;
            Command::AddNote { text, occurred_at }
        }
        Asked::Correct { seq, text } => Command::CorrectEvent { seq, text, reason: required(reason)? },
        Asked::Translate { seq, text } => Command::TranslateEvent { seq, locale: caller.locale.clone(), text },
        Asked::Fallback { id, on } => Command::SwitchFallback { fallback: FallbackId::new(id), on },
        Asked::NoticeCancel { step } => Command::CancelNotice { step: StepId::new(step) },
        Asked::NoticePause { step } => Command::PauseNotice { step: StepId::new(step), reason: reason.clone() },
        Asked::NoticeResume { step } => Command::ResumeNotice { step: StepId::new(step) },
        Asked::NoticeSend { step, recipients } => {
            Command::QueueNotice { step: StepId::new(step), recipients: Some(recipients) }
        }
        Asked::Resolve {} => Command::Resolve { reason: required(reason)? },
        Asked::Close {} => Command::Close { reason: required(reason)? },
        Asked::Reopen {} => Command::Reopen { reason: required(reason)? },
        Asked::RetroEdit { section, text } => Command::EditSection { section, locale: caller.locale.clone(), text },
        Asked::RetroFactor { text } => Command::AddFactor { text },
        Asked::RetroKeep { rule, phrase } => Command::KeepPhrase { rule, text: phrase, reason: required(reason)? },
        Asked::FollowupAdd { plan } => Command::AddFollowUp(plan.into()),
        Asked::FollowupPlan { id, plan } => Command::PlanFollowUp { id: follow_up(&id)?, plan: plan.into() },
        Asked::FollowupDone { id, note } => Command::FinishFollowUp { id: follow_up(&id)?, note },
        Asked::FollowupVerify { id, note } => Command::VerifyFollowUp { id: follow_up(&id)?, note },
        Asked::Update { .. }
        | Asked::NoticeDraft { .. }
        | Asked::NoticeResend { .. }
        | Asked::Set { .. }
        | Asked::Role { .. }
        | Asked::Reach { .. }
        | Asked::FallbackImport { .. }
        | Asked::AffectedImport { .. } => {
            return Err(Error::Fault("a command that is none of the engine's".to_owned()));
        }
    })
}

fn required(reason: &Option<String>) -> Result<String, Error> {
    reason.clone().ok_or_else(Error::no_reason)
}

/// Reads `fact` and `fact.locale`.
pub(super) fn written(facts: BTreeMap<String, FactText>) -> Result<Vec<Written>, Error> {
    let read = |(name, value): (String, FactText)| {
        let (fact, locale) = match name.split_once('.') {
            Some((fact, tag)) => {
                let locale =
                    tag.parse().map_err(|error: crate::locale::Error| Error::bad_name(&name, error.to_string()))?;
                (fact.to_owned(), Some(locale))
            }
            None => (name, None),
        };
        let value = match value {
            FactText::Text(text) => text,
            FactText::Number(number) => number.to_string(),
        };
        Ok(Written { fact, locale, value })
    };
    facts.into_iter().map(read).collect()
}

/// Reads `F-2`, or `2`.
fn follow_up(id: &str) -> Result<FollowUpId, Error> {
    let digits = id.strip_prefix("F-").or_else(|| id.strip_prefix("f-")).unwrap_or(id);
    digits.parse().map(FollowUpId).map_err(|_| Error::bad_name(id, "a follow-up is named as in `F-2`"))
}

impl From<Worked> for Outcome {
    fn from(worked: Worked) -> Self {
        match worked {
            Worked::Worked => Self::Worked,
            Worked::Failed => Self::Failed,
        }
    }
}

impl From<Plan> for FollowUpPlan {
    fn from(plan: Plan) -> Self {
        let Plan { text, owner, due, check, important, urgent } = plan;
        Self { text, owner: owner.map(RoleId::new), due, important, urgent, check }
    }
}
