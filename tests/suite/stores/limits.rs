//! Limits that all workers share: paces, robots' calls, and the secrets that one of them makes for all.

use std::time::Duration;

use muster::clock::{Timestamp, after, between};
use muster::store::Store;
use muster::store::limits::{Limit, Room};

use super::fixture::{Fixture, On, at, on_both};

on_both! {
    workers_share_a_robots_limit_and_learn_when_there_is_room,
    a_robot_that_had_enough_is_left_alone_by_all,
    a_clock_that_jumps_back_holds_nobody_up_for_a_day,
    stretches_of_a_pace_follow_each_other_and_a_rest_is_not_made_up_for,
    a_secret_is_made_once_and_kept,
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
