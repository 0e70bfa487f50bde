//! `drill`: plays an incident on a virtual clock and shows how it went.

use std::time::Duration;

use super::args::Drill;
use super::error::{Error, Exit};
use super::render::look::section;
use super::render::out::{paint, style};
use super::render::span::span;
use super::render::table::{Cell, Table};
use super::session::Session;
use super::translate;
use crate::drill::{self, Options, Report};

pub(crate) async fn run(session: &mut Session, drill: Drill) -> Result<Exit, Error> {
    let settings = session.settings()?;
    let options = Options {
        runbook: drill.runbook,
        scenario: drill.scenario,
        severity: drill.severity,
        seed: drill.seed.unwrap_or_default(),
        out: drill.out,
    };
    let report = drill::play(&settings, &options).await.map_err(|error| translate::drill(session, error))?;
    if session.out.json {
        session.out.object(&report)?;
    } else {
        show(session, &report);
    }
    Ok(Exit::Done)
}

fn show(session: &mut Session, report: &Report) {
    let words = session.words;
    match report.ok {
        true => session.out.line(paint(style::GOOD, words.drilled(&report.incident, report.events, report.notices))),
        false => session.out.line(paint(style::WARN, words.drill_unfinished(&report.incident))),
    }
    for remark in &report.remarks {
        session.out.line(format!("  {remark}"));
    }
    let mut targets = Table::new().indent(2);
    for target in &report.score.targets {
        let seconds = |seconds: u64| span(words, Duration::from_secs(seconds));
        targets.row([
            Cell::styled(words.kept(target.kept), if target.kept { style::GOOD } else { style::BAD }),
            words.target(target.target).into(),
            Cell::styled(target.step.as_deref().unwrap_or_default(), style::STRONG),
            words.took(target.value.map(seconds), &seconds(target.limit)).into(),
        ]);
    }
    section(&mut session.out, words.targets(), &targets);
    let mut files = Table::new().indent(2);
    let (letters, documents): (Vec<_>, Vec<_>) =
        report.files.iter().partition(|file| file.parent().is_some_and(|folder| folder.ends_with("outbox")));
    for file in documents {
        files.row([Cell::from(file.display().to_string())]);
    }
    if let Some(folder) = letters.first().and_then(|file| file.parent()) {
        files.row([Cell::from(words.letters_in(folder, letters.len()))]);
    }
    section(&mut session.out, words.drill_files(), &files);
}
