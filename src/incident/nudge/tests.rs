//! Who is nudged about what, and when that no longer makes sense.

use super::{Ask, Matter, Staff, fresh, matters};
use crate::incident::decide::tests::given::{
    Given, approve, declaration, declared, done, given, minute, queue, reject, run, say,
};
use crate::incident::decide::tests::sample::{action, gate, minutes, notice, runbook, task, together, updates};
use crate::incident::{Command, NoticeId, PersonId};
use crate::runbook::{RoleId, Status};

fn brief(matter: &Matter) -> String {
    let ask = match &matter.ask {
        Ask::Do => "do".to_owned(),
        Ask::Draft => "draft".to_owned(),
        Ask::Send => "send".to_owned(),
        Ask::Run => "run".to_owned(),
        Ask::Approve { .. } => "approve".to_owned(),
        Ask::Late { due_at } => format!("late since {}", (*due_at - minute(0)).num_minutes()),
        Ask::Resume { .. } => "resume".to_owned(),
    };
    format!("{} {}", ask, matter.step)
}

fn waiting(g: &Given) -> Vec<String> {
    let waiting = matters(&g.runbook, &g.incident, &Staff::new());
    waiting.iter().map(|(person, matter)| format!("{person}: {}", brief(matter))).collect()
}

/// What a command of somebody makes wait for others.
fn nudged(g: &mut Given, by: &str, command: Command) -> Vec<String> {
    let before = matters(&g.runbook, &g.incident, &Staff::new());
    g.by(by).when(command);
    told(g, &before, Some(&PersonId(by.to_owned())))
}

fn ticked(g: &mut Given) -> Vec<String> {
    let before = matters(&g.runbook, &g.incident, &Staff::new());
    g.tick();
    told(g, &before, None)
}

fn told(g: &Given, before: &[(PersonId, Matter)], actor: Option<&PersonId>) -> Vec<String> {
    let now = matters(&g.runbook, &g.incident, &Staff::new());
    let fresh = fresh(before, &now, actor);
    fresh.iter().flat_map(|(person, all)| all.iter().map(move |m| format!("{person}: {}", brief(m)))).collect()
}

fn draft(g: &mut Given, step: &str) -> Command {
    Command::DraftNotice(Box::new(g.draft(step)))
}

#[test]
fn a_step_that_opens_waits_for_who_holds_its_role() {
    let mut g = given(runbook([task("check").role("ops"), task("call").role("support")], [], []));
    assert_eq!(waiting(&g), ["ola: do check"]);
    assert_eq!(nudged(&mut g, "ola", done("check")), ["sam: do call"]);
    assert_eq!(nudged(&mut g, "lea", done("call")), [""; 0], "nobody is nudged about their own deed");
    assert_eq!(waiting(&g), ["lea: do during"]);
}

#[test]
fn where_nobody_holds_the_role_it_waits_for_those_of_the_team_then_for_whom_it_falls_to() {
    let g = declared(runbook([task("check").role("ops")], [], []), declaration("sev2", &[]));
    let staff = Staff::from_iter([(RoleId::new("ops"), vec![PersonId("oli".into()), PersonId("odd".into())])]);
    let who = |staff: &Staff| matters(&g.runbook, &g.incident, staff).into_iter().map(|(p, _)| p.0).collect::<Vec<_>>();
    assert_eq!(who(&staff), ["oli", "odd"]);
    assert_eq!(who(&Staff::new()), ["ann"], "who started it");
}

#[test]
fn steps_that_open_at_once_are_told_at_once() {
    let branch = |id| vec![task(id).role("ops")];
    let g = given(runbook([together([branch("one"), branch("two"), branch("three")])], [], []));
    assert_eq!(waiting(&g), ["ola: do one", "ola: do two", "ola: do three"]);
}

#[test]
fn a_draft_waits_for_its_approvers_and_then_for_its_sender() {
    let first = notice("first", Status::Investigating).approve(&["lead"], 1, Some(minutes(2)));
    let mut g = given(runbook([first], [], []));
    assert_eq!(waiting(&g), ["cam: draft first"]);
    let command = draft(&mut g, "first");
    assert_eq!(nudged(&mut g, "cam", command), ["lea: approve first"]);
    assert_eq!(nudged(&mut g, "lea", reject("first")), ["cam: draft first"]);
    let command = draft(&mut g, "first");
    assert_eq!(nudged(&mut g, "sam", command), ["lea: approve first"]);
    assert_eq!(nudged(&mut g, "lea", approve("first")), ["cam: send first"]);
    assert_eq!(nudged(&mut g, "cam", queue("first")), ["lea: do during"]);
    assert_eq!(waiting(&g), ["lea: do during"]);
}

#[test]
fn an_approval_that_takes_too_long_waits_for_the_backup_too() {
    let first = notice("first", Status::Investigating).approve(&["lead"], 1, Some(minutes(2)));
    let mut g = given(runbook([first], [], []));
    let command = draft(&mut g, "first");
    nudged(&mut g, "cam", command);
    g.at(2);
    assert_eq!(ticked(&mut g), ["pat: approve first"]);
}

#[test]
fn what_voids_a_draft_asks_for_another_and_no_longer_for_its_approval() {
    let first = notice("first", Status::Investigating).approve(&["lead"], 1, None);
    let mut g = given(runbook([first], [], []));
    let command = draft(&mut g, "first");
    nudged(&mut g, "cam", command);
    assert_eq!(waiting(&g), ["lea: approve first"]);
    assert_eq!(nudged(&mut g, "ola", say("impact", "It is worse")), ["cam: draft first"]);
    assert_eq!(waiting(&g), ["cam: draft first"]);
}

#[test]
fn a_gate_waits_for_who_may_open_it_and_a_measure_for_who_runs_it() {
    let mut g = given(runbook([gate("go", "product"), action("roll_back").role("ops")], [], []));
    assert_eq!(waiting(&g), ["pat: approve go"]);
    assert_eq!(nudged(&mut g, "pat", approve("go")), ["ola: run roll_back"]);
    nudged(&mut g, "ola", run("roll_back"));
    assert_eq!(waiting(&g), [""; 0], "the world has yet to answer");
}

#[test]
fn a_missed_deadline_is_told_once() {
    let mut g = given(runbook([task("check").role("ops").within(minutes(5))], [], []));
    g.at(6);
    assert!(ticked(&mut g).contains(&"ola: late since 5 check".to_owned()));
    g.at(60);
    assert!(!ticked(&mut g).contains(&"ola: late since 5 check".to_owned()), "once");
    assert!(waiting(&g).contains(&"ola: late since 5 check".to_owned()), "while it is so");
    nudged(&mut g, "ola", done("check"));
    assert!(!waiting(&g).iter().any(|line| line.contains("check")));
}

#[test]
fn a_first_notice_that_is_late_is_told_even_before_its_turn() {
    let first = notice("first", Status::Investigating);
    let mut g = given(runbook([task("check").role("ops"), first], [], []));
    let due = g.due().expect("the first notice").at;
    g.now = due;
    assert_eq!(ticked(&mut g).iter().filter(|line| line.starts_with("cam: late")).count(), 1);
}

#[test]
fn updates_ask_for_the_first_one_and_then_only_when_one_is_owed() {
    let mut g = given(runbook([notice("first", Status::Investigating)], [updates("more", "fix"), task("fix")], []));
    g.send("first", |_| {});
    assert!(waiting(&g).contains(&"cam: draft more".to_owned()));
    g.by("sam").send("more", |_| {});
    assert!(!waiting(&g).iter().any(|line| line.contains("more")), "{:?}", waiting(&g));
    let due = g.due().expect("the next update").at;
    g.now = due;
    assert_eq!(ticked(&mut g).iter().filter(|line| line.starts_with("cam: late")).count(), 1);
}

#[test]
fn a_notice_that_the_relay_refuses_for_everyone_waits_for_the_lead() {
    let mut g = given(runbook([notice("first", Status::Investigating)], [], []));
    g.send("first", |_| {});
    let notice: NoticeId = g.incident.notices[0].id();
    let before = matters(&g.runbook, &g.incident, &Staff::new());
    g.when(Command::ReportStalled { notice, reason: "535 5.7.8 no".into() });
    assert_eq!(told(&g, &before, None), ["lea: resume first"]);
    nudged(&mut g, "lea", Command::ResumeNotice { step: crate::runbook::StepId::new("first") });
    assert!(!waiting(&g).contains(&"lea: resume first".to_owned()));
}

#[test]
fn whoever_takes_over_a_role_is_told_what_waits_in_it() {
    let mut g = given(runbook([task("check").role("ops")], [], []));
    let role = Command::AssignRole { role: RoleId::new("ops"), people: vec![PersonId("oli".into())] };
    assert_eq!(nudged(&mut g, "lea", role), ["oli: do check"]);
    assert_eq!(waiting(&g), ["oli: do check"]);
}
