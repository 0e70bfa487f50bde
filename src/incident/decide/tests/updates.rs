//! Rule 3: updates owed, kept, missed, brought forward and ended.

use super::given::{Given, audience, declaration, declared, done, ended_as, given, minute, severity, skip, status};
use super::sample::{accept, notice, runbook, task, together, updates};
use crate::clock::Timestamp;
use crate::incident::Outcome;
use crate::incident::event::Event;
use crate::runbook::Status;

/// sev2: a message every 30 minutes.
fn informing() -> Given {
    let mut g = given(runbook(
        [together([vec![notice("first", Status::Investigating), updates("news", "ok")], vec![task("a")]])],
        [accept("ok", None), task("z")],
        [],
    ));
    g.send("first", |draft| draft.next_update_at = Some(minute(30)));
    g
}

fn owed(g: &Given) -> Option<Timestamp> {
    g.incident.updates.get("news").map(|updates| updates.next_due)
}

fn kept(g: &Given) -> Vec<Option<bool>> {
    let queued = |event: &Event| if let Event::NoticeQueued(queued) = event { Some(queued.kept_promise) } else { None };
    g.journal.iter().filter_map(|recorded| queued(&recorded.event)).collect()
}

#[test]
fn they_start_owing_from_what_the_last_notice_promised() {
    let g = informing();
    assert_eq!(owed(&g), Some(minute(30)));
}

#[test]
fn without_a_notice_before_they_owe_one_period_from_their_start() {
    let g = given(runbook([updates("news", "during"), task("a")], [], []));
    assert_eq!(owed(&g), Some(minute(30)));
}

#[test]
fn a_notice_to_other_people_does_not_count_for_them() {
    let mut g =
        given(runbook([updates("news", "during"), notice("staff_only", Status::Investigating).to(&["staff"])], [], []));
    g.at(10).send("staff_only", |draft| draft.status = None);
    assert_eq!(owed(&g), Some(minute(30)));
}

#[test]
fn each_message_queued_owes_the_next() {
    let mut g = informing();
    g.at(25).send("news", |draft| draft.next_update_at = Some(minute(50)));
    assert_eq!(owed(&g), Some(minute(50)), "as promised");
    g.at(45).send("news", |draft| draft.next_update_at = Some(minute(300)));
    assert_eq!(owed(&g), Some(minute(75)), "never later than the cadence");
    assert_eq!(kept(&g), [None, Some(true), Some(true)]);
}

#[test]
fn missed_periods_owe_one_message_and_are_counted() {
    let mut g = informing();
    assert_eq!(g.at(29).tick(), Vec::<String>::new());
    assert_eq!(g.at(30).tick(), ["UpdateOwed news 1"]);
    assert_eq!(g.tick(), Vec::<String>::new(), "once");
    assert_eq!(g.at(155).tick(), ["UpdateOwed news 5"], "a laptop closed for two hours owes one message");
    assert_eq!(owed(&g), Some(minute(30)), "overdue since then");
    g.at(156).send("news", |_| {});
    assert_eq!(g.incident.updates["news"].missed, 0);
    assert_eq!(owed(&g), Some(minute(186)));
    assert_eq!(kept(&g), [None, Some(false)]);
}

#[test]
fn an_update_is_owed_at_its_moment_and_not_before() {
    let mut g = informing();
    let owe = super::given::id("news");
    let command = crate::incident::Command::OweUpdate { step: owe };
    assert_eq!(g.at(29).refused(command.clone()), "not_due");
    g.at(31).when(command.clone());
    assert_eq!(g.refused(command), "not_due");
}

#[test]
fn a_raise_brings_the_next_one_forward_and_a_lowering_breaks_no_promise() {
    let mut g = informing();
    g.at(2).when(severity("sev1"));
    assert_eq!(owed(&g), Some(minute(22)), "sev1: every 20 minutes");
    g.at(3).when(severity("sev3"));
    assert_eq!(owed(&g), Some(minute(22)));
}

#[test]
fn a_raise_late_in_the_period_keeps_the_earlier_promise() {
    let mut g = informing();
    g.at(28).when(severity("sev1"));
    assert_eq!(owed(&g), Some(minute(30)));
}

#[test]
fn a_change_of_status_brings_every_running_one_forward() {
    let mut g = declared(
        runbook(
            [updates("news", "during"), updates("team", "during").to(&["staff"]), notice("found", Status::Identified)],
            [],
            [],
        ),
        declaration("sev3", &[]),
    );
    assert_eq!(g.incident.updates["team"].next_due, minute(120));
    g.when(severity("sev2"));
    assert_eq!(g.incident.updates["team"].next_due, minute(30));
    g.at(5).send("found", |draft| {
        draft.audience = audience(&["affected", "page"]);
        status(draft, Status::Identified);
    });
    assert_eq!(g.incident.updates["team"].next_due, minute(30), "earlier than five past and thirty");
    assert_eq!(g.incident.updates["news"].next_due, minute(35));
}

#[test]
fn they_end_with_their_until_step_but_not_when_it_fails() {
    let mut g = informing();
    g.when(done("a"));
    assert_eq!(g.when(ended_as("ok", Outcome::Failed)), ["StepEnded ok failed", "StepOpened z"]);
    assert_eq!(g.open(), ["news", "z"]);
    assert_eq!(
        g.when(done("z"))[..3],
        ["StepEnded z done", "StepEnded news done", "IncidentResolved"],
        "or as `mid` ends"
    );
}

#[test]
fn a_skipped_until_step_ends_them_too() {
    let mut g = informing();
    g.when(done("a"));
    assert_eq!(g.when(skip("ok")), ["StepEnded ok skipped", "StepEnded news done", "StepOpened z"]);
    assert!(g.incident.updates.is_empty());
}

#[test]
fn they_are_neither_done_nor_skipped_by_hand() {
    let mut g = informing();
    assert_eq!(g.refused(done("news")), "not_by_hand");
    assert_eq!(g.refused(skip("news")), "not_skippable");
}

#[test]
fn a_draft_left_behind_by_updates_that_ended_is_voided() {
    let mut g = informing();
    g.when(done("a"));
    let draft = g.draft("news");
    g.when(crate::incident::Command::DraftNotice(Box::new(draft)));
    assert_eq!(g.when(done("ok"))[..3], ["StepEnded ok done", "StepEnded news done", "NoticeVoided news step_ended"]);
}
