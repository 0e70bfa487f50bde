//! `update` and `notice …`: drafting, showing, holding and sending what customers are told.

use super::args::{Notice, StatusWord, Update};
use super::deliver::watched;
use super::error::{Error, Exit};
use super::render::draft;
use super::session::{Here, Session};
use super::steps::{act, at};
use super::translate;
use crate::app::view::DraftView;
use crate::app::{App, Drafting, Watch};
use crate::incident::{Command, IncidentId};
use crate::problem::Level;
use crate::runbook::{Status, StepId};

pub(crate) async fn run(session: &mut Session, command: Notice) -> Result<Exit, Error> {
    match command {
        Notice::Draft { step, status } => {
            let (app, incident, step) = at(session, &step).await?;
            let drafting = Drafting { status: status.map(public), nothing_new: false };
            let caller = session.caller()?;
            let draft = app.draft(&caller, incident, step.as_str(), drafting).await;
            let draft = draft.map_err(|error| translate::app(session, error))?;
            show(session, &app, &draft)
        }
        Notice::Show { step } => {
            let app = session.open().await?;
            let incident = session.any_incident(&app, None).await?;
            let notice = app.notice(incident, &step).await.map_err(|error| translate::app(session, error))?;
            show(session, &app, &notice)
        }
        Notice::Cancel { step } => hold(session, &step, |step, _| Command::CancelNotice { step }).await,
        Notice::Pause { step } => hold(session, &step, |step, reason| Command::PauseNotice { step, reason }).await,
        Notice::Resume { step } => hold(session, &step, |step, _| Command::ResumeNotice { step }).await,
        Notice::Resend { step } => {
            let (app, incident, step) = at(session, &step).await?;
            session.banner(app.settings());
            let caller = session.caller()?;
            let send = async |watch: Watch<'_>| app.resend(&caller, incident, step.as_str(), watch).await;
            watched(session, &app, (incident, step.as_str()), send).await
        }
        Notice::Send { step, recipients } => {
            let (app, incident, step) = at(session, &step).await?;
            send(session, &app, incident, &step, recipients).await
        }
    }
}

pub(crate) fn public(status: StatusWord) -> Status {
    match status {
        StatusWord::Investigating => Status::Investigating,
        StatusWord::Identified => Status::Identified,
        StatusWord::Monitoring => Status::Monitoring,
        StatusWord::Resolved => Status::Resolved,
    }
}

async fn hold(
    session: &mut Session,
    step: &str,
    command: impl Fn(StepId, Option<String>) -> Command,
) -> Result<Exit, Error> {
    let (app, incident, step) = at(session, step).await?;
    let reason = session.global.reason.clone();
    act(session, &app, incident, command(step, reason)).await
}

/// States what changed and drafts the next update.
pub(crate) async fn update(session: &mut Session, update: Update) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.incident(&app).await?;
    let changed = match update.text {
        None if update.nothing_new => None,
        None if session.out.interactive => {
            let answer = session.prompt.line(&mut session.out, session.words.ask_changed(), None)?;
            (!answer.is_empty()).then_some(answer)
        }
        None => return Err(Error::usage(session.words.changed_is_required()).help("muster update TEXT, --nothing-new")),
        text => text,
    };
    let drafting = Drafting { status: update.status.map(public), nothing_new: changed.is_none() };
    let caller = session.caller()?;
    let draft = app.update(&caller, incident, changed.as_deref(), drafting).await;
    let draft = draft.map_err(|error| translate::app(session, error))?;
    show(session, &app, &draft)
}

/// Shows a draft, and what to do with it; one with an error was not drafted: exit 1.
pub(crate) fn show(session: &mut Session, app: &App, draft: &DraftView) -> Result<Exit, Error> {
    let blocked = draft.problems.iter().any(|problem| problem.severity == Level::Error);
    let exit = if blocked && draft.notice.is_none() { Exit::Problems } else { Exit::Done };
    if session.out.json {
        session.out.object(draft)?;
        return Ok(exit);
    }
    session.banner(app.settings());
    draft::show(&mut session.out, session.words, Here::of(app), draft);
    if let (Exit::Done, Some(hash)) = (exit, &draft.hash) {
        let words = session.words;
        let next = match (draft.details.state, draft.details.approve_by.is_empty()) {
            (Some("draft"), false) => {
                let roles = words.listed(&draft.details.approve_by);
                words.needs_approval(&roles, &draft.step, hash.get(..12).unwrap_or(hash))
            }
            (Some("draft" | "approved"), _) => words.may_be_sent(&draft.step, draft.recipients),
            _ => return Ok(exit),
        };
        session.out.line("");
        session.out.line(next);
    }
    Ok(exit)
}

/// Queues the approved text and delivers it, once a person has said yes to how many get it.
pub(crate) async fn send(
    session: &mut Session,
    app: &App,
    incident: IncidentId,
    step: &StepId,
    recipients: Option<u64>,
) -> Result<Exit, Error> {
    let words = session.words;
    let recipients = match recipients {
        Some(recipients) => Some(recipients),
        None => {
            let notice = app.notice(incident, step.as_str()).await.map_err(|error| translate::app(session, error))?;
            if !session.out.interactive {
                let required = words.recipients_are_required(notice.recipients);
                return Err(Error::usage(required).help(format!("--recipients {}", notice.recipients)));
            }
            if !session.confirm(&words.ask_send(notice.recipients))? {
                session.out.line(words.not_sent());
                return Ok(Exit::Done);
            }
            Some(notice.recipients)
        }
    };
    session.banner(app.settings());
    let caller = session.caller()?;
    let send = async |watch: Watch<'_>| app.send(&caller, incident, step.as_str(), recipients, watch).await;
    watched(session, app, (incident, step.as_str()), send).await
}
