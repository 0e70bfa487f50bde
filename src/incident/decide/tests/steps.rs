//! Each kind of step by its own end: evidence, covers, people reached, waits and signals.

use super::given::{done, ended_as, given, id, skip};
use super::sample::{awaited, contain, cover, evident, minutes, pause, question, reach, runbook, task};
use crate::contact::ContactId;
use crate::incident::Outcome;
use crate::incident::command::Command;
use crate::runbook::FallbackId;

fn switch(fallback: &str, on: bool) -> Command {
    Command::SwitchFallback { fallback: FallbackId::new(fallback), on }
}

#[test]
fn evidence_asked_for_must_be_given() {
    let mut g = given(runbook([evident("a")], [], []));
    let refused = g.rejection(done("a"));
    assert_eq!((refused.code, refused.help.as_deref()), ("evidence_needed", Some("muster done a --evidence URL")));
    let evidence = Some("https://example.com/7".to_owned());
    let with = Command::FinishStep { step: id("a"), outcome: None, note: None, evidence };
    assert_eq!(g.when(with)[0], "StepEnded a done");
}

#[test]
fn an_outcome_must_be_one_of_the_kind() {
    let mut g = given(runbook([task("a"), contain("b"), question("c", &["yes", "no"])], [], []));
    assert_eq!(g.refused(ended_as("a", Outcome::Worked)), "wrong_outcome");
    assert_eq!(g.refused(ended_as("a", Outcome::Skipped)), "wrong_outcome");
    g.when(done("a"));
    assert_eq!(g.refused(ended_as("b", Outcome::Done)), "wrong_outcome");
    g.when(ended_as("b", Outcome::Failed));
    let refused = g.rejection(done("c"));
    assert_eq!((refused.code, refused.help.as_deref()), ("not_by_hand", Some("muster answer c yes|no")));
}

#[test]
fn a_cover_is_done_once_each_fallback_is_on_or_off() {
    let mut g = given(runbook([cover("desks")], [], []));
    let import = Command::ImportFallback { fallback: FallbackId::new("phone_desk"), contacts: 40 };
    g.when(import);
    assert_eq!(g.refused(done("desks")), "fallbacks_undecided", "an import is no decision");
    assert_eq!(g.when(switch("phone_desk", true)), ["FallbackSwitched"]);
    assert_eq!(g.refused(switch("phone_desk", true)), "unchanged");
    let refused = g.rejection(done("desks"));
    assert_eq!(refused.help.as_deref(), Some("muster fallback on mail_desk, or muster fallback off mail_desk"));
    g.when(switch("mail_desk", false));
    assert_eq!(g.when(done("desks"))[0], "StepEnded desks done");
    assert_eq!(g.refused(switch("pigeons", true)), "unknown_fallback");
}

#[test]
fn people_reached_by_hand_are_ticked_once_each() {
    let mut g = given(runbook([reach("call")], [], []));
    let tick = |contacts: &[&str], by: &str| Command::ReachContacts {
        step: id("call"),
        contacts: contacts.iter().copied().map(ContactId::new).collect(),
        by: by.to_owned(),
        note: None,
    };
    assert_eq!(g.when(tick(&["c1", "c2", "c1"], "phone")), ["ContactsReached call"]);
    assert_eq!(g.incident.reached_by_hand.len(), 2);
    assert_eq!(g.refused(tick(&["c2"], "phone")), "already_reached");
    assert_eq!(g.refused(tick(&["c3"], "")), "empty_text");
    g.when(tick(&["c2", "c3"], "phone"));
    assert_eq!(g.when(done("call"))[0], "StepEnded call done");
    assert_eq!(g.refused(tick(&["c4"], "phone")), "already_ended");
}

#[test]
fn a_wait_for_time_ends_by_itself() {
    let mut g = given(runbook([pause("settle", minutes(15)), task("a")], [], []));
    let end = Command::EndWait { step: id("settle") };
    assert_eq!(g.refused(done("settle")), "not_by_hand");
    assert_eq!(g.at(14).refused(end.clone()), "not_due");
    assert_eq!(g.at(20).tick(), ["StepEnded settle done", "StepOpened a"]);
    assert_eq!(g.refused(end), "not_due");
    let mut g = given(runbook([pause("settle", minutes(15))], [], []));
    assert_eq!(g.when(skip("settle"))[0], "StepEnded settle skipped");
}

#[test]
fn a_wait_for_a_signal_ends_by_it_and_its_deadline_only_marks_lateness() {
    let mut g = given(runbook([awaited("vendor").within(minutes(5)), task("a")], [], []));
    let signal = Command::SignalStep { step: id("vendor") };
    assert_eq!(g.at(5).tick(), ["DeadlineMissed vendor"]);
    assert_eq!(g.open(), ["vendor"]);
    assert_eq!(g.when(signal.clone()), ["SignalReceived vendor", "StepEnded vendor done", "StepOpened a"]);
    assert_eq!(g.refused(signal), "already_ended");
    assert_eq!(g.refused(Command::SignalStep { step: id("a") }), "not_a_signal");
}
