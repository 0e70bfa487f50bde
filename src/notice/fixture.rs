//! An incident to write notices about, for tests: withdrawals fail, in English and Chinese.

use chrono_tz::Tz;
use indexmap::IndexMap;

use super::{Composed, Scene, Templates, compose};
use crate::clock::Timestamp;
use crate::contact::{Contact, ContactId, customer};
use crate::incident::event::{Declared, Event, FactValue, Message, Recorded};
use crate::incident::state::{FactState, Incident};
use crate::incident::{Actor, IncidentId, IncidentNumber};
use crate::locale::{Locale, Text};
use crate::runbook::{AudienceId, FactId, NoticeSpec, Runbook, RunbookId, SeverityId, Status, StepId, Via, check};
use crate::settings::Page;

pub(super) fn at(moment: &str) -> Timestamp {
    moment.parse().expect("a moment")
}

pub(super) fn text(english: &str, chinese: &str) -> Text {
    let mut text = Text::new(Locale::english(), english);
    if !chinese.is_empty() {
        text.set(Locale::chinese(), chinese);
    }
    text
}

const RUNBOOK: &str = r#"
muster: 1
id: crm
title: Withdrawals unavailable
locales: [en, zh-Hans]
components: [crm]
severities:
  sev1: { means: No customer can withdraw, first_notice: 5m, update_every: 20m, mail_every: 2h }
facts:
  unaffected: "Deposits, trading and \"balances\" work"
  region: { type: choice, choices: { cn: Mainland, hk: Hong Kong }, title: Region }
audiences:
  vip: { tag: vip }
  big: { where: "kind == 'staff' || attributes.seats != ''" }
  reachable: { where: "emails[0] != ''" }
fallbacks:
  phone: { title: By phone, where: phone != '', capacity: 60/h }
  list: { title: By a list }
pre:
  - notice: first_notice
    status: investigating
mid:
  - task: repair
post:
  - retrospective: review
translations:
  zh-Hans: { title: 出金申请不可用, unaffected: 充值、交易正常 }
"#;

/// A runbook with one severity, two fallbacks, and a few audiences of its own.
pub(super) fn runbook() -> Runbook {
    check::pinned(RUNBOOK).expect("a sound runbook")
}

/// An incident declared at 14:05 in Shanghai, about which nothing is stated.
pub(super) fn incident() -> Incident {
    let declared = Declared {
        id: IncidentId(uuid::Uuid::nil()),
        number: IncidentNumber(7),
        title: text("Withdrawals unavailable", "出金申请不可用"),
        runbook: RunbookId::new("crm"),
        runbook_hash: String::new(),
        runbook_source: "".into(),
        severity: SeverityId::new("sev1"),
        started_by: Actor::Muster,
        roles: IndexMap::new(),
        locale: Locale::english(),
        timezone: Tz::Asia__Shanghai,
        drill: false,
        first_notice_due: at("2026-11-22T06:10:00Z"),
    };
    let event = Event::IncidentDeclared(Box::new(declared));
    let first = Recorded { seq: 1, at: at("2026-11-22T06:05:00Z"), actor: Actor::Muster, role: None, event };
    Incident::begin(&first).expect("a declaration begins an incident")
}

/// A contact whose columns are as given; `tags` and `email` may be empty.
pub(super) fn contact(id: &str, org: &str, tags: &str, email: &str) -> Contact {
    let some = |value: &str| if value.is_empty() { Vec::new() } else { vec![value.to_owned()] };
    Contact {
        id: ContactId::new(id),
        org: org.to_owned(),
        name: String::new(),
        kind: customer(),
        locale: None,
        emails: some(email),
        phone: String::new(),
        webhook: String::new(),
        duty: String::new(),
        tags: some(tags),
        attributes: IndexMap::new(),
    }
}

#[derive(rust_embed::RustEmbed)]
#[folder = "templates/notices/"]
struct Shipped;

/// The shipped templates.
pub(super) fn templates() -> Templates {
    let source = |file: &str| String::from_utf8(Shipped::get(file).expect("a file").data.into_owned()).expect("text");
    Templates::new(Shipped::iter().map(|file| (file.to_string(), source(&file))))
}

/// A notice to be: what a test says about it, and the rest as it usually is.
pub(super) struct Draft {
    pub(super) runbook: Runbook,
    pub(super) incident: Incident,
    pub(super) spec: NoticeSpec,
    pub(super) status: Option<Status>,
    pub(super) nothing_new: bool,
    pub(super) page: Page,
    pub(super) templates: Templates,
}

impl Draft {
    pub(super) fn new(template: &str, status: Option<Status>) -> Self {
        let spec = NoticeSpec {
            status,
            audience: vec![AudienceId::new("affected"), AudienceId::new("page")],
            template: template.to_owned(),
            via: vec![Via::Mail, Via::Webhook, Via::Page],
            approve: None,
        };
        let page = Page {
            title: "Example Status".to_owned(),
            url: Some("https://status.example.com".to_owned()),
            contact: Some("400-000-0000, support@example.com".to_owned()),
            ..Page::default()
        };
        let (runbook, incident, templates) = (runbook(), incident(), templates());
        Self { runbook, incident, spec, status: None, nothing_new: false, page, templates }
    }

    pub(super) fn of(status: Status) -> Self {
        Self::new(status.as_str(), Some(status))
    }

    pub(super) fn state(mut self, id: &str, value: FactValue) -> Self {
        let state = FactState {
            value,
            attempt: self.incident.attempt,
            stated_at: self.incident.declared_at,
            locale: Some(Locale::english()),
            stale: Vec::new(),
        };
        self.incident.facts.insert(FactId::new(id), state);
        self
    }

    /// States a text; no Chinese where that is empty.
    pub(super) fn say(self, id: &str, english: &str, chinese: &str) -> Self {
        self.state(id, FactValue::Text(text(english, chinese)))
    }

    pub(super) fn moment(self, id: &str, moment: &str) -> Self {
        self.state(id, FactValue::Datetime(at(moment)))
    }

    /// States what the first notice needs.
    pub(super) fn first_facts(self) -> Self {
        self.say("impact", "Withdrawal requests fail", "出金申请提交失败")
            .say("unaffected", "Deposits, trading and balances work as usual", "充值、交易和余额查询均正常")
            .say(
                "workaround",
                "Phone or mail us and support handles it at once",
                "请致电或发邮件给我们，客服会立即为您办理",
            )
    }

    pub(super) fn compose_at(&self, now: &str) -> Composed {
        let step = StepId::new("first_notice");
        let scene = Scene {
            runbook: &self.runbook,
            incident: &self.incident,
            step: &step,
            spec: &self.spec,
            status: self.status,
            nothing_new: self.nothing_new,
            page: &self.page,
            locales: &self.runbook.locales,
            now: at(now),
        };
        compose(&scene, &self.templates)
    }

    /// Composed at 14:10 in Shanghai.
    pub(super) fn compose(&self) -> Composed {
        self.compose_at("2026-11-22T06:10:30Z")
    }

    pub(super) fn codes(&self) -> Vec<&'static str> {
        self.compose().problems.iter().map(|problem| problem.code).collect()
    }
}

/// A message as people read it in a plain-text mail.
pub(super) fn mail(message: &Message) -> String {
    let Message { subject, preheader, short, text, .. } = message;
    super::personal::preview(&format!("{subject}\n({preheader})\n({short})\n\n{text}"))
}
