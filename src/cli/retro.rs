//! `retro`: the document, and what people write into it.

use std::io::Read;
use std::path::Path;

use super::args::{EditionWord, Factor, Format, Retro, RetroChange};
use super::contacts::unreadable;
use super::error::{Error, Exit, Kind, nearest};
use super::session::Session;
use super::steps::act;
use super::translate;
use crate::app::view::RetroWritten;
use crate::incident::Command;
use crate::retrospective::document::SECTIONS;
use crate::retrospective::{Document, Edition};

pub(crate) async fn run(session: &mut Session, retro: Retro) -> Result<Exit, Error> {
    match retro.change {
        Some(change) => write_into(session, change).await,
        None => write_out(session, retro).await,
    }
}

async fn write_out(session: &mut Session, retro: Retro) -> Result<Exit, Error> {
    if session.out.json && retro.output.is_none() && retro.format != Format::Json {
        return Err(Error::usage(session.words.json_needs_a_file()).help("-o FILE, --format json"));
    }
    let app = session.open().await?;
    let incident = session.any_incident(&app, retro.which.as_deref()).await?;
    let edition = match retro.edition {
        EditionWord::Internal => Edition::Internal,
        EditionWord::Public => Edition::Public,
    };
    let document = app.retrospective(incident, edition, &session.locale).await;
    let document = document.map_err(|error| translate::app(session, error))?;
    let text = match retro.format {
        Format::Md => document.markdown().to_owned(),
        Format::Html => document.html(),
        Format::Json => serde_json::to_string_pretty(&document.json())?,
    };
    match &retro.output {
        None => session.out.raw(&text),
        Some(file) => written(session, file, &text, &document)?,
    }
    if !session.out.json && !document.findings.is_empty() {
        session.out.remark(session.words.wording_remarks(document.findings.len()));
    }
    Ok(Exit::Done)
}

fn written(session: &mut Session, file: &Path, text: &str, document: &Document) -> Result<(), Error> {
    std::fs::write(file, text).map_err(|error| unwritable(file, &error))?;
    if !session.out.json {
        session.out.line(session.words.retro_written(file));
        return Ok(());
    }
    let answer = RetroWritten {
        incident: document.incident,
        edition: document.edition.as_str(),
        locale: document.locale.clone(),
        file: file.to_owned(),
    };
    Ok(session.out.object(&answer)?)
}

pub(crate) fn unwritable(file: &Path, error: &std::io::Error) -> Error {
    Error::new(Kind::Refused, "unwritable", format!("failed to write `{}`: {error}", file.display()))
}

async fn write_into(session: &mut Session, change: RetroChange) -> Result<Exit, Error> {
    let command = match change {
        RetroChange::Edit { section, text, file } => {
            known_section(session, &section)?;
            // The settings name the language that what is typed is in.
            session.settings()?;
            let text = section_text(session, &section, text, file.as_deref())?;
            Command::EditSection { section, locale: session.locale.clone(), text }
        }
        RetroChange::Factor(Factor::Add { text }) => Command::AddFactor { text },
        RetroChange::Keep { rule, phrase } => {
            let reason = session.reason()?;
            Command::KeepPhrase { rule, text: phrase, reason }
        }
    };
    let app = session.open().await?;
    let incident = session.any_incident(&app, None).await?;
    act(session, &app, incident, command).await
}

fn known_section(session: &Session, section: &str) -> Result<(), Error> {
    if SECTIONS.contains(&section) {
        return Ok(());
    }
    let sections: Vec<String> = SECTIONS.iter().map(|section| format!("`{section}`")).collect();
    let message = session.words.unknown_section(section, &session.words.listed(&sections));
    let error = Error::new(Kind::NotFound, "unknown_section", message);
    Err(match nearest(section, SECTIONS) {
        Some(near) => error.help(session.words.did_you_mean(near)),
        None => error,
    })
}

fn section_text(
    session: &mut Session,
    section: &str,
    text: Option<String>,
    file: Option<&Path>,
) -> Result<String, Error> {
    match (text, file) {
        (Some(text), _) => Ok(text),
        (None, Some(file)) if file == Path::new("-") => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(|error| unreadable(file, &error))?;
            Ok(text)
        }
        (None, Some(file)) => std::fs::read_to_string(file).map_err(|error| unreadable(file, &error)),
        (None, None) if session.out.interactive => {
            let question = session.words.ask_section(section);
            Ok(session.prompt.paragraphs(&mut session.out, &question)?)
        }
        (None, None) => Err(Error::usage(session.words.section_text_is_required())),
    }
}
