//! `check`: every problem as a snippet of the file it stands in, or as JSON.

use std::path::PathBuf;

use super::error::{Error, Exit};
use super::render::out::{paint, style};
use super::session::Session;
use super::snippet::{self, Look};
use super::translate;
use crate::app::App;
use crate::problem::Problem;

/// How many problems a person is shown.
const SHOWN: usize = 50;

pub(crate) fn run(session: &mut Session, paths: &[PathBuf]) -> Result<Exit, Error> {
    let settings = session.settings()?;
    let (scenarios, rest) =
        crate::drill::check::scenarios(&settings, paths).map_err(|error| translate::drill(session, error))?;
    let mut report = App::check(&settings, &rest).map_err(|error| translate::app(session, error))?;
    report.add(scenarios);
    let exit = if report.ok { Exit::Done } else { Exit::Problems };
    if session.out.json {
        session.out.object(&report)?;
        return Ok(exit);
    }
    let look = Look { columns: session.out.columns.unwrap_or(100), colour: session.out.columns.is_some() };
    for problem in report.problems.iter().take(SHOWN) {
        let source = report.sources.get(&problem.file).map(String::as_str);
        session.out.raw(&snippet::draw(problem, source, look));
    }
    let words = session.words;
    if report.problems.len() > SHOWN {
        session.out.line(words.more_problems(report.problems.len() - SHOWN));
    }
    let errors = report.problems.iter().filter(|problem| Problem::is_error(problem)).count();
    match report.problems.len() {
        0 => session.out.line(paint(style::GOOD, words.checked_clean(report.files))),
        all => session.out.line(words.checked(report.files, errors, all - errors)),
    }
    Ok(exit)
}
