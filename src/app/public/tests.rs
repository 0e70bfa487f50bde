//! What of an incident becomes public, and what never does.

use std::collections::HashMap;

use uuid::Uuid;

use super::followed::Followed;
use super::*;
use crate::incident::Actor;
use crate::incident::event::{Declared, DraftedNotice, Event, Message, QueuedNotice, Recorded};
use crate::runbook::{AudienceId, Cause, SeverityId, StepId, Via};

const RUNBOOK: &str = "\
muster: 1
id: logins
title: Logins fail
locales: [en]
components: [accounts, app]
severities:
  high: { means: Nobody, first_notice: 5m, update_every: 20m, mail_every: 2h }
  low: { means: Somebody, first_notice: 5m, update_every: 20m, mail_every: 2h }
pre:
  - notice: first
    status: investigating
mid:
  - task: mend
post:
  - retrospective: review
";

const INCIDENT: IncidentId = IncidentId(Uuid::from_u128(7));

/// An incident as its events tell it, one a minute.
struct Story {
    followed: Followed,
    terms: HashMap<String, Arc<Terms>>,
    seq: u64,
}

impl Story {
    fn begun(drill: bool) -> Self {
        let number = IncidentNumber(7);
        let mut story = Self { followed: Followed::new(INCIDENT, number), terms: HashMap::new(), seq: 0 };
        story.take(Event::IncidentDeclared(Box::new(Declared {
            id: INCIDENT,
            number,
            title: crate::locale::Text::new(Locale::english(), "db-17 of Dana has crashed"),
            runbook: crate::runbook::RunbookId::new("logins"),
            runbook_hash: "hash".to_owned(),
            runbook_source: RUNBOOK.into(),
            severity: SeverityId::new("high"),
            started_by: Actor::Muster,
            roles: IndexMap::new(),
            locale: Locale::english(),
            timezone: chrono_tz::UTC,
            drill,
            first_notice_due: moment(5),
        })));
        story
    }

    fn take(&mut self, event: Event) -> bool {
        self.seq += 1;
        let at = moment(self.seq);
        let recorded = Recorded { seq: self.seq, at, actor: Actor::Muster, role: None, event };
        self.followed.take(&recorded, &mut self.terms)
    }

    fn draft(&mut self, id: u128, status: Option<Status>, audience: &str, via: Via) -> bool {
        let message = Message {
            locale: Locale::english(),
            subject: format!("[Word] Logins fail, {id}"),
            preheader: String::new(),
            short: String::new(),
            markdown: format!("Text {id} to \u{E000}name\u{E001}\n\nleave: \u{E000}unsubscribe\u{E001}\n"),
            text: String::new(),
            html: String::new(),
        };
        self.take(Event::NoticeDrafted(Box::new(DraftedNotice {
            id: NoticeId(Uuid::from_u128(id)),
            step: StepId::new("first"),
            status,
            template: "investigating".to_owned(),
            audience: vec![AudienceId::new(audience)],
            via: vec![via],
            hash: String::new(),
            next_update_at: None,
            next_mail_at: None,
            messages: vec![message],
            recipients: crate::incident::event::Recipients::default(),
            left_out: crate::incident::event::LeftOut::default(),
            warnings: Vec::new(),
            spends: Vec::new(),
            to_customers: true,
        })))
    }

    fn queue(&mut self, id: u128) -> bool {
        self.take(Event::NoticeQueued(Box::new(QueuedNotice {
            notice: NoticeId(Uuid::from_u128(id)),
            step: StepId::new("first"),
            spends: Vec::new(),
            next_update_at: None,
            updates_due: IndexMap::new(),
            kept_promise: None,
        })))
    }

    fn tell(&mut self, id: u128, status: Option<Status>) {
        self.draft(id, status, "page", Via::Page);
        assert!(self.queue(id), "{id} is shown");
    }

    fn shown(&self) -> &PublicIncident {
        self.followed.shown().expect("shown")
    }
}

fn moment(minute: u64) -> Timestamp {
    let seconds = 1_790_000_000 + i64::try_from(minute).expect("few") * 60;
    chrono::DateTime::from_timestamp(seconds, 0).expect("a moment")
}

#[test]
fn only_what_was_queued_to_the_page_is_shown() {
    for (audience, via, shown) in [
        ("page", Via::Page, true),
        ("page", Via::Mail, false),
        ("affected", Via::Page, false),
        ("staff", Via::Page, false),
    ] {
        let mut story = Story::begun(false);
        assert!(!story.draft(1, Some(Status::Investigating), audience, via), "a draft to {audience} changes nothing");
        assert!(story.followed.shown().is_none(), "a draft to {audience} is nobody's");
        assert_eq!(story.queue(1), shown, "{audience} by {via:?}");
        assert_eq!(story.followed.shown().is_some(), shown, "{audience} by {via:?}");
    }
}

#[test]
fn a_notice_is_shown_in_its_own_words_and_to_nobody_by_name() {
    let mut story = Story::begun(false);
    story.tell(1, Some(Status::Investigating));
    let (_, wording) = story.shown().newest().wording(&Locale::chinese()).expect("a wording");
    assert_eq!(wording.title, "Logins fail, 1");
    assert_eq!(wording.markdown, "Text 1 to everyone\n\n");
    assert!(!format!("{:?}", story.shown()).contains("Dana"));
}

#[test]
fn a_drill_is_never_shown() {
    let mut story = Story::begun(true);
    story.tell(1, Some(Status::Investigating));
    assert!(story.followed.shown().is_none());
}

#[test]
fn what_was_voided_or_called_back_is_gone() {
    let mut story = Story::begun(false);
    story.draft(1, Some(Status::Investigating), "page", Via::Page);
    let (notice, step) = (NoticeId(Uuid::from_u128(1)), StepId::new("first"));
    story.take(Event::NoticeVoided { notice, step: step.clone(), because: "severity".to_owned() });
    assert!(!story.queue(1));
    story.tell(2, Some(Status::Investigating));
    story.tell(3, Some(Status::Identified));
    assert!(story.take(Event::NoticeCancelled { notice: NoticeId(Uuid::from_u128(3)), step }));
    assert_eq!(story.shown().status(), Some(Status::Investigating));
}

#[test]
fn how_hard_it_hits_changes_with_a_notice_and_not_before() {
    let mut story = Story::begun(false);
    story.tell(1, Some(Status::Investigating));
    assert_eq!(story.shown().impact(), Impact::Critical);
    let (from, to) = (SeverityId::new("high"), SeverityId::new("low"));
    let updates_due = IndexMap::new();
    let reason = "Dana said so".to_owned();
    assert!(!story.take(Event::SeverityChanged { from, to, reason, first_notice_due: None, updates_due }));
    assert_eq!(story.shown().impact(), Impact::Critical);
    story.take(Event::CauseClassified { cause: Cause::System });
    story.tell(2, Some(Status::Identified));
    story.tell(3, None);
    assert_eq!(story.shown().impact(), Impact::Major);
}

#[test]
fn it_is_over_once_the_public_was_told_so_or_it_was_closed() {
    let closed = || Event::IncidentClosed { reason: None };
    let reopened = || Event::IncidentReopened { reason: String::new(), attempt: 2, steps: Vec::new() };
    let mut story = Story::begun(false);
    story.tell(1, Some(Status::Investigating));
    assert!(story.shown().is_open());
    story.tell(2, Some(Status::Resolved));
    let resolved_at = story.shown().newest().at;
    story.tell(3, None);
    assert_eq!(story.shown().ended_at(), Some(resolved_at));
    assert!(story.take(closed()));
    assert_eq!(story.shown().ended_at(), Some(resolved_at));
    assert!(story.take(reopened()));
    assert!(!story.shown().is_open(), "the public is told with the next notice");
    story.tell(4, Some(Status::Investigating));
    assert!(story.shown().is_open());
    story.take(closed());
    assert_eq!(story.shown().ended_at(), story.shown().closed_at);
}

#[test]
fn components_are_hit_by_what_is_open_until_it_is_over() {
    let mut public = Public { components: vec!["desk".to_owned(), "app".to_owned()], ..Public::default() };
    let stands = |public: &Public| -> String {
        let said = |component: Component| {
            let recovers = if component.health.recovers { " recovers" } else { "" };
            format!("{} {}{recovers}", component.name, component.health.impact.as_str())
        };
        public.components().into_iter().map(said).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(stands(&public), "desk none, app none");
    let told = [Some(Status::Investigating), Some(Status::Monitoring), None, Some(Status::Resolved)];
    let expected = [
        "desk none, app critical, accounts critical",
        "desk none, app critical recovers, accounts critical recovers",
        "desk none, app critical recovers, accounts critical recovers",
        "desk none, app none",
    ];
    for (count, expected) in expected.iter().enumerate() {
        let mut story = Story::begun(false);
        told[..=count].iter().zip(1..).for_each(|(status, id)| story.tell(id, *status));
        public.incidents.insert(IncidentNumber(7), story.followed);
        assert_eq!(stands(&public), *expected);
    }
    assert_eq!(public.health(), Health::default());
}
