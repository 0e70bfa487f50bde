//! What is known: `set`, `severity`, `cause`, `role`, `note`, `correct`.

use indexmap::IndexMap;

use super::args::CauseClass;
use super::error::{Error, Exit, Kind};
use super::render::change;
use super::session::Session;
use super::steps::act;
use super::translate;
use crate::app::Written;
use crate::app::view::Change;
use crate::clock::Timestamp;
use crate::incident::{Command, PersonId};
use crate::locale::{Locale, Text};
use crate::runbook::fact::{self, Context, FactValue};
use crate::runbook::{Cause, Fact, FactId, FactKind, RoleId, SeverityId};

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
    let mut whole: Option<Change> = None;
    for (index, (role, people)) in roles.into_iter().enumerate() {
        let mut caller = session.caller()?;
        // One key covers the command; each role of it is a commit of its own.
        caller.key = caller.key.map(|key| if index == 0 { key } else { format!("{key}/{index}") });
        let command = Command::AssignRole { role: RoleId::new(role), people };
        let change = app.act(&caller, incident, command).await.map_err(|error| translate::app(session, error))?;
        whole = Some(match whole.take() {
            Some(mut before) => {
                before.events.extend(change.events);
                Change { open: change.open, ..before }
            }
            None => change,
        });
    }
    if let Some(change) = whole {
        change::show(&mut session.out, session.words, &change)?;
    }
    Ok(Exit::Done)
}

pub(crate) async fn note(session: &mut Session, text: Option<String>, at: Option<&str>) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.incident(&app).await?;
    let occurred_at = match at {
        Some(at) => Some(moment(session, at, app.settings().timezone)?),
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

/// Reads a past moment as facts are read: `HH:MM` in the settings' zone, or RFC 3339.
fn moment(session: &Session, typed: &str, timezone: chrono_tz::Tz) -> Result<Timestamp, Error> {
    let past = Fact {
        id: FactId::new("at"),
        title: Text::default(),
        kind: FactKind::Datetime { upcoming: false },
        default: None,
        built_in: false,
    };
    let context = Context { locale: &session.locale, timezone, now: session.now() };
    match fact::parse(&past, typed, &context) {
        Ok(FactValue::Datetime(at)) => Ok(at),
        Ok(_) | Err(_) => Err(Error::usage(session.words.not_a_time(typed))),
    }
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
