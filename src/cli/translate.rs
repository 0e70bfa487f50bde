//! Turns what the layers below answer into errors of the command line: a kind, a code, and help.

use super::error::{Error, Kind};
use super::session::Session;
use super::snippet::{self, Look};
use crate::problem::Problem;
use crate::{app, drill, server, settings};

/// An error of the conductor.
pub(crate) fn app(session: &Session, error: app::Error) -> Error {
    let kind = match error.kind() {
        app::Kind::Refused => Kind::Refused,
        app::Kind::NotFound => Kind::NotFound,
        app::Kind::StoreUnavailable => Kind::Store,
        app::Kind::Fault => Kind::Fault,
    };
    let help = error.help().map(str::to_owned);
    let told = Error { help, english: true, ..Error::new(kind, error.code(), error.to_string()) };
    match error {
        app::Error::Problems { file, source_text, problems } => found(session, &file, &source_text, &problems),
        _ => told,
    }
}

/// An error of the settings.
pub(crate) fn settings(session: &Session, error: settings::Error) -> Error {
    match error {
        settings::Error::Invalid { file, text, problems } => {
            found(session, &file.display().to_string(), &text, &problems)
        }
        settings::Error::Override { given, message, help } => {
            Error { help, ..Error::new(Kind::Usage, "usage", format!("{given}: {message}")) }
        }
        settings::Error::Unreadable { .. } | settings::Error::NoHome => {
            Error::new(Kind::Refused, "settings_unreadable", chain(&error))
        }
    }
}

/// An error of a drill.
pub(crate) fn drill(session: &Session, error: drill::Error) -> Error {
    match error {
        drill::Error::Problems { file, text, problems } => found(session, &file, &text, &problems),
        drill::Error::UnknownRunbook(_) => Error::new(Kind::NotFound, "not_found", chain(&error)),
        drill::Error::App(error) => app(session, error),
        drill::Error::Unwritable { .. } => Error::new(Kind::Refused, "unwritable", chain(&error)),
        drill::Error::Unreadable { .. } | drill::Error::Library(_) => {
            Error::new(Kind::Refused, "unreadable", chain(&error))
        }
        drill::Error::UnknownSeverity { .. } => Error::new(Kind::Refused, "unknown_severity", chain(&error)),
        drill::Error::Halted(_) => Error::new(Kind::Refused, "halted", chain(&error)),
    }
}

/// An error of the server.
pub(crate) fn server(session: &Session, error: server::Error) -> Error {
    match error {
        server::Error::App(error) => app(session, error),
        server::Error::Drill(error) => drill(session, error),
        server::Error::Listen { address, .. } => {
            let message = chain(&error);
            Error::new(Kind::Refused, "not_listening", message).help(session.words.listen_elsewhere(address))
        }
        server::Error::Page(server::PageError::App(error)) => app(session, error),
        server::Error::Views(_) | server::Error::Page(_) => Error::new(Kind::Refused, "bad_template", chain(&error)),
    }
}

/// A message with its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        message.push_str(&format!(": {source}"));
        cause = source.source();
    }
    message
}

/// Problems of a file that stand in the way: the snippets are part of the message.
fn found(session: &Session, file: &str, text: &str, problems: &[Problem]) -> Error {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    let message = session.words.file_has_problems(file, errors);
    let look = Look { columns: session.out.columns.unwrap_or(100), colour: session.out.columns.is_some() };
    let drawn = problems
        .iter()
        .filter(|problem| problem.is_error())
        .take(5)
        .map(|problem| {
            let named = if problem.file.is_empty() { problem.clone().in_file(file) } else { problem.clone() };
            snippet::draw(&named, Some(text), look)
        })
        .collect();
    let mut error = Error::new(Kind::Refused, "problems", message).help(session.words.check_says_more(file));
    error.drawn = drawn;
    error
}
