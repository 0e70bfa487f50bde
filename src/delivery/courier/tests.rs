//! Whole passes: a real ledger, a relay on loopback that may misbehave, endpoints that are gone.

use std::collections::BTreeSet;
use std::path::Path;

use indexmap::IndexMap;
use uuid::Uuid;

use super::{Courier, Passed, Stop, Tally};
use crate::clock::{Clock, Timestamp, after};
use crate::contact::ContactId;
use crate::delivery::email::faulty::{At, Fault, Faulty};
use crate::delivery::samples::letter;
use crate::delivery::trap::Trap;
use crate::incident::event::{Declared, DraftedNotice, Event, LeftOut, Recipients, Recorded};
use crate::incident::{Actor, IncidentId, IncidentNumber, NoticeId};
use crate::locale::{Locale, Text};
use crate::runbook::{Phase, RunbookId, SeverityId, StepId};
use crate::settings::{self, Settings};
use crate::store::Store;
use crate::store::journal::{Commit, Head, HeadState, RowChange};
use crate::store::ledger::{Channel, Fate, NewDelivery, NewNotice, Recipient, State};

const NOTICE: NoticeId = NoticeId(Uuid::from_u128(8));
const INCIDENT: IncidentId = IncidentId(Uuid::from_u128(7));

fn start() -> Timestamp {
    chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("a moment")
}

fn settings(relay: &str, more: &str) -> Settings {
    let text = format!("[mail]\nrelay = \"{relay}\"\nfrom = \"status@example.com\"\nsessions = 4\n{more}");
    settings::read::parse(&text, Path::new("/nowhere")).expect("settings")
}

fn to(id: &str, channel: Channel, address: &str) -> NewDelivery {
    NewDelivery {
        recipient: match channel {
            Channel::Mail => Recipient::Contact(ContactId::new(id)),
            Channel::Webhook => Recipient::Endpoint(id.to_owned()),
        },
        channel,
        address: address.to_owned(),
        locale: Locale::chinese(),
        name: id.to_owned(),
        org: String::new(),
        fate: Fate::Reachable,
    }
}

fn mails(count: usize) -> Vec<NewDelivery> {
    (0..count).map(|n| to(&format!("c{n}"), Channel::Mail, &format!("c{n}@example.com"))).collect()
}

fn declared() -> Event {
    Event::IncidentDeclared(Box::new(Declared {
        id: INCIDENT,
        number: IncidentNumber(7),
        title: Text::new(Locale::english(), "Withdrawals"),
        runbook: RunbookId::new("crm-withdrawals"),
        runbook_hash: String::new(),
        runbook_source: "".into(),
        severity: SeverityId::new("sev1"),
        started_by: Actor::Muster,
        roles: IndexMap::new(),
        locale: Locale::english(),
        timezone: chrono_tz::Tz::UTC,
        drill: false,
        first_notice_due: start(),
    }))
}

fn drafted() -> Event {
    Event::NoticeDrafted(Box::new(DraftedNotice {
        id: NOTICE,
        step: StepId::new("first_notice"),
        status: letter().status,
        template: "investigating".into(),
        audience: Vec::new(),
        via: Vec::new(),
        hash: String::new(),
        next_update_at: None,
        next_mail_at: None,
        messages: vec![letter().message],
        recipients: Recipients::default(),
        left_out: LeftOut::default(),
        warnings: Vec::new(),
        spends: Vec::new(),
        to_customers: true,
    }))
}

/// A store with one queued notice to these recipients.
async fn queued(rows: &[NewDelivery]) -> Store {
    let store = Store::in_memory().await.expect("a store");
    let step = StepId::new("first_notice");
    store.prepare(&NewNotice { id: NOTICE, incident: INCIDENT, step: step.clone() }, rows).await.expect("rows");
    let recorded = |seq, event| Recorded { seq, at: start(), actor: Actor::Muster, role: None, event };
    let head = Head {
        id: INCIDENT,
        number: IncidentNumber(7),
        title: Text::new(Locale::english(), "Withdrawals"),
        runbook: RunbookId::new("crm-withdrawals"),
        runbook_hash: String::new(),
        severity: SeverityId::new("sev1"),
        rank: 1,
        cause: None,
        state: HeadState::Open,
        status: None,
        phase: Phase::Pre,
        locale: Locale::english(),
        drill: false,
        declared_at: start(),
        resolved_at: None,
        closed_at: None,
    };
    let events = [recorded(1, declared()), recorded(2, drafted())];
    let rows = vec![RowChange::QueueNotice { notice: NOTICE, step, tells_status: true }];
    let commit = Commit { at: start(), expected_seq: 0, events: &events, head, next_due: None, answer: None, rows };
    store.commit(commit).await.expect("a commit");
    store
}

async fn pass(store: &Store, settings: &Settings, now: Timestamp) -> Passed {
    let clock = Clock::virtual_at(now, 1);
    let courier = Courier::new(store.clone(), clock, settings, None).expect("a courier");
    courier.pass(&|_| {}, &Stop::default()).await.expect("a pass")
}

async fn counts(store: &Store) -> IndexMap<State, u64> {
    store.counts(NOTICE).await.expect("counts").0
}

fn relay(faulty: &Faulty) -> String {
    format!("smtp://127.0.0.1:{}", faulty.port)
}

#[tokio::test]
async fn everyone_gets_exactly_one_over_a_few_connections() {
    let faulty = Faulty::start(None).await;
    let store = queued(&mails(100)).await;
    let passed = pass(&store, &settings(&relay(&faulty), "per_second = 100000"), start()).await;
    assert_eq!(passed, Passed { tally: Tally { sent: 100, ..Tally::default() }, stalled: Vec::new() });
    let taken = faulty.taken.lock().expect("messages").clone();
    let distinct: BTreeSet<&String> = taken.iter().map(|(recipient, _)| recipient).collect();
    assert_eq!((taken.len(), distinct.len()), (100, 100));
    assert!(*faulty.connections.lock().expect("a count") <= 4);
    assert_eq!(counts(&store).await, IndexMap::from([(State::Sent, 100)]));
}

#[tokio::test]
async fn a_bad_recipient_costs_nobody_else_their_mail() {
    let faulty = Faulty::start(Some((At::Rcpt, Fault::Say("550 5.1.1 no such user"), 1))).await;
    let store = queued(&mails(10)).await;
    let passed = pass(&store, &settings(&relay(&faulty), ""), start()).await;
    assert_eq!(passed.tally, Tally { sent: 9, failed: 1, ..Tally::default() });
}

#[tokio::test]
async fn a_relay_that_refuses_everyone_stalls_the_notice_and_fails_nobody() {
    for (at, said) in [(At::Data, "554 5.7.1 no"), (At::Banner, "554 no"), (At::Mail, "550 5.7.1 no")] {
        let faulty = Faulty::start(Some((at, Fault::Say(said), 1_000))).await;
        let store = queued(&mails(50)).await;
        let passed = pass(&store, &settings(&relay(&faulty), ""), start()).await;
        assert_eq!(passed.tally, Tally::default(), "{said}");
        let stalled: Vec<_> = passed.stalled.iter().map(|stall| (stall.incident, stall.notice)).collect();
        assert_eq!(stalled, [(INCIDENT, NOTICE)]);
        assert!(passed.stalled[0].reason.contains(said), "{:?}", passed.stalled);
        assert_eq!(counts(&store).await, IndexMap::from([(State::Queued, 50)]));
        assert!(*faulty.connections.lock().expect("a count") <= 4, "the relay was hammered");
    }
}

#[tokio::test]
async fn a_row_in_hand_stays_its_workers_while_the_relay_takes_its_time() {
    let store = queued(&mails(2)).await;
    let clock = Clock::virtual_at(start(), 1);
    let rows = store.lease(2, start(), super::LEASE, settings::OnUnknown::Resend).await.expect("leased").rows;
    let hand = super::hand::Hand::default();
    hand.take(&rows);
    hand.let_go(std::iter::once(rows[1].id));
    clock.advance_to(after(start(), super::LEASE / 2));
    let often = std::time::Duration::from_millis(20);
    let _ = tokio::time::timeout(often * 4, hand.keep(&store, &clock, often)).await;
    let rows = store.deliveries(NOTICE, None, 2).await.expect("rows");
    let ends: Vec<_> = rows.iter().map(|row| row.again_at.expect("pending")).collect();
    assert_eq!(ends, [after(clock.now(), super::LEASE), after(start(), super::LEASE)]);
}

#[tokio::test]
async fn a_dead_relay_is_asked_again_later() {
    let store = queued(&mails(50)).await;
    let passed = pass(&store, &settings("smtp://127.0.0.1:1", ""), start()).await;
    assert_eq!(passed.tally, Tally { later: 50, ..Tally::default() });
    let due = store.next_delivery().await.expect("a store").expect("a moment");
    assert!(due > start() && due < after(start(), std::time::Duration::from_secs(15)), "{due}");
    let faulty = Faulty::start(None).await;
    let later = after(start(), std::time::Duration::from_secs(60));
    let passed = pass(&store, &settings(&relay(&faulty), ""), later).await;
    assert_eq!(passed.tally, Tally { sent: 50, ..Tally::default() });
}

#[tokio::test]
async fn a_connection_lost_after_the_dot_leaves_doubt_and_then_the_same_bytes() {
    let faulty = Faulty::start(Some((At::Dot, Fault::Drop, 1))).await;
    let hold = settings(&relay(&faulty), "on_unknown = \"hold\"");
    let store = queued(&mails(1)).await;
    assert_eq!(pass(&store, &hold, start()).await.tally, Tally { unknown: 1, ..Tally::default() });
    assert_eq!(counts(&store).await, IndexMap::from([(State::Unknown, 1)]));

    let faulty = Faulty::start(Some((At::Dot, Fault::Drop, 1))).await;
    let resend = settings(&relay(&faulty), "");
    let store = queued(&mails(1)).await;
    assert_eq!(pass(&store, &resend, start()).await.tally, Tally { later: 1, ..Tally::default() });
    let later = after(start(), std::time::Duration::from_secs(60));
    assert_eq!(pass(&store, &resend, later).await.tally, Tally { sent: 1, ..Tally::default() });
    let taken = faulty.taken.lock().expect("messages");
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0], taken[1], "a retry is the same bytes");
}

#[tokio::test]
async fn a_channel_that_fails_does_not_hold_up_the_other() {
    let mut rows = mails(20);
    rows.push(to("ops", Channel::Webhook, ""));
    rows.push(to("gone", Channel::Webhook, ""));
    let store = queued(&rows).await;
    let faulty = Faulty::start(None).await;
    let more =
        "[webhooks.ops]\nkind = \"slack\"\nurl = \"http://127.0.0.1:1/hook\"\n[outbound]\nallow = [\"127.0.0.1\"]\n";
    let passed = pass(&store, &settings(&relay(&faulty), more), start()).await;
    assert_eq!(passed.tally, Tally { sent: 20, failed: 1, later: 1, ..Tally::default() });
}

#[tokio::test]
async fn a_drill_writes_the_same_files_every_time_and_sends_nothing() {
    let files = async || {
        let folder = tempfile::tempdir().expect("a folder");
        let mut rows = mails(5);
        rows.push(to("ops", Channel::Webhook, ""));
        let store = queued(&rows).await;
        let faulty = Faulty::start(None).await;
        let settings =
            settings(&relay(&faulty), "[webhooks.ops]\nkind = \"wecom\"\nurl_env = \"MUSTER_NO_SUCH_VARIABLE\"\n");
        let clock = Clock::virtual_at(start(), 1);
        let courier = Courier::new(store, clock, &settings, Some(Trap::new(folder.path()))).expect("a courier");
        let passed = courier.pass(&|_| {}, &Stop::default()).await.expect("a pass");
        assert_eq!(passed.tally.sent, 6);
        assert_eq!(*faulty.connections.lock().expect("a count"), 0, "something left the drill");
        let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder.path().join("outbox"))
            .expect("an outbox")
            .map(|entry| entry.expect("a file").path())
            .map(|path| {
                (path.file_name().expect("a name").to_string_lossy().into(), std::fs::read(&path).expect("bytes"))
            })
            .collect();
        files.sort();
        files
    };
    let first = files().await;
    assert_eq!(first.len(), 6);
    assert_eq!(first, files().await);
}

#[tokio::test]
async fn in_practice_a_contacts_own_endpoint_gets_a_file_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut row = to("c1", Channel::Webhook, "http://192.0.2.1/hook");
    row.recipient = Recipient::Contact(ContactId::new("c1"));
    let store = queued(&[row]).await;
    let settings = settings(&format!("file:{}", folder.path().display()), "");
    let passed = pass(&store, &settings, start()).await;
    assert_eq!(passed.tally, Tally { sent: 1, ..Tally::default() });
    let names: Vec<String> = std::fs::read_dir(folder.path())
        .expect("an outbox")
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().into())
        .collect();
    assert_eq!(names.iter().filter(|name| name.ends_with(".json")).count(), 1, "{names:?}");
}

#[tokio::test]
async fn a_pass_that_is_stopped_leaves_the_rest_queued() {
    let faulty = Faulty::start(None).await;
    let store = queued(&mails(10)).await;
    let settings = settings(&relay(&faulty), "");
    let courier = Courier::new(store.clone(), Clock::virtual_at(start(), 1), &settings, None).expect("a courier");
    let stop = Stop::default();
    stop.ask();
    assert_eq!(courier.pass(&|_| {}, &stop).await.expect("a pass").tally, Tally::default());
    assert!(faulty.taken.lock().expect("messages").is_empty());
}
