//! Rules 10 and 11: who holds which part, who may approve what, and when alone.

use super::given::{
    Given, alone, approve, declaration, declared, done, given, id, minute, queue, reject, run, say, skip,
};
use super::sample::{contain, gate, minutes, notice, runbook, task};
use crate::incident::{Command, Event, Outcome, decide};
use crate::runbook::{RoleId, Status};

fn first() -> super::sample::Entry {
    notice("first", Status::Investigating).approve(&["lead"], 1, Some(minutes(2)))
}

/// Drafted by `cam` at the declaration, to be approved by `lea`; her backup is `pat`.
fn drafted() -> Given {
    let mut g = given(runbook([first()], [], []));
    let draft = g.draft("first");
    g.by("cam").when(Command::DraftNotice(Box::new(draft)));
    g
}

#[test]
fn who_holds_the_role_approves_and_nobody_else() {
    let mut g = drafted();
    let refused = g.by("ola").rejection(approve("first"));
    assert_eq!((refused.code, refused.help.as_deref()), ("not_an_approver", Some("ask `lea`: muster approve first")));
    assert_eq!(g.by("ola").refused(queue("first")), "approval_needed");
    assert_eq!(g.by("lea").when(approve("first")), ["Approved first complete"]);
    assert_eq!(g.refused(approve("first")), "already_approved", "a double click");
    assert_eq!(g.by("ola").when(queue("first"))[0], "NoticeQueued first");
}

#[test]
fn after_its_time_the_backup_may_too() {
    let mut g = drafted();
    assert_eq!(g.at(1).by("pat").refused(approve("first")), "not_an_approver");
    assert_eq!(g.at(2).tick(), ["ApprovalEscalated first"]);
    assert_eq!(g.tick(), Vec::<String>::new(), "once");
    assert_eq!(g.by("pat").when(approve("first")), ["Approved first complete"]);
}

#[test]
fn nobody_approves_as_author() {
    let mut g = given(runbook([first()], [], []));
    let draft = g.draft("first");
    g.by("lea").when(Command::DraftNotice(Box::new(draft)));
    assert_eq!(g.refused(approve("first")), "own_approval");
    assert_eq!(g.at(3).refused(alone("first")), "own_approval", "the backup may by now");
    assert_eq!(g.at(4).refused(approve("first")), "own_approval", "alone needs to be said, with a reason");
    assert_eq!(g.when(alone("first")), ["Approved first complete alone"], "after twice the time");
    let deviation = g.journal.last().and_then(|recorded| recorded.event.deviation());
    assert_eq!(deviation.map(|deviation| deviation.reason), Some("nobody else is awake"));
}

#[test]
fn the_author_approves_alone_at_once_if_nobody_else_can() {
    let mut g = declared(runbook([first()], [], []), declaration("sev2", &[]));
    let draft = g.draft("first");
    g.by("ann").when(Command::DraftNotice(Box::new(draft)));
    assert_eq!(g.refused(approve("first")), "own_approval");
    assert_eq!(g.when(alone("first")), ["Approved first complete alone"], "whoever started plays every part");
}

#[test]
fn stating_facts_is_not_authorship() {
    let mut g = given(runbook([first()], [], []));
    g.by("lea").when(say("impact", "Nobody can withdraw"));
    let draft = g.draft("first");
    g.by("cam").when(Command::DraftNotice(Box::new(draft)));
    g.by("lea").when(approve("first"));
}

#[test]
fn an_approval_covers_the_exact_text_that_was_seen() {
    let mut g = drafted();
    let seen = |hash: &str| Command::Approve { step: id("first"), hash: Some(hash.to_owned()), alone: None };
    let refused = g.by("lea").rejection(seen("beef"));
    assert_eq!(refused.code, "hash_changed");
    let stands = format!("{:064x}", 1);
    assert_eq!(
        refused.help,
        Some(format!("look again, then approve exactly that: muster approve first --hash {stands}"))
    );
    g.when(seen(&stands));
}

#[test]
fn text_edited_after_it_was_approved_needs_a_new_approval() {
    let mut g = drafted();
    g.by("lea").when(approve("first"));
    let draft = g.draft("first");
    assert_eq!(
        g.by("cam").when(Command::DraftNotice(Box::new(draft))),
        ["NoticeVoided first redrafted", "NoticeDrafted first"]
    );
    assert_eq!(g.refused(queue("first")), "approval_needed");
}

#[test]
fn an_approval_is_given_in_the_role_it_asks_for() {
    let measure = contain("shut").role("ops").approve(&["lead"], 1, Some(minutes(1)));
    let runbook = runbook([measure], [], []);
    // Nobody is ops: that falls to the lead, who still approves as the lead.
    let mut g = declared(runbook, declaration("sev2", &[("lead", &["lea"])]));
    g.by("cam").when(run("shut"));
    g.by("lea").when(approve("shut"));
    let given = g.journal.iter().rfind(|recorded| matches!(recorded.event, Event::Approved { .. }));
    assert_eq!(given.and_then(|recorded| recorded.role.clone()), Some(RoleId::new("lead")));
}

#[test]
fn a_rejected_draft_is_never_sent() {
    let mut g = drafted();
    assert_eq!(g.by("lea").when(reject("first")), ["Rejected first"]);
    assert_eq!(g.refused(approve("first")), "nothing_drafted", "an approval that lost the race");
    assert_eq!(g.refused(queue("first")), "cancelled");
    let mut g = drafted();
    g.by("lea").when(approve("first"));
    g.when(reject("first"));
    assert_eq!(g.refused(queue("first")), "cancelled", "even after it was approved");
}

#[test]
fn a_quorum_is_of_different_people() {
    let two = notice("first", Status::Investigating).approve(&["lead", "product"], 2, None);
    let mut g = given(runbook([two], [], []));
    let draft = g.draft("first");
    g.by("cam").when(Command::DraftNotice(Box::new(draft)));
    assert_eq!(g.by("lea").when(approve("first")), ["Approved first"]);
    assert_eq!(g.refused(approve("first")), "already_approved");
    assert_eq!(g.refused(queue("first")), "approval_needed");
    assert_eq!(g.by("pat").when(approve("first")), ["Approved first complete"]);
}

#[test]
fn where_nobody_is_left_for_a_quorum_the_help_names_the_role() {
    let two = notice("first", Status::Investigating).approve(&["lead", "product"], 2, None);
    let mut g = declared(runbook([two], [], []), declaration("sev2", &[("lead", &["lea"])]));
    let draft = g.draft("first");
    g.by("cam").when(Command::DraftNotice(Box::new(draft)));
    g.by("lea").when(approve("first"));
    let refused = g.rejection(approve("first"));
    let help = "one more has to approve it; name somebody: muster role product=PERSON";
    assert_eq!((refused.code, refused.help.as_deref()), ("already_approved", Some(help)));
}

#[test]
fn a_gate_opens_by_approval_and_a_rejection_keeps_it_shut() {
    let mut g = given(runbook([gate("go", "ops").approve(&["ops"], 1, Some(minutes(5))), task("a")], [], []));
    assert_eq!(g.by("lea").refused(approve("go")), "not_an_approver");
    assert_eq!(g.by("ola").when(reject("go")), ["Rejected go"]);
    assert_eq!(g.open(), ["go"]);
    assert_eq!(g.refused(done("go")), "not_by_hand");
    assert_eq!(g.at(5).tick(), ["ApprovalEscalated go"]);
    g.when(reject("go"));
    assert_eq!(g.tick(), Vec::<String>::new(), "a rejection passes it on no second time");
    assert_eq!(
        g.by("lea").when(approve("go"))[..2],
        ["Approved go complete", "StepEnded go done"],
        "the backup of ops"
    );
}

#[test]
fn only_a_holder_of_its_role_skips_a_gate() {
    let mut g = given(runbook([gate("go", "ops"), task("a")], [], []));
    let refused = g.by("lea").rejection(skip("go"));
    assert_eq!(refused.code, "not_an_approver");
    assert_eq!(refused.help.as_deref(), Some("ask `ola`: muster skip go --reason \"…\""));
    assert_eq!(g.by("ola").when(skip("go"))[0], "StepEnded go skipped");
}

#[test]
fn a_measures_author_is_who_asked_for_its_run() {
    let measure = contain("shut").run("shut", &[], 0).approve(&["lead"], 1, Some(minutes(1)));
    let mut g = given(runbook([measure], [], []));
    g.by("lea").when(run("shut"));
    assert_eq!(g.refused(approve("shut")), "own_approval");
    assert_eq!(g.at(1).tick(), ["ApprovalEscalated shut"]);
    assert_eq!(g.by("pat").when(approve("shut"))[1], "ActionQueued shut 1");
}

#[test]
fn what_asks_for_no_approval_takes_none() {
    let mut g = given(runbook([task("a"), notice("first", Status::Investigating)], [], []));
    assert_eq!(g.refused(approve("a")), "nothing_to_approve");
    g.when(done("a"));
    let draft = g.draft("first");
    g.when(Command::DraftNotice(Box::new(draft)));
    assert_eq!(g.when(queue("first"))[0], "NoticeQueued first");
}

#[test]
fn the_clock_does_not_pass_on_what_nobody_waits_for() {
    let mut g = drafted();
    assert_eq!(g.at(1).refused(Command::EscalateApproval { step: id("first") }), "not_due");
    g.by("lea").when(approve("first"));
    assert_eq!(g.at(9).refused(Command::EscalateApproval { step: id("first") }), "not_due");
}

#[test]
fn pending_approvals_say_who_may_give_them() {
    let g = drafted();
    let pending = decide::pending(&g.runbook, g.now, &g.incident);
    let brief: Vec<_> =
        pending.iter().map(|asked| (asked.step.as_str(), asked.approvers[0].0.as_str(), asked.alone)).collect();
    assert_eq!(brief, [("first", "lea", false)]);
    let later = decide::pending(&g.runbook, minute(4), &g.incident);
    assert_eq!((later[0].approvers.len(), later[0].alone), (2, true));
}

#[test]
fn a_role_falls_to_its_backup_then_the_lead_then_whoever_started() {
    let of = |roles: &[(&str, &[&str])], role: &str| {
        let g = declared(runbook([], [], []), declaration("sev2", roles));
        crate::incident::roles::holders(&g.runbook, &g.incident, &RoleId::new(role))[0].0.clone()
    };
    assert_eq!(of(&[("ops", &["ola"]), ("lead", &["lea"])], "ops"), "ola");
    assert_eq!(of(&[("lead", &["lea"])], "ops"), "lea");
    assert_eq!(of(&[("product", &["pat"])], "lead"), "pat", "the lead's backup is product");
    assert_eq!(of(&[("product", &["pat"])], "ops"), "ann", "nobody leads");
    assert_eq!(of(&[], "lead"), "ann");
}

#[test]
fn roles_change_by_command_and_anyone_may_do_a_step() {
    let mut g = given(runbook([task("a").role("ops")], [], []));
    let assign = |role: &str, people: &[&str]| Command::AssignRole {
        role: RoleId::new(role),
        people: people.iter().map(|name| crate::incident::PersonId((*name).to_owned())).collect(),
    };
    assert_eq!(g.when(assign("ops", &["somebody new"])), ["RoleAssigned"]);
    assert_eq!(g.refused(assign("ops", &["somebody new"])), "unchanged");
    assert_eq!(g.refused(assign("chef", &["lea"])), "unknown_role");
    assert_eq!(g.refused(assign("ops", &["a", "a"])), "not_a_person");
    assert_eq!(g.refused(assign("ops", &["a\0"])), "text_has_nul");
    g.by("a passer-by").when(done("a"));
    let ended =
        g.journal.iter().rfind(|recorded| matches!(recorded.event, Event::StepEnded { outcome: Outcome::Done, .. }));
    assert_eq!(
        ended.map(|recorded| (recorded.actor.to_string(), recorded.role.clone())),
        Some(("a passer-by".to_owned(), None))
    );
}
