//! Readiness: what a team checks in peace time, what is due and what is overdue.

use serde::Serialize;

use crate::app::view::{Moment, ReadyLine, ReadyState, ReadyView};
use crate::locale::Locale;
use crate::runbook::Runbook;

/// A readiness check as a page shows it.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Check {
    /// What marking it done names: `runbook.check`.
    name: String,
    runbook: String,
    title: String,
    role: String,
    state: &'static str,
    done_at: Option<Moment>,
    due_at: Option<Moment>,
}

/// The page's own data: what is overdue first, then what is due, then what is done.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct View {
    checks: Vec<Check>,
}

pub(crate) fn view(ready: &ReadyView, locale: &Locale) -> View {
    View { checks: checks(ready, None, locale) }
}

/// The checks of all runbooks, or of one; its own titles of roles where it is sound.
pub(crate) fn checks(ready: &ReadyView, of: Option<(&str, Option<&Runbook>)>, locale: &Locale) -> Vec<Check> {
    let mut lines: Vec<&ReadyLine> =
        ready.checks.iter().filter(|line| of.is_none_or(|(runbook, _)| line.runbook == runbook)).collect();
    lines.sort_by_key(|line| match line.state {
        ReadyState::Overdue => 0,
        ReadyState::Due => 1,
        ReadyState::Done => 2,
    });
    let role = |line: &ReadyLine| {
        let runbook = of.and_then(|(_, runbook)| runbook);
        let known = runbook.and_then(|runbook| runbook.roles.get(line.role.as_str()));
        known.map_or(line.role.as_str(), |role| role.title.get(locale)).to_owned()
    };
    let check = |line: &ReadyLine| Check {
        name: format!("{}.{}", line.runbook, line.id),
        runbook: line.runbook.clone(),
        title: line.title.clone(),
        role: role(line),
        state: match line.state {
            ReadyState::Done => "done",
            ReadyState::Due => "due",
            ReadyState::Overdue => "overdue",
        },
        done_at: line.done_at,
        due_at: line.due_at,
    };
    lines.into_iter().map(check).collect()
}

/// How many checks of a runbook are due, and how many overdue.
pub(crate) fn waiting(ready: &ReadyView, runbook: &str) -> (usize, usize) {
    let count =
        |state: ReadyState| ready.checks.iter().filter(|line| line.runbook == runbook && line.state == state).count();
    (count(ReadyState::Due), count(ReadyState::Overdue))
}
