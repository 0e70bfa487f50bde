//! A server that goes away: what was asked is done once, whether it goes before the commit, after it, or for a while.

use std::sync::Arc;
use std::time::Duration;

use muster::incident::IncidentId;
use muster::settings::OnUnknown;
use muster::store::journal::{Commit as Committed, KeyedAnswer};
use muster::store::ledger::{Counts, Leased, Settled, Settlement, State};
use muster::store::{Error, Store};
use uuid::Uuid;

use super::fixture::{Fixture, On, at, commit, head, mail, new_notice, notice, queue, recorded};
use crate::postgres::{self, Commit, Proxy, Server, store_url};

const MINUTE: Duration = Duration::from_secs(60);
const LOSSES: [Commit; 2] = [Commit::IsLost, Commit::GoesUnanswered];

/// A store behind a proxy, and the same store beside it.
async fn behind_a_proxy() -> (Fixture, Store, Proxy) {
    let fixture = Fixture::new(On::Postgres).await;
    let proxy = Proxy::before(postgres::shared().port()).await;
    let store = Store::open(&store_url(&proxy.url(&fixture.server_url()))).await.expect("opened by way of the proxy");
    (fixture, store, proxy)
}

fn sent(row: &Leased) -> Settlement {
    Settlement { id: row.id, lease: row.lease, result: Settled::Sent { reply: "250 ok".to_owned() }, at: at(9) }
}

async fn queued(fixture: &Fixture, contacts: u64) -> IncidentId {
    let incident = fixture.incident(1, 1).await;
    fixture.store.prepare(&new_notice(incident, 1), &mail(1..=contacts)).await.expect("prepared");
    commit(&fixture.store, incident, 1, 1, 1, vec![queue(1)]).await.expect("queued");
    incident
}

/// `guarantees.md`: PostgreSQL killed mid-COMMIT.
#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_commit_that_nobody_answered_is_read_back_and_stands_once() {
    for loss in LOSSES {
        let (fixture, store, proxy) = behind_a_proxy().await;
        let id = fixture.incident(1, 2).await;
        proxy.next_commit(loss);
        commit(&store, id, 1, 2, 2, Vec::new()).await.unwrap_or_else(|error| panic!("{loss:?}: {error:?}"));
        assert!(proxy.has_struck());
        assert_eq!(fixture.store.events(id, 0).await.expect("events").len(), 4, "{loss:?}");
        // Without a connection in doubt, the same sequence number is a conflict as ever.
        assert!(matches!(commit(&store, id, 1, 2, 2, Vec::new()).await, Err(Error::Conflict)));

        let second = IncidentId(Uuid::from_u128(77));
        proxy.next_commit(loss);
        commit(&store, second, 2, 0, 1, Vec::new()).await.unwrap_or_else(|error| panic!("{loss:?}: {error:?}"));
        assert_eq!(fixture.store.events(second, 0).await.expect("events").len(), 1, "{loss:?}");
        assert_eq!(fixture.store.audit(None).await.expect("an audit").iter().filter_map(|a| a.broken_at).count(), 0);
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn an_answer_kept_under_a_key_is_found_after_a_commit_that_nobody_answered() {
    for loss in LOSSES {
        let (fixture, store, proxy) = behind_a_proxy().await;
        let id = fixture.incident(1, 1).await;
        let answer = KeyedAnswer { key: "k".into(), request: "note".into(), answer: "2..2".into() };
        let (events, head) = ([recorded(id, 1, 2)], head(id, 1));
        proxy.next_commit(loss);
        let keyed = Committed {
            at: at(2),
            expected_seq: 1,
            events: &events,
            head,
            next_due: None,
            answer: Some(answer),
            rows: Vec::new(),
        };
        store.commit(keyed).await.unwrap_or_else(|error| panic!("{loss:?}: {error:?}"));
        assert_eq!(store.answered("k", "note").await.expect("asked").as_deref(), Some("2..2"));
        assert_eq!(fixture.store.events(id, 0).await.expect("events").len(), 2, "{loss:?}");
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn someone_elses_events_are_not_taken_for_ones_own() {
    let (fixture, store, proxy) = behind_a_proxy().await;
    let id = fixture.incident(1, 1).await;
    // While the first worker's commit is lost, another one commits at the same place.
    proxy.next_commit(Commit::IsLost);
    let other = recorded(id, 1, 2);
    let other = muster::incident::event::Recorded { at: at(50), ..other };
    let (first, second) = tokio::join!(commit(&store, id, 1, 1, 1, Vec::new()), async {
        while !proxy.has_struck() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let head = head(id, 1);
        let (events, at) = ([other], at(50));
        let theirs =
            Committed { at, expected_seq: 1, events: &events, head, next_due: None, answer: None, rows: Vec::new() };
        fixture.store.commit(theirs).await
    });
    match (&first, &second) {
        (Err(Error::Conflict), Ok(())) | (Ok(()), Err(Error::Conflict)) => {}
        both => panic!("one is first, the other hears of it: {both:?}"),
    }
    assert_eq!(fixture.store.events(id, 0).await.expect("events").len(), 2);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn leases_begun_and_settled_rows_survive_a_commit_that_nobody_answered() {
    for loss in LOSSES {
        let (fixture, store, proxy) = behind_a_proxy().await;
        queued(&fixture, 3).await;
        proxy.next_commit(loss);
        let rows = store.lease(10, at(5), MINUTE, OnUnknown::Resend).await.expect("leased").rows;
        assert_eq!((rows.len(), proxy.has_struck()), (3, true), "{loss:?}");
        let keys: Vec<_> = rows.iter().map(|row| (row.id, row.lease)).collect();
        proxy.next_commit(loss);
        let begun = store.begin_sending(&keys, at(6)).await.expect("begun");
        assert_eq!((begun.len(), proxy.has_struck()), (3, true), "{loss:?}");
        let mut results: Vec<_> = rows.iter().map(sent).collect();
        let later = Settled::Later { again_at: at(300), reply: "451".to_owned() };
        results[1].result = later;
        results[2].result = Settled::Failed { reply: "550".to_owned(), suppress: true };
        proxy.next_commit(loss);
        let report = store.settle(&results).await.expect("settled");
        assert_eq!((report.settled, report.stale, proxy.has_struck()), (3, 0, true), "{loss:?}");
        let Counts(counts) = store.counts(notice(1)).await.expect("counts");
        let counts: Vec<_> = counts.into_iter().collect();
        assert_eq!(counts, [(State::Queued, 1), (State::Sent, 1), (State::Failed, 1)], "{loss:?}");
        assert_eq!(store.deliveries(notice(1), None, 3).await.expect("rows")[1].attempts, 1, "tried once");
        // Asked again with nothing in doubt, a settled row is settled once.
        assert_eq!(store.settle(&results[..1]).await.expect("asked").stale, 1);
    }
}

/// `guarantees.md`: failover.
#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_worker_waits_for_a_server_that_is_killed_and_goes_on_when_it_is_back() {
    let server = Arc::new(Server::new());
    let database = server.database();
    let store = Store::open(&database.store_url()).await.expect("a store");
    let incident = IncidentId(Uuid::from_u128(1));
    commit(&store, incident, 1, 0, 1, Vec::new()).await.expect("committed");
    store.prepare(&new_notice(incident, 1), &mail(1..=2)).await.expect("prepared");
    commit(&store, incident, 1, 1, 1, vec![queue(1)]).await.expect("queued");
    let row = store.lease(1, at(5), MINUTE, OnUnknown::Resend).await.expect("leased").rows.remove(0);
    store.begin_sending(&[(row.id, row.lease)], at(6)).await.expect("begun");

    server.stop_hard();
    let again = server.clone();
    let back = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(700));
        again.start();
    });
    // All at once, as a worker and the people around it would.
    let (settled, read, committed) =
        tokio::join!(async { store.settle(&[sent(&row)]).await }, async { store.heads(false).await }, async {
            commit(&store, incident, 1, 2, 1, Vec::new()).await
        },);
    back.join().expect("it is back");
    assert_eq!(settled.expect("settled").settled, 1);
    assert_eq!(read.expect("read").len(), 1);
    committed.expect("committed");

    server.stop_fast();
    let again = server.clone();
    let back = std::thread::spawn(move || again.start());
    let rows = store.lease(5, at(10), MINUTE, OnUnknown::Resend).await.expect("leased").rows;
    assert_eq!(rows.len(), 1, "what was sent stays sent");
    back.join().expect("it is back");
    assert_eq!(store.events(incident, 0).await.expect("events").len(), 3);
}
