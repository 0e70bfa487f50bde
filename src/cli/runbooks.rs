//! `graph` and `schema`: a runbook as a picture, the format as a schema.

use super::error::{Error, Exit, Kind};
use super::session::Session;
use super::snippet::{self, Look};
use super::translate::chain;
use crate::library::{self, Origin};
use crate::runbook::{check, graph, schema};

pub(crate) fn graph(session: &mut Session, runbook: &str) -> Result<Exit, Error> {
    let settings = session.settings()?;
    let found = library::runbook(&settings, runbook).map_err(|error| match error {
        library::Error::NotFound { .. } => Error::new(Kind::NotFound, "not_found", chain(&error)),
        _ => Error::new(Kind::Refused, "unreadable", chain(&error)),
    })?;
    let name = match &found.origin {
        Origin::File(file) => file.display().to_string(),
        Origin::Embedded(path) => path.clone(),
    };
    let checked = check::check(&found.bytes);
    let Some(runbook) = checked.runbook else {
        let text = String::from_utf8_lossy(&found.bytes);
        let look = Look { columns: session.out.columns.unwrap_or(100), colour: session.out.columns.is_some() };
        let errors: Vec<_> = checked.problems.into_iter().filter(crate::problem::Problem::is_error).collect();
        let mut error = Error::new(Kind::Refused, "problems", session.words.file_has_problems(&name, errors.len()));
        let named = errors.into_iter().take(5).map(|problem| problem.in_file(&name));
        error.drawn = named.map(|problem| snippet::draw(&problem, Some(&text), look)).collect();
        return Err(error.help(session.words.check_says_more(&name)));
    };
    let drawn = graph::mermaid(&runbook, &session.locale);
    match session.out.json {
        true => session.out.object(&serde_json::json!({ "runbook": runbook.id.as_str(), "mermaid": drawn }))?,
        false => session.out.raw(&drawn),
    }
    Ok(Exit::Done)
}

pub(crate) fn schema(session: &mut Session) -> Result<Exit, Error> {
    session.out.raw(&serde_json::to_string_pretty(&schema::schema())?);
    Ok(Exit::Done)
}
