//! The incident's page as a whole, made from what is known when it is asked for.

use serde::Serialize;

use super::beside::{self, Covered, FactLine, Obligation, RoleLine};
use super::course::{self, Lane, Stop};
use super::record::{self, Record};
use crate::app::view::{Moment, TimelineEvent};
use crate::incident::state::Lifecycle;
use crate::incident::view::{Task, Todo};
use crate::runbook::{Cause, Severity, Status, StepId};
use crate::server::console::step::{Card, Sight};

/// What an address asks for besides the page.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// A step to be taken before its turn.
    pub(super) early: Option<String>,
    /// The whole timeline.
    pub(super) all: bool,
}

/// The page's own data.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct View {
    here: String,
    /// Where its forms come back to.
    back: String,
    incident: String,
    #[serde(skip)]
    seq: u64,
    head: Head,
    may_act: bool,
    /// Facts, roles and lists stay as they are once it is closed.
    may_change: bool,
    next: Option<Card>,
    /// The next thing to do, where that is lifting a containment.
    lift: Option<Obligation>,
    /// Whether the next thing to do falls to the reader.
    yours: bool,
    early: Option<Card>,
    lanes: Vec<Lane>,
    obligations: Vec<Obligation>,
    facts: Vec<FactLine>,
    unstated: Vec<FactLine>,
    roles: Vec<RoleLine>,
    team: Vec<Member>,
    coverage: Option<Covered>,
    behind: Vec<Stop>,
    to_come: Vec<Stop>,
    record: Record,
    more: More,
}

#[derive(Debug, PartialEq, Serialize)]
struct Head {
    title: String,
    runbook: String,
    drill: bool,
    state: &'static str,
    severity: String,
    rank: u32,
    means: String,
    status: Option<&'static str>,
    cause: Option<&'static str>,
    phase: &'static str,
    declared_at: Moment,
    declared_by: String,
}

#[derive(Debug, PartialEq, Serialize)]
struct Member {
    id: String,
    name: String,
}

/// What is changed seldom.
#[derive(Debug, PartialEq, Serialize)]
struct More {
    severities: Vec<Level>,
    causes: Vec<Class>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Level {
    id: String,
    means: String,
    current: bool,
}

#[derive(Debug, PartialEq, Serialize)]
struct Class {
    id: &'static str,
    current: bool,
}

impl View {
    pub(super) fn number(&self) -> &str {
        &self.incident
    }

    /// The newest event that it shows.
    pub(super) fn seq(&self) -> u64 {
        self.seq
    }

    /// What it is about, for the title of the page.
    pub(super) fn about(&self) -> String {
        format!("{} {}", self.incident, self.head.title)
    }
}

pub(super) fn view(sight: &Sight<'_>, events: Vec<TimelineEvent>, wanted: Wanted) -> View {
    let incident = sight.incident();
    let todo = sight.todo();
    let first = todo.first();
    let lifts = first.filter(|todo| todo.task == Task::Lift).map(|todo| &todo.step);
    let next = first.filter(|todo| todo.task != Task::Lift);
    let early = wanted.early.as_deref().and_then(|id| is_to_come(sight, id));
    let pinned: Vec<&StepId> = next.iter().map(|todo| &todo.step).collect();
    let (lift, obligations) = beside::obligations(sight, lifts).into_iter().partition(|open| lifts_it(open, lifts));
    let lift: Vec<Obligation> = lift;
    let (facts, unstated) = beside::facts(sight);
    let (behind, to_come) = course::stops(sight);
    View {
        here: format!("/incidents/{}", incident.number),
        back: format!("/incidents/{}", incident.number),
        incident: incident.number.to_string(),
        seq: incident.seq,
        head: head(sight),
        may_act: sight.may_act(),
        may_change: sight.may_act() && incident.closed_at().is_none(),
        next: next.and_then(|todo| card(sight, todo)),
        lift: lift.into_iter().next(),
        yours: first.is_some_and(|todo| todo.mine),
        early: early.map(|step| Card::early(sight, step)),
        lanes: course::lanes(sight, &todo, &pinned),
        obligations,
        facts,
        unstated,
        roles: beside::roles(sight),
        team: team(sight),
        coverage: beside::covered(sight),
        behind,
        to_come,
        record: record::record(sight, events, wanted.all),
        more: more(sight),
    }
}

fn lifts_it(open: &Obligation, lifts: Option<&StepId>) -> bool {
    lifts.is_some_and(|step| step.as_str() == open.step)
}

fn is_to_come<'s>(sight: &'s Sight<'_>, id: &str) -> Option<&'s crate::runbook::Step> {
    let step = sight.runbook().step(id)?;
    let waits = matches!(sight.incident().progress(&step.id), crate::incident::state::Progress::Waiting);
    (waits && sight.incident().closed_at().is_none()).then_some(step)
}

fn card(sight: &Sight<'_>, todo: &Todo) -> Option<Card> {
    let step = sight.runbook().steps.get(&todo.step)?;
    Some(Card::open(sight, step, Some(todo)).pinned())
}

fn head(sight: &Sight<'_>) -> Head {
    let (runbook, incident) = (sight.runbook(), sight.incident());
    let severity = runbook.severity(incident.severity.as_str());
    Head {
        title: incident.title.get(sight.locale).to_owned(),
        runbook: runbook.id.to_string(),
        drill: incident.drill,
        state: match incident.lifecycle {
            Lifecycle::Open => "open",
            Lifecycle::Resolved { .. } => "resolved",
            Lifecycle::Closed { .. } => "closed",
        },
        severity: incident.severity.to_string(),
        rank: severity.map_or(0, |(_, rank)| rank),
        means: severity.map_or("", |(severity, _)| severity.means.get(sight.locale)).to_owned(),
        status: incident.status.map(Status::as_str),
        cause: incident.cause.map(Cause::as_str),
        phase: incident.phase.as_str(),
        declared_at: incident.declared_at.into(),
        declared_by: sight.names.called(&incident.started_by.to_string()).to_owned(),
    }
}

fn team(sight: &Sight<'_>) -> Vec<Member> {
    let member = |(id, name): (&str, &str)| Member { id: id.to_owned(), name: name.to_owned() };
    sight.names.everyone().map(member).collect()
}

fn more(sight: &Sight<'_>) -> More {
    let incident = sight.incident();
    let level = |severity: &Severity| Level {
        id: severity.id.to_string(),
        means: severity.means.get(sight.locale).to_owned(),
        current: severity.id == incident.severity,
    };
    let class = |cause: Cause| Class { id: cause.as_str(), current: incident.cause == Some(cause) };
    More {
        severities: sight.runbook().severities.iter().map(level).collect(),
        causes: Cause::ALL.into_iter().map(class).collect(),
    }
}
