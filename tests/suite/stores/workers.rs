//! Workers' words, nudges beside notices, and what is swept up after those who went away halfway.

use std::time::Duration;

use muster::clock::after;
use muster::incident::{IncidentId, NoticeId};
use muster::runbook::StepId;
use muster::settings::OnUnknown;
use muster::store::Store;
use muster::store::book::ContactSet;
use muster::store::journal::{Commit, RowChange};
use muster::store::ledger::{Channel, NewDelivery, NewNotice, Recipient};
use muster::store::workers::{SILENT, WorkerId};
use uuid::Uuid;

use super::fixture::{Fixture, On, at, commit, head, mail, new_notice, on_both, queue, recorded};

on_both! {
    a_worker_counts_as_there_while_it_was_heard_of_a_moment_ago,
    a_clock_set_back_keeps_no_dead_worker_alive,
    nudges_hold_up_no_notice_and_no_notice_a_nudge,
    nudges_of_which_something_is_to_leave_are_found_with_whether_a_worker_began,
    rows_of_a_draft_that_nobody_decided_are_found_by_their_age_and_go_in_turns,
    sets_that_nothing_uses_go_in_turns_and_the_used_one_stays,
    what_is_due_is_in_one_nodes_hands_until_it_gives_it_back_or_is_gone_for_a_while,
}

async fn a_worker_counts_as_there_while_it_was_heard_of_a_moment_ago(on: On) {
    let fixture = Fixture::new(on).await;
    let (here, there) = (&fixture.store, fixture.again().await);
    let (one, two) = (WorkerId(Uuid::from_u128(1)), WorkerId(Uuid::from_u128(2)));
    assert!(!there.has_worker(at(0)).await.expect("asked"));
    here.beat(one, at(0)).await.expect("heard");
    here.beat(two, at(5)).await.expect("heard");
    assert!(there.has_worker(at(5)).await.expect("asked"));
    here.leave(two).await.expect("left");
    assert!(there.has_worker(at(SILENT.as_secs() - 1)).await.expect("asked"));
    assert!(!there.has_worker(at(SILENT.as_secs())).await.expect("asked"), "silent for too long");
    here.beat(one, at(20)).await.expect("heard");
    assert!(there.has_worker(at(21)).await.expect("asked"));
}

/// `guarantees.md`: a day's jump of the clock either way.
async fn a_clock_set_back_keeps_no_dead_worker_alive(on: On) {
    let fixture = Fixture::new(on).await;
    fixture.store.beat(WorkerId(Uuid::from_u128(1)), at(86_400)).await.expect("heard");
    assert!(!fixture.store.has_worker(at(0)).await.expect("asked"));
}

fn nudge_id(number: u128) -> NoticeId {
    NoticeId(Uuid::from_u128(0x9000 + number))
}

fn nudge(number: u128) -> RowChange {
    let mut to = mail(1..=1);
    to[0].recipient = Recipient::Person(muster::incident::PersonId("dana".to_owned()));
    let endpoint = |mut row: NewDelivery| {
        (row.recipient, row.channel) = (Recipient::Endpoint("ops".to_owned()), Channel::Webhook);
        row.address.clear();
        row
    };
    to.push(endpoint(to[0].clone()));
    RowChange::QueueNudge { nudge: nudge_id(number), step: StepId::new("tell"), text: format!("nudge {number}"), to }
}

async fn lease(store: &Store, limit: usize, seconds: u64) -> Vec<muster::store::ledger::Leased> {
    store.lease(limit, at(seconds), Duration::from_secs(60), OnUnknown::Hold).await.expect("leased").rows
}

async fn nudges_hold_up_no_notice_and_no_notice_a_nudge(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fixture.incident(1, 1).await;
    store.prepare(&new_notice(incident, 1), &mail(1..=500)).await.expect("prepared");
    commit(store, incident, 1, 1, 1, vec![queue(1)]).await.expect("queued");
    commit(store, incident, 1, 2, 1, (0..20).map(nudge).collect()).await.expect("nudged");
    let rows = lease(store, 64, 10).await;
    let nudges = rows.iter().filter(|row| row.nudge.is_some()).count();
    assert_eq!((nudges, rows.len() - nudges), (40, 24), "of a first batch, both have their share");
}

async fn nudges_of_which_something_is_to_leave_are_found_with_whether_a_worker_began(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fixture.incident(1, 1).await;
    commit(store, incident, 1, 1, 1, vec![nudge(1)]).await.expect("nudged");
    let pending = |store: Store| async move {
        let found = store.pending_nudges(incident).await.expect("asked");
        found.into_iter().map(|nudge| (nudge.id, nudge.text, nudge.untouched)).collect::<Vec<_>>()
    };
    assert_eq!(pending(store.clone()).await, [(nudge_id(1), "nudge 1".to_owned(), true)]);
    assert_eq!(lease(store, 10, 5).await.len(), 2);
    assert_eq!(pending(store.clone()).await, [(nudge_id(1), "nudge 1".to_owned(), false)]);
    commit(store, incident, 1, 2, 1, vec![RowChange::CancelNotice { notice: nudge_id(1) }]).await.expect("taken back");
    assert_eq!(pending(store.clone()).await, []);
    assert!(store.pending_nudges(IncidentId(Uuid::from_u128(2))).await.expect("asked").is_empty());
}

async fn rows_of_a_draft_that_nobody_decided_are_found_by_their_age_and_go_in_turns(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fixture.incident(1, 1).await;
    let made = |seconds| {
        let millis = u64::try_from(at(seconds).timestamp_millis()).expect("a moment");
        NoticeId(uuid::Builder::from_unix_timestamp_millis(millis, &[7; 10]).into_uuid())
    };
    let notice = |seconds| NewNotice { id: made(seconds), incident, step: StepId::new("tell") };
    for seconds in [0, 100] {
        store.prepare(&notice(seconds), &mail(1..=6000)).await.expect("prepared");
    }
    assert_eq!(store.undecided(at(50)).await.expect("asked"), [notice(0)], "not what is just being drafted");
    assert_eq!(store.discard_some(made(0)).await.expect("discarded"), 5000);
    assert_eq!(store.discard_some(made(0)).await.expect("discarded"), 1000);
    assert_eq!(store.discard_some(made(0)).await.expect("discarded"), 0);
    assert_eq!(store.undecided(at(500)).await.expect("asked"), [notice(100)]);
    let queued = RowChange::QueueNotice { notice: made(100), step: StepId::new("tell"), tells_status: true };
    commit(store, incident, 1, 1, 1, vec![queued]).await.expect("queued");
    assert_eq!(store.undecided(at(500)).await.expect("asked"), []);
    assert_eq!(store.discard_some(made(100)).await.expect("discarded"), 0, "what is on its way stays");
    assert_eq!(store.counts(made(100)).await.expect("counts").total(), 6000);
}

async fn sets_that_nothing_uses_go_in_turns_and_the_used_one_stays(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fixture.incident(1, 1).await;
    let set = ContactSet::Affected;
    let contacts =
        |count: usize| (0..count).map(|n| muster::contact::ContactId::new(format!("c{n}"))).collect::<Vec<_>>();
    let (mut seq, mut staged) = (1, Vec::new());
    for (count, seconds) in [(7000, 0), (3, 10)] {
        let one = store.stage_set(incident, &set, at(seconds)).await.expect("staged");
        store.add_to_set(one, &contacts(count)).await.expect("added");
        commit(store, incident, 1, seq, 1, vec![RowChange::UseSet(one)]).await.expect("used");
        seq += 1;
        staged.push(one);
    }
    let given_up = store.stage_set(incident, &set, at(20)).await.expect("staged");
    store.add_to_set(given_up, &contacts(2)).await.expect("added");
    let sweep = async |before| store.discard_unused_sets(before).await.expect("swept");
    assert_eq!([sweep(at(15)).await, sweep(at(15)).await, sweep(at(15)).await], [5000, 2000, 1], "the replaced one");
    assert_eq!(sweep(at(15)).await, 0, "one that is just being written");
    assert_eq!([sweep(at(25)).await, sweep(at(25)).await], [2, 1]);
    assert_eq!(sweep(after(at(25), Duration::from_secs(86_400))).await, 0);
    assert_eq!(store.set_members(incident, &set, None, 10).await.expect("members").len(), 3, "the used one stays");
}

async fn what_is_due_is_in_one_nodes_hands_until_it_gives_it_back_or_is_gone_for_a_while(on: On) {
    let fixture = Fixture::new(on).await;
    let (here, there) = (&fixture.store, fixture.again().await);
    let claim = Duration::from_secs(30);
    for (number, due) in [(1, Some(20)), (2, Some(10)), (3, None), (4, Some(500))] {
        let id = fixture.incident(number, 1).await;
        let events = [recorded(id, number, 2)];
        let next_due = due.map(at);
        let head = head(id, number);
        let deadline =
            Commit { at: at(2), expected_seq: 1, events: &events, head, next_due, answer: None, rows: Vec::new() };
        here.commit(deadline).await.expect("committed");
    }
    let one = here.claim_due(at(15), claim).await.expect("claimed");
    assert_eq!(one.iter().map(|due| due.at).collect::<Vec<_>>(), [at(10)]);
    let others = there.claim_due(at(25), claim).await.expect("claimed");
    assert_eq!(others.iter().map(|due| due.at).collect::<Vec<_>>(), [at(20)], "the first is in another's hands");
    assert_eq!(there.due(at(25)).await.expect("asked").len(), 2, "but due it is");
    assert_eq!(here.claim_due(at(30), claim).await.expect("claimed"), []);
    here.give_back(one[0].incident).await.expect("given back");
    assert_eq!(there.claim_due(at(30), claim).await.expect("claimed"), one);
    // Whoever held it is gone: after the claim it is anyone's, and the most overdue comes first.
    let both = here.claim_due(at(60), claim).await.expect("claimed");
    assert_eq!(both.iter().map(|due| due.at).collect::<Vec<_>>(), [at(10), at(20)]);
    // A clock that was a day ahead has set claims that nobody waits for.
    let ahead = there.claim_due(at(86_400), claim).await.expect("claimed");
    assert_eq!(ahead.len(), 3);
    assert_eq!(here.claim_due(at(600), claim).await.expect("claimed").len(), 3);
}
