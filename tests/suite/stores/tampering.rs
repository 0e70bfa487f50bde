//! The hash chain: `audit` finds edits, gaps and reordering, and nobody acts on a journal that does not hold.

use muster::incident::{IncidentId, IncidentNumber};
use muster::store::Error;

use super::fixture::{Fixture, On, on_both};

on_both! {
    an_untouched_journal_holds,
    every_kind_of_tampering_is_found_where_it_begins,
    an_event_moved_to_another_incident_is_found,
    a_truncation_that_covers_its_tracks_is_seen_only_against_a_checkpoint,
    an_event_of_a_newer_version_parks_its_incident_and_no_other,
}

async fn broken_at(fixture: &Fixture, id: IncidentId) -> Option<u64> {
    let audit = fixture.store.audit(Some(id)).await.expect("an audit").pop().expect("one incident");
    let read = fixture.store.events(id, 0).await;
    let seen_by_reading = match &read {
        Err(Error::Broken { seq, incident: IncidentNumber(1), .. }) => Some(*seq),
        _ => None,
    };
    assert_eq!((audit.broken_at, audit.broken_at.is_none()), (seen_by_reading, read.is_ok()), "{read:?}");
    audit.broken_at
}

async fn an_untouched_journal_holds(on: On) {
    let fixture = Fixture::new(on).await;
    let id = fixture.incident(1, 5).await;
    assert_eq!(broken_at(&fixture, id).await, None);
    let audits = fixture.store.audit(None).await.expect("audits");
    assert_eq!((audits.len(), audits[0].events, audits[0].incident), (1, 5, IncidentNumber(1)));
    assert_eq!(audits[0].head.as_ref().map(String::len), Some(64));
}

async fn every_kind_of_tampering_is_found_where_it_begins(on: On) {
    for (what, sql, seq) in [
        ("an edit", "UPDATE events SET body = replace(body, 'note 3', 'note three') WHERE seq = 3", 3),
        ("a flipped bit", "UPDATE events SET body = substr(body, 1, 40) || 'X' || substr(body, 42) WHERE seq = 2", 2),
        ("a gap", "DELETE FROM events WHERE seq = 4", 4),
        ("a gap closed up", "DELETE FROM events WHERE seq = 4; UPDATE events SET seq = 4 WHERE seq = 5", 4),
        (
            "another order",
            "UPDATE events SET seq = 99 WHERE seq = 2; UPDATE events SET seq = 2 WHERE seq = 3;
             UPDATE events SET seq = 3 WHERE seq = 99",
            2,
        ),
        ("an edited hash", "UPDATE events SET hash = replace(hash, substr(hash, 1, 1), 'g') WHERE seq = 1", 1),
        ("the end cut off", "DELETE FROM events WHERE seq = 5", 5),
        ("everything cut off", "DELETE FROM events", 1),
        ("one added", "INSERT INTO events SELECT incident, 6, hash, body FROM events WHERE seq = 5", 6),
        ("a body that is no text", "UPDATE events SET body = x'ff00' WHERE seq = 2", 2),
    ] {
        let fixture = Fixture::new(on).await;
        let id = fixture.incident(1, 5).await;
        fixture.tamper(sql).await;
        assert_eq!(broken_at(&fixture, id).await, Some(seq), "{what}");
    }
}

async fn an_event_moved_to_another_incident_is_found(on: On) {
    let fixture = Fixture::new(on).await;
    fixture.incident(1, 2).await;
    let id = fixture.incident(2, 2).await;
    fixture
        .tamper(
            "UPDATE events SET body = (SELECT body FROM events e WHERE e.seq = 2 LIMIT 1),
                               hash = (SELECT hash FROM events e WHERE e.seq = 2 LIMIT 1)
             WHERE seq = 2 AND incident LIKE '%2'",
        )
        .await;
    let audits = fixture.store.audit(None).await.expect("audits");
    assert_eq!(audits.iter().map(|a| a.broken_at).collect::<Vec<_>>(), [None, Some(2)]);
    assert!(fixture.store.events(id, 0).await.is_err());
}

async fn a_truncation_that_covers_its_tracks_is_seen_only_against_a_checkpoint(on: On) {
    let fixture = Fixture::new(on).await;
    let id = fixture.incident(1, 5).await;
    let checkpoint = fixture.store.audit(Some(id)).await.expect("an audit").remove(0);
    fixture
        .tamper(
            "DELETE FROM events WHERE seq = 5;
             UPDATE incidents SET seq = 4, hash = (SELECT hash FROM events WHERE seq = 4)",
        )
        .await;
    let after = fixture.store.audit(Some(id)).await.expect("an audit").remove(0);
    assert_eq!(after.broken_at, None);
    assert_ne!((checkpoint.events, checkpoint.head), (after.events, after.head));
}

async fn an_event_of_a_newer_version_parks_its_incident_and_no_other(on: On) {
    use muster::store::chain;
    let fixture = Fixture::new(on).await;
    let (parked, fine) = (fixture.incident(1, 1).await, fixture.incident(2, 1).await);
    let before = fixture.store.audit(Some(parked)).await.expect("an audit").remove(0).head.expect("a hash");
    let body = r#"{"seq":2,"at":"2026-09-21T00:00:00Z","actor":"muster","event":{"MoonPhaseChanged":{}}}"#;
    let hash = chain::link(&before, parked, 2, body);
    let sql = format!(
        "INSERT INTO events (incident, seq, hash, body) VALUES ('{parked}', 2, '{hash}', '{body}');
         UPDATE incidents SET seq = 2, hash = '{hash}' WHERE number = 1"
    );
    fixture.tamper(String::leak(sql)).await;
    match fixture.store.events(parked, 0).await {
        Err(error @ Error::UnknownEvent { incident: IncidentNumber(1), seq: 2, .. }) => {
            assert!(error.to_string().contains("MoonPhaseChanged"), "{error}");
        }
        other => unreachable!("it is refused: {other:?}"),
    }
    assert_eq!(fixture.store.events(fine, 0).await.expect("events").len(), 1);
    assert_eq!(fixture.store.audit(Some(parked)).await.expect("an audit")[0].broken_at, None);
}
