//! `start`: declares an incident; on a terminal it asks what is missing.

use super::args;
use super::error::{Error, Exit, Kind, nearest};
use super::facts::{holders, written};
use super::session::{Here, Session};
use super::{render, translate};
use crate::app::view::Started;
use crate::app::{App, Loaded, Start, Written};
use crate::library;
use crate::runbook::{FactDefault, Runbook, check};

pub(crate) async fn run(session: &mut Session, start: args::Start) -> Result<Exit, Error> {
    let app = session.open().await?;
    let started = begin(session, &app, start).await?;
    if session.out.json {
        session.out.object(&started)?;
    } else {
        session.banner(app.settings());
        session.out.line(session.words.walk_from_here());
    }
    Ok(Exit::Done)
}

/// Asks what is missing, declares, and shows what now runs.
pub(crate) async fn begin(session: &mut Session, app: &App, start: args::Start) -> Result<Started, Error> {
    let facts = start.facts.iter().map(|typed| written(session, typed)).collect::<Result<Vec<_>, _>>()?;
    let roles = holders(session, &start.roles)?;
    let runbook = match start.runbook {
        Some(runbook) => runbook,
        None => ask_runbook(session, app)?,
    };
    let known = read(app, &runbook);
    let severity = match start.severity {
        Some(severity) => severity,
        None => ask_severity(session, known.as_ref())?,
    };
    let mut start = Start { runbook, severity, title: start.title, facts, ..Start::default() };
    start.roles =
        roles.into_iter().flat_map(|(role, people)| people.into_iter().map(move |p| (role.clone(), p))).collect();
    if let Some(impact) = ask_impact(session, known.as_ref(), &start.facts)? {
        start.facts.push(impact);
    }
    let caller = session.caller()?;
    let typed = start.runbook.clone();
    let started = app.start(&caller, start).await.map_err(|error| match read(app, &typed) {
        None if error.code() == "not_found" => unknown_runbook(session, app, &typed, translate::app(session, error)),
        _ => translate::app(session, error),
    })?;
    if !session.out.json {
        shown(session, app, &started).await?;
    }
    Ok(started)
}

/// What now runs, what is open, when customers must be told, and on a terminal what they would be told.
async fn shown(session: &mut Session, app: &App, started: &Started) -> Result<(), Error> {
    let words = session.words;
    let loaded = app.load(started.id).await.map_err(|error| translate::app(session, error))?;
    let title = render::text::one_line(loaded.incident.title.get(&session.locale));
    session.out.line(words.declared(&started.incident.to_string(), &title));
    session.out.line(words.open_now(&words.listed(&started.open)));
    let here = Here::of(app);
    if let Some(due) = loaded.incident.first_notice_due {
        let at = render::span::moment(here.zone, here.now, due);
        session.out.line(words.first_notice_due(&at, &render::span::deadline(words, here.now, due)));
    }
    if session.out.interactive { first_notice(session, app, &loaded).await } else { Ok(()) }
}

/// The first notice as it would read now, in the reader's language.
async fn first_notice(session: &mut Session, app: &App, loaded: &Loaded) -> Result<(), Error> {
    let first = loaded
        .runbook
        .steps
        .values()
        .find(|step| step.kind.notice().is_some_and(|notice| !loaded.runbook.is_staff_only(&notice.audience)));
    let Some(first) = first else { return Ok(()) };
    let foreseen = app.foresee(loaded.incident.id, first.id.as_str()).await;
    let foreseen = foreseen.map_err(|error| translate::app(session, error))?;
    let reader = session.locale.best(foreseen.messages.iter().map(|message| &message.locale)).cloned();
    let message = foreseen.messages.iter().find(|message| Some(&message.locale) == reader.as_ref());
    if let Some(message) = message.or(foreseen.messages.first()) {
        session.out.line("");
        session.out.line(session.words.first_notice_will_be());
        render::draft::text(&mut session.out, message);
        session.out.line("");
    }
    Ok(())
}

fn read(app: &App, runbook: &str) -> Option<Runbook> {
    let found = library::runbook(app.settings(), runbook).ok()?;
    check::check(&found.bytes).runbook
}

fn ask_runbook(session: &mut Session, app: &App) -> Result<String, Error> {
    let words = session.words;
    if !session.out.interactive {
        let error = Error::usage(words.runbook_is_required());
        let ids = ids(app, &session.locale);
        return Err(if ids.is_empty() { error } else { error.help(words.runbooks_are(&words.listed(&ids))) });
    }
    let heads = app.runbooks(&session.locale).map_err(|error| translate::app(session, error))?;
    let choices: Vec<(String, String)> = heads.into_iter().map(|head| (head.id, head.title)).collect();
    if choices.is_empty() {
        return Err(Error::new(Kind::NotFound, "not_found", words.runbook_is_required()));
    }
    let proposed = choices.iter().position(|(id, _)| id == "general");
    let index = session.prompt.choose(&mut session.out, words, words.ask_runbook(), &choices, proposed)?;
    Ok(choices[index].0.clone())
}

/// The ids of the runbooks at hand.
fn ids(app: &App, locale: &crate::locale::Locale) -> Vec<String> {
    app.runbooks(locale).unwrap_or_default().into_iter().map(|head| head.id).collect()
}

/// For a runbook that is not there: the one that was meant, or all there are.
fn unknown_runbook(session: &Session, app: &App, typed: &str, error: Error) -> Error {
    let ids = ids(app, &session.locale);
    let words = session.words;
    match nearest(typed, ids.iter().map(String::as_str)) {
        Some(near) => error.help(words.did_you_mean(near)),
        None if ids.is_empty() => error,
        None => error.help(words.runbooks_are(&words.listed(&ids))),
    }
}

fn ask_severity(session: &mut Session, runbook: Option<&Runbook>) -> Result<String, Error> {
    let words = session.words;
    let levels: Vec<(String, String)> = runbook
        .map(|runbook| runbook.severities.as_slice())
        .unwrap_or_default()
        .iter()
        .map(|level| (level.id.as_str().to_owned(), level.means.get(&session.locale).to_owned()))
        .collect();
    if !session.out.interactive || levels.is_empty() {
        let error = Error::usage(words.severity_is_required());
        let ids: Vec<String> = levels.into_iter().map(|(id, means)| format!("{id} ({means})")).collect();
        return Err(if ids.is_empty() { error } else { error.help(words.levels_are(&words.listed(&ids))) });
    }
    let index = session.prompt.choose(&mut session.out, words, words.ask_severity(), &levels, None)?;
    Ok(levels[index].0.clone())
}

/// Asks what customers see, the prepared wording proposed; taking it as it is states nothing yet.
fn ask_impact(session: &mut Session, runbook: Option<&Runbook>, stated: &[Written]) -> Result<Option<Written>, Error> {
    let Some(fact) = runbook.and_then(|runbook| runbook.facts.get("impact")) else { return Ok(None) };
    if !session.out.interactive || session.global.yes || stated.iter().any(|written| written.fact == "impact") {
        return Ok(None);
    }
    let prepared = match &fact.default {
        Some(FactDefault::Text(text)) => Some(text.get(&session.locale).to_owned()),
        Some(FactDefault::Written(_)) | None => None,
    };
    let answer = session.prompt.line(&mut session.out, session.words.ask_impact(), prepared.as_deref())?;
    if answer.is_empty() || Some(&answer) == prepared.as_ref() {
        return Ok(None);
    }
    Ok(Some(Written { fact: "impact".to_owned(), locale: Some(session.locale.clone()), value: answer }))
}
