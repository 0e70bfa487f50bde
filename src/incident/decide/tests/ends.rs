//! Rule 7: the incident resolves, closes, is ended by hand and begins again.

use super::given::{Given, answered, close, done, given, id, lift, minute, reopen, resolve, run, say, severity, skip};
use super::sample::{action, contain, gather, notice, review, runbook, task, updates};
use crate::incident::command::Command;
use crate::incident::state::{Lifecycle, Progress};
use crate::runbook::{Phase, Status};

#[test]
fn resolving_by_hand_skips_what_remains() {
    let mut g = given(runbook([task("a"), updates("news", "b"), task("b")], [task("c")], []));
    g.when(done("a"));
    assert_eq!(
        g.when(resolve()),
        [
            "StepEnded b skipped",
            "StepEnded c skipped",
            "StepEnded news done",
            "IncidentResolved",
            "PhaseEntered post",
            "StepOpened after"
        ]
    );
    let deviations = g.journal.iter().filter(|recorded| recorded.event.deviation().is_some()).count();
    assert_eq!(deviations, 3, "two skips and the end by hand");
}

#[test]
fn resolving_by_hand_voids_what_was_about_to_be_sent() {
    let mut g = given(runbook([notice("first", Status::Investigating)], [], []));
    let draft = g.draft("first");
    g.when(Command::DraftNotice(Box::new(draft)));
    assert!(g.when(resolve()).contains(&"NoticeVoided first step_ended".to_owned()));
}

#[test]
fn closing_by_hand_resolves_first() {
    let mut g = given(runbook([], [], []));
    let events = g.when(close());
    assert_eq!(events[2..], ["IncidentResolved", "PhaseEntered post", "StepEnded after skipped", "IncidentClosed"]);
}

#[test]
fn closing_a_resolved_one_skips_the_rest_of_post() {
    let mut g = given(runbook([], [], []));
    g.when(resolve());
    assert_eq!(g.refused(resolve()), "already_resolved");
    assert_eq!(g.when(close()), ["StepEnded after skipped", "IncidentClosed"]);
    assert_eq!(g.refused(close()), "already_closed");
}

#[test]
fn ends_by_hand_need_a_reason_and_nothing_under_way() {
    let mut g = given(runbook([action("fix")], [], []));
    assert_eq!(g.refused(Command::Resolve { reason: String::new() }), "empty_text");
    g.when(run("fix"));
    assert_eq!(g.refused(resolve()), "running");
    assert_eq!(g.refused(close()), "running");
}

#[test]
fn a_resolved_incident_takes_the_steps_of_post_and_little_else() {
    let mut g = given(runbook([], [], []));
    g.when(resolve());
    assert_eq!(g.refused(severity("sev1")), "already_resolved");
    assert_eq!(g.refused(done("during")), "already_ended");
    g.when(say("impact", "Withdrawals failed"));
    assert_eq!(g.when(done("after")), ["StepEnded after done", "IncidentClosed"]);
}

#[test]
fn a_closed_incident_takes_records_only() {
    let mut g = given(runbook([], [], []));
    g.when(close());
    for refused in [say("impact", "x"), done("after"), severity("sev1"), run("after")] {
        assert_eq!(g.refused(refused), "already_closed");
    }
    g.when(Command::AddNote { text: "The vendor wrote back".to_owned(), occurred_at: None });
    g.when(Command::AddFactor { text: "No test environment".to_owned() });
    assert_eq!(g.open(), Vec::<String>::new());
}

fn reopened() -> Given {
    let mut g = given(runbook(
        [task("a"), contain("shut"), updates("news", "c")],
        [gather("facts", &["data_loss"]), task("c")],
        [review("learn", &["Alert on failures"], &[])],
    ));
    g.when(done("a"));
    g.when(done("shut"));
    g.when(super::given::set("data_loss", crate::incident::event::FactValue::Choice("none".to_owned())));
    g.when(done("facts"));
    g.when(lift("shut"));
    g.when(done("c"));
    assert!(matches!(g.incident.lifecycle, Lifecycle::Resolved { .. }));
    assert_eq!(g.open(), ["learn"]);
    g
}

#[test]
fn reopening_starts_mid_and_post_again_beside_what_contains_and_informs() {
    let mut g = reopened();
    assert_eq!(
        g.at(90).when(reopen()),
        ["IncidentReopened", "StepOpened shut #2", "StepOpened news #2", "UpdatesStarted news", "StepOpened facts #2"]
    );
    assert_eq!((g.incident.phase, g.incident.attempt), (Phase::Mid, 2));
    assert_eq!(g.incident.lifecycle, Lifecycle::Open);
    assert_eq!(g.incident.updates["news"].next_due, minute(120));
    assert!(matches!(g.incident.progress(&id("a")), Progress::Ended { .. }), "the rest of `pre` stays as it is");
    assert_eq!(g.refused(reopen()), "not_resolved");
}

#[test]
fn facts_stated_before_a_reopen_must_be_stated_again() {
    let mut g = reopened();
    g.when(reopen());
    let refused = g.rejection(done("facts"));
    assert_eq!((refused.code, refused.help.as_deref()), ("facts_missing", Some("muster set data_loss=…")));
    assert!(g.incident.fact("data_loss").is_some(), "it stays, but does not count");
}

#[test]
fn a_containment_reopened_holds_mid_and_may_oblige_again() {
    let mut g = reopened();
    g.when(reopen());
    g.when(skip("facts"));
    assert_eq!(g.when(done("c")), ["StepEnded c done", "StepEnded news done"], "`shut` is open");
    assert_eq!(g.when(done("shut")), ["StepEnded shut worked", "ObligationOpened shut"]);
    let events = g.when(lift("shut"));
    assert_eq!(events, ["ObligationLifted shut", "IncidentResolved", "PhaseEntered post", "StepOpened learn #2"]);
    assert_eq!(g.incident.follow_ups.len(), 1, "follow-ups are created once");
}

#[test]
fn an_incident_resolved_early_on_reopens_into_mid() {
    let mut g = given(runbook([task("a"), task("b")], [task("c")], []));
    g.when(resolve());
    assert_eq!(g.when(reopen()), ["IncidentReopened", "StepOpened c #2"]);
    assert_eq!(g.when(done("c"))[1], "IncidentResolved");
}

#[test]
fn a_closed_incident_reopens_too() {
    let mut g = given(runbook([], [], []));
    g.when(close());
    g.when(reopen());
    assert_eq!(g.open(), ["during"]);
}

#[test]
fn the_public_status_stays_until_the_next_notice() {
    let mut g = given(runbook([], [notice("over", Status::Resolved)], []));
    g.when(done("before"));
    g.send("over", |_| {});
    g.when(reopen());
    assert_eq!(g.incident.status, Some(Status::Resolved));
}

#[test]
fn an_answer_from_the_world_does_not_end_what_was_reset() {
    let mut g = given(runbook([action("fix")], [], []));
    g.when(run("fix"));
    g.when(answered("fix", 1, true));
    g.when(resolve());
    g.when(reopen());
    assert_eq!(g.refused(answered("fix", 1, true)), "stale_run");
}
