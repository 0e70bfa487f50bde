//! Readiness: what a team checks in peace time, what is due and what is overdue.

use indexmap::IndexMap;
use serde::Serialize;

use crate::app::view::{Moment, ReadyLine, ReadyState, ReadyView, RunbookHead};
use crate::locale::Locale;
use crate::runbook::Runbook;

/// A readiness check as a page shows it.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Check {
    /// What marking it done names: `runbook.check`.
    name: String,
    runbook: String,
    /// What the runbook is called, where the page is not about it alone.
    of: Option<String>,
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

/// The checks of all runbooks, with what their roles and they themselves are called.
pub(crate) fn view(ready: &ReadyView, roles: &IndexMap<String, String>, runbooks: &[RunbookHead]) -> View {
    let check = |line: &ReadyLine| {
        let of = runbooks.iter().find(|head| head.id == line.runbook).map(|head| head.title.clone());
        check(line, roles.get(&line.role), of)
    };
    View { checks: by_urgency(ready.checks.iter()).into_iter().map(check).collect() }
}

/// The checks of one runbook; roles by its own titles where it is sound.
pub(crate) fn of(ready: &ReadyView, runbook: &str, known: Option<&Runbook>, locale: &Locale) -> Vec<Check> {
    let role = |line: &ReadyLine| known.and_then(|known| known.roles.get(line.role.as_str()));
    let lines = by_urgency(ready.checks.iter().filter(|line| line.runbook == runbook));
    lines.into_iter().map(|line| check(line, role(line).map(|role| role.title.get(locale)), None)).collect()
}

fn by_urgency<'r>(lines: impl Iterator<Item = &'r ReadyLine>) -> Vec<&'r ReadyLine> {
    let mut lines: Vec<_> = lines.collect();
    lines.sort_by_key(|line| match line.state {
        ReadyState::Overdue => 0,
        ReadyState::Due => 1,
        ReadyState::Done => 2,
    });
    lines
}

fn check(line: &ReadyLine, role: Option<impl Into<String>>, of: Option<String>) -> Check {
    Check {
        name: format!("{}.{}", line.runbook, line.id),
        runbook: line.runbook.clone(),
        of,
        title: line.title.clone(),
        role: role.map_or_else(|| line.role.clone(), Into::into),
        state: match line.state {
            ReadyState::Done => "done",
            ReadyState::Due => "due",
            ReadyState::Overdue => "overdue",
        },
        done_at: line.done_at,
        due_at: line.due_at,
    }
}

/// How many checks of a runbook are due, and how many overdue.
pub(crate) fn waiting(ready: &ReadyView, runbook: &str) -> (usize, usize) {
    let count =
        |state: ReadyState| ready.checks.iter().filter(|line| line.runbook == runbook && line.state == state).count();
    (count(ReadyState::Due), count(ReadyState::Overdue))
}
