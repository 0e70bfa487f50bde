//! Rules 8 and 9: steps taken before their turn, skipped, and never ended twice.

use super::given::{answered, approve, done, given, id, queue, run, skip};
use super::sample::{action, evident, minutes, notice, question, review, runbook, task, together, updates};
use crate::incident::command::Command;
use crate::incident::event::DeviationKind;
use crate::runbook::{AnswerId, Status};

#[test]
fn a_waiting_step_is_taken_early_and_passed_when_the_list_gets_there() {
    let mut g = given(runbook([task("a"), task("b"), task("c")], [task("d")], []));
    let refused = g.rejection(done("b"));
    assert_eq!(refused.code, "not_open");
    assert_eq!(refused.help.as_deref(), Some("open now: `a`; before its turn: muster done b --early --reason \"…\""));
    assert_eq!(g.early().when(done("b")), ["StepTakenEarly b", "StepEnded b done"]);
    assert_eq!(g.open(), ["a"]);
    assert_eq!(g.when(done("a")), ["StepEnded a done", "StepPassed b", "StepOpened c"]);
    let kinds: Vec<_> = g.journal.iter().filter_map(|recorded| recorded.event.deviation()).map(|d| d.kind).collect();
    assert_eq!(kinds, [DeviationKind::Early]);
}

#[test]
fn a_step_of_a_later_phase_may_be_taken_early() {
    let mut g = given(runbook([task("a")], [task("b"), task("c")], [task("d")]));
    g.early().when(done("b"));
    g.early().when(done("d"));
    assert_eq!(g.when(done("a"))[2..], ["StepPassed b", "StepOpened c"]);
    assert_eq!(
        g.when(done("c")),
        ["StepEnded c done", "IncidentResolved", "PhaseEntered post", "StepPassed d", "IncidentClosed"]
    );
}

#[test]
fn it_is_open_until_it_ends_and_holds_nothing_before_its_turn() {
    let mut g = given(runbook([task("a"), task("b"), action("fix")], [], []));
    assert_eq!(g.early().when(run("fix")), ["StepTakenEarly fix", "ActionQueued fix 1"]);
    assert_eq!(g.open(), ["a", "fix"]);
    assert_eq!(g.when(done("a")), ["StepEnded a done", "StepOpened b"]);
    assert_eq!(g.when(done("b")), ["StepEnded b done", "StepOpened fix"], "now it is its turn, and the list waits");
    assert_eq!(g.when(answered("fix", 1, true))[2], "PhaseEntered mid");
}

#[test]
fn its_deadline_counts_from_its_turn() {
    let mut g = given(runbook([task("a"), action("fix").within(minutes(5))], [], []));
    g.early().when(run("fix"));
    assert_eq!(g.at(30).tick(), Vec::<String>::new());
    g.when(done("a"));
    assert_eq!(g.at(35).tick(), ["DeadlineMissed fix"]);
}

#[test]
fn approvals_still_apply() {
    let gated = notice("found", Status::Identified).approve(&["lead"], 1, None);
    let mut g = given(runbook([task("a")], [gated, task("b")], []));
    let draft = g.draft("found");
    g.by("cam");
    assert_eq!(g.early().when(Command::DraftNotice(Box::new(draft))), ["StepTakenEarly found", "NoticeDrafted found"]);
    assert_eq!(g.refused(queue("found")), "approval_needed", "and it is open now, no longer early");
    g.by("lea").when(approve("found"));
    assert_eq!(g.when(queue("found"))[..2], ["NoticeQueued found", "StepEnded found done"]);
    assert_eq!(g.when(done("a"))[2..], ["StepPassed found", "StepOpened b"]);
}

#[test]
fn early_on_an_open_step_is_no_deviation() {
    let mut g = given(runbook([task("a"), task("b")], [], []));
    assert_eq!(g.early().when(done("a")), ["StepEnded a done", "StepOpened b"]);
}

#[test]
fn a_step_taken_early_in_a_branch_is_passed_there() {
    let mut g = given(runbook([together([vec![task("a"), task("b")], vec![task("c")]]), task("d")], [], []));
    g.early().when(done("b"));
    g.when(done("c"));
    assert_eq!(g.when(done("a")), ["StepEnded a done", "StepPassed b", "StepOpened d"]);
}

#[test]
fn a_whole_branch_taken_early_is_passed_at_once() {
    let mut g = given(runbook([task("a"), together([vec![task("b")], vec![task("c")]]), task("d")], [], []));
    g.early().when(done("b"));
    g.early().when(skip("c"));
    assert_eq!(g.when(done("a")), ["StepEnded a done", "StepPassed b", "StepPassed c", "StepOpened d"]);
}

#[test]
fn updates_taken_early_owe_from_then_on() {
    let mut g = given(runbook([task("a"), updates("news", "during")], [], []));
    let draft = g.draft("news");
    assert_eq!(
        g.early().when(Command::DraftNotice(Box::new(draft))),
        ["StepTakenEarly news", "UpdatesStarted news", "NoticeDrafted news"]
    );
    assert_eq!(g.when(done("a"))[1], "StepOpened news");
    assert_eq!(g.incident.updates.len(), 1);
}

#[test]
fn follow_ups_are_created_once_however_the_review_begins() {
    let mut g = given(runbook([task("a")], [], [review("learn", &["Alert on failures", "Test restores"], &[])]));
    assert_eq!(
        g.early().when(done("learn")),
        ["StepTakenEarly learn", "FollowUpAdded F-1", "FollowUpAdded F-2", "StepEnded learn done"]
    );
}

#[test]
fn a_reason_is_needed_to_be_early_and_to_skip() {
    let mut g = given(runbook([task("a"), task("b")], [], []));
    assert_eq!(g.refused(Command::SkipStep { step: id("a"), reason: "  ".to_owned() }), "empty_text");
    let mut request = crate::incident::Request::new(super::given::person("lea"), done("b"));
    request.early = Some(String::new());
    let refused = crate::incident::decide(&g.runbook, g.now, &g.incident, request).expect_err("refused");
    assert_eq!(refused.code, "empty_text");
}

#[test]
fn ending_an_ended_step_is_refused_whatever_ends_it() {
    let mut g = given(runbook([task("a"), evident("b"), question("c", &["yes", "no"])], [], []));
    g.when(skip("a"));
    for command in [done("a"), skip("a")] {
        assert_eq!(g.refused(command), "already_ended", "a skip is final for the attempt");
    }
    g.when(skip("b"));
    let answer = |answer: &str| Command::AnswerDecision { step: id("c"), answer: AnswerId::new(answer) };
    assert_eq!(g.refused(answer("maybe")), "unknown_answer");
    assert_eq!(g.when(answer("yes"))[..2], ["DecisionAnswered c", "StepEnded c done"]);
    assert_eq!(g.refused(answer("no")), "already_ended", "two people at once");
    assert_eq!(g.incident.answers["c"], AnswerId::new("yes"));
}

#[test]
fn a_step_that_does_not_exist_is_named() {
    let mut g = given(runbook([], [], []));
    assert_eq!(g.rejection(done("nonesuch")).message, "there is no step `nonesuch` in this runbook");
}
