//! Notes, corrections, the retrospective's requirements and its follow-ups.

use super::given::{close, done, given, minute};
use super::sample::{review, runbook};
use crate::incident::FollowUpId;
use crate::incident::command::Command;
use crate::incident::event::FollowUpPlan;
use crate::locale::Locale;
use crate::runbook::{Requirement, RoleId};

fn note(text: &str, minutes: Option<u64>) -> Command {
    Command::AddNote { text: text.to_owned(), occurred_at: minutes.map(minute) }
}

fn plan(text: Option<&str>) -> FollowUpPlan {
    FollowUpPlan { text: text.map(str::to_owned), ..FollowUpPlan::default() }
}

#[test]
fn a_note_says_when_it_was_but_not_in_the_future() {
    let mut g = given(runbook([], [], []));
    g.at(10);
    assert_eq!(g.when(note("The relay restarted", Some(4))), ["NoteAdded"]);
    assert_eq!(g.refused(note("It will restart", Some(11))), "in_the_future");
    assert_eq!(g.refused(note("", None)), "empty_text");
    assert_eq!(g.refused(note(&"x".repeat(65 * 1024), None)), "text_too_long");
    g.when(close());
    g.when(note("The vendor wrote", None));
}

#[test]
fn a_correction_refers_to_an_event_there_is() {
    let mut g = given(runbook([], [], []));
    let correct =
        |seq| Command::CorrectEvent { seq, text: "It was 14:02".to_owned(), reason: "read the log".to_owned() };
    assert_eq!(g.when(correct(1)), ["EventCorrected"]);
    assert_eq!(g.when(correct(g.incident.seq)), ["EventCorrected"], "even a correction");
    assert_eq!(g.refused(correct(0)), "unknown_event");
    let next = g.incident.seq + 1;
    assert_eq!(g.refused(correct(next)), "unknown_event");
    assert_eq!(g.journal[0].event.type_name(), "IncidentDeclared", "the original stays");
}

#[test]
fn a_review_is_done_when_what_it_requires_is_there() {
    let all = [Requirement::Factors, Requirement::FollowUps, Requirement::Sections];
    let mut g = given(runbook([], [], [review("learn", &["Alert on failures"], &all)]));
    g.when(done("before"));
    assert_eq!(g.when(done("during"))[3..], ["StepOpened learn", "FollowUpAdded F-1"]);
    let unfinished = |g: &mut super::given::Given| {
        let refused = g.rejection(done("learn"));
        assert_eq!(refused.code, "review_unfinished");
        refused.help.expect("help")
    };
    assert_eq!(unfinished(&mut g), "muster retro factor add \"…\"");
    for text in ["No test environment", "One person knew"] {
        g.when(Command::AddFactor { text: text.to_owned() });
    }
    assert_eq!(unfinished(&mut g), "muster followup list");
    let planned = FollowUpPlan {
        owner: Some(RoleId::new("dev")),
        due: chrono::NaiveDate::from_ymd_opt(2026, 12, 1),
        check: Some("the next drill".to_owned()),
        ..FollowUpPlan::default()
    };
    g.when(Command::PlanFollowUp { id: FollowUpId(1), plan: planned.clone() });
    assert_eq!(g.incident.follow_ups[&FollowUpId(1)].plan, planned);
    assert_eq!(unfinished(&mut g), "muster retro edit goals --text \"…\"");
    for section in crate::incident::decide::SECTIONS {
        let text = "Written by people".to_owned();
        g.when(Command::EditSection { section: section.to_owned(), locale: Locale::english(), text });
    }
    assert_eq!(g.when(done("learn")), ["StepEnded learn done", "IncidentClosed"]);
}

#[test]
fn a_follow_up_ends_verified() {
    let mut g = given(runbook([], [], []));
    g.when(close());
    let id = FollowUpId(1);
    let (finish, verify) = (Command::FinishFollowUp { id, note: None }, Command::VerifyFollowUp { id, note: None });
    assert_eq!(g.refused(finish.clone()), "unknown_follow_up");
    assert_eq!(g.refused(Command::AddFollowUp(plan(None))), "empty_text");
    assert_eq!(g.when(Command::AddFollowUp(plan(Some("Alert on failures")))), ["FollowUpAdded F-1"]);
    assert_eq!(g.refused(verify.clone()), "not_done");
    g.when(finish.clone());
    assert_eq!(g.refused(finish), "already_done");
    g.when(verify.clone());
    assert_eq!(g.refused(verify), "already_verified");
    assert_eq!(g.when(Command::AddFollowUp(plan(Some("Test restores")))), ["FollowUpAdded F-2"]);
}

#[test]
fn a_plan_fills_in_what_it_gives_and_leaves_the_rest() {
    let mut g = given(runbook([], [], []));
    g.when(Command::AddFollowUp(plan(Some("Alert on failures"))));
    let id = FollowUpId(1);
    let owner = FollowUpPlan { owner: Some(RoleId::new("dev")), ..FollowUpPlan::default() };
    g.when(Command::PlanFollowUp { id, plan: owner });
    let held = &g.incident.follow_ups[&id].plan;
    assert_eq!((held.text.as_deref(), held.owner.as_ref()), (Some("Alert on failures"), Some(&RoleId::new("dev"))));
    assert_eq!(g.refused(Command::PlanFollowUp { id, plan: FollowUpPlan::default() }), "nothing_stated");
    let stranger = FollowUpPlan { owner: Some(RoleId::new("chef")), ..FollowUpPlan::default() };
    assert_eq!(g.refused(Command::PlanFollowUp { id, plan: stranger }), "unknown_role");
}

#[test]
fn a_section_is_one_of_the_six() {
    let mut g = given(runbook([], [], []));
    let edit = |section: &str| Command::EditSection {
        section: section.to_owned(),
        locale: Locale::chinese(),
        text: "目标达成".to_owned(),
    };
    g.when(edit("goals"));
    assert_eq!(g.refused(edit("blame")), "unknown_section");
    let keep = Command::KeepPhrase { rule: "en-1".to_owned(), text: "error".to_owned(), reason: "a quote".to_owned() };
    assert_eq!(g.when(keep), ["PhraseKept"]);
}
