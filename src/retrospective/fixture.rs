//! An incident of the shipped withdrawals runbook, played through the engine, for this layer's tests.

use chrono::{DateTime, TimeDelta};
use indexmap::IndexMap;
use uuid::Uuid;

use super::{Person, Sources};
use crate::clock::Timestamp;
use crate::incident::command::{Declaration, StatedFact};
use crate::incident::event::FollowUpPlan;
use crate::incident::event::{DraftedNotice, FactValue, LeftOut, Message, Recipients};
use crate::incident::{
    Actor, Command, Event, Incident, IncidentId, IncidentNumber, NoticeId, Outcome, PersonId, Recorded, Request, decide,
};
use crate::locale::{Locale, Text};
use crate::retrospective::Lexicon;
use crate::runbook::{
    AnswerId, AudienceId, Cause, FactId, FallbackId, RoleId, Runbook, SeverityId, Status, StepId, Via,
};

pub(super) const DANA: &str = "dana";
pub(super) const WEI: &str = "zhangwei";

/// A journal being played, minute by minute.
pub(super) struct Played {
    pub(super) runbook: Runbook,
    pub(super) incident: Incident,
    pub(super) events: Vec<Recorded>,
    pub(super) roster: Vec<Person>,
    pub(super) lexicon: Lexicon,
    now: Timestamp,
    notices: u128,
}

pub(super) fn start() -> Timestamp {
    DateTime::parse_from_rfc3339("2026-11-20T19:10:00Z").expect("a moment").to_utc()
}

pub(super) fn fact(id: &str, value: FactValue) -> Command {
    Command::StateFacts { facts: vec![StatedFact { fact: FactId::new(id), value }], confirm: false }
}

pub(super) fn note(text: &str) -> Command {
    Command::AddNote { text: text.to_owned(), occurred_at: None }
}

pub(super) fn finish(step: &str, outcome: Option<Outcome>, note: Option<&str>) -> Command {
    let note = note.map(str::to_owned);
    Command::FinishStep { step: StepId::new(step), outcome, note, evidence: None }
}

pub(super) fn skip(step: &str, reason: &str) -> Command {
    Command::SkipStep { step: StepId::new(step), reason: reason.to_owned() }
}

impl Played {
    /// Declares at 03:10 in Shanghai, Dana leading and Zhang Wei in operations.
    pub(super) fn declared(severity: &str) -> Self {
        let source = include_str!("../../runbooks/crm-withdrawals.yaml");
        let runbook = crate::runbook::check::pinned(source).expect("the shipped runbook checks");
        let roster = vec![
            Person {
                handle: DANA.to_owned(),
                name: "Dana Lee".to_owned(),
                email: Some("Dana.Lee@example.com".to_owned()),
                roles: vec![RoleId::new("lead")],
            },
            Person {
                handle: WEI.to_owned(),
                name: "张伟强".to_owned(),
                email: Some("zwq@example.com".to_owned()),
                roles: vec![RoleId::new("ops")],
            },
            Person { handle: "max".to_owned(), name: "Max Will".to_owned(), email: None, roles: Vec::new() },
        ];
        let holds = |role: &str, person: &str| (RoleId::new(role), vec![PersonId(person.to_owned())]);
        let declaration = Declaration {
            id: IncidentId(Uuid::from_u128(7)),
            number: IncidentNumber(7),
            severity: SeverityId::new(severity),
            title: None,
            facts: Vec::new(),
            roles: IndexMap::from([holds("lead", DANA), holds("ops", WEI), holds("comms", "mei")]),
            locale: Locale::chinese(),
            timezone: chrono_tz::Asia::Shanghai,
            drill: false,
        };
        let actor = Actor::Person(PersonId(DANA.to_owned()));
        let events = decide::declare(&runbook, start(), &actor, declaration).expect("it may be declared");
        let incident = Incident::replay(&events).expect("it replays");
        let names: Vec<String> = roster.iter().map(|person| person.name.clone()).collect();
        let lexicon = include_str!("../../templates/retrospective/blame-lexicon.yaml");
        let lexicon = Lexicon::read(lexicon, &names).expect("the lexicon reads");
        Self { runbook, incident, events, roster, lexicon, now: start(), notices: 0 }
    }

    /// Lets minutes pass, with what the clock owes meanwhile.
    pub(super) fn wait(&mut self, minutes: i64) -> &mut Self {
        self.now += TimeDelta::minutes(minutes);
        self
    }

    pub(super) fn by(&mut self, person: &str, command: Command) -> &mut Self {
        let actor = Actor::Person(PersonId(person.to_owned()));
        self.request(Request::new(actor, command))
    }

    pub(super) fn muster(&mut self, command: Command) -> &mut Self {
        self.request(Request::new(Actor::Muster, command))
    }

    pub(super) fn request(&mut self, request: Request) -> &mut Self {
        let told = format!("{request:?}");
        let events = decide(&self.runbook, self.now, &self.incident, request)
            .unwrap_or_else(|rejection| panic!("{rejection} {:?}: {told}", rejection.help));
        for recorded in events {
            crate::incident::apply(&mut self.incident, &recorded).expect("it applies");
            self.events.push(recorded);
        }
        self
    }

    /// Adds an event as it stands, past every rule; the state stays behind.
    pub(super) fn record(&mut self, event: Event) -> &mut Self {
        let seq = self.events.len() as u64 + 1;
        self.events.push(Recorded {
            seq,
            at: self.now,
            actor: Actor::Person(PersonId(WEI.to_owned())),
            role: None,
            event,
        });
        self
    }

    /// Drafts, approves, queues and settles a notice to customers.
    pub(super) fn tell(&mut self, step: &str, status: Option<Status>, subject: &str, next: Option<i64>) -> &mut Self {
        self.notices += 1;
        let id = NoticeId(Uuid::from_u128(self.notices));
        let message = |locale: Locale, subject: &str, text: &str| Message {
            locale,
            subject: subject.to_owned(),
            preheader: String::new(),
            short: String::new(),
            markdown: text.to_owned(),
            text: text.to_owned(),
            html: String::new(),
        };
        let draft = DraftedNotice {
            id,
            step: StepId::new(step),
            status,
            template: "investigating".to_owned(),
            audience: vec![AudienceId::new("affected")],
            via: vec![Via::Mail],
            hash: format!("hash-{}", self.notices),
            next_update_at: next.map(|minutes| self.now + TimeDelta::minutes(minutes)),
            next_mail_at: None,
            messages: vec![
                message(Locale::english(), subject, "Withdrawals fail. Call 400-000-0000."),
                message(Locale::chinese(), subject, "出金申请会失败，请拨打 400-000-0000。"),
            ],
            recipients: Recipients { rows: 120, contacts: 118, organisations: 40, endpoints: 2 },
            left_out: LeftOut::default(),
            warnings: Vec::new(),
            spends: Vec::new(),
            to_customers: true,
        };
        let step = StepId::new(step);
        self.by("mei", Command::DraftNotice(Box::new(draft)));
        self.by(DANA, Command::Approve { step: step.clone(), hash: None, alone: None });
        self.by("mei", Command::QueueNotice { step: step.clone(), recipients: None });
        self.now += TimeDelta::seconds(20);
        self.muster(Command::ReportFirstSent { notice: id, at: self.now });
        let counts = IndexMap::from([("sent".to_owned(), 117), ("failed".to_owned(), 3)]);
        self.muster(Command::ReportSettled { notice: id, counts })
    }

    /// The whole night: told, contained, rolled back, accepted, resolved.
    pub(super) fn whole() -> Self {
        let mut played = Self::declared("sev1");
        let began = start() - TimeDelta::minutes(12);
        played.wait(1).by(DANA, finish("take_lead", None, None));
        played.by(DANA, fact("started_at", FactValue::Datetime(began)));
        let everyone = FactValue::Text(Text::new(Locale::chinese(), "正在提交出金申请的客户"));
        played.by(DANA, fact("affected", everyone));
        played.by(DANA, finish("first_facts", None, None));
        played.wait(2).tell("first_notice", Some(Status::Investigating), "CRM 出金申请不可用", Some(20));
        played.by(WEI, Command::RunStep { step: StepId::new("close_form") });
        played.by(DANA, Command::Approve { step: StepId::new("close_form"), hash: None, alone: None });
        played.wait(2).by(WEI, finish("close_form", Some(Outcome::Worked), Some("张工关了表单，@Dana 确认")));
        played.by(WEI, note("Dana's dashboard showed 0 of 40 requests recorded"));
        played.by("max", skip("hold_payouts", "no batch runs before 09:00"));
        played.by(DANA, finish("brief_desk", None, None));
        for (fallback, on) in [("phone_desk", true), ("mail_desk", true), ("account_managers", false)] {
            played.by(DANA, Command::SwitchFallback { fallback: FallbackId::new(fallback), on });
        }
        played.by(DANA, finish("desks", None, None));
        played.wait(35).by(WEI, finish("investigate", None, Some("入库队列积压")));
        played
            .by(WEI, Command::AnswerDecision { step: StepId::new("recent_change"), answer: AnswerId::new("changed") });
        played.by(DANA, Command::ClassifyCause { cause: Cause::System });
        played.by(WEI, Command::RunStep { step: StepId::new("rollback") });
        played.by(DANA, Command::Approve { step: StepId::new("rollback"), hash: None, alone: None });
        played.wait(4).by(WEI, finish("rollback", Some(Outcome::Worked), None));
        played.wait(10).by("pm", finish("accepted", None, None));
        played
    }

    /// Ends the night.
    pub(super) fn resolved(mut self) -> Self {
        self.by(WEI, Command::LiftContainment { step: StepId::new("close_form") });
        self.by(DANA, skip("reconcile", "财务次日核对"));
        let text = |text: &str| FactValue::Text(Text::new(Locale::chinese(), text));
        self.by(DANA, fact("ended_at", FactValue::Datetime(self.now)));
        self.by(DANA, fact("data_loss", FactValue::Choice("none".to_owned())));
        self.by(DANA, fact("safe_to_retry", text("可以重新提交")));
        self.by(DANA, finish("outcome", None, None));
        self.wait(1).tell("resolved", Some(Status::Resolved), "CRM 出金申请已恢复", None);
        let text = "对出金失败率设置告警".to_owned();
        let plan = FollowUpPlan { text: Some(text), owner: Some(RoleId::new("ops")), ..FollowUpPlan::default() };
        self.by(DANA, Command::AddFollowUp(plan));
        self
    }

    pub(super) fn sources<'a>(&'a self, template: &'a str) -> Sources<'a> {
        Sources {
            runbook: &self.runbook,
            incident: &self.incident,
            events: &self.events,
            roster: &self.roster,
            lexicon: &self.lexicon,
            template,
            earlier: &[],
            coverage: None,
            journal_head: Some("c0ffee"),
            now: self.now,
        }
    }
}

pub(super) const CHINESE: &str = include_str!("../../templates/retrospective/six_steps.zh-Hans.md.hbs");
pub(super) const ENGLISH: &str = include_str!("../../templates/retrospective/six_steps.en.md.hbs");
