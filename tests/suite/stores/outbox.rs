//! The outbox: an operation is run by one worker at a time, and answered once.

use std::time::Duration;

use muster::runbook::StepId;
use muster::store::Error;
use muster::store::journal::RowChange;
use muster::store::outbox::QueuedAction;

use super::fixture::{Fixture, On, at, commit, on_both};

on_both! {
    an_operation_is_leased_once_comes_back_and_is_settled_with_its_answer,
}

const MINUTE: Duration = Duration::from_secs(60);

async fn an_operation_is_leased_once_comes_back_and_is_settled_with_its_answer(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fixture.incident(1, 1).await;
    let action = QueuedAction {
        incident,
        step: StepId::new("roll_back"),
        run: 1,
        action: "rollback".to_owned(),
        with: [("region".to_owned(), "华东".to_owned())].into_iter().collect(),
    };
    commit(store, incident, 1, 1, 1, vec![RowChange::QueueAction(action.clone())]).await.expect("queued");
    let first = store.lease_actions(5, at(5), MINUTE).await.expect("leased").remove(0);
    assert_eq!((&first.action, first.attempts), (&action, 0));
    assert_eq!(store.lease_actions(5, at(6), MINUTE).await.expect("asked"), []);
    let second = store.lease_actions(5, at(66), MINUTE).await.expect("leased").remove(0);
    assert_eq!(second.attempts, 1);

    // The worker that was stopped comes back: neither its row nor its events count.
    let settle = |lease| vec![RowChange::SettleAction { step: action.step.clone(), run: 1, lease }];
    let stale = commit(store, incident, 1, 2, 1, settle(first.lease)).await;
    assert!(matches!(stale, Err(Error::StaleLease(_))), "{stale:?}");
    assert!(!store.settle_action(&action, first.lease).await.expect("asked"));
    assert_eq!(store.events(incident, 0).await.expect("events").len(), 2);

    commit(store, incident, 1, 2, 1, settle(second.lease)).await.expect("settled");
    assert!(!store.has_actions().await.expect("asked"));
    assert_eq!(store.lease_actions(5, at(900), MINUTE).await.expect("asked"), []);
}
