//! `contacts import|list|suppress|unsuppress|secret`: the contact book.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use super::args::Contacts;
use super::error::{Error, Exit, Kind};
use super::render::Out;
use super::render::out::{paint, style};
use super::render::table::{Cell, Table};
use super::session::Session;
use super::translate;
use super::words::Words;
use crate::app::view::ImportReport;

/// How many rejected rows a person is shown.
const SHOWN: usize = 20;

pub(crate) async fn run(session: &mut Session, command: Contacts) -> Result<Exit, Error> {
    match command {
        Contacts::Import { file } => import(session, &file).await,
        Contacts::List => list(session).await,
        Contacts::Suppress { address } => {
            let app = session.open().await?;
            let address = app.suppress(&address).await.map_err(|error| translate::app(session, error))?;
            match session.out.json {
                true => session.out.object(&serde_json::json!({ "suppressed": address }))?,
                false => session.out.line(session.words.suppressed(&address)),
            }
            Ok(Exit::Done)
        }
        Contacts::Unsuppress { which } => {
            let app = session.open().await?;
            let reasons = app.unsuppress(&which).await.map_err(|error| translate::app(session, error))?;
            match session.out.json {
                true => session.out.object(&serde_json::json!({ "unsuppressed": which, "reasons": reasons }))?,
                false => session.out.line(session.words.unsuppressed(&which, &reasons)),
            }
            Ok(Exit::Done)
        }
        Contacts::Secret { contact } => {
            let app = session.open().await?;
            let endpoint = app.endpoint_secret(&contact).await.map_err(|error| translate::app(session, error))?;
            match session.out.json {
                true => session.out.object(&endpoint)?,
                false => session.out.line(&endpoint.secret),
            }
            Ok(Exit::Done)
        }
    }
}

async fn import(session: &mut Session, file: &Path) -> Result<Exit, Error> {
    let book = open(file).map_err(|error| unreadable(file, &error))?;
    let app = session.open().await?;
    let report = app.import_contacts(BufReader::new(book)).await.map_err(|error| translate::app(session, error))?;
    match session.out.json {
        true => session.out.object(&report)?,
        false => imported(&mut session.out, session.words, &report),
    }
    Ok(Exit::Done)
}

fn open(file: &Path) -> io::Result<File> {
    let book = File::open(file)?;
    if book.metadata()?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(book) }
}

pub(crate) fn unreadable(file: &Path, error: &io::Error) -> Error {
    let kind = if error.kind() == io::ErrorKind::NotFound { Kind::NotFound } else { Kind::Refused };
    Error::new(kind, "unreadable", format!("failed to read `{}`: {error}", file.display()))
}

/// How many rows did what, and each that was rejected with its reason.
pub(crate) fn imported(out: &mut Out, words: Words, report: &ImportReport) {
    out.line(words.imported(report));
    for row in report.rejected.iter().take(SHOWN) {
        let number = u64::try_from(row.row).unwrap_or(u64::MAX);
        out.line(paint(style::WARN, format!("  {}", words.rejected_row(number, &row.field, &row.reason))));
    }
    if report.rejected.len() > SHOWN {
        out.line(words.more_problems(report.rejected.len() - SHOWN));
    }
}

async fn list(session: &mut Session) -> Result<Exit, Error> {
    let app = session.open().await?;
    let view = app.contacts().await.map_err(|error| translate::app(session, error))?;
    if session.out.json {
        session.out.object(&view)?;
        return Ok(Exit::Done);
    }
    if view.contacts.is_empty() {
        session.out.line(session.words.no_contacts());
        return Ok(Exit::Done);
    }
    let mut table = Table::new();
    for contact in &view.contacts {
        let address = contact.mail_address().unwrap_or_default();
        let stopped = view.suppressed.iter().any(|stopped| stopped.eq_ignore_ascii_case(address));
        table.row([
            Cell::styled(contact.id.as_str(), style::STRONG),
            (&contact.org).into(),
            (&contact.name).into(),
            Cell::styled(address, if stopped { style::BAD } else { style::PLAIN }),
            (&contact.phone).into(),
            Cell::styled(contact.tags.join(";"), style::DIM),
        ]);
    }
    let columns = session.out.columns;
    session.out.lines(table.lines(columns));
    session.out.line(session.words.contacts_counted(view.contacts.len(), view.organisations));
    Ok(Exit::Done)
}
