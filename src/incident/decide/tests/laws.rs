//! Laws that hold whatever is asked, in whatever order: replay equals live, times and numbers go up, and nothing ends that should not.

use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::sample::select;
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};

use super::given::{declaration, id, person, start};
use crate::clock::after;
use crate::incident::command::{Command, Request, StatedFact};
use crate::incident::decide::{decide, declare};
use crate::incident::event::{DraftedNotice, Event, FactValue, LeftOut, Recipients, Recorded, decode, encode};
use crate::incident::state::{Lifecycle, Progress};
use crate::incident::{Actor, Incident, NoticeId, Outcome, PersonId, apply, due};
use crate::runbook::check::pinned;
use crate::runbook::{AnswerId, Cause, FactId, Phase, RoleId, Runbook, SeverityId, Status, StepId, StepKind};

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
        30 => Just(What::Open),
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
    (select(vec!["lea", "ola", "ann"]), proptest::bool::weighted(0.1), 0..400_u64, any::<bool>(), what())
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

/// What moves an open step on.
fn forward(runbook: &Runbook, incident: &Incident, step: &StepId, number: u128) -> Command {
    let step = step.clone();
    match &runbook.steps[&step].kind {
        StepKind::Decide { answers } => {
            Command::AnswerDecision { answer: answers.keys().next().expect("two or more").clone(), step }
        }
        StepKind::Approval { .. } => super::given::approve(step.as_str()),
        StepKind::Action { .. } => super::given::run(step.as_str()),
        StepKind::Notice(_) | StepKind::Updates { .. } => {
            match incident.newest_notice(&step).filter(|notice| notice.is_pending()) {
                Some(notice) if notice.approval.complete => super::given::queue(step.as_str()),
                Some(_) => super::given::approve(step.as_str()),
                None => draft(runbook, &step, number),
            }
        }
        StepKind::Wait(_) => Command::SignalStep { step },
        StepKind::Task { .. }
        | StepKind::Gather { .. }
        | StepKind::Contain { .. }
        | StepKind::Accept { .. }
        | StepKind::Cover { .. }
        | StepKind::Reach { .. }
        | StepKind::Retrospective { .. } => super::given::done(step.as_str()),
    }
}

fn command(runbook: &Runbook, incident: &Incident, what: &What, number: u128) -> Command {
    let step = |position: &usize| runbook.steps.keys().nth(position % runbook.steps.len()).expect("a step").clone();
    let reason = || "because".to_owned();
    match what {
        What::Open => {
            let open: Vec<&StepId> = runbook.steps.keys().filter(|id| incident.is_open(id)).collect();
            let turn = usize::try_from(number).unwrap_or(0) % open.len().max(1);
            match open.get(turn) {
                Some(step) => forward(runbook, incident, step, number),
                None => Command::AddNote { text: reason(), occurred_at: None },
            }
        }
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

fn play(text: &str, asked: &[Asked]) -> Result<(), TestCaseError> {
    let runbook = pinned(text).expect("a runbook");
    let mut now = start();
    let mut journal =
        declare(&runbook, now, &person("ann"), declaration("sev2", &[("lead", &["lea"]), ("ops", &["ola"])]))
            .expect("declared");
    let mut incident = Incident::replay(&journal).expect("replayed");
    for (number, asked) in (1_u128..).zip(asked) {
        now = after(now, std::time::Duration::from_secs(asked.seconds));
        let mut requests = Vec::new();
        if asked.tick {
            // Each tick takes effect once, so that a clock that ticks always comes to an end.
            let mut ticks = 0;
            while let Some(due) = due(&runbook, &incident).filter(|due| due.at <= now) {
                ticks += 1;
                prop_assert!(ticks < 100, "{:?} never takes effect", due);
                commit(&runbook, &mut incident, &mut journal, now, Request::new(Actor::Muster, due.command), true)?;
            }
        }
        let mut request = Request::new(person(asked.who), command(&runbook, &incident, &asked.what, number));
        request.early = asked.early.then(|| "no time".to_owned());
        requests.push(request);
        for request in requests {
            commit(&runbook, &mut incident, &mut journal, now, request, false)?;
        }
        let waits = incident.lifecycle == Lifecycle::Open || incident.closed_at().is_some();
        let somewhere = waits || incident.phase == Phase::Post;
        prop_assert!(somewhere, "a resolved incident is in `post`");
    }
    let stored: Vec<String> = journal.iter().map(encode).collect();
    let read: Vec<Recorded> = stored.iter().map(|text| decode(text).expect("read back")).collect();
    prop_assert_eq!(&read, &journal, "what is stored reads back");
    prop_assert_eq!(Incident::replay(&read).expect("replayed"), incident, "replay equals live");
    Ok(())
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
            let quiet = rejection.message.contains('`') || !rejection.message.is_empty();
            prop_assert!(quiet, "{:?} says nothing", rejection);
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
fn random_play_gets_as_far_as_a_close() {
    // Else the laws would hold of nothing much.
    let mut closed = 0;
    let runbook = pinned(PLAIN).expect("a runbook");
    let journal = declare(&runbook, start(), &person("ann"), declaration("sev2", &[])).expect("declared");
    let mut incident = Incident::replay(&journal).expect("replayed");
    for number in 0..20 {
        let asked = command(&runbook, &incident, &What::Open, number);
        let asked = if incident.obligations.is_empty() { asked } else { super::given::lift("shut") };
        for recorded in decide(&runbook, start(), &incident, Request::new(person("ann"), asked)).unwrap_or_default() {
            apply(&mut incident, &recorded).expect("applied");
            closed += usize::from(matches!(recorded.event, Event::IncidentClosed { .. }));
        }
    }
    assert_eq!(closed, 1);
    assert!(incident.outcome(&id("c")).is_some());
}
