//! Who is hit and who is still served: `affected`, `fallback`, `coverage`, `reach`.

use std::path::Path;

use super::args::{Fallback, Reach};
use super::contacts::{imported, unreadable};
use super::error::{Error, Exit};
use super::render::change;
use super::render::look::section;
use super::render::out::style;
use super::render::table::{Cell, Table};
use super::session::Session;
use super::steps::{act, at};
use super::translate;
use crate::app::view::{Change, CoverageView, ImportReport, ReachView};
use crate::contact::ContactId;
use crate::incident::Command;
use crate::runbook::FallbackId;

/// How many contacts a list on a terminal holds.
const SHOWN: usize = 20;

pub(crate) async fn fallback(session: &mut Session, change: Fallback) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.incident(&app).await?;
    let (id, on) = match change {
        Fallback::On { id } => (id, true),
        Fallback::Off { id } => (id, false),
        Fallback::Import { id, file } => {
            let caller = session.caller()?;
            let answer = app.import_fallback(&caller, incident, &id, &listed_in(&file)?).await;
            let (change, report) = answer.map_err(|error| translate::app(session, error))?;
            return both(session, &change, &report);
        }
    };
    act(session, &app, incident, Command::SwitchFallback { fallback: FallbackId::new(id), on }).await
}

pub(crate) async fn affected(session: &mut Session, file: &Path) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.incident(&app).await?;
    let caller = session.caller()?;
    let answer = app.import_affected(&caller, incident, &listed_in(file)?).await;
    let (change, report) = answer.map_err(|error| translate::app(session, error))?;
    both(session, &change, &report)
}

fn listed_in(file: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(file).map_err(|error| unreadable(file, &error))
}

fn both(session: &mut Session, change: &Change, report: &ImportReport) -> Result<Exit, Error> {
    if !session.out.json {
        imported(&mut session.out, session.words, report);
    }
    change::show(&mut session.out, session.words, change)?;
    Ok(Exit::Done)
}

pub(crate) async fn coverage(session: &mut Session) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.any_incident(&app, None).await?;
    let view = app.coverage(incident, &session.locale).await.map_err(|error| translate::app(session, error))?;
    match session.out.json {
        true => session.out.object(&view)?,
        false => covered(session, &view),
    }
    Ok(Exit::Done)
}

/// The fallbacks with what each adds, then who is left.
pub(crate) fn covered(session: &mut Session, view: &CoverageView) {
    let words = session.words;
    session.out.line(words.covered(view.affected, view.covered, view.uncovered));
    let mut table = Table::new().indent(2);
    for fallback in &view.fallbacks {
        table.row([
            Cell::styled(words.switched(fallback.on), if fallback.on { style::GOOD } else { style::DIM }),
            Cell::styled(&fallback.id, style::STRONG),
            (&fallback.title).into(),
            words.reaches(fallback.reach, fallback.adds).into(),
            Cell::styled(fallback.capacity.as_deref().unwrap_or_default(), style::DIM),
        ]);
    }
    let columns = session.out.columns;
    session.out.lines(table.lines(columns));
    if view.remainder.is_empty() {
        return;
    }
    let mut rest = Table::new().indent(2);
    for contact in view.remainder.iter().take(SHOWN) {
        rest.row([Cell::from(contact)]);
    }
    section(&mut session.out, &words.remainder(view.remainder.len()), &rest);
    if view.remainder.len() > SHOWN {
        session.out.line(format!("  {}", words.and_more(view.remainder.len() - SHOWN)));
    }
}

pub(crate) async fn reach(session: &mut Session, reach: Reach) -> Result<Exit, Error> {
    let (app, incident, step) = at(session, &reach.step).await?;
    if reach.list {
        let view = app.reach_list(incident, step.as_str()).await.map_err(|error| translate::app(session, error))?;
        match session.out.json {
            true => session.out.object(&view)?,
            false => to_reach(session, &view),
        }
        return Ok(Exit::Done);
    }
    let contacts = reach.contacts.into_iter().map(ContactId::new).collect();
    let caller = session.caller()?;
    let change = app.reach(&caller, incident, step.as_str(), contacts, &reach.by, reach.note).await;
    let change = change.map_err(|error| translate::app(session, error))?;
    change::show(&mut session.out, session.words, &change)?;
    Ok(Exit::Done)
}

fn to_reach(session: &mut Session, view: &ReachView) {
    let words = session.words;
    if view.contacts.is_empty() {
        session.out.line(words.nobody_to_reach());
        return;
    }
    let mut table = Table::new();
    for contact in &view.contacts {
        table.row([
            Cell::styled(words.reached(contact.reached), if contact.reached { style::GOOD } else { style::WARN }),
            Cell::styled(&contact.id, style::STRONG),
            (&contact.org).into(),
            (&contact.name).into(),
            (&contact.phone).into(),
            Cell::styled(&contact.duty, style::DIM),
        ]);
    }
    let columns = session.out.columns;
    session.out.lines(table.lines(columns));
    session.out.line("");
    session.out.line(words.tick_them_off(&view.step));
}
