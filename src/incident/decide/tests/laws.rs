//! Laws that hold whatever is asked, in whatever order: replay equals live, times and numbers go up, and nothing ends that should not.

use std::collections::BTreeMap;

use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{TestCaseError, TestRunner};
use proptest::{prop_assert, prop_assert_eq};

use super::given::{declaration, person, start};
use crate::clock::after;
use crate::incident::command::{Command, Request, StatedFact};
use crate::incident::decide::{decide, declare, pending};
use crate::incident::event::{DraftedNotice, Event, FactValue, LeftOut, Recipients, Recorded, decode, encode};
use crate::incident::state::{Lifecycle, Progress, RunState};
use crate::incident::{Actor, Incident, NoticeId, Outcome, PersonId, apply, due};
use crate::runbook::check::pinned;
use crate::runbook::{AnswerId, Cause, FactId, Phase, RoleId, Runbook, SeverityId, Status, StepId, StepKind, WaitFor};

const RICH: &str = "muster: 1
id: rich
title: Rich
facts: { share: { type: percent, title: Share } }
fallbacks: { desk: { title: Desk } }
approve: { by: lead, within: 2m }
pre:
  - task: lead
    within: 2m
  - together:
      tell:
        - notice: first
          status: investigating
        - updates: news
          until: ok
        - cover: desks
      stop:
        - contain: shut
          when: rank == 1
          approve: { by: ops, within: 1m }
          run: shut
          lift: Open
        - approval: go
          by: lead
          within: 3m
mid:
  - decide: changed
    answers: { changed: 'Yes', unchanged: 'No' }
  - action: back
    when: answers.changed == 'changed'
    run: back
    with: { share: '{facts.share}' }
    retries: 1
  - together:
      left:
        - task: fix
          when: outcomes.back != 'worked'
        - accept: inner
          confirm: [It works]
          on_fail: fix
      right:
        - wait: settle
          for: 5m
  - accept: ok
    confirm: [It works]
    on_fail: changed
  - notice: over
    status: resolved
post:
  - reach: call
  - retrospective: learn
    follow_ups: [Alert]
";

const PLAIN: &str = "muster: 1
id: plain
title: Plain
pre: [{ contain: shut, lift: Open }, { task: late, when: cause == 'human' }, { task: a }]
mid: [{ wait: vendor, signal: vendor_back, within: 5m }, { task: b }]
post: [{ task: c }]
";

#[derive(Debug, Clone)]
struct Asked {
    who: &'static str,
    early: bool,
    seconds: u64,
    tick: bool,
    what: What,
}

/// A command before it is known which step it lands on.
#[derive(Debug, Clone)]
enum What {
    Finish(usize, Option<Outcome>),
    Skip(usize),
    Answer(usize, bool),
    Run(usize),
    Signal(usize),
    Approve(usize, bool),
    Reject(usize),
    Lift(usize, bool),
    State(bool),
    Severity(usize),
    Cause(bool),
    Role(usize),
    Switch(bool),
    Draft(usize),
    Queue(usize),
    Cancel(usize),
    Answered(usize, bool),
    Resolve,
    Close,
    Reopen,
    Open,
}

fn what() -> impl Strategy<Value = What> {
    let step = 0..20_usize;
    let outcome = prop_oneof![4 => Just(None), 1 => Just(Some(Outcome::Failed)), 1 => Just(Some(Outcome::Done))];
    prop_oneof![
        // Whatever stands next: most runs should get somewhere.
        60 => Just(What::Open),
        8 => (step.clone(), outcome).prop_map(|(step, outcome)| What::Finish(step, outcome)),
        2 => step.clone().prop_map(What::Skip),
        2 => (step.clone(), any::<bool>()).prop_map(|(step, yes)| What::Answer(step, yes)),
        3 => step.clone().prop_map(What::Run),
        1 => step.clone().prop_map(What::Signal),
        4 => (step.clone(), any::<bool>()).prop_map(|(step, alone)| What::Approve(step, alone)),
        1 => step.clone().prop_map(What::Reject),
        2 => (step.clone(), any::<bool>()).prop_map(|(step, lift)| What::Lift(step, lift)),
        3 => any::<bool>().prop_map(What::State),
        2 => (0..3_usize).prop_map(What::Severity),
        1 => any::<bool>().prop_map(What::Cause),
        1 => (0..2_usize).prop_map(What::Role),
        2 => any::<bool>().prop_map(What::Switch),
        4 => step.clone().prop_map(What::Draft),
        4 => step.clone().prop_map(What::Queue),
        1 => step.clone().prop_map(What::Cancel),
        3 => (step, any::<bool>()).prop_map(|(step, worked)| What::Answered(step, worked)),
        1 => Just(What::Resolve),
        1 => Just(What::Close),
        2 => Just(What::Reopen),
    ]
}

fn asked() -> impl Strategy<Value = Asked> {
    (select(vec!["lea", "ola", "ann"]), proptest::bool::weighted(0.3), 0..400_u64, any::<bool>(), what())
        .prop_map(|(who, early, seconds, tick, what)| Asked { who, early, seconds, tick, what })
}

fn draft(runbook: &Runbook, step: &StepId, number: u128) -> Command {
    let spec = runbook.steps[step].kind.notice();
    Command::DraftNotice(Box::new(DraftedNotice {
        id: NoticeId(uuid::Uuid::from_u128(number)),
        step: step.clone(),
        status: spec.and_then(|spec| spec.status),
        template: "update".to_owned(),
        audience: spec.map(|spec| spec.audience.clone()).unwrap_or_default(),
        via: Vec::new(),
        hash: number.to_string(),
        next_update_at: None,
        next_mail_at: None,
        messages: Vec::new(),
        recipients: Recipients::default(),
        left_out: LeftOut::default(),
        warnings: Vec::new(),
        spends: Vec::new(),
        to_customers: true,
    }))
}

/// What moves an open step on, and who does it.
fn forward(runbook: &Runbook, incident: &Incident, step: &StepId, number: u128) -> (Command, &'static str) {
    let name = step.as_str();
    let state = &incident.steps[step];
    let pending = pending(runbook, incident.at, incident);
    if let Some(asked) = pending.iter().find(|asked| &asked.step == step) {
        let who = ["lea", "ola", "ann"].into_iter().find(|who| asked.approvers.contains(&PersonId((*who).to_owned())));
        return (super::given::alone(name), who.unwrap_or("ann"));
    }
    let command = match &runbook.steps[step].kind {
        StepKind::Decide { answers } => {
            let answer = answers.keys().nth(usize::from(number.is_multiple_of(2))).expect("two or more").clone();
            Command::AnswerDecision { answer, step: step.clone() }
        }
        StepKind::Action { .. } | StepKind::Contain { run: Some(_), .. } => {
            if state.run.as_ref().is_some_and(RunState::is_under_way) {
                super::given::answered(name, state.runs, !number.is_multiple_of(3))
            } else if number.is_multiple_of(7) {
                super::given::ended_as(name, Outcome::Failed)
            } else {
                super::given::run(name)
            }
        }
        StepKind::Notice(_) | StepKind::Updates { .. } => {
            if incident.newest_notice(step).is_some_and(|notice| notice.is_pending()) {
                super::given::queue(name)
            } else {
                draft(runbook, step, number)
            }
        }
        StepKind::Wait(WaitFor::Signal) => Command::SignalStep { step: step.clone() },
        StepKind::Accept { .. } if number.is_multiple_of(3) => super::given::ended_as(name, Outcome::Failed),
        StepKind::Wait(WaitFor::Time(_)) => super::given::skip(name),
        StepKind::Cover { .. } if incident.fallbacks.is_empty() => {
            Command::SwitchFallback { fallback: crate::runbook::FallbackId::new("desk"), on: true }
        }
        StepKind::Task { .. }
        | StepKind::Gather { .. }
        | StepKind::Approval { .. }
        | StepKind::Contain { run: None, .. }
        | StepKind::Accept { .. }
        | StepKind::Cover { .. }
        | StepKind::Reach { .. }
        | StepKind::Retrospective { .. } => super::given::done(name),
    };
    (command, "lea")
}

/// Whatever stands next, so that most plays get somewhere.
fn next(runbook: &Runbook, incident: &Incident, number: u128) -> (Command, &'static str) {
    let open: Vec<&StepId> = runbook.steps.keys().filter(|id| incident.is_open(id)).collect();
    let turn = usize::try_from(number).unwrap_or(0) % open.len().max(1);
    match (open.get(turn), incident.obligations.first()) {
        (Some(step), _) => forward(runbook, incident, step, number),
        (None, Some(step)) => (super::given::lift(step.as_str()), "lea"),
        (None, None) => (super::given::reopen(), "lea"),
    }
}

fn command(runbook: &Runbook, incident: &Incident, what: &What, number: u128) -> Command {
    let step = |position: &usize| runbook.steps.keys().nth(position % runbook.steps.len()).expect("a step").clone();
    let reason = || "because".to_owned();
    match what {
        What::Open => next(runbook, incident, number).0,
        What::Finish(at, outcome) => {
            Command::FinishStep { step: step(at), outcome: *outcome, note: None, evidence: None }
        }
        What::Skip(at) => Command::SkipStep { step: step(at), reason: reason() },
        What::Answer(at, yes) => {
            let answer = AnswerId::new(if *yes { "changed" } else { "unchanged" });
            Command::AnswerDecision { step: step(at), answer }
        }
        What::Run(at) => Command::RunStep { step: step(at) },
        What::Signal(at) => Command::SignalStep { step: step(at) },
        What::Approve(at, alone) => Command::Approve { step: step(at), hash: None, alone: alone.then(reason) },
        What::Reject(at) => Command::Reject { step: step(at), reason: reason() },
        What::Lift(at, true) => Command::LiftContainment { step: step(at) },
        What::Lift(at, false) => Command::KeepContainment { step: step(at), reason: reason() },
        What::State(confirm) => Command::StateFacts {
            facts: vec![StatedFact { fact: FactId::new("share"), value: FactValue::Percent((number % 100) as f64) }],
            confirm: *confirm,
        },
        What::Severity(rank) => {
            let severity = SeverityId::new(["sev1", "sev2", "sev3"][*rank]);
            Command::ChangeSeverity { severity, reason: reason() }
        }
        What::Cause(human) => Command::ClassifyCause { cause: if *human { Cause::Human } else { Cause::System } },
        What::Role(at) => Command::AssignRole {
            role: RoleId::new(["lead", "ops"][*at]),
            people: vec![PersonId(format!("p{}", number % 3))],
        },
        What::Switch(on) => Command::SwitchFallback { fallback: crate::runbook::FallbackId::new("desk"), on: *on },
        What::Draft(at) => draft(runbook, &step(at), number),
        What::Queue(at) => Command::QueueNotice { step: step(at), recipients: None },
        What::Cancel(at) => Command::CancelNotice { step: step(at) },
        What::Answered(at, worked) => {
            let step = step(at);
            let run = incident.steps.get(&step).map_or(1, |state| state.runs);
            Command::ReportAction { step, run, worked: *worked, detail: reason() }
        }
        What::Resolve => Command::Resolve { reason: reason() },
        What::Close => Command::Close { reason: reason() },
        What::Reopen => Command::Reopen { reason: reason() },
    }
}

/// One event against the laws, as it is applied.
fn check(runbook: &Runbook, before: &Incident, recorded: &Recorded, after: &Incident) -> Result<(), TestCaseError> {
    prop_assert_eq!(recorded.seq, before.seq + 1, "numbers are contiguous");
    prop_assert!(recorded.at >= before.at, "times never go back");
    let resets: &[StepId] =
        if let Event::AttemptRestarted { steps, .. } | Event::IncidentReopened { steps, .. } = &recorded.event {
            steps
        } else {
            &[]
        };
    for (id, state) in &before.steps {
        if matches!(state.progress, Progress::Ended { .. }) && !resets.contains(id) {
            let now = &after.steps[id];
            prop_assert_eq!(&now.progress, &state.progress, "`{}` ended, and only an attempt may change that", id);
        }
        prop_assert!(after.steps[id].runs >= state.runs, "a run's number is never used twice");
    }
    if let Event::IncidentResolved { reason } = &recorded.event {
        prop_assert!(before.obligations.is_empty(), "nothing is left to be lifted");
        let open = before
            .steps
            .iter()
            .find(|(id, state)| state.progress == Progress::Open && runbook.steps[*id].phase != Phase::Post);
        prop_assert!(open.is_none(), "{:?} is open, reason {:?}", open, reason);
    }
    if let Event::NoticeQueued(queued) = &recorded.event {
        let notice = before.notice(queued.notice).expect("drafted");
        let gated = runbook.steps[&queued.step].kind.gate().is_some();
        prop_assert!(!gated || notice.approval.complete, "no gated notice leaves without its approval");
        let obliged = notice.draft.status == Some(Status::Resolved) && !before.obligations.is_empty();
        prop_assert!(!obliged, "nobody is told that it is over while something is shut");
    }
    if let Event::ActionQueued { step, .. } = &recorded.event {
        let approved = before.steps[step].approval.as_ref().is_some_and(|approval| approval.complete);
        prop_assert!(runbook.steps[step].kind.gate().is_none() || approved, "no gated measure starts without one");
    }
    Ok(())
}

fn play(text: &str, asked: &[Asked]) -> Result<Vec<Recorded>, TestCaseError> {
    let runbook = pinned(text).expect("a runbook");
    let mut now = start();
    let mut journal =
        declare(&runbook, now, &person("ann"), declaration("sev2", &[("lead", &["lea"]), ("ops", &["ola"])]))
            .expect("declared");
    let mut incident = Incident::replay(&journal).expect("replayed");
    for (number, asked) in (1_u128..).zip(asked) {
        now = after(now, std::time::Duration::from_secs(asked.seconds));
        if asked.tick {
            // Each tick takes effect once, so that a clock that ticks always comes to an end.
            let mut ticks = 0;
            while let Some(due) = due(&runbook, &incident).filter(|due| due.at <= now) {
                ticks += 1;
                prop_assert!(ticks < 100, "{:?} never takes effect", due);
                commit(&runbook, &mut incident, &mut journal, now, Request::new(Actor::Muster, due.command), true)?;
            }
        }
        let who = if let What::Open = asked.what { next(&runbook, &incident, number).1 } else { asked.who };
        let mut request = Request::new(person(who), command(&runbook, &incident, &asked.what, number));
        request.early = asked.early.then(|| "no time".to_owned());
        commit(&runbook, &mut incident, &mut journal, now, request, false)?;
        let waits = incident.lifecycle == Lifecycle::Open || incident.closed_at().is_some();
        let somewhere = waits || incident.phase == Phase::Post;
        prop_assert!(somewhere, "a resolved incident is in `post`");
    }
    let stored: Vec<String> = journal.iter().map(encode).collect();
    let read: Vec<Recorded> = stored.iter().map(|text| decode(text).expect("read back")).collect();
    prop_assert_eq!(&read, &journal, "what is stored reads back");
    prop_assert_eq!(Incident::replay(&read).expect("replayed"), incident, "replay equals live");
    Ok(journal)
}

fn commit(
    runbook: &Runbook,
    incident: &mut Incident,
    journal: &mut Vec<Recorded>,
    now: crate::clock::Timestamp,
    request: Request,
    due: bool,
) -> Result<(), TestCaseError> {
    let asked = format!("{request:?}");
    match decide(runbook, now, incident, request) {
        Ok(events) => {
            prop_assert!(!due || !events.is_empty(), "a tick that is due has an effect: {}", asked);
            for recorded in events {
                let before = incident.clone();
                let applied = apply(incident, &recorded);
                prop_assert!(applied.is_ok(), "apply accepts all that decide emits: {:?} after {}", applied, asked);
                check(runbook, &before, &recorded, incident)?;
                journal.push(recorded);
            }
        }
        Err(rejection) => {
            prop_assert!(!due, "what is due is not refused: {:?} to {}", rejection, asked);
            prop_assert!(rejection.code != "fault", "{}", rejection);
            prop_assert!(!rejection.message.is_empty(), "{:?} says nothing", rejection);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_laws_hold_for_a_rich_runbook(asked in proptest::collection::vec(asked(), 1..120)) {
        play(RICH, &asked)?;
    }

    #[test]
    fn the_laws_hold_for_a_plain_runbook(asked in proptest::collection::vec(asked(), 1..60)) {
        play(PLAIN, &asked)?;
    }
}

#[test]
fn random_play_comes_by_everything_the_laws_are_about() {
    // Else they would hold of nothing much.
    let mut runner = TestRunner::deterministic();
    let plays = proptest::collection::vec(asked(), 60..120);
    let mut seen: BTreeMap<&'static str, u32> = BTreeMap::new();
    for text in [RICH, PLAIN].into_iter().cycle().take(120) {
        let asked = plays.new_tree(&mut runner).expect("a play").current();
        for recorded in play(text, &asked).expect("the laws hold") {
            *seen.entry(recorded.event.type_name()).or_default() += 1;
        }
    }
    for name in [
        "StepPassed",
        "StepTakenEarly",
        "StepNotApplicable",
        "AttemptRestarted",
        "ActionWorked",
        "ActionFailed",
        "Approved",
        "Rejected",
        "ApprovalEscalated",
        "ObligationOpened",
        "ObligationLifted",
        "NoticeVoided",
        "NoticeQueued",
        "UpdateOwed",
        "DeadlineMissed",
        "IncidentResolved",
        "IncidentClosed",
        "IncidentReopened",
    ] {
        assert!(seen.get(name).is_some_and(|count| *count >= 3), "`{name}` in {seen:?}");
    }
}
