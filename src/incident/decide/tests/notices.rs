//! Notices: drafted, voided by what changes, queued exactly once, followed on their way.

use indexmap::IndexMap;

use super::given::{Given, given, id, minute, queue, say, severity};
use super::sample::{notice, runbook, task, together, updates};
use crate::incident::event::Event;
use crate::incident::state::Stage;
use crate::incident::{Command, NoticeId};
use crate::runbook::{Cause, FactId, Status};

fn telling() -> Given {
    let mut g = given(runbook(
        [together([vec![notice("first", Status::Investigating)], vec![updates("news", "during")], vec![task("a")]])],
        [],
        [],
    ));
    g.when(super::given::done("a"));
    g
}

fn draft(g: &mut Given, step: &str) -> NoticeId {
    let draft = g.draft(step);
    let id = draft.id;
    g.when(Command::DraftNotice(Box::new(draft)));
    id
}

fn stage(g: &Given, notice: NoticeId) -> Stage {
    g.incident.notice(notice).expect("known").stage
}

#[test]
fn a_notice_ends_its_step_when_it_is_queued_and_sets_the_public_status() {
    let mut g = telling();
    draft(&mut g, "first");
    assert_eq!(
        g.when(queue("first"))[..3],
        ["NoticeQueued first", "StepEnded first done", "StatusChanged investigating"]
    );
    assert_eq!(g.incident.status, Some(Status::Investigating));
    assert_eq!(g.refused(queue("first")), "already_ended", "a double click");
}

#[test]
fn updates_stay_open_when_one_is_queued() {
    let mut g = telling();
    draft(&mut g, "news");
    assert_eq!(g.when(queue("news")), ["NoticeQueued news"]);
    assert_eq!(g.refused(queue("news")), "already_queued");
    draft(&mut g, "news");
    assert_eq!(g.when(queue("news")), ["NoticeQueued news"]);
}

#[test]
fn a_change_of_fact_severity_cause_or_status_voids_the_draft() {
    for (change, because) in [
        (say("impact", "Nobody can withdraw"), "fact:impact"),
        (severity("sev1"), "severity"),
        (Command::ClassifyCause { cause: Cause::Human }, "cause"),
    ] {
        let mut g = telling();
        let voided = draft(&mut g, "first");
        assert_eq!(g.when(change)[1], format!("NoticeVoided first {because}"));
        assert_eq!(stage(&g, voided), Stage::Voided);
        let refused = g.rejection(queue("first"));
        assert_eq!(
            (refused.code, refused.help.as_deref()),
            ("draft_voided", Some("draft it again: muster notice draft first"))
        );
    }
    let mut g = telling();
    draft(&mut g, "news");
    draft(&mut g, "first");
    assert!(g.when(queue("first")).contains(&"NoticeVoided news status".to_owned()));
}

#[test]
fn the_same_fact_said_again_voids_nothing() {
    let mut g = telling();
    g.when(say("impact", "Nobody can withdraw"));
    draft(&mut g, "first");
    assert_eq!(g.when(say("impact", "Nobody can withdraw")), ["FactStated impact"]);
}

#[test]
fn what_changed_is_spent_by_the_notice_that_says_it() {
    let mut g = telling();
    g.when(say("changed", "The cause is known"));
    let mut both = [g.draft("first"), g.draft("news")];
    for draft in &mut both {
        draft.spends = vec![FactId::new("changed")];
        draft.status = None;
    }
    for draft in both {
        g.when(Command::DraftNotice(Box::new(draft)));
    }
    let events = g.when(queue("news"));
    assert_eq!(events, ["NoticeQueued news", "NoticeVoided first fact:changed"]);
    assert_eq!(g.incident.fact("changed"), None);
}

#[test]
fn a_promise_already_past_is_refused() {
    let mut g = telling();
    let mut promising = g.draft("first");
    promising.next_update_at = Some(minute(20));
    g.when(Command::DraftNotice(Box::new(promising.clone())));
    assert_eq!(g.at(20).refused(queue("first")), "promise_past");
    promising.id = NoticeId(uuid::Uuid::from_u128(99));
    assert_eq!(g.refused(Command::DraftNotice(Box::new(promising))), "promise_past");
}

#[test]
fn the_number_of_recipients_must_match_where_it_is_given() {
    let mut g = telling();
    draft(&mut g, "first");
    let send = |recipients| Command::QueueNotice { step: id("first"), recipients: Some(recipients) };
    assert_eq!(g.refused(send(4)), "recipients_differ");
    g.when(send(3));
}

#[test]
fn only_notices_are_drafted_and_each_once() {
    let mut g = telling();
    let mut wrong = g.draft("first");
    wrong.step = id("during");
    assert_eq!(g.early().refused(Command::DraftNotice(Box::new(wrong))), "not_a_notice");
    let twice = g.draft("first");
    g.when(Command::DraftNotice(Box::new(twice.clone())));
    assert_eq!(g.refused(Command::DraftNotice(Box::new(twice))), "already_drafted");
}

#[test]
fn a_notice_on_its_way_is_paused_resumed_and_cancelled_during_a_fan_out() {
    let mut g = telling();
    let sent = draft(&mut g, "first");
    let (pause, resume) =
        (Command::PauseNotice { step: id("first"), reason: None }, Command::ResumeNotice { step: id("first") });
    assert_eq!(g.refused(pause.clone()), "not_sending");
    g.when(queue("first"));
    assert_eq!(g.when(pause.clone()), ["NoticePaused first"]);
    assert_eq!(g.refused(pause), "already_paused");
    assert_eq!(g.when(resume.clone()), ["NoticeResumed first"]);
    assert_eq!(g.refused(resume), "not_paused");
    assert_eq!(g.when(Command::CancelNotice { step: id("first") }), ["NoticeCancelled first"]);
    let counts = IndexMap::from([("sent".to_owned(), 1), ("expired".to_owned(), 2)]);
    assert_eq!(g.when(Command::ReportSettled { notice: sent, counts: counts.clone() }), ["NoticeSettled first"]);
    assert_eq!((stage(&g, sent), &g.incident.notice(sent).expect("known").counts), (Stage::Cancelled, &counts));
}

#[test]
fn a_paused_notice_goes_on_though_a_newer_one_was_drafted_or_sent_meanwhile() {
    let mut g = telling();
    let older = draft(&mut g, "news");
    g.when(queue("news"));
    g.when(Command::PauseNotice { step: id("news"), reason: None });
    draft(&mut g, "news");
    let resume = Command::ResumeNotice { step: id("news") };
    assert_eq!(g.when(resume.clone()), ["NoticeResumed news"]);
    g.when(Command::PauseNotice { step: id("news"), reason: None });
    g.when(queue("news"));
    assert_eq!(g.when(resume), ["NoticeResumed news"]);
    assert!(!g.incident.notice(older).expect("known").paused);
}

#[test]
fn a_relay_that_refuses_everyone_pauses_the_notice_once() {
    let mut g = telling();
    let sent = draft(&mut g, "first");
    let stalled = Command::ReportStalled { notice: sent, reason: "535 authentication failed".to_owned() };
    assert_eq!(g.refused(stalled.clone()), "unknown_notice", "nothing was queued");
    g.when(queue("first"));
    assert_eq!(g.when(stalled.clone()), ["NoticePaused first"]);
    assert_eq!(g.when(stalled), Vec::<String>::new());
}

#[test]
fn the_ledger_reports_each_thing_once() {
    let mut g = telling();
    let sent = draft(&mut g, "first");
    g.when(queue("first"));
    let first = Command::ReportFirstSent { notice: sent, at: minute(1) };
    let settled = Command::ReportSettled { notice: sent, counts: IndexMap::from([("failed".to_owned(), 3)]) };
    assert_eq!(g.when(first.clone()), ["NoticeFirstSent first"]);
    assert_eq!(g.when(first), Vec::<String>::new());
    assert_eq!(g.when(settled.clone()), ["NoticeSettled first"]);
    assert_eq!(g.when(settled.clone()), Vec::<String>::new());
    let resend = |rows| Command::ResendNotice { step: id("first"), rows };
    assert_eq!(g.refused(resend(0)), "nothing_to_resend");
    assert_eq!(g.when(resend(3)), ["NoticeResent first"]);
    assert_eq!(stage(&g, sent), Stage::Queued);
    assert_eq!(g.when(settled), ["NoticeSettled first"]);
}

#[test]
fn a_cancelled_draft_may_be_drafted_again() {
    let mut g = telling();
    draft(&mut g, "first");
    let cancel = Command::CancelNotice { step: id("first") };
    g.when(cancel.clone());
    assert_eq!(g.refused(cancel), "nothing_to_cancel");
    assert_eq!(g.refused(queue("first")), "cancelled");
    draft(&mut g, "first");
    g.when(queue("first"));
}

#[test]
fn the_journal_keeps_the_promise() {
    let mut g = telling();
    g.send("first", |draft| draft.next_update_at = Some(minute(30)));
    let promised = g.journal.iter().find_map(|recorded| {
        if let Event::NoticeQueued(queued) = &recorded.event { queued.next_update_at } else { None }
    });
    assert_eq!(promised, Some(minute(30)));
}

#[test]
fn what_only_the_team_hears_is_not_what_the_public_is_told() {
    let staff = notice("first", Status::Identified).to(&["staff"]);
    let mut g = given(runbook([staff, notice("second", Status::Investigating)], [], []));
    let events = g.send("first", |_| {});
    assert!(!events.iter().any(|event| event.starts_with("StatusChanged")), "{events:?}");
    assert_eq!(g.incident.status, None);
    g.send("second", |_| {});
    assert_eq!(g.incident.status, Some(Status::Investigating));
}
