//! An incident under test: given a runbook and what happened, when someone asks, then what follows.

use chrono::DateTime;
use chrono_tz::Tz;
use indexmap::IndexMap;
use uuid::Uuid;

use super::sample::minutes;
use crate::clock::{Timestamp, after};
use crate::incident::command::{Command, Declaration, Request, StatedFact};
use crate::incident::decide::{Rejection, decide, declare};
use crate::incident::event::{DraftedNotice, Event, FactValue, LeftOut, Recipients, Recorded};
use crate::incident::{
    Actor, Due, Incident, IncidentId, IncidentNumber, NoticeId, Outcome, PersonId, apply, due, view,
};
use crate::locale::{Locale, Text};
use crate::runbook::{AudienceId, FactId, RoleId, Runbook, SeverityId, Status, StepId};

pub(in crate::incident) fn start() -> Timestamp {
    DateTime::from_timestamp_millis(1_790_000_000_000).expect("a moment")
}

/// So many minutes after the declaration.
pub(in crate::incident) fn minute(count: u64) -> Timestamp {
    after(start(), minutes(count))
}

pub(in crate::incident) fn person(name: &str) -> Actor {
    Actor::Person(PersonId(name.to_owned()))
}

pub(in crate::incident) fn declaration(severity: &str, roles: &[(&str, &[&str])]) -> Declaration {
    let roles: IndexMap<RoleId, Vec<PersonId>> = roles
        .iter()
        .map(|(role, people)| (RoleId::new(role), people.iter().map(|name| PersonId((*name).to_owned())).collect()))
        .collect();
    Declaration {
        id: IncidentId(Uuid::from_u128(7)),
        number: IncidentNumber(7),
        severity: SeverityId::new(severity),
        title: None,
        facts: Vec::new(),
        roles,
        locale: Locale::english(),
        timezone: Tz::UTC,
        drill: false,
    }
}

pub(in crate::incident) struct Given {
    pub(in crate::incident) runbook: Runbook,
    pub(in crate::incident) incident: Incident,
    pub(in crate::incident) journal: Vec<Recorded>,
    pub(in crate::incident) now: Timestamp,
    by: Actor,
    early: Option<String>,
    drafts: u128,
}

/// A running incident of sev2, started by `ann`, in which every role is played by someone of their own.
pub(in crate::incident) fn given(runbook: Runbook) -> Given {
    let roles: [(&str, &[&str]); 5] =
        [("lead", &["lea"]), ("product", &["pat"]), ("comms", &["cam"]), ("ops", &["ola"]), ("support", &["sam"])];
    declared(runbook, declaration("sev2", &roles))
}

pub(in crate::incident) fn declared(runbook: Runbook, declaration: Declaration) -> Given {
    let journal = declare(&runbook, start(), &person("ann"), declaration).expect("declared");
    let incident = Incident::replay(&journal).expect("replayed");
    Given { runbook, incident, journal, now: start(), by: person("lea"), early: None, drafts: 0 }
}

impl Given {
    /// Moves the clock, in minutes since the declaration.
    pub(in crate::incident) fn at(&mut self, count: u64) -> &mut Self {
        self.now = minute(count);
        self
    }

    pub(in crate::incident) fn by(&mut self, name: &str) -> &mut Self {
        self.by = person(name);
        self
    }

    /// The next command only is given with `--early`.
    pub(in crate::incident) fn early(&mut self) -> &mut Self {
        self.early = Some("no time to wait".to_owned());
        self
    }

    fn ask(&mut self, command: Command) -> Result<Vec<Recorded>, Rejection> {
        let mut request = Request::new(self.by.clone(), command);
        request.early = self.early.take();
        decide(&self.runbook, self.now, &self.incident, request)
    }

    /// What a command makes true, in brief; it is applied, and replay must agree.
    pub(in crate::incident) fn when(&mut self, command: Command) -> Vec<String> {
        let asked = format!("{command:?}");
        let events = self.ask(command).unwrap_or_else(|refused| panic!("{asked}: {refused:?}"));
        for recorded in &events {
            apply(&mut self.incident, recorded).unwrap_or_else(|error| panic!("{asked}: {error}"));
        }
        self.journal.extend(events.iter().cloned());
        assert_eq!(Incident::replay(&self.journal).expect("replayed"), self.incident, "replay equals live");
        events.iter().map(|recorded| brief(&recorded.event)).collect()
    }

    /// The code with which a command is refused.
    pub(in crate::incident) fn refused(&mut self, command: Command) -> &'static str {
        self.rejection(command).code
    }

    pub(in crate::incident) fn rejection(&mut self, command: Command) -> Rejection {
        let asked = format!("{command:?}");
        match self.ask(command) {
            Ok(events) => {
                let events: Vec<_> = events.iter().map(|recorded| brief(&recorded.event)).collect();
                panic!("{asked} was not refused: {events:?}")
            }
            Err(rejection) => rejection,
        }
    }

    pub(in crate::incident) fn open(&self) -> Vec<String> {
        view::open_steps(&self.runbook, &self.incident).iter().map(ToString::to_string).collect()
    }

    pub(in crate::incident) fn due(&self) -> Option<Due> {
        due(&self.runbook, &self.incident)
    }

    /// Lets the clock ask, a moment later, for everything that is due by then; says what it asked for.
    pub(in crate::incident) fn tick(&mut self) -> Vec<String> {
        self.now += chrono::TimeDelta::milliseconds(1);
        let mut happened = Vec::new();
        while let Some(due) = self.due().filter(|due| due.at <= self.now) {
            let by = std::mem::replace(&mut self.by, Actor::Muster);
            happened.extend(self.when(due.command));
            self.by = by;
        }
        happened
    }

    pub(in crate::incident) fn draft(&mut self, step: &str) -> DraftedNotice {
        self.drafts += 1;
        let spec = self.runbook.steps[step].kind.notice().expect("a notice").clone();
        let to_customers = !self.runbook.is_staff_only(&spec.audience);
        DraftedNotice {
            id: NoticeId(Uuid::from_u128(self.drafts)),
            step: StepId::new(step),
            status: spec.status,
            template: spec.template,
            audience: spec.audience,
            via: spec.via,
            hash: format!("{:064x}", self.drafts),
            next_update_at: None,
            next_mail_at: None,
            messages: Vec::new(),
            recipients: Recipients { rows: 3, contacts: 3, organisations: 2, endpoints: 0 },
            left_out: LeftOut::default(),
            warnings: Vec::new(),
            spends: Vec::new(),
            to_customers,
        }
    }

    /// Drafts, approves by the lead where that is asked, and queues.
    pub(in crate::incident) fn send(&mut self, step: &str, change: impl FnOnce(&mut DraftedNotice)) -> Vec<String> {
        let by = std::mem::replace(&mut self.by, person("cam"));
        let mut draft = self.draft(step);
        change(&mut draft);
        self.when(Command::DraftNotice(Box::new(draft)));
        if self.runbook.steps[step].kind.gate().is_some() {
            self.by("lea").when(approve(step));
        }
        let events = self.when(queue(step));
        self.by = by;
        events
    }
}

/// An event in brief: its name, what it is about, and what a rule decides of it.
#[expect(clippy::wildcard_enum_match_arm, reason = "what a test does not ask about is told by its name")]
pub(in crate::incident) fn brief(event: &Event) -> String {
    let name = event.type_name();
    match event {
        Event::StepEnded { step, outcome, .. } => format!("{name} {step} {}", outcome.as_str()),
        Event::StepOpened { step, attempt, .. } if *attempt > 1 => format!("{name} {step} #{attempt}"),
        Event::PhaseEntered { phase } => format!("{name} {}", phase.as_str()),
        Event::NoticeVoided { step, because, .. } => format!("{name} {step} {because}"),
        Event::StatusChanged { to, .. } => format!("{name} {}", to.as_str()),
        Event::SeverityChanged { to, .. } => format!("{name} {to}"),
        Event::FactStated { fact, .. } => format!("{name} {fact}"),
        Event::UpdateOwed { step, missed, .. } => format!("{name} {step} {missed}"),
        Event::ActionQueued { step, run, .. } => format!("{name} {step} {run}"),
        Event::ActionFailed { step, retries_left, .. } => format!("{name} {step} {retries_left} left"),
        Event::FollowUpAdded { id, .. } => format!("{name} {id}"),
        Event::Approved { step, complete, alone, .. } => {
            let complete = if *complete { " complete" } else { "" };
            let alone = if alone.is_some() { " alone" } else { "" };
            format!("{name} {step}{complete}{alone}")
        }
        other => match other.step() {
            Some(step) => format!("{name} {step}"),
            None => name.to_owned(),
        },
    }
}

pub(in crate::incident) fn id(step: &str) -> StepId {
    StepId::new(step)
}

pub(in crate::incident) fn done(step: &str) -> Command {
    Command::FinishStep { step: id(step), outcome: None, note: None, evidence: None }
}

pub(in crate::incident) fn ended_as(step: &str, outcome: Outcome) -> Command {
    Command::FinishStep { step: id(step), outcome: Some(outcome), note: None, evidence: None }
}

pub(in crate::incident) fn skip(step: &str) -> Command {
    Command::SkipStep { step: id(step), reason: "not tonight".to_owned() }
}

pub(in crate::incident) fn run(step: &str) -> Command {
    Command::RunStep { step: id(step) }
}

pub(in crate::incident) fn approve(step: &str) -> Command {
    Command::Approve { step: id(step), hash: None, alone: None }
}

pub(in crate::incident) fn alone(step: &str) -> Command {
    Command::Approve { step: id(step), hash: None, alone: Some("nobody else is awake".to_owned()) }
}

pub(in crate::incident) fn reject(step: &str) -> Command {
    Command::Reject { step: id(step), reason: "not yet true".to_owned() }
}

pub(in crate::incident) fn lift(step: &str) -> Command {
    Command::LiftContainment { step: id(step) }
}

pub(in crate::incident) fn queue(step: &str) -> Command {
    Command::QueueNotice { step: id(step), recipients: None }
}

pub(in crate::incident) fn severity(level: &str) -> Command {
    Command::ChangeSeverity { severity: SeverityId::new(level), reason: "more is known".to_owned() }
}

pub(in crate::incident) fn text(locale: &Locale, words: &str) -> FactValue {
    FactValue::Text(Text::new(locale.clone(), words))
}

pub(in crate::incident) fn set(fact: &str, value: FactValue) -> Command {
    Command::StateFacts { facts: vec![StatedFact { fact: FactId::new(fact), value }], confirm: false }
}

pub(in crate::incident) fn say(fact: &str, words: &str) -> Command {
    set(fact, text(&Locale::english(), words))
}

pub(in crate::incident) fn resolve() -> Command {
    Command::Resolve { reason: "it is over".to_owned() }
}

pub(in crate::incident) fn close() -> Command {
    Command::Close { reason: "nothing is left".to_owned() }
}

pub(in crate::incident) fn reopen() -> Command {
    Command::Reopen { reason: "it is back".to_owned() }
}

pub(in crate::incident) fn answered(step: &str, run: u32, worked: bool) -> Command {
    Command::ReportAction { step: id(step), run, worked, detail: "exit 1".to_owned() }
}

pub(in crate::incident) fn audience(names: &[&str]) -> Vec<AudienceId> {
    names.iter().map(AudienceId::new).collect()
}

pub(in crate::incident) fn status(draft: &mut DraftedNotice, status: Status) {
    draft.status = Some(status);
}
