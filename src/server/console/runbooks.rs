//! The runbooks at hand: what each is for, whether it is sound and ready, its picture, and drills of it.

use serde::Serialize;

use super::drills::{Drill, State};
use super::flow::{self, PhaseFlow};
use super::ready::Check;
use super::snippet::{self, Shown};
use crate::app::view::Moment;
use crate::app::view::{CheckedRunbook, ReadyView};
use crate::locale::Locale;

/// How many problems a page shows; whoever mends these finds the rest.
const MOST_PROBLEMS: usize = 50;

/// The list's own data.
#[derive(Debug, Serialize)]
pub(crate) struct Shelf {
    runbooks: Vec<Head>,
    /// Checks that are due or overdue, over all of them.
    waiting: usize,
}

#[derive(Debug, Serialize)]
struct Head {
    id: String,
    title: String,
    summary: Option<String>,
    own: bool,
    severities: Vec<Level>,
    errors: usize,
    warnings: usize,
    due: usize,
    overdue: usize,
}

#[derive(Debug, Serialize)]
struct Level {
    id: String,
    means: String,
    rank: usize,
}

pub(crate) fn shelf(checked: &[CheckedRunbook], ready: &ReadyView, locale: &Locale) -> Shelf {
    let runbooks: Vec<Head> = checked.iter().map(|runbook| head(runbook, ready, locale)).collect();
    Shelf { waiting: runbooks.iter().map(|head| head.due + head.overdue).sum(), runbooks }
}

fn head(checked: &CheckedRunbook, ready: &ReadyView, locale: &Locale) -> Head {
    let runbook = checked.runbook.as_ref();
    let errors = checked.report.problems.iter().filter(|problem| problem.is_error()).count();
    let (due, overdue) = super::ready::waiting(ready, &checked.id);
    Head {
        id: checked.id.clone(),
        title: runbook.map_or(checked.id.as_str(), |runbook| runbook.title.get(locale)).to_owned(),
        summary: runbook.and_then(|runbook| Some(runbook.summary.as_ref()?.get(locale).to_owned())),
        own: checked.file.is_some(),
        severities: levels(checked, locale),
        errors,
        warnings: checked.report.problems.len() - errors,
        due,
        overdue,
    }
}

fn levels(checked: &CheckedRunbook, locale: &Locale) -> Vec<Level> {
    let level = |(index, severity): (usize, &crate::runbook::Severity)| Level {
        id: severity.id.to_string(),
        means: severity.means.get(locale).to_owned(),
        rank: index + 1,
    };
    checked.runbook.iter().flat_map(|runbook| runbook.severities.iter().enumerate().map(level)).collect()
}

/// One runbook's own data.
#[derive(Debug, Serialize)]
pub(crate) struct View {
    #[serde(flatten)]
    head: Head,
    file: Option<String>,
    sound: bool,
    phases: Vec<PhaseFlow>,
    problems: Vec<Shown>,
    /// How many more there are.
    more: usize,
    checks: Vec<Check>,
    drills: Vec<DrillLine>,
}

impl View {
    pub(crate) fn title(&self) -> &str {
        &self.head.title
    }
}

#[derive(Debug, Serialize)]
struct DrillLine {
    number: u64,
    at: Moment,
    state: &'static str,
    kept: usize,
    missed: usize,
}

pub(crate) fn view(
    checked: &CheckedRunbook,
    ready: &ReadyView,
    drills: &[std::sync::Arc<Drill>],
    locale: &Locale,
) -> View {
    let problems = &checked.report.problems;
    let shown = problems
        .iter()
        .take(MOST_PROBLEMS)
        .map(|problem| snippet::shown(problem, checked.report.sources.get(&problem.file).map(String::as_str)));
    View {
        head: head(checked, ready, locale),
        file: checked.file.as_ref().map(|file| file.display().to_string()),
        sound: checked.runbook.is_some(),
        phases: checked.runbook.as_ref().map(|runbook| flow::flow(runbook, locale)).unwrap_or_default(),
        problems: shown.collect(),
        more: problems.len().saturating_sub(MOST_PROBLEMS),
        checks: super::ready::of(ready, &checked.id, checked.runbook.as_ref(), locale),
        drills: drills.iter().map(|drill| line(drill)).collect(),
    }
}

fn line(drill: &Drill) -> DrillLine {
    let (state, kept, missed) = match drill.state() {
        State::UnderWay => ("under_way", 0, 0),
        State::Played(played) => ("played", played.score.kept, played.score.missed),
        State::Failed(_) | State::TooLong => ("failed", 0, 0),
    };
    DrillLine { number: drill.number, at: drill.begun.into(), state, kept, missed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::view::{CheckReport, ReadyLine, ReadyState};
    use crate::runbook::check::check;

    fn checked(text: &str) -> CheckedRunbook {
        let found = check(text.as_bytes());
        let problems: Vec<_> = found.problems.into_iter().map(|problem| problem.in_file("own.yaml")).collect();
        let report = CheckReport {
            ok: found.runbook.is_some(),
            problems,
            sources: [("own.yaml".to_owned(), text.to_owned())].into(),
            files: 1,
        };
        CheckedRunbook { id: "own".to_owned(), file: Some("own.yaml".into()), runbook: found.runbook, report }
    }

    fn due(runbook: &str, state: ReadyState) -> ReadyLine {
        ReadyLine {
            runbook: runbook.to_owned(),
            id: "desk".to_owned(),
            title: "The desk".to_owned(),
            role: "lead".to_owned(),
            state,
            done_at: None,
            due_at: None,
        }
    }

    const SOUND: &str = "muster: 1\nid: own\ntitle: Own\npre: [{ task: a }]\nmid: [{ task: b }]\npost: [{ task: c }]\n";

    #[test]
    fn an_unsound_runbook_is_listed_by_its_id_with_its_problems_and_no_picture() {
        let ready = ReadyView { checks: vec![due("own", ReadyState::Overdue), due("other", ReadyState::Due)] };
        let unsound = checked(&SOUND.replace("task: b", "taks: b"));
        let shown = view(&unsound, &ready, &[], &Locale::english());
        assert_eq!((shown.head.title.as_str(), shown.sound, shown.phases.len()), ("own", false, 0));
        assert_eq!((shown.head.due, shown.head.overdue, shown.checks.len()), (0, 1, 1));
        assert!(shown.head.errors > 0 && shown.problems.len() == shown.head.errors + shown.head.warnings);
        let sound = view(&checked(SOUND), &ready, &[], &Locale::english());
        assert_eq!((sound.head.title.as_str(), sound.sound, sound.phases.len()), ("Own", true, 3));
        assert_eq!(shelf(&[checked(SOUND)], &ready, &Locale::english()).waiting, 1);
    }
}
