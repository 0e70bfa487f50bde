//! Rule 13: time passes once, in order, and never back.

use super::given::{done, given, id, minute};
use super::sample::{minutes, notice, runbook, task};
use crate::incident::due::just_after;
use crate::incident::{Command, view};
use crate::locale::Locale;
use crate::runbook::Status;

#[test]
fn passing_a_deadline_is_an_event_once() {
    let mut g = given(runbook([task("a").within(minutes(2))], [], []));
    let miss = Command::MissDeadline { step: id("a") };
    assert_eq!(g.due().map(|due| (due.at, due.command)), Some((just_after(minute(2)), miss.clone())));
    assert_eq!(g.at(1).refused(miss.clone()), "not_due");
    assert_eq!(g.at(2).tick(), ["DeadlineMissed a"]);
    assert_eq!(g.refused(miss), "not_due");
    assert_eq!(g.due(), None);
}

#[test]
fn a_step_that_ended_in_time_is_never_late() {
    let mut g = given(runbook([task("a").within(minutes(2))], [], []));
    g.at(1).when(done("a"));
    assert_eq!(g.at(60).tick(), Vec::<String>::new());
}

#[test]
fn a_clock_set_back_a_day_dates_nothing_back() {
    let mut g = given(runbook([task("a"), task("b")], [], []));
    g.at(100).when(done("a"));
    g.now = minute(100) - chrono::TimeDelta::days(1);
    g.when(done("b"));
    assert_eq!(g.incident.at, minute(100));
}

#[test]
fn a_clock_set_forward_a_day_misses_each_deadline_once() {
    let mut g = given(runbook([task("a").within(minutes(2)), notice("first", Status::Investigating)], [], []));
    g.now = minute(0) + chrono::TimeDelta::days(1);
    assert_eq!(g.tick(), ["DeadlineMissed a", "DeadlineMissed first"]);
    assert_eq!(g.tick(), Vec::<String>::new());
}

#[test]
fn what_is_next_is_ordered_by_whose_it_is_then_by_when_it_is_due() {
    let mut g = given(runbook(
        [super::sample::together([
            vec![task("late").within(minutes(20))],
            vec![task("soon").within(minutes(5))],
            vec![task("ops_only").role("ops")],
        ])],
        [],
        [],
    ));
    let todo = |g: &super::given::Given, name: &str| -> Vec<String> {
        let person = crate::incident::PersonId(name.to_owned());
        let list = view::todo(&g.runbook, g.now, &g.incident, Some(&person), &Locale::english());
        list.iter().map(|todo| todo.command.clone()).collect()
    };
    assert_eq!(todo(&g, "lea"), ["muster done soon", "muster done late", "muster done ops_only"]);
    assert_eq!(todo(&g, "ola"), ["muster done ops_only", "muster done soon", "muster done late"]);
    assert_eq!(view::next_due(&g.runbook, &g.incident), Some((id("soon"), minute(5))));
    g.when(super::given::close());
    assert_eq!(todo(&g, "lea"), Vec::<String>::new());
}

#[test]
fn a_notice_asks_in_turn_to_be_drafted_approved_and_sent() {
    let gated = notice("first", Status::Investigating).approve(&["lead"], 1, None);
    let mut g = given(runbook([gated], [], []));
    let mine = |g: &super::given::Given, name: &str| -> (String, bool) {
        let person = crate::incident::PersonId(name.to_owned());
        let first = view::todo(&g.runbook, g.now, &g.incident, Some(&person), &Locale::english()).remove(0);
        (first.command, first.mine)
    };
    assert_eq!(mine(&g, "cam"), ("muster notice draft first".to_owned(), true));
    let draft = g.draft("first");
    g.by("cam").when(Command::DraftNotice(Box::new(draft)));
    assert_eq!(mine(&g, "lea"), ("muster approve first".to_owned(), true));
    assert_eq!(mine(&g, "cam"), ("muster approve first".to_owned(), false));
    g.by("lea").when(super::given::approve("first"));
    assert_eq!(mine(&g, "cam"), ("muster notice send first".to_owned(), true));
}

#[test]
fn steps_are_shown_in_the_order_of_the_file() {
    let mut g = given(runbook([task("a").within(minutes(2)), task("b")], [], []));
    g.at(1).when(done("a"));
    let steps = view::steps(&g.runbook, &g.incident, &Locale::english());
    let brief: Vec<_> = steps.iter().map(|step| (step.id.as_str(), step.state.as_str(), step.outcome)).collect();
    assert_eq!(
        brief,
        [
            ("a", "ended", Some(crate::incident::Outcome::Done)),
            ("b", "open", None),
            ("during", "waiting", None),
            ("after", "waiting", None)
        ]
    );
    assert_eq!(
        (steps[0].opened_at, steps[0].due_at, steps[0].ended_at),
        (Some(minute(0)), Some(minute(2)), Some(minute(1)))
    );
}
