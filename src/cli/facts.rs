//! What is known: `set`, `severity`, `cause`, `role`, `note`, `correct`.

use indexmap::IndexMap;

use super::args::CauseClass;
use super::error::{Error, Exit, Kind};
use super::render::change;
use super::session::Session;
use super::steps::act;
use super::translate;
use crate::app::Written;
use crate::incident::{Command, PersonId};
use crate::locale::Locale;
use crate::runbook::{Cause, RoleId, SeverityId};

pub(crate) async fn set(session: &mut Session, facts: &[String], confirm: bool) -> Result<Exit, Error> {
    let facts = facts.iter().map(|typed| written(session, typed)).collect::<Result<Vec<_>, _>>()?;
    let app = session.open().await?;
    let incident = session.incident(&app).await?;
    let caller = session.caller()?;
    let change = app.set(&caller, incident, &facts, confirm).await.map_err(|error| translate::app(session, error))?;
    change::show(&mut session.out, session.words, &change)?;
    Ok(Exit::Done)
}

/// Reads `F=V` or `F.LOCALE=V`.
pub(crate) fn written(session: &Session, typed: &str) -> Result<Written, Error> {
    let wrong = || Error::usage(session.words.not_an_assignment(typed, "F=V, F.zh-Hans=V"));
    let (name, value) = typed.split_once('=').ok_or_else(wrong)?;
    let (fact, locale) = match name.trim().split_once('.') {
        Some((fact, locale)) => (fact, Some(locale.parse::<Locale>().map_err(|_| wrong())?)),
        None => (name.trim(), None),
    };
    if fact.is_empty() {
        return Err(wrong());
    }
    Ok(Written { fact: fact.to_owned(), locale, value: value.to_owned() })
}

pub(crate) async fn severity(session: &mut Session, level: &str) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.incident(&app).await?;
    let loaded = app.load(incident).await.map_err(|error| translate::app(session, error))?;
    if loaded.runbook.severity(level).is_none() {
        let levels: Vec<String> = loaded.runbook.severities.iter().map(|level| format!("`{}`", level.id)).collect();
        let message = session.words.unknown_severity(level, &session.words.listed(&levels));
        return Err(Error::new(Kind::NotFound, "unknown_severity", message));
    }
    let reason = session.reason()?;
    act(session, &app, incident, Command::ChangeSeverity { severity: SeverityId::new(level), reason }).await
}

pub(crate) async fn cause(session: &mut Session, class: CauseClass) -> Result<Exit, Error> {
    let cause = match class {
        CauseClass::Platform => Cause::Platform,
        CauseClass::Human => Cause::Human,
        CauseClass::System => Cause::System,
    };
    let app = session.open().await?;
    let incident = session.incident(&app).await?;
    act(session, &app, incident, Command::ClassifyCause { cause }).await
}

/// Reads `R=PERSON`; a role named twice is held by both.
pub(crate) fn holders(session: &Session, typed: &[String]) -> Result<IndexMap<String, Vec<PersonId>>, Error> {
    let mut roles: IndexMap<String, Vec<PersonId>> = IndexMap::new();
    for assignment in typed {
        match assignment.split_once('=').map(|(role, person)| (role.trim(), person.trim())) {
            Some((role, person)) if !role.is_empty() && !person.is_empty() => {
                let people = person.split(',').map(str::trim).filter(|person| !person.is_empty());
                roles.entry(role.to_owned()).or_default().extend(people.map(|person| PersonId(person.to_owned())));
            }
            _ => return Err(Error::usage(session.words.not_an_assignment(assignment, "R=PERSON"))),
        }
    }
    Ok(roles)
}

pub(crate) async fn role(session: &mut Session, roles: &[String]) -> Result<Exit, Error> {
    let roles = holders(session, roles)?;
    let app = session.open().await?;
    let incident = session.incident(&app).await?;
    let roles = roles.into_iter().map(|(role, people)| (RoleId::new(role), people)).collect();
    let caller = session.caller()?;
    let change = app.assign(&caller, incident, roles).await.map_err(|error| translate::app(session, error))?;
    change::show(&mut session.out, session.words, &change)?;
    Ok(Exit::Done)
}

pub(crate) async fn note(session: &mut Session, text: Option<String>, at: Option<&str>) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.incident(&app).await?;
    let occurred_at = match at {
        Some(at) => Some(app.past_moment(&session.locale, at).map_err(|error| translate::app(session, error))?),
        None => None,
    };
    let text = match text {
        Some(text) => text,
        None if session.out.interactive => {
            session.prompt.required(&mut session.out, session.words, session.words.ask_note())?
        }
        None => return Err(Error::usage(session.words.note_is_required())),
    };
    act(session, &app, incident, Command::AddNote { text, occurred_at }).await
}

pub(crate) async fn translate(session: &mut Session, seq: u64, text: String) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.any_incident(&app, None).await?;
    let locale = session.locale.clone();
    act(session, &app, incident, Command::TranslateEvent { seq, locale, text }).await
}

pub(crate) async fn correct(session: &mut Session, seq: u64, text: String) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.any_incident(&app, None).await?;
    let reason = session.reason()?;
    act(session, &app, incident, Command::CorrectEvent { seq, text, reason }).await
}
