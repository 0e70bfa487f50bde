//! The commands that act on one step: `done`, `skip`, `answer`, `run`, `signal`, `lift`, `keep`, `approve`, `reject`.

use super::args::{Done, OutcomeWord};
use super::error::{Error, Exit, Kind, nearest};
use super::render::{change, text};
use super::session::Session;
use super::translate;
use crate::app::{App, Loaded};
use crate::incident::state::Stage;
use crate::incident::{Command, IncidentId, Outcome};
use crate::runbook::{AnswerId, StepId, StepKind};

/// Opens the store, finds the incident, and makes sure that it has the step.
pub(crate) async fn at(session: &mut Session, step: &str) -> Result<(App, IncidentId, StepId), Error> {
    let app = session.open().await?;
    let incident = session.incident(&app).await?;
    let loaded = app.load(incident).await.map_err(|error| translate::app(session, error))?;
    let step = known(session, &loaded, step)?;
    Ok((app, incident, step))
}

/// A step by its exact id; for an unknown one, the error proposes what is near and open.
pub(crate) fn known(session: &Session, loaded: &Loaded, typed: &str) -> Result<StepId, Error> {
    if let Some(step) = loaded.runbook.step(typed) {
        return Ok(step.id.clone());
    }
    let words = session.words;
    let open = || loaded.runbook.steps.keys().filter(|id| loaded.incident.is_open(id)).map(StepId::as_str);
    let all = loaded.runbook.steps.keys().map(StepId::as_str);
    let error = Error::new(Kind::NotFound, "unknown_step", words.unknown_step(typed));
    let near = nearest(typed, open()).or_else(|| nearest(typed, all));
    Err(match near {
        Some(near) => error.help(words.did_you_mean(near)),
        None => error.help(words.steps_open_are(&words.listed(&open().map(str::to_owned).collect::<Vec<_>>()))),
    })
}

/// Gives a command to the incident and shows what it changed.
pub(crate) async fn act(
    session: &mut Session,
    app: &App,
    incident: IncidentId,
    command: Command,
) -> Result<Exit, Error> {
    let caller = session.caller()?;
    let change = app.act(&caller, incident, command).await.map_err(|error| translate::app(session, error))?;
    change::show(&mut session.out, session.words, &change)?;
    Ok(Exit::Done)
}

pub(crate) async fn done(session: &mut Session, done: Done) -> Result<Exit, Error> {
    let (app, incident, step) = at(session, &done.step).await?;
    let outcome = done.outcome.map(|outcome| match outcome {
        OutcomeWord::Worked => Outcome::Worked,
        OutcomeWord::Failed => Outcome::Failed,
    });
    let command = Command::FinishStep { step, outcome, note: done.note, evidence: done.evidence };
    act(session, &app, incident, command).await
}

pub(crate) async fn skip(session: &mut Session, step: &str) -> Result<Exit, Error> {
    let (app, incident, step) = at(session, step).await?;
    let reason = session.reason()?;
    act(session, &app, incident, Command::SkipStep { step, reason }).await
}

pub(crate) async fn answer(session: &mut Session, step: &str, answer: Option<&str>) -> Result<Exit, Error> {
    let (app, incident, step) = at(session, step).await?;
    let answer = match answer {
        Some(answer) => AnswerId::new(answer),
        None => {
            let loaded = app.load(incident).await.map_err(|error| translate::app(session, error))?;
            ask_answer(session, &loaded, &step)?
        }
    };
    act(session, &app, incident, Command::AnswerDecision { step, answer }).await
}

/// Asks which of a decision's answers it is.
pub(crate) fn ask_answer(session: &mut Session, loaded: &Loaded, step: &StepId) -> Result<AnswerId, Error> {
    let words = session.words;
    let Some(found) = loaded.runbook.step(step.as_str()) else { return Err(unknown(session, step)) };
    let StepKind::Decide { answers } = &found.kind else {
        let message = words.not_a_step_of_kind(step.as_str(), "decide");
        return Err(Error::new(Kind::Refused, "wrong_kind", message));
    };
    let choices: Vec<(String, String)> =
        answers.iter().map(|(id, text)| (id.as_str().to_owned(), text.get(&session.locale).to_owned())).collect();
    if !session.out.interactive {
        let ids: Vec<String> = choices.iter().map(|(id, _)| format!("`{id}`")).collect();
        return Err(Error::usage(words.answer_is_required(&words.listed(&ids))));
    }
    let question = found.title.get(&session.locale).to_owned();
    let index = session.prompt.choose(&mut session.out, words, &question, &choices, None)?;
    Ok(AnswerId::new(&choices[index].0))
}

fn unknown(session: &Session, step: &StepId) -> Error {
    Error::new(Kind::NotFound, "unknown_step", session.words.unknown_step(step.as_str()))
}

pub(crate) async fn run(session: &mut Session, step: &str) -> Result<Exit, Error> {
    let (app, incident, step) = at(session, step).await?;
    let exit = act(session, &app, incident, Command::RunStep { step }).await?;
    carry_out(session, &app, incident).await?;
    Ok(exit)
}

/// Carries out what waits, and tells what came of it.
async fn carry_out(session: &mut Session, app: &App, incident: IncidentId) -> Result<(), Error> {
    let told = |error| translate::app(session, error);
    let before = app.load(incident).await.map_err(told)?.incident.seq;
    app.carry_out().await.map_err(told)?;
    if session.out.json || app.load(incident).await.map_err(told)?.incident.seq == before {
        return Ok(());
    }
    let timeline = app.timeline(incident, &session.locale).await.map_err(told)?;
    for event in timeline.events.iter().filter(|event| event.seq > before) {
        session.out.line(text::one_line(&event.text));
    }
    Ok(())
}

pub(crate) async fn signal(session: &mut Session, step: &str) -> Result<Exit, Error> {
    let (app, incident, step) = at(session, step).await?;
    act(session, &app, incident, Command::SignalStep { step }).await
}

pub(crate) async fn lift(session: &mut Session, step: &str) -> Result<Exit, Error> {
    let (app, incident, step) = at(session, step).await?;
    act(session, &app, incident, Command::LiftContainment { step }).await
}

pub(crate) async fn keep(session: &mut Session, step: &str) -> Result<Exit, Error> {
    let (app, incident, step) = at(session, step).await?;
    let reason = session.reason()?;
    act(session, &app, incident, Command::KeepContainment { step, reason }).await
}

pub(crate) async fn approve(
    session: &mut Session,
    step: &str,
    hash: Option<String>,
    alone: bool,
) -> Result<Exit, Error> {
    let (app, incident, step) = at(session, step).await?;
    let alone = if alone { Some(session.reason()?) } else { None };
    let exit = act(session, &app, incident, Command::Approve { step: step.clone(), hash, alone }).await?;
    carry_out(session, &app, incident).await?;
    let loaded = app.load(incident).await.map_err(|error| translate::app(session, error))?;
    if let Some(notice) = loaded.incident.newest_notice(&step)
        && notice.stage == Stage::Approved
        && !session.out.json
    {
        session.out.line(session.words.may_be_sent(step.as_str(), notice.draft.recipients.rows));
    }
    Ok(exit)
}

pub(crate) async fn reject(session: &mut Session, step: &str) -> Result<Exit, Error> {
    let (app, incident, step) = at(session, step).await?;
    let reason = session.reason()?;
    act(session, &app, incident, Command::Reject { step, reason }).await
}
