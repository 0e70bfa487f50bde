//! Rule 6: acceptance, its probe, and the attempts that follow a failure.

use super::given::{Given, answered, approve, done, ended_as, given, id, lift, run};
use super::sample::{accept, action, contain, minutes, probed, question, runbook, task, together};
use crate::incident::{Command, Outcome};
use crate::runbook::AnswerId;

fn answer(step: &str, answer: &str) -> Command {
    Command::AnswerDecision { step: id(step), answer: AnswerId::new(answer) }
}

fn failed() -> Command {
    ended_as("ok", Outcome::Failed)
}

fn repairing() -> Given {
    let mut g = given(runbook(
        [],
        [
            contain("shut"),
            task("find"),
            together([vec![question("why", &["yes", "no"])], vec![action("fix"), task("look")]]),
            accept("ok", Some("find")),
            task("tell"),
        ],
        [],
    ));
    g.when(done("before"));
    g.when(done("shut"));
    g.when(done("find"));
    g.when(answer("why", "yes"));
    g.when(run("fix"));
    g.when(answered("fix", 1, true));
    g.when(done("look"));
    g
}

#[test]
fn a_failure_sends_its_range_round_again() {
    let mut g = repairing();
    assert_eq!(g.open(), ["ok"]);
    assert_eq!(g.when(failed()), ["StepEnded ok failed", "AttemptRestarted ok", "StepOpened find #2"]);
    assert!(g.incident.answers.is_empty(), "answers are reset");
    assert_eq!(g.incident.outcome(&id("fix")), None);
    assert_eq!(g.incident.outcome(&id("shut")), Some(Outcome::Worked), "what lies before is as it was");
    assert!(g.incident.obligations.contains("shut"));
    assert_eq!(g.when(done("find")), ["StepEnded find done", "StepOpened why #2", "StepOpened fix #2"]);
    g.when(answer("why", "no"));
    assert_eq!(g.when(run("fix")), ["ActionQueued fix 2"], "a run's number is never used twice");
    g.when(answered("fix", 2, true));
    assert_eq!(g.when(done("look")), ["StepEnded look done", "StepOpened ok #2"]);
    assert_eq!(g.when(failed())[2], "StepOpened find #3");
}

#[test]
fn the_second_attempt_may_succeed() {
    let mut g = repairing();
    g.when(failed());
    g.when(done("find"));
    g.when(answer("why", "no"));
    g.when(run("fix"));
    g.when(answered("fix", 2, true));
    g.when(done("look"));
    assert_eq!(g.when(done("ok")), ["StepEnded ok done", "StepOpened tell"]);
    g.when(lift("shut"));
    assert_eq!(g.when(done("tell"))[1], "IncidentResolved");
}

#[test]
fn approvals_of_an_earlier_attempt_are_gone() {
    let gated = action("fix").approve(&["lead"], 1, Some(minutes(2)));
    let mut g = given(runbook([], [gated, accept("ok", Some("fix"))], []));
    g.when(done("before"));
    g.by("ola").when(run("fix"));
    g.by("lea").when(approve("fix"));
    g.when(answered("fix", 1, true));
    g.when(failed());
    assert_eq!(g.by("ola").when(run("fix")), ["MeasureRequested fix"]);
}

#[test]
fn it_starts_again_at_the_head_of_its_list_too() {
    let mut g = given(runbook([], [task("find"), accept("ok", Some("find"))], []));
    g.when(done("before"));
    g.when(done("find"));
    assert_eq!(g.when(failed()), ["StepEnded ok failed", "AttemptRestarted ok", "StepOpened find #2"]);
}

#[test]
fn it_starts_again_inside_a_branch_while_the_others_go_on() {
    let branch = vec![task("find"), accept("ok", Some("find"))];
    let mut g = given(runbook([], [together([branch, vec![task("b"), task("c")]]), task("z")], []));
    g.when(done("before"));
    g.when(done("find"));
    g.when(done("b"));
    assert_eq!(g.when(failed())[2], "StepOpened find #2");
    assert_eq!(g.open(), ["find", "c"]);
    g.when(done("c"));
    g.when(done("find"));
    assert_eq!(g.when(done("ok")), ["StepEnded ok done", "StepOpened z"]);
}

#[test]
fn without_on_fail_a_failure_is_an_outcome_and_the_list_goes_on() {
    let mut g = given(runbook([], [accept("ok", None), task("z")], []));
    g.when(done("before"));
    assert_eq!(g.when(failed()), ["StepEnded ok failed", "StepOpened z"]);
}

#[test]
fn nothing_starts_again_while_a_run_of_it_is_under_way() {
    let mut g = given(runbook([], [action("fix"), accept("ok", Some("fix"))], []));
    g.when(done("before"));
    g.when(run("fix"));
    assert_eq!(g.early().refused(failed()), "running");
}

#[test]
fn a_probe_must_have_passed() {
    let mut g = given(runbook([], [probed("ok")], []));
    g.when(done("before"));
    let probe = |passed| Command::ReportProbe { step: id("ok"), passed, detail: "HTTP 503".to_owned() };
    assert_eq!(g.refused(done("ok")), "probe_not_passed");
    assert_eq!(g.when(probe(true)), ["ProbeAnswered ok"]);
    assert_eq!(g.when(probe(true)), Vec::<String>::new(), "the same answer says nothing new");
    assert_eq!(g.when(probe(false)), ["ProbeAnswered ok"]);
    assert_eq!(g.refused(done("ok")), "probe_not_passed", "the newest answer counts");
    g.when(probe(true));
    assert_eq!(g.refused(done("ok")), "probe_not_held", "it must pass for five minutes");
    g.at(60);
    assert_eq!(g.when(done("ok"))[0], "StepEnded ok done");
    assert_eq!(g.refused(probe(true)), "already_ended");
}

#[test]
fn a_failed_acceptance_needs_no_probe() {
    let mut g = given(runbook([], [probed("ok")], []));
    g.when(done("before"));
    assert_eq!(g.when(failed())[0], "StepEnded ok failed");
}
