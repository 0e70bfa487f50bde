//! A long incident, played through the engine: people note, correct, decide and try again until it has enough events.

use chrono::{DateTime, TimeDelta};
use fastrand::Rng;
use indexmap::IndexMap;
use muster::clock::Timestamp;
use muster::incident::command::{Declaration, FollowUpPlan, StatedFact};
use muster::incident::event::{DraftedNotice, FactValue, LeftOut, Message, Recipients};
use muster::incident::{
    Actor, Command, Incident, IncidentId, IncidentNumber, NoticeId, Outcome, PersonId, Recorded, Request, apply,
    decide, due, view,
};
use muster::locale::{Locale, Text};
use muster::runbook::check::pinned;
use muster::runbook::{Cause, FactId, RoleId, Runbook, SeverityId, StepId, StepKind};
use uuid::Uuid;

/// The staff; every one also an entry of the settings' roster.
pub(crate) const PEOPLE: [(&str, &str); 8] = [
    ("lea", "Lea Marsh"),
    ("pat", "Pat Okafor"),
    ("cam", "Camille Roux"),
    ("ola", "Ola Nilsen"),
    ("sam", "Samira Haddad"),
    ("zhangwei", "张伟强"),
    ("limin", "李敏"),
    ("jonas", "Jonas Weber"),
];
const ROLES: [&str; 6] = ["lead", "product", "comms", "ops", "support", "dev"];

/// A journal, with what it adds up to.
pub(crate) struct Played {
    pub(crate) runbook: Runbook,
    pub(crate) incident: Incident,
    pub(crate) events: Vec<Recorded>,
    pub(crate) now: Timestamp,
    random: Rng,
    notices: u128,
}

impl Played {
    /// An incident of the shipped `general` runbook with so many events, the same each time.
    pub(crate) fn of(events: usize) -> Self {
        let mut played = Self::declared();
        while played.events.len() < events {
            played.now += TimeDelta::seconds(played.random.i64(1..40));
            played.tick();
            match played.random.u32(0..1000) {
                0..2 => played.tell(),
                2..300 => played.step(),
                _ => played.word(),
            }
        }
        // What one command too many made true is left out, so that the count is exact.
        played.events.truncate(events);
        played.incident = Incident::replay(&played.events).expect("it replays");
        played
    }

    fn declared() -> Self {
        let runbook = pinned(include_str!("../../runbooks/general.yaml")).expect("the shipped runbook checks");
        let roles = ROLES.iter().zip(PEOPLE).map(|(role, (handle, _))| (RoleId::new(role), vec![person(handle)]));
        let declaration = Declaration {
            id: IncidentId(Uuid::from_u128(1)),
            number: IncidentNumber(1),
            severity: SeverityId::new("sev1"),
            title: None,
            facts: Vec::new(),
            roles: roles.collect(),
            locale: Locale::english(),
            timezone: chrono_tz::Asia::Shanghai,
            drill: false,
        };
        let now = DateTime::from_timestamp_millis(1_790_000_000_000).expect("a moment");
        let events = decide::declare(&runbook, now, &Actor::Person(person("lea")), declaration).expect("declared");
        let incident = Incident::replay(&events).expect("it replays");
        Self { runbook, incident, events, now, random: Rng::with_seed(7), notices: 0 }
    }

    /// Asks, and takes a refusal for an answer.
    fn ask(&mut self, actor: Actor, command: Command) {
        let request = Request::new(actor, command);
        for recorded in decide(&self.runbook, self.now, &self.incident, request).unwrap_or_default() {
            apply(&mut self.incident, &recorded).expect("it applies");
            self.events.push(recorded);
        }
    }

    fn someone(&mut self) -> Actor {
        Actor::Person(person(PEOPLE[self.random.usize(0..PEOPLE.len())].0))
    }

    fn tick(&mut self) {
        while let Some(due) = due(&self.runbook, &self.incident).filter(|due| due.at <= self.now) {
            self.ask(Actor::Muster, due.command);
        }
    }

    /// Someone acts on a step that is open; a failed acceptance sends the middle round again.
    fn step(&mut self) {
        let open = view::open_steps(&self.runbook, &self.incident);
        let Some(step) = self.random.choice(open) else { return };
        let Some(kind) = self.runbook.step(step.as_str()).map(|step| step.kind.clone()) else { return };
        let finish = |outcome, note: &str| Command::FinishStep {
            step: step.clone(),
            outcome,
            note: Some(note.to_owned()),
            evidence: Some("https://boards.example/latency".to_owned()),
        };
        let command = match kind {
            StepKind::Decide { answers } => {
                let count = answers.len();
                let answer = answers.into_keys().nth(self.random.usize(0..count)).expect("an answer");
                Command::AnswerDecision { step, answer }
            }
            StepKind::Accept { .. } => finish(Some(Outcome::Failed), "two of forty test orders still time out"),
            StepKind::Contain { .. } => finish(Some(Outcome::Worked), "the form is closed"),
            StepKind::Task { .. } => finish(None, "done; the board shows the queue draining"),
            _ => Command::SkipStep { step, reason: "not tonight".to_owned() },
        };
        let actor = self.someone();
        self.ask(actor, command);
    }

    /// Someone says something.
    fn word(&mut self) {
        let n = self.random.u32(0..5_000);
        let text = |text: String| FactValue::Text(Text::new(Locale::english(), text));
        let fact = |fact: &str, value| Command::StateFacts {
            facts: vec![StatedFact { fact: FactId::new(fact), value }],
            confirm: false,
        };
        let command = match self.random.u32(0..100) {
            0..8 => fact("impact", text(format!("{n} orders cannot be paid"))),
            8..12 => fact("workaround", text(format!("Call the desk on extension {n}"))),
            12..13 => Command::ChangeSeverity {
                severity: SeverityId::new(["sev1", "sev2", "sev3"][self.random.usize(0..3)]),
                reason: format!("{n} customers are affected"),
            },
            13..16 => Command::CorrectEvent {
                seq: self.random.u64(1..self.incident.seq),
                text: format!("it was {n} requests, counted twice"),
                reason: "counted again".to_owned(),
            },
            16..17 => Command::AssignRole {
                role: RoleId::new(ROLES[self.random.usize(0..ROLES.len())]),
                people: vec![person(PEOPLE[self.random.usize(0..PEOPLE.len())].0)],
            },
            17 if n < 1_000 => Command::ClassifyCause { cause: Cause::System },
            18 if n < 100 => Command::AddFactor { text: format!("alert {n} had been silent since the last release") },
            19 if n < 100 => Command::AddFollowUp(FollowUpPlan {
                text: Some(format!("alert on queue {n}")),
                owner: Some(RoleId::new("ops")),
                ..FollowUpPlan::default()
            }),
            _ => Command::AddNote { text: self.note(n), occurred_at: None },
        };
        let actor = self.someone();
        self.ask(actor, command);
    }

    fn note(&mut self, n: u32) -> String {
        let (handle, name) = PEOPLE[self.random.usize(0..PEOPLE.len())];
        match self.random.u32(0..6) {
            0 => format!("queue depth {n}, draining at about {} a minute", n / 7),
            1 => format!("@{handle} restarts worker {n} and watches the error rate"),
            2 => format!("第 {n} 批对账完成，{name}已复核"),
            3 => format!("{name}'s dashboard shows {n} of 5000 requests recorded"),
            4 => format!("ERROR gateway upstream={n} status=504 took=30s"),
            _ => format!("客户反馈页面仍然打不开，工单 {n}"),
        }
    }

    /// A notice is drafted, approved, sent and settled.
    fn tell(&mut self) {
        let open = view::open_steps(&self.runbook, &self.incident);
        let kind = |step: &StepId| self.runbook.step(step.as_str()).and_then(|step| step.kind.notice()).cloned();
        let Some((step, spec)) = open.into_iter().find_map(|step| kind(&step).map(|spec| (step, spec))) else { return };
        self.notices += 1;
        let id = NoticeId(Uuid::from_u128(self.notices));
        let message = |locale: Locale, subject: &str, text: &str| Message {
            locale,
            subject: subject.to_owned(),
            preheader: String::new(),
            short: subject.to_owned(),
            markdown: text.repeat(5),
            text: text.repeat(5),
            html: text.repeat(40),
        };
        let draft = DraftedNotice {
            id,
            step: step.clone(),
            status: spec.status,
            template: spec.template,
            audience: spec.audience,
            via: spec.via,
            hash: format!("{:064x}", self.notices),
            next_update_at: Some(self.now + TimeDelta::minutes(30)),
            next_mail_at: None,
            messages: vec![
                message(Locale::english(), "Orders cannot be paid", "We are working on it. Call the desk meanwhile. "),
                message(Locale::chinese(), "订单暂时无法支付", "我们正在处理，期间请致电服务台。"),
            ],
            recipients: Recipients { rows: 1_000, contacts: 1_000, organisations: 900, endpoints: 0 },
            left_out: LeftOut::default(),
            warnings: Vec::new(),
            spends: Vec::new(),
            to_customers: true,
        };
        let lead = || Actor::Person(person("lea"));
        self.ask(Actor::Person(person("cam")), Command::DraftNotice(Box::new(draft)));
        self.ask(lead(), Command::Approve { step: step.clone(), hash: None, alone: None });
        self.ask(lead(), Command::QueueNotice { step, recipients: None });
        self.now += TimeDelta::seconds(20);
        self.ask(Actor::Muster, Command::ReportFirstSent { notice: id, at: self.now });
        let counts = IndexMap::from([("sent".to_owned(), 990), ("failed".to_owned(), 10)]);
        self.ask(Actor::Muster, Command::ReportSettled { notice: id, counts });
    }
}

fn person(handle: &str) -> PersonId {
    PersonId(handle.to_owned())
}
