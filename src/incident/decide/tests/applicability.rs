//! Rule 2: conditions asked when the list comes by, and again until the incident is resolved.

use super::given::{Given, answered, declaration, declared, done, ended_as, id, resolve, run, severity};
use crate::incident::command::Command;
use crate::incident::state::Progress;
use crate::incident::{Outcome, event::FactValue};
use crate::runbook::check::pinned;
use crate::runbook::{AnswerId, Cause, Phase, Runbook};

fn read(phases: &str) -> Runbook {
    let text = format!("muster: 1\nid: sample\ntitle: Sample\n{phases}");
    pinned(&text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// A sev2 incident.
fn of(phases: &str) -> Given {
    declared(read(phases), declaration("sev2", &[("lead", &["lea"])]))
}

const SEVERE: &str = "
pre:
  - task: a
  - contain: shut
    when: rank == 1
    lift: Open it again
  - task: b
mid:
  - task: c
post:
  - task: d
";

#[test]
fn a_false_condition_passes_the_step_over() {
    let mut g = of(SEVERE);
    assert_eq!(g.when(done("a")), ["StepEnded a done", "StepNotApplicable shut", "StepOpened b"]);
    assert_eq!(g.refused(done("shut")), "not_applicable");
}

#[test]
fn a_true_one_opens_it() {
    let mut g = declared(read(SEVERE), declaration("sev1", &[]));
    assert_eq!(g.when(done("a")), ["StepEnded a done", "StepOpened shut"]);
}

#[test]
fn a_raise_brings_in_what_the_lower_level_did_not_need_and_its_list_waits() {
    let mut g = of(SEVERE);
    g.when(done("a"));
    assert_eq!(g.when(severity("sev1")), ["SeverityChanged sev1", "StepOpened shut"]);
    assert_eq!(g.open(), ["shut", "b"], "beside whatever is open");
    assert_eq!(g.when(done("b")), ["StepEnded b done"], "`pre` waits for it");
    assert_eq!(
        g.when(done("shut")),
        ["StepEnded shut worked", "ObligationOpened shut", "PhaseEntered mid", "StepOpened c"]
    );
}

#[test]
fn before_its_list_came_by_a_raise_opens_nothing() {
    let mut g = of(SEVERE);
    assert_eq!(g.when(severity("sev1")), ["SeverityChanged sev1"]);
    assert_eq!(g.when(done("a")), ["StepEnded a done", "StepOpened shut"]);
}

#[test]
fn an_open_step_never_closes_because_its_condition_turned_false() {
    let mut g = declared(read(SEVERE), declaration("sev1", &[]));
    g.when(done("a"));
    assert_eq!(g.when(severity("sev3")), ["SeverityChanged sev3"]);
    assert_eq!(g.open(), ["shut"]);
}

#[test]
fn a_late_step_of_pre_lets_mid_go_on_but_not_end() {
    let mut g = of(SEVERE);
    g.when(done("a"));
    g.when(done("b"));
    assert_eq!(g.when(severity("sev1")), ["SeverityChanged sev1", "StepOpened shut"]);
    assert_eq!(g.incident.phase, Phase::Mid, "phases never move back");
    assert_eq!(g.when(done("c")), ["StepEnded c done"]);
    assert_eq!(g.when(ended_as("shut", Outcome::Failed))[1], "IncidentResolved");
}

#[test]
fn nothing_is_asked_again_once_the_incident_is_resolved() {
    let mut g = of("
pre: [{ task: a, when: cause == 'human' }]
mid: [{ task: b }]
post: [{ task: c }]
");
    g.when(done("b"));
    assert_eq!(g.when(Command::ClassifyCause { cause: Cause::Human }), ["CauseClassified"]);
    assert_eq!(g.open(), ["c"]);
}

const BRANCHES: &str = "
pre: [{ task: a }]
mid:
  - together:
      left:
        - task: l1
          when: cause == 'platform'
        - task: l2
        - task: l3
      right:
        - task: r1
        - task: r2
  - task: m
  - task: n
post: [{ task: z }]
";

#[test]
fn a_late_step_holds_its_branch_and_what_is_around_it() {
    let mut g = of(BRANCHES);
    assert_eq!(g.when(done("a"))[2..], ["StepNotApplicable l1", "StepOpened l2", "StepOpened r1"]);
    g.when(Command::ClassifyCause { cause: Cause::Platform });
    assert_eq!(g.open(), ["l1", "l2", "r1"]);
    assert_eq!(g.when(done("l2")), ["StepEnded l2 done"], "its own list waits");
    assert_eq!(g.when(done("r1")), ["StepEnded r1 done", "StepOpened r2"], "a sibling goes on");
    assert_eq!(g.when(done("l1")), ["StepEnded l1 done", "StepOpened l3"]);
    g.when(done("l3"));
    assert_eq!(g.when(done("r2")), ["StepEnded r2 done", "StepOpened m"]);
}

#[test]
fn a_list_already_past_it_goes_on() {
    let mut g = of(BRANCHES);
    for step in ["a", "l2", "l3", "r1", "r2"] {
        g.when(done(step));
    }
    assert_eq!(g.open(), ["m"]);
    g.when(Command::ClassifyCause { cause: Cause::Platform });
    assert_eq!(g.open(), ["l1", "m"]);
    assert_eq!(g.when(done("m")), ["StepEnded m done", "StepOpened n"], "past the branches");
    assert_eq!(g.when(done("n")), ["StepEnded n done"], "but `mid` does not end");
    assert_eq!(g.when(done("l1"))[1], "IncidentResolved");
}

#[test]
fn a_late_step_before_branches_lets_them_go_on_and_holds_what_follows() {
    let mut g = of("
pre: [{ task: a }]
mid:
  - task: late
    when: cause == 'platform'
  - together:
      left: [{ task: l1 }, { task: l2 }]
      right: [{ task: r1 }]
  - task: m
post: [{ task: z }]
");
    g.when(done("a"));
    g.when(Command::ClassifyCause { cause: Cause::Platform });
    assert_eq!(g.when(done("l1")), ["StepEnded l1 done", "StepOpened l2"]);
    g.when(done("l2"));
    assert_eq!(g.when(done("r1")), ["StepEnded r1 done"], "`m` waits");
    assert_eq!(g.when(done("late")), ["StepEnded late done", "StepOpened m"]);
}

#[test]
fn a_list_nobody_has_come_to_is_not_asked() {
    let mut g = of(BRANCHES);
    assert_eq!(g.when(Command::ClassifyCause { cause: Cause::Platform }), ["CauseClassified"]);
    assert_eq!(g.incident.progress(&id("l1")), &Progress::Waiting);
}

#[test]
fn answers_outcomes_and_facts_decide_what_applies() {
    let mut g = of("
facts:
  share: { type: percent, title: Share }
pre: [{ decide: changed, answers: { changed: 'Yes', unchanged: 'No' } }]
mid:
  - action: rollback
    when: answers.changed == 'changed'
    run: rollback
  - task: design
    when: outcomes.rollback != 'worked'
  - task: call
    when: facts.share > 40.0
  - task: end
post: [{ task: z }]
");
    let yes = Command::AnswerDecision { step: id("changed"), answer: AnswerId::new("changed") };
    assert_eq!(g.when(yes)[2..], ["PhaseEntered mid", "StepOpened rollback"]);
    g.when(run("rollback"));
    assert_eq!(
        g.when(answered("rollback", 1, true))[2..],
        ["StepNotApplicable design", "StepNotApplicable call", "StepOpened end"],
        "a condition over a fact that nobody has stated fails, and counts as false"
    );
    let share = super::given::set("share", FactValue::Percent(60.0));
    assert_eq!(g.when(share), ["FactStated share", "StepOpened call"]);
}

#[test]
fn a_step_not_applicable_counts_as_an_outcome() {
    let mut g = of("
pre: [{ task: a }]
mid:
  - task: b
    when: cause == 'human'
  - task: c
    when: outcomes.b == 'not_applicable'
  - task: d
post: [{ task: z }]
");
    assert_eq!(g.when(done("a"))[2..], ["StepNotApplicable b", "StepOpened c"]);
}

#[test]
fn early_needs_the_condition_to_hold() {
    let mut g = of(SEVERE);
    assert_eq!(g.early().refused(done("shut")), "not_applicable");
    g.when(severity("sev1"));
    assert_eq!(g.early().when(done("shut")), ["StepTakenEarly shut", "StepEnded shut worked", "ObligationOpened shut"]);
}

#[test]
fn resolving_by_hand_does_not_skip_what_never_applied() {
    let mut g = of(SEVERE);
    let events = g.when(resolve());
    assert!(events.contains(&"StepNotApplicable shut".to_owned()), "{events:?}");
    assert!(!events.contains(&"StepEnded shut skipped".to_owned()));
}

#[test]
fn a_late_acceptance_that_fails_sends_its_range_round_though_its_list_is_past_it() {
    let mut g = of("
pre: [{ task: a }]
mid:
  - task: fix
  - accept: ok
    when: cause == 'human'
    confirm: [It works]
    on_fail: fix
  - task: m
  - task: n
post: [{ task: z }]
");
    g.when(done("a"));
    g.when(done("fix"));
    g.when(Command::ClassifyCause { cause: Cause::Human });
    assert_eq!(g.open(), ["ok", "m"]);
    let failed = g.when(ended_as("ok", Outcome::Failed));
    assert_eq!(failed, ["StepEnded ok failed", "AttemptRestarted ok", "StepOpened fix #2"]);
    assert_eq!(g.when(done("m")), ["StepEnded m done"], "what follows waits");
    assert_eq!(g.when(done("fix")), ["StepEnded fix done", "StepOpened ok #2"]);
    assert_eq!(g.when(done("ok")), ["StepEnded ok done", "StepOpened n"]);
}
