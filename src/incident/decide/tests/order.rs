//! Rule 1: what opens when, side by side and one after another; and what is recorded with it.

use super::given::{done, given, skip};
use super::sample::{Entry, runbook, task, together, updates};

#[test]
fn a_step_opens_when_the_one_before_it_has_ended() {
    let mut g = given(runbook([task("a"), task("b")], [], []));
    assert_eq!(g.open(), ["a"]);
    assert_eq!(g.when(done("a")), ["StepEnded a done", "StepOpened b"]);
    assert_eq!(g.refused(done("during")), "not_open");
    assert_eq!(g.when(skip("b")), ["StepEnded b skipped", "PhaseEntered mid", "StepOpened during"]);
}

#[test]
fn a_whole_incident_goes_from_phase_to_phase_to_its_close() {
    let mut g = given(runbook([], [], []));
    assert_eq!(g.when(done("before")), ["StepEnded before done", "PhaseEntered mid", "StepOpened during"]);
    assert_eq!(
        g.when(done("during")),
        ["StepEnded during done", "IncidentResolved", "PhaseEntered post", "StepOpened after"]
    );
    assert_eq!(g.when(done("after")), ["StepEnded after done", "IncidentClosed"]);
    assert!(g.incident.closed_at().is_some());
    assert_eq!(g.due(), None);
}

#[test]
fn together_opens_every_branch_and_ends_when_all_have() {
    let mut g = given(runbook([together([vec![task("a"), task("b")], vec![task("c")]]), task("d")], [], []));
    assert_eq!(g.open(), ["a", "c"]);
    assert_eq!(g.when(done("c")), ["StepEnded c done"]);
    assert_eq!(g.when(done("a")), ["StepEnded a done", "StepOpened b"]);
    assert_eq!(g.when(done("b")), ["StepEnded b done", "StepOpened d"]);
}

#[test]
fn together_within_together_ends_inside_out() {
    let inner = together([vec![task("b")], vec![task("c")]]);
    let mut g = given(runbook([together([vec![task("a"), inner, task("d")], vec![task("e")]]), task("f")], [], []));
    assert_eq!(g.open(), ["a", "e"]);
    g.when(done("e"));
    assert_eq!(g.when(done("a")), ["StepEnded a done", "StepOpened b", "StepOpened c"]);
    g.when(done("c"));
    assert_eq!(g.when(done("b")), ["StepEnded b done", "StepOpened d"]);
    assert_eq!(g.when(done("d")), ["StepEnded d done", "StepOpened f"]);
}

#[test]
fn updates_hold_nothing_up() {
    let mut g = given(runbook(
        [together([vec![updates("news", "during"), task("a")], vec![updates("more", "during")]])],
        [],
        [],
    ));
    assert_eq!(g.open(), ["news", "a", "more"]);
    assert_eq!(g.when(done("a")), ["StepEnded a done", "PhaseEntered mid", "StepOpened during"]);
    assert_eq!(g.open(), ["news", "more", "during"]);
}

#[test]
fn consequences_are_musters_own_and_what_was_asked_is_signed_with_a_role() {
    let mut g = given(runbook([task("a").role("ops"), task("b")], [], []));
    g.by("ola").when(done("a"));
    let signed: Vec<_> = g
        .journal
        .iter()
        .skip_while(|recorded| recorded.event.type_name() != "StepEnded")
        .map(|recorded| (recorded.actor.to_string(), recorded.role.as_ref().map(ToString::to_string)))
        .collect();
    assert_eq!(signed, [("ola".to_owned(), Some("ops".to_owned())), ("muster".to_owned(), None)]);
}

#[test]
fn every_step_of_a_long_list_opens_once() {
    let names: [&'static str; 4] = ["a", "b", "c", "d"];
    let entries: Vec<Entry> = names.into_iter().map(task).collect();
    let mut g = given(runbook(entries, [], []));
    for name in names {
        g.when(done(name));
    }
    let opened = g.journal.iter().filter(|recorded| recorded.event.type_name() == "StepOpened").count();
    assert_eq!(opened, 5, "the four, and the first of `mid`");
}
