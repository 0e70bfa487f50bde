//! Rules 5 and 12: containments and actions, obligations, runs, retries and their answers.

use super::given::{Given, answered, approve, done, ended_as, given, id, lift, queue, reject, resolve, run, set, skip};
use super::sample::{action, contain, minutes, notice, runbook, task};
use crate::incident::event::FactValue;
use crate::incident::{Command, Outcome};
use crate::runbook::Status;

fn keep(step: &str) -> Command {
    Command::KeepContainment { step: id(step), reason: "the form is replaced".to_owned() }
}

/// A containment that has worked, then a search, then the all-clear.
fn contained() -> Given {
    let mut g = given(runbook([contain("shut")], [notice("over", Status::Resolved)], []));
    assert_eq!(
        g.when(done("shut"))[..2],
        ["StepEnded shut worked", "ObligationOpened shut"],
        "a containment's outcome defaults to worked"
    );
    g
}

#[test]
fn nobody_is_told_that_it_is_over_while_something_is_shut() {
    let mut g = contained();
    let draft = g.draft("over");
    assert_eq!(g.refused(Command::DraftNotice(Box::new(draft.clone()))), "obligation_open");
    let refused = g.rejection(Command::DraftNotice(Box::new(draft.clone())));
    assert_eq!(refused.help.as_deref(), Some("muster lift shut, or muster keep shut --reason \"…\""));
    g.when(lift("shut"));
    g.when(Command::DraftNotice(Box::new(draft)));
}

#[test]
fn a_draft_made_before_the_containment_does_not_leave_after_it() {
    let mut g = given(runbook([], [contain("shut"), notice("over", Status::Resolved)], []));
    g.when(done("before"));
    let draft = g.draft("over");
    g.early().when(Command::DraftNotice(Box::new(draft)));
    g.when(done("shut"));
    assert_eq!(g.refused(queue("over")), "obligation_open");
}

#[test]
fn mid_does_not_end_before_it_is_lifted() {
    let mut g = given(runbook([contain("shut")], [], []));
    g.when(done("shut"));
    assert_eq!(g.when(done("during")), ["StepEnded during done"]);
    assert_eq!(g.refused(resolve()), "obligation_open");
    assert_eq!(g.refused(super::given::close()), "obligation_open");
    assert_eq!(g.when(lift("shut"))[..2], ["ObligationLifted shut", "IncidentResolved"]);
}

#[test]
fn or_before_it_is_kept_with_a_reason() {
    let mut g = given(runbook([contain("shut")], [], []));
    g.when(done("shut"));
    g.when(done("during"));
    assert_eq!(g.refused(Command::KeepContainment { step: id("shut"), reason: " ".to_owned() }), "empty_text");
    assert_eq!(g.when(keep("shut"))[..2], ["ObligationKept shut", "IncidentResolved"]);
    assert_eq!(g.refused(lift("shut")), "no_obligation", "settled once");
}

#[test]
fn only_a_containment_that_worked_obliges() {
    for command in [ended_as("shut", Outcome::Failed), skip("shut")] {
        let mut g = given(runbook([contain("shut")], [], []));
        g.when(command);
        assert!(g.incident.obligations.is_empty());
        assert_eq!(g.refused(lift("shut")), "no_obligation");
    }
}

#[test]
fn an_action_starts_by_a_run_and_ends_by_its_success() {
    let mut g = given(runbook([], [action("rollback"), task("b")], []));
    g.when(done("before"));
    assert_eq!(g.refused(done("rollback")), "not_by_hand");
    assert_eq!(g.refused(ended_as("rollback", Outcome::Worked)), "not_by_hand");
    assert_eq!(g.when(run("rollback")), ["ActionQueued rollback 1"]);
    assert_eq!(g.refused(run("rollback")), "running", "a double click");
    assert_eq!(g.refused(skip("rollback")), "running");
    assert_eq!(g.when(Command::ReportActionStarted { step: id("rollback"), run: 1 }), ["ActionStarted rollback"]);
    assert_eq!(g.when(Command::ReportActionStarted { step: id("rollback"), run: 1 }), Vec::<String>::new());
    assert_eq!(
        g.when(answered("rollback", 1, true)),
        ["ActionWorked rollback", "StepEnded rollback worked", "StepOpened b"]
    );
    assert_eq!(g.refused(answered("rollback", 1, true)), "stale_run", "an answer that comes twice");
}

#[test]
fn a_failed_one_stays_open_to_run_again_or_to_be_called_failed() {
    let mut g = given(runbook([], [action("rollback"), task("b")], []));
    g.when(done("before"));
    g.when(run("rollback"));
    assert_eq!(g.when(answered("rollback", 1, false)), ["ActionFailed rollback 0 left"]);
    assert_eq!(g.open(), ["rollback"]);
    assert_eq!(g.when(run("rollback")), ["ActionQueued rollback 2"]);
    assert_eq!(g.refused(answered("rollback", 1, true)), "stale_run", "an answer to a run long past");
    g.when(answered("rollback", 2, false));
    assert_eq!(g.when(ended_as("rollback", Outcome::Failed)), ["StepEnded rollback failed", "StepOpened b"]);
}

#[test]
fn what_was_never_allowed_can_not_have_been_tried_and_have_failed() {
    let mut g = given(runbook([], [action("rollback").approve(&["lead"], 1, None), task("b")], []));
    g.when(done("before"));
    let failed = || ended_as("rollback", Outcome::Failed);
    assert_eq!(g.by("ola").refused(failed()), "approval_needed", "nobody has asked for it");
    g.when(run("rollback"));
    assert_eq!(g.refused(failed()), "approval_needed", "it awaits its approval");
    g.by("lea").when(approve("rollback"));
    g.when(answered("rollback", 1, false));
    assert_eq!(g.by("ola").when(failed()), ["StepEnded rollback failed", "StepOpened b"]);
}

#[test]
fn retries_go_by_themselves_and_a_new_run_has_them_anew() {
    let mut g = given(runbook([], [action("rollback").run("rollback", &[], 2)], []));
    g.when(done("before"));
    g.when(run("rollback"));
    assert_eq!(g.when(answered("rollback", 1, false)), ["ActionFailed rollback 2 left", "ActionQueued rollback 2"]);
    assert_eq!(g.when(answered("rollback", 2, false)), ["ActionFailed rollback 1 left", "ActionQueued rollback 3"]);
    assert_eq!(g.when(answered("rollback", 3, false)), ["ActionFailed rollback 0 left"]);
    assert_eq!(g.when(run("rollback")), ["ActionQueued rollback 4"]);
    assert_eq!(g.when(answered("rollback", 4, false)), ["ActionFailed rollback 2 left", "ActionQueued rollback 5"]);
}

#[test]
fn an_action_is_handed_what_is_known() {
    let mut g = given(runbook([], [action("rollback").run("rollback", &[("where", "in {facts.region}!")], 0)], []));
    g.when(done("before"));
    let refused = g.rejection(run("rollback"));
    assert_eq!((refused.code, refused.help.as_deref()), ("fact_missing", Some("muster set region=…")));
    g.when(set("region", FactValue::Choice("hk".to_owned())));
    g.when(run("rollback"));
    let crate::incident::Event::ActionQueued { with, .. } = &g.journal.last().expect("an event").event else {
        panic!("queued last");
    };
    assert_eq!(with["where"], "in hk!");
}

#[test]
fn a_gated_measure_asks_and_starts_once_approved() {
    let mut g = given(runbook([], [contain("shut").run("shut", &[], 0).approve(&["lead"], 1, Some(minutes(2)))], []));
    g.when(done("before"));
    assert_eq!(g.by("ola").when(run("shut")), ["MeasureRequested shut"]);
    assert_eq!(g.refused(run("shut")), "already_asked");
    assert_eq!(g.refused(done("shut")), "approval_needed");
    assert_eq!(g.by("lea").when(approve("shut")), ["Approved shut complete", "ActionQueued shut 1"]);
    assert_eq!(
        g.when(answered("shut", 1, true)),
        ["ActionWorked shut", "StepEnded shut worked", "ObligationOpened shut"]
    );
}

#[test]
fn a_manual_measure_is_done_once_approved_with_or_without_a_request() {
    let gated = || given(runbook([contain("shut").approve(&["lead"], 1, None)], [], []));
    let mut g = gated();
    assert_eq!(g.by("ola").refused(done("shut")), "approval_needed");
    g.when(run("shut"));
    assert_eq!(g.by("lea").when(approve("shut")), ["Approved shut complete"]);
    assert_eq!(g.by("ola").when(done("shut"))[..2], ["StepEnded shut worked", "ObligationOpened shut"]);
    let mut g = gated();
    g.by("lea").when(approve("shut"));
    assert_eq!(g.when(done("shut"))[0], "StepEnded shut worked", "nobody asked, so it has no author");
}

#[test]
fn a_rejected_measure_stays_open_to_be_asked_for_again() {
    let mut g = given(runbook([contain("shut").run("shut", &[], 0).approve(&["lead"], 1, None)], [], []));
    g.by("ola").when(run("shut"));
    assert_eq!(g.by("lea").when(reject("shut")), ["Rejected shut"]);
    assert_eq!(g.refused(reject("shut")), "nothing_to_approve");
    assert_eq!(g.by("ola").when(run("shut")), ["MeasureRequested shut"]);
}

#[test]
fn an_approval_dies_with_what_it_covered() {
    let measure = contain("shut").run("shut", &[("where", "{facts.region}")], 0).approve(&["lead"], 1, None);
    let mut g = given(runbook([measure], [], []));
    g.when(set("region", FactValue::Choice("hk".to_owned())));
    g.by("lea").when(approve("shut"));
    g.when(set("region", FactValue::Choice("cn".to_owned())));
    assert_eq!(g.by("ola").when(run("shut")), ["MeasureRequested shut"], "what was approved is not what would run");
    let crate::incident::Event::MeasureRequested { hash, .. } = g.journal.last().expect("asked").event.clone() else {
        panic!("asked last");
    };
    g.when(set("region", FactValue::Choice("hk".to_owned())));
    let stale = Command::Approve { step: id("shut"), hash: Some(hash), alone: None };
    assert_eq!(g.by("lea").refused(stale), "hash_changed");
}

#[test]
fn what_people_carry_out_runs_nothing() {
    let mut g = given(runbook([contain("shut"), task("a")], [], []));
    assert_eq!(g.refused(run("shut")), "nothing_to_run");
    g.when(done("shut"));
    assert_eq!(g.refused(run("a")), "nothing_to_run");
}
