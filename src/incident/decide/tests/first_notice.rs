//! Rule 4: when customers must first be told, and who is late if they are not.

use super::given::{Given, declaration, declared, given, id, minute, severity, skip};
use super::sample::{minutes, notice, runbook, task, updates};
use crate::incident::due::just_after;
use crate::incident::{Command, view};
use crate::runbook::Status;

fn miss(step: &str) -> Command {
    Command::MissDeadline { step: id(step) }
}

fn first() -> Given {
    given(runbook([task("a"), notice("first", Status::Investigating)], [notice("second", Status::Identified)], []))
}

#[test]
fn it_is_due_from_the_declaration_whoever_holds_its_step_up() {
    let mut g = first();
    assert_eq!(g.incident.first_notice_due, Some(minute(15)), "sev2");
    assert_eq!(view::next_due(&g.runbook, &g.incident), Some((id("first"), minute(15))));
    assert_eq!(g.at(14).refused(miss("first")), "not_due");
    assert_eq!(g.at(15).tick(), ["DeadlineMissed first"], "though it is not its turn yet");
    assert_eq!(g.at(60).tick(), Vec::<String>::new(), "once");
    g.when(super::given::done("a"));
    assert_eq!(g.tick(), Vec::<String>::new(), "and not again when it opens");
}

#[test]
fn it_is_due_no_more_once_a_notice_to_customers_is_queued() {
    let mut g = first();
    g.when(super::given::done("a"));
    g.at(10).send("first", |_| {});
    assert_eq!(g.incident.first_notice_due, None);
    assert_eq!(g.at(60).tick(), Vec::<String>::new());
}

#[test]
fn a_notice_to_staff_alone_tells_no_customer() {
    let mut g = given(runbook(
        [notice("heads_up", Status::Investigating).to(&["staff"]), notice("first", Status::Investigating)],
        [],
        [],
    ));
    g.send("heads_up", |_| {});
    assert_eq!(g.incident.first_notice_due, Some(minute(15)));
    assert_eq!(g.at(15).tick(), ["DeadlineMissed first"]);
}

#[test]
fn a_step_with_a_deadline_of_its_own_counts_from_when_it_opens() {
    let mut g = given(runbook([task("a"), notice("first", Status::Investigating).within(minutes(4))], [], []));
    assert_eq!(g.at(60).tick(), Vec::<String>::new(), "not before it opens");
    g.when(super::given::done("a"));
    assert_eq!(g.due().map(|due| due.at), Some(just_after(minute(64))));
    assert_eq!(g.at(64).tick(), ["DeadlineMissed first"]);
}

#[test]
fn a_raise_may_bring_it_forward() {
    for (raised_at, due) in [(1, 6), (12, 15)] {
        let mut g = first();
        g.at(raised_at).when(severity("sev1"));
        assert_eq!(g.incident.first_notice_due, Some(minute(due)), "sev1, five minutes, raised at {raised_at}");
    }
}

#[test]
fn a_raise_brings_a_deadline_of_its_own_forward_too() {
    let mut g = given(runbook([notice("first", Status::Investigating).within(minutes(10))], [], []));
    g.at(2).when(severity("sev1"));
    assert_eq!(g.due().map(|due| due.at), Some(just_after(minute(7))));
    let mut g = given(runbook([notice("first", Status::Investigating).within(minutes(3))], [], []));
    g.at(2).when(severity("sev1"));
    assert_eq!(g.due().map(|due| due.at), Some(just_after(minute(3))));
}

#[test]
fn a_lowering_leaves_it_as_it_was() {
    let mut g = declared(first().runbook, declaration("sev1", &[]));
    g.at(1).when(severity("sev3"));
    assert_eq!(g.incident.first_notice_due, Some(minute(5)));
}

#[test]
fn when_its_step_is_skipped_the_next_one_takes_its_place_but_is_late_only_once() {
    let mut g = first();
    g.when(super::given::done("a"));
    g.when(skip("first"));
    assert_eq!(g.due().map(|due| (due.step, due.at)), Some((id("second"), just_after(minute(15)))));
    let mut g = first();
    g.at(20).tick();
    g.when(super::given::done("a"));
    g.when(skip("first"));
    assert_eq!(g.tick(), Vec::<String>::new());
}

#[test]
fn what_is_late_first_is_due_first() {
    let mut g = given(runbook(
        [updates("news", "during"), task("a").within(minutes(2)), notice("first", Status::Investigating)],
        [],
        [],
    ));
    let mut order = Vec::new();
    g.at(40);
    order.extend(g.tick());
    assert_eq!(order, ["DeadlineMissed a", "DeadlineMissed first", "UpdateOwed news 1"]);
}
