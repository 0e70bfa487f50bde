//! Limits that all workers share: paces, robots' calls, and the secrets that one of them makes for all.

use std::time::Duration;

use muster::clock::{Timestamp, after, between};
use muster::settings::OnUnknown;
use muster::store::Store;
use muster::store::journal::RowChange;
use muster::store::ledger::{Channel, Delivery, Fate, Leased, Settled, Settlement, State};
use muster::store::limits::{Limit, Room};

use super::fixture::{Fixture, On, at, commit, delivery, new_notice, notice, on_both, queue};

on_both! {
    workers_share_a_robots_limit_and_learn_when_there_is_room,
    workers_that_ask_at_the_same_moment_never_take_too_much,
    a_robot_that_had_enough_is_left_alone_by_all,
    a_clock_that_jumps_back_holds_nobody_up_for_a_day,
    stretches_of_a_pace_follow_each_other_and_a_rest_is_not_made_up_for,
    a_secret_is_made_once_and_kept,
    a_row_that_waits_for_room_is_untried_and_goes_on_after_the_parts_taken,
    an_endpoint_that_wants_nothing_more_suppresses_its_row_with_a_reason,
}

const MINUTE: Duration = Duration::from_secs(60);
const TWENTY: [Limit; 1] = [Limit { most: 20, within: MINUTE }];

async fn take(store: &Store, robot: &str, calls: usize, now: Timestamp, patience: u64) -> Room {
    let latest = after(now, Duration::from_secs(patience));
    store.take_calls(robot, &TWENTY, calls, now, latest).await.expect("asked")
}

async fn taken(store: &Store, robot: &str, now: Timestamp) -> Vec<Timestamp> {
    match take(store, robot, 1, now, 0).await {
        Room::Taken(moments) => moments,
        Room::NotBefore(_) => Vec::new(),
    }
}

async fn workers_share_a_robots_limit_and_learn_when_there_is_room(on: On) {
    let fixture = Fixture::new(on).await;
    let other = fixture.again().await;
    for call in 0..20 {
        let store = if call % 2 == 0 { &fixture.store } else { &other };
        assert_eq!(taken(store, "wecom", at(call)).await, [at(call)]);
    }
    assert_eq!(take(&other, "wecom", 1, at(30), 0).await, Room::NotBefore(at(60)));
    assert_eq!(take(&other, "wecom", 3, at(30), 0).await, Room::NotBefore(at(62)), "three at once");
    assert_eq!(take(&other, "wecom", 3, at(30), 2).await, Room::NotBefore(at(60)), "three within two seconds");
    assert_eq!(taken(&other, "dingtalk", at(30)).await, [at(30)], "another robot is held up");
    assert_eq!(taken(&other, "wecom", at(60)).await, [at(60)]);
    assert_eq!(take(&fixture.store, "wecom", 1, at(60), 0).await, Room::NotBefore(at(61)));
    // Several calls in one ask, each at its own moment.
    assert_eq!(take(&fixture.store, "wecom", 2, at(60), 10).await, Room::Taken(vec![at(61), at(62)]));
    assert_eq!(take(&other, "wecom", 1, at(60), 0).await, Room::NotBefore(at(63)));
}

async fn workers_that_ask_at_the_same_moment_never_take_too_much(on: On) {
    let fixture = Fixture::new(on).await;
    let other = fixture.again().await;
    let asks = (0..30).map(|ask| take(if ask % 2 == 0 { &fixture.store } else { &other }, "wecom", 1, at(0), 0));
    let answers = futures_util::future::join_all(asks).await;
    let taken = answers.iter().filter(|room| **room == Room::Taken(vec![at(0)])).count();
    let waiting = answers.iter().filter(|room| **room == Room::NotBefore(at(60))).count();
    assert_eq!((taken, waiting), (20, 10));
    let room = async |calls| other.room_for_calls("wecom", &TWENTY, calls, at(5)).await.expect("asked");
    assert_eq!((room(0).await, room(1).await, room(21).await), (at(5), at(60), at(120)));
    let stretches = (0..10).map(|ask| {
        let store = if ask % 2 == 0 { &fixture.store } else { &other };
        store.take_pace("relay:25", MINUTE / 600, at(0))
    });
    let mut begins: Vec<_> =
        futures_util::future::join_all(stretches).await.into_iter().map(|b| b.expect("taken")).collect();
    begins.sort();
    assert!(begins.windows(2).all(|pair| between(pair[0], pair[1]) == MINUTE / 600), "{begins:?}");
}

async fn a_robot_that_had_enough_is_left_alone_by_all(on: On) {
    let fixture = Fixture::new(on).await;
    let other = fixture.again().await;
    fixture.store.hold_robot("feishu", at(90), at(0)).await.expect("held");
    fixture.store.hold_robot("feishu", at(30), at(0)).await.expect("held");
    assert_eq!(take(&other, "feishu", 1, at(10), 0).await, Room::NotBefore(at(90)));
    assert_eq!(taken(&other, "feishu", at(90)).await, [at(90)]);
}

/// `guarantees.md`: a day's jump of the clock either way.
async fn a_clock_that_jumps_back_holds_nobody_up_for_a_day(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let day = 24 * 60 * 60;
    for _ in 0..20 {
        assert_eq!(taken(store, "wecom", at(day)).await, [at(day)]);
    }
    store.hold_robot("wecom", at(day + 60), at(day)).await.expect("held");
    assert_eq!(taken(store, "wecom", at(0)).await, [at(0)]);
    store.take_pace("relay:25", MINUTE, at(day)).await.expect("taken");
    assert_eq!(store.take_pace("relay:25", MINUTE, at(0)).await.expect("taken"), at(0));
}

async fn stretches_of_a_pace_follow_each_other_and_a_rest_is_not_made_up_for(on: On) {
    let fixture = Fixture::new(on).await;
    let other = fixture.again().await;
    let stretch = Duration::from_millis(100);
    let mut begins = Vec::new();
    for store in [&fixture.store, &other, &fixture.store] {
        begins.push(store.take_pace("relay:25", stretch, at(0)).await.expect("taken"));
    }
    assert_eq!(begins, [at(0), after(at(0), stretch), after(at(0), stretch * 2)]);
    assert_eq!(other.take_pace("other:25", stretch, at(0)).await.expect("taken"), at(0));
    assert_eq!(other.take_pace("relay:25", stretch, at(60)).await.expect("taken"), at(60));
    assert_eq!(between(at(60), other.take_pace("relay:25", stretch, at(60)).await.expect("taken")), stretch);
}

async fn a_secret_is_made_once_and_kept(on: On) {
    let fixture = Fixture::new(on).await;
    let other = fixture.again().await;
    assert_eq!(other.known_secret("seal").await.expect("asked"), None);
    let (one, two) =
        tokio::join!(fixture.store.secret("seal", || "one".to_owned()), other.secret("seal", || "two".to_owned()),);
    let (one, two) = (one.expect("a secret"), two.expect("a secret"));
    assert_eq!(one, two);
    assert_eq!(other.known_secret("seal").await.expect("asked"), Some(one));
    assert_ne!(other.secret("another", || "three".to_owned()).await.expect("a secret"), two);
}

/// A store with one queued notice to a contact's own endpoint.
async fn one_row(on: On) -> Fixture {
    let fixture = Fixture::new(on).await;
    let incident = fixture.incident(1, 1).await;
    let row = delivery("c1", Channel::Webhook, Fate::Reachable);
    fixture.store.prepare(&new_notice(incident, 1), &[row]).await.expect("prepared");
    commit(&fixture.store, incident, 1, 1, 1, vec![queue(1)]).await.expect("queued");
    fixture
}

async fn leased(store: &Store, seconds: u64) -> Option<Leased> {
    store.lease(10, at(seconds), MINUTE, OnUnknown::Resend).await.expect("leased").rows.pop()
}

async fn settle(store: &Store, row: &Leased, seconds: u64, result: Settled) -> u64 {
    let settlement = Settlement { id: row.id, lease: row.lease, result, at: at(seconds) };
    store.settle(&[settlement]).await.expect("settled").settled
}

async fn the_row(store: &Store) -> Delivery {
    store.deliveries(notice(1), None, 10).await.expect("rows").remove(0)
}

async fn a_row_that_waits_for_room_is_untried_and_goes_on_after_the_parts_taken(on: On) {
    let fixture = one_row(on).await;
    let store = &fixture.store;
    let row = leased(store, 5).await.expect("a row");
    let waits = Settled::Deferred { again_at: at(90), reply: "waits".into() };
    assert_eq!(settle(store, &row, 5, waits).await, 1);
    assert_eq!(leased(store, 89).await, None);
    let row = leased(store, 90).await.expect("a row");
    assert_eq!((row.attempts, row.parts, row.date), (0, 0, at(5)));
    assert!(!store.parts_taken(row.id, row.lease, 1).await.expect("asked"), "it is not being sent yet");
    assert_eq!(store.begin_sending(&[(row.id, row.lease)], at(91)).await.expect("begun"), [row.id]);
    assert!(store.parts_taken(row.id, row.lease, 1).await.expect("recorded"));
    // The worker goes away; the next one goes on, and the first has nothing to say any more.
    let next = leased(store, 200).await.expect("a row");
    assert_eq!((next.attempts, next.parts), (1, 1));
    assert!(!store.parts_taken(row.id, row.lease, 2).await.expect("asked"));
    // A person who wants it sent again wants the whole of it.
    assert_eq!(settle(store, &next, 201, Settled::Failed { reply: "no".into(), suppress: false }).await, 1);
    let incident = next.incident;
    commit(store, incident, 1, 2, 1, vec![RowChange::ResendNotice { notice: notice(1) }]).await.expect("resent");
    let again = leased(store, 300).await.expect("a row");
    assert_eq!((again.attempts, again.parts), (0, 0));
}

async fn an_endpoint_that_wants_nothing_more_suppresses_its_row_with_a_reason(on: On) {
    let fixture = one_row(on).await;
    let row = leased(&fixture.store, 5).await.expect("a row");
    settle(&fixture.store, &row, 6, Settled::Suppressed { reply: "410: gone".into() }).await;
    let settled = the_row(&fixture.store).await;
    assert_eq!((settled.state, settled.reply.as_str(), settled.attempts), (State::Suppressed, "410: gone", 0));
    // A contact's own endpoint is asked for by its address, when its row is taken in hand.
    let fixture = one_row(on).await;
    fixture.store.suppress("c1@customer.example", "410: gone", at(1)).await.expect("suppressed");
    assert_eq!(leased(&fixture.store, 5).await, None);
    let settled = the_row(&fixture.store).await;
    assert_eq!((settled.state, settled.reply.as_str()), (State::Suppressed, "410: gone"));
}
