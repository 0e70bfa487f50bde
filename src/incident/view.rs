//! What people are shown of an incident: its steps, what to do next, what waits for whom.

use super::decide::{how_to_end, pending};
use super::state::{Incident, NoticeState, Progress, RunState, StepState};
use super::{Actor, Outcome, PersonId, deadline, due, fact, roles};
use crate::clock::Timestamp;
use crate::locale::{Locale, Text};
use crate::runbook::{FactId, Phase, RoleId, Runbook, Step, StepId, StepKind, WaitFor};

/// A step as it stands, in its newest attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct StepView {
    pub id: StepId,
    pub kind: &'static str,
    pub title: String,
    pub phase: Phase,
    pub role: RoleId,
    pub state: Standing,
    pub outcome: Option<Outcome>,
    pub attempt: u32,
    pub opened_at: Option<Timestamp>,
    pub due_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Waiting,
    Open,
    Ended,
    NotApplicable,
}

impl Standing {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Open => "open",
            Self::Ended => "ended",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// Every step in the order of the file.
pub fn steps(runbook: &Runbook, incident: &Incident, locale: &Locale) -> Vec<StepView> {
    runbook.steps.values().map(|step| view(runbook, incident, step, locale)).collect()
}

fn view(runbook: &Runbook, incident: &Incident, step: &Step, locale: &Locale) -> StepView {
    let state = incident.steps.get(&step.id);
    let (standing, outcome, ended_at) = match incident.progress(&step.id) {
        Progress::Waiting => (Standing::Waiting, None, None),
        Progress::NotApplicable => (Standing::NotApplicable, None, None),
        Progress::Open => (Standing::Open, None, None),
        Progress::Ended { outcome, at } => (Standing::Ended, Some(*outcome), Some(*at)),
    };
    StepView {
        id: step.id.clone(),
        kind: step.kind.name(),
        title: step.title.get(locale).to_owned(),
        phase: step.phase,
        role: step.role.clone(),
        state: standing,
        outcome,
        attempt: incident.step_attempt(&step.id),
        opened_at: state.and_then(|state| state.opened_at),
        due_at: due_at(runbook, incident, step),
        ended_at,
    }
}

/// When a step is due as people read it: its deadline, what its updates promise, or the end of its wait.
pub fn due_at(runbook: &Runbook, incident: &Incident, step: &Step) -> Option<Timestamp> {
    let promised = incident.updates.get(&step.id).map(|updates| updates.next_due);
    promised.or_else(|| due::wait_ends(incident, step)).or_else(|| deadline::due_at(runbook, incident, step))
}

/// The steps that are open, in the order of the file.
pub fn open_steps(runbook: &Runbook, incident: &Incident) -> Vec<StepId> {
    runbook.steps.keys().filter(|id| incident.is_open(id)).cloned().collect()
}

/// What is due next, for a clock: what is overdue stays until it is done.
pub fn next_due(runbook: &Runbook, incident: &Incident) -> Option<(StepId, Timestamp)> {
    if incident.closed_at().is_some() {
        return None;
    }
    let first = deadline::first_notice_due(runbook, incident).map(|(step, _)| &step.id);
    runbook
        .steps
        .values()
        .filter(|step| incident.is_open(&step.id) || Some(&step.id) == first)
        .filter_map(|step| Some((step.id.clone(), due_at(runbook, incident, step)?)))
        .min_by_key(|(_, at)| *at)
}

/// Containments that are yet to be lifted or kept, with what lifting means.
pub fn obligations<'a>(runbook: &'a Runbook, incident: &'a Incident) -> Vec<(&'a StepId, Option<&'a Text>)> {
    let open = runbook.steps.values().filter(|step| incident.obligations.contains(&step.id));
    open.map(|step| {
        let lift = if let StepKind::Contain { lift, .. } = &step.kind { lift.as_ref() } else { None };
        (&step.id, lift)
    })
    .collect()
}

/// Something that someone can do now.
#[derive(Debug, Clone, PartialEq)]
pub struct Todo {
    pub step: StepId,
    pub title: String,
    pub role: RoleId,
    pub task: Task,
    /// The command to type.
    pub command: String,
    pub due_at: Option<Timestamp>,
    /// Whether it falls to the person who asks.
    pub mine: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// The step itself.
    Do,
    /// An approval that the person may give.
    Approve,
    Draft,
    /// An approved notice is ready to leave.
    Send,
    /// An approved measure is ready.
    Run,
    /// A containment is to be lifted or kept.
    Lift,
}

/// What there is to do for a person, their own first, then by when it is due, then in the order of the file.
pub fn todo(
    runbook: &Runbook,
    now: Timestamp,
    incident: &Incident,
    person: Option<&PersonId>,
    locale: &Locale,
) -> Vec<Todo> {
    if incident.closed_at().is_some() {
        return Vec::new();
    }
    let pending = pending(runbook, now, incident);
    let mut todo = Vec::new();
    for step in runbook.steps.values().filter(|step| incident.is_open(&step.id)) {
        let asked = pending.iter().find(|asked| asked.step == step.id);
        let Some((task, command)) = task(runbook, now, incident, step, asked.is_some()) else { continue };
        let holds = person.is_some_and(|person| match asked {
            Some(asked) => asked.approvers.contains(person) || (asked.alone && is_author(incident, step, person)),
            None => roles::holds(runbook, incident, &step.role, person),
        });
        todo.push(Todo {
            step: step.id.clone(),
            title: step.title.get(locale).to_owned(),
            role: step.role.clone(),
            task,
            command,
            due_at: due_at(runbook, incident, step),
            mine: holds,
        });
    }
    for (id, lift) in obligations(runbook, incident) {
        let Some(step) = runbook.steps.get(id) else { continue };
        todo.push(Todo {
            step: id.clone(),
            title: lift.unwrap_or(&step.title).get(locale).to_owned(),
            role: step.role.clone(),
            task: Task::Lift,
            command: format!("muster lift {id}"),
            due_at: None,
            mine: person.is_some_and(|person| roles::holds(runbook, incident, &step.role, person)),
        });
    }
    // What is not due comes after everything that is; the sort keeps the order of the file.
    todo.sort_by_key(|todo| (!todo.mine, todo.due_at.is_none(), todo.due_at));
    todo
}

/// What an open step asks for now; nothing while the world has yet to answer.
pub(super) fn task(
    runbook: &Runbook,
    now: Timestamp,
    incident: &Incident,
    step: &Step,
    asked: bool,
) -> Option<(Task, String)> {
    let id = &step.id;
    if asked {
        return Some((Task::Approve, format!("muster approve {id}")));
    }
    match &step.kind {
        StepKind::Notice(_) | StepKind::Updates { .. } => {
            // What still waits for an approval was told apart before.
            if incident.newest_notice(id).is_some_and(NoticeState::is_pending) {
                return Some((Task::Send, format!("muster notice send {id}")));
            }
            let short = matches!(step.kind, StepKind::Updates { .. });
            let command = if short { "muster update \"…\"".to_owned() } else { format!("muster notice draft {id}") };
            Some((Task::Draft, command))
        }
        StepKind::Contain { .. } | StepKind::Action { .. } => {
            let state = incident.steps.get(id);
            if state.and_then(|state| state.run.as_ref()).is_some_and(RunState::is_under_way) {
                return None;
            }
            let runs = step.kind.run().is_some() || (step.kind.gate().is_some() && !is_approved(state));
            if runs { Some((Task::Run, format!("muster run {id}"))) } else { Some((Task::Do, how_to_end(step))) }
        }
        StepKind::Wait(WaitFor::Time(_)) => None,
        StepKind::Gather { facts } => Some((Task::Do, gather(runbook, now, incident, step, facts))),
        StepKind::Cover { fallbacks } => {
            let open = fallbacks.iter().find(|id| incident.fallbacks.get(*id).is_none_or(|state| !state.decided));
            let command =
                open.map_or_else(|| how_to_end(step), |fallback| format!("muster fallback on|off {fallback}"));
            Some((Task::Do, command))
        }
        StepKind::Reach { .. } => Some((Task::Do, format!("muster reach {id} --list"))),
        StepKind::Task { .. }
        | StepKind::Decide { .. }
        | StepKind::Approval { .. }
        | StepKind::Accept { .. }
        | StepKind::Wait(WaitFor::Signal)
        | StepKind::Retrospective { .. } => Some((Task::Do, how_to_end(step))),
    }
}

fn is_approved(state: Option<&StepState>) -> bool {
    state.and_then(|state| state.approval.as_ref()).is_some_and(|approval| approval.complete)
}

fn is_author(incident: &Incident, step: &Step, person: &PersonId) -> bool {
    let author = match incident.newest_notice(&step.id) {
        Some(notice) => Some(&notice.author),
        None => incident.steps.get(&step.id).and_then(|state| state.approval.as_ref()?.author.as_ref()),
    };
    author.and_then(Actor::person) == Some(person)
}

/// The command that states what a gather still misses, or else ends it.
fn gather(runbook: &Runbook, now: Timestamp, incident: &Incident, step: &Step, facts: &[FactId]) -> String {
    let (_, missing) = fact::unsettled(runbook, incident, now, facts);
    if missing.is_empty() {
        return how_to_end(step);
    }
    let set: Vec<String> = missing.iter().map(|fact| format!("{fact}=…")).collect();
    format!("muster set {}", set.join(" "))
}
