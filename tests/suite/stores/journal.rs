//! The journal: decisions recorded once, in order, with the answers given for them.

use muster::incident::{IncidentId, IncidentNumber};
use muster::store::Error;
use muster::store::journal::{Commit, HeadState, KeyedAnswer, Which};
use uuid::Uuid;

use super::fixture::{Fixture, On, at, commit, head, on_both, recorded};

on_both! {
    what_was_committed_is_read_back_by_another_process,
    of_two_decisions_on_the_same_state_one_is_told_of_the_conflict,
    two_incidents_never_share_a_number,
    the_same_key_gives_the_same_answer_and_another_request_is_refused,
    lists_show_what_is_not_closed_newest_first_and_ticks_what_is_overdue,
    events_that_skip_a_number_are_never_stored,
}

async fn what_was_committed_is_read_back_by_another_process(on: On) {
    let fixture = Fixture::new(on).await;
    let id = fixture.incident(7, 3).await;
    let other = fixture.again().await;
    let events: Vec<_> = (1..=3).map(|seq| recorded(id, 7, seq)).collect();
    assert_eq!(other.events(id, 0).await.expect("events"), events);
    assert_eq!(other.events(id, 2).await.expect("events"), events[2..]);
    assert_eq!(other.events(id, 3).await.expect("events"), []);
    assert_eq!(other.find(Which::Number(IncidentNumber(7))).await.expect("found"), Some(head(id, 7)));
    assert_eq!(other.find(Which::Id(id)).await.expect("found"), Some(head(id, 7)));
    assert_eq!(other.find(Which::Number(IncidentNumber(8))).await.expect("looked"), None);
    assert_eq!(other.next_number().await.expect("a number"), IncidentNumber(8));
}

async fn of_two_decisions_on_the_same_state_one_is_told_of_the_conflict(on: On) {
    let fixture = Fixture::new(on).await;
    let id = fixture.incident(1, 2).await;
    let other = fixture.again().await;
    let (one, two) =
        tokio::join!(commit(&fixture.store, id, 1, 2, 1, Vec::new()), commit(&other, id, 1, 2, 2, Vec::new()));
    let conflicts = [&one, &two].into_iter().filter(|r| matches!(r, Err(Error::Conflict))).count();
    assert_eq!((conflicts, [one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count()), (1, 1), "{one:?} {two:?}");
    assert!(matches!(commit(&other, id, 1, 9, 1, Vec::new()).await, Err(Error::Conflict)));
}

async fn two_incidents_never_share_a_number(on: On) {
    let fixture = Fixture::new(on).await;
    fixture.incident(1, 1).await;
    let second = IncidentId(Uuid::from_u128(99));
    assert!(matches!(commit(&fixture.store, second, 1, 0, 1, Vec::new()).await, Err(Error::Conflict)));
    assert!(commit(&fixture.store, second, 2, 0, 1, Vec::new()).await.is_ok());
}

async fn the_same_key_gives_the_same_answer_and_another_request_is_refused(on: On) {
    let fixture = Fixture::new(on).await;
    let id = IncidentId(Uuid::from_u128(1));
    let answer = KeyedAnswer { key: "k".into(), request: "start".into(), answer: "INC-1".into() };
    let keyed = |expected: u64, seq: u64, answer: &KeyedAnswer| {
        let (store, answer) = (fixture.store.clone(), Some(answer.clone()));
        async move {
            let events = [recorded(id, 1, seq)];
            let head = head(id, 1);
            let (at, next_due, rows) = (at(seq), None, Vec::new());
            store.commit(Commit { at, expected_seq: expected, events: &events, head, next_due, answer, rows }).await
        }
    };
    assert_eq!(fixture.store.answered("k", "start").await.expect("asked"), None);
    keyed(0, 1, &answer).await.expect("committed");
    assert_eq!(fixture.store.answered("k", "start").await.expect("asked").as_deref(), Some("INC-1"));
    assert!(matches!(fixture.store.answered("k", "stop").await, Err(Error::KeyReused(_))));
    // Both looked before either had committed: the second one's events must not be there either.
    assert!(matches!(keyed(1, 2, &answer).await, Err(Error::KeyTaken(_))));
    assert_eq!(fixture.store.events(id, 0).await.expect("events").len(), 1);
}

async fn lists_show_what_is_not_closed_newest_first_and_ticks_what_is_overdue(on: On) {
    let fixture = Fixture::new(on).await;
    for number in 1..=3_u64 {
        let id = IncidentId(Uuid::from_u128(u128::from(number)));
        let mut head = head(id, number);
        head.state = if number == 2 { HeadState::Closed } else { HeadState::Open };
        let events = [recorded(id, number, 1)];
        let next_due = (number != 2).then(|| at(100 - number));
        let commit = Commit { at: at(1), expected_seq: 0, events: &events, head, next_due, answer: None, rows: vec![] };
        fixture.store.commit(commit).await.expect("committed");
    }
    let numbers = |heads: Vec<muster::store::journal::Head>| heads.iter().map(|h| h.number.0).collect::<Vec<_>>();
    assert_eq!(numbers(fixture.store.heads(false).await.expect("heads")), [3, 1]);
    assert_eq!(numbers(fixture.store.heads(true).await.expect("heads")), [3, 2, 1]);
    let due = |seconds| fixture.store.due(at(seconds));
    assert_eq!(due(96).await.expect("due"), []);
    let due: Vec<_> = due(99).await.expect("due").iter().map(|due| due.incident.0.as_u128()).collect();
    assert_eq!(due, [3, 1]);
}

async fn events_that_skip_a_number_are_never_stored(on: On) {
    let fixture = Fixture::new(on).await;
    let id = fixture.incident(1, 1).await;
    let events = [recorded(id, 1, 3)];
    let (head, at) = (head(id, 1), at(3));
    let commit = Commit { at, expected_seq: 1, events: &events, head, next_due: None, answer: None, rows: vec![] };
    assert!(matches!(fixture.store.commit(commit).await, Err(Error::Conflict)));
}
