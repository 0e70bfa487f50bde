//! The ledger: every row ends in a state, none is given to two workers, and none is dropped.

use std::time::Duration;

use muster::contact::ContactId;
use muster::incident::IncidentId;
use muster::runbook::StepId;
use muster::settings::OnUnknown;
use muster::store::Store;
use muster::store::journal::RowChange;
use muster::store::ledger::{Batch, Channel, Counts, Fate, Leased, News, Settled, Settlement, State};

use super::fixture::{Fixture, On, at, commit, delivery, mail, new_notice, notice, on_both, queue};

on_both! {
    rows_leave_only_once_their_notice_is_queued,
    a_row_goes_from_queued_through_sending_to_sent_and_the_journal_hears_of_it,
    a_worker_stopped_past_its_lease_is_refused_with_its_stale_token,
    nobody_begins_to_send_after_the_lease_ended_even_if_nobody_else_took_the_row,
    a_worker_killed_while_sending_leaves_a_row_in_doubt_that_follows_the_setting,
    after_hours_of_a_dead_relay_the_customer_gets_the_newest_once,
    a_statement_does_not_supersede_what_tells_the_status,
    suppression_is_asked_again_when_a_row_is_leased,
    a_cancel_during_a_fan_out_stops_what_has_not_begun_and_keeps_what_was_sent,
    a_paused_notice_waits_and_goes_on_when_resumed,
    what_is_tried_later_waits_and_counts_its_tries,
    a_resend_takes_failed_unknown_and_expired_rows_that_have_an_address,
    one_large_notice_never_holds_up_a_small_one_nor_mail_the_webhooks,
    a_draft_that_was_given_up_leaves_nothing,
    a_notice_for_the_page_alone_settles_at_once,
    a_nudge_is_a_row_like_any_other_with_its_text_and_no_word_to_the_journal,
}

const MINUTE: Duration = Duration::from_secs(60);

async fn lease(store: &Store, limit: usize, seconds: u64) -> Batch {
    store.lease(limit, at(seconds), MINUTE, OnUnknown::Resend).await.expect("leased")
}

fn who(rows: &[Leased]) -> Vec<&str> {
    rows.iter().map(|row| row.recipient.as_str()).collect()
}

fn settled(row: &Leased, seconds: u64, result: Settled) -> Settlement {
    Settlement { id: row.id, lease: row.lease, result, at: at(seconds) }
}

fn sent(row: &Leased, seconds: u64) -> Settlement {
    settled(row, seconds, Settled::Sent { reply: "250 ok".to_owned() })
}

async fn counts(store: &Store, number: u128) -> Vec<(&'static str, u64)> {
    let Counts(counts) = store.counts(notice(number)).await.expect("counts");
    counts.into_iter().map(|(state, count)| (state.as_str(), count)).collect()
}

/// An incident with a queued notice to so many contacts by mail.
async fn fanned_out(fixture: &Fixture, contacts: u64) -> IncidentId {
    let incident = fixture.incident(1, 1).await;
    fixture.store.prepare(&new_notice(incident, 1), &mail(1..=contacts)).await.expect("prepared");
    commit(&fixture.store, incident, 1, 1, 1, vec![queue(1)]).await.expect("queued");
    incident
}

async fn rows_leave_only_once_their_notice_is_queued(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fixture.incident(1, 1).await;
    let mut rows = mail(1..=3);
    rows.push(delivery("gone", Channel::Mail, Fate::NoAddress));
    rows.push(delivery("quiet", Channel::Mail, Fate::Suppressed));
    store.prepare(&new_notice(incident, 1), &rows).await.expect("prepared");
    // Preparing again after a crash adds nothing.
    store.prepare(&new_notice(incident, 1), &rows[..2]).await.expect("prepared");
    assert!(lease(store, 10, 5).await.is_empty());
    assert_eq!(counts(store, 1).await, [("prepared", 3), ("failed", 1), ("suppressed", 1)]);

    commit(store, incident, 1, 1, 1, vec![queue(1)]).await.expect("queued");
    assert_eq!(counts(store, 1).await, [("queued", 3), ("failed", 1), ("suppressed", 1)]);
    let batch = lease(store, 10, 5).await;
    assert_eq!(who(&batch.rows), ["c1", "c2", "c3"]);
    assert_eq!(counts(store, 1).await, [("queued", 3), ("failed", 1), ("suppressed", 1)]);
    assert!(lease(store, 10, 6).await.rows.is_empty(), "leased rows are taken");
}

async fn a_row_goes_from_queued_through_sending_to_sent_and_the_journal_hears_of_it(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fanned_out(&fixture, 2).await;
    let batch = lease(store, 10, 5).await;
    let keys: Vec<_> = batch.rows.iter().map(|row| (row.id, row.lease)).collect();
    assert_eq!(store.begin_sending(&keys, at(6)).await.expect("begun").len(), 2);
    assert_eq!(counts(store, 1).await, [("sending", 2)]);
    assert_eq!(store.untold().await.expect("news"), []);

    store.settle(&[sent(&batch.rows[0], 7)]).await.expect("settled");
    let news: Vec<_> = store.untold().await.expect("news").into_iter().map(|u| u.news).collect();
    assert_eq!(news, [News::FirstSent { at: at(7) }]);
    commit(store, incident, 1, 2, 1, vec![RowChange::ToldFirstSent { notice: notice(1) }]).await.expect("told");
    assert_eq!(store.untold().await.expect("news"), []);

    store
        .settle(&[settled(&batch.rows[1], 8, Settled::Failed { reply: "550 5.1.1".into(), suppress: true })])
        .await
        .expect("settled");
    let news: Vec<_> = store.untold().await.expect("news").into_iter().map(|u| u.news).collect();
    let News::Settled { counts } = &news[0] else { unreachable!("{news:?}") };
    assert_eq!((counts.get(State::Sent), counts.get(State::Failed), counts.total(), news.len()), (1, 1, 2, 1));
    commit(store, incident, 1, 3, 1, vec![RowChange::ToldSettled { notice: notice(1) }]).await.expect("told");
    assert_eq!(store.untold().await.expect("news"), []);

    let suppressed = store.suppressed(&["C2@Customer.example ".to_owned()]).await.expect("asked");
    assert!(suppressed.contains("c2@customer.example"));
    let last = store.last_mailed(incident, &["c1", "c2", "c9"].map(ContactId::new)).await.expect("asked");
    assert_eq!(last.into_iter().collect::<Vec<_>>(), [(ContactId::new("c1"), at(7))]);
}

async fn a_worker_stopped_past_its_lease_is_refused_with_its_stale_token(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    fanned_out(&fixture, 1).await;
    let stopped = lease(store, 1, 0).await.rows.remove(0);
    assert!(lease(store, 1, 59).await.rows.is_empty());
    let other = lease(store, 1, 61).await.rows.remove(0);
    assert!(other.lease > stopped.lease);
    assert_eq!(store.begin_sending(&[(stopped.id, stopped.lease)], at(62)).await.expect("asked"), []);
    let report = store.settle(&[sent(&stopped, 62)]).await.expect("asked");
    assert_eq!((report.settled, report.stale), (0, 1));
    let report = store.settle(&[sent(&other, 63)]).await.expect("settled");
    assert_eq!((report.settled, report.stale), (1, 0));
    assert_eq!(store.settle(&[sent(&other, 64)]).await.expect("asked").stale, 1, "it is settled once");
    assert_eq!(counts(store, 1).await, [("sent", 1)]);
}

async fn nobody_begins_to_send_after_the_lease_ended_even_if_nobody_else_took_the_row(on: On) {
    let fixture = Fixture::new(on).await;
    fanned_out(&fixture, 1).await;
    let row = lease(&fixture.store, 1, 0).await.rows.remove(0);
    assert_eq!(fixture.store.begin_sending(&[(row.id, row.lease)], at(61)).await.expect("asked"), []);
    fixture.store.extend(&[(row.id, row.lease)], at(200)).await.expect("extended");
    assert_eq!(fixture.store.begin_sending(&[(row.id, row.lease)], at(61)).await.expect("asked"), [row.id]);
}

async fn a_worker_killed_while_sending_leaves_a_row_in_doubt_that_follows_the_setting(on: On) {
    for (on_unknown, state) in [(OnUnknown::Resend, ("queued", 1)), (OnUnknown::Hold, ("unknown", 1))] {
        let fixture = Fixture::new(on).await;
        let store = &fixture.store;
        fanned_out(&fixture, 1).await;
        let first = lease(store, 1, 0).await.rows.remove(0);
        store.begin_sending(&[(first.id, first.lease)], at(1)).await.expect("begun");
        let batch = store.lease(1, at(61), MINUTE, on_unknown).await.expect("leased");
        assert_eq!(batch.unknown, 1);
        assert_eq!(counts(store, 1).await, [state]);
        for again in &batch.rows {
            assert_eq!((again.date, again.attempts, again.id), (first.date, 1, first.id), "the same bytes");
        }
        assert_eq!(batch.rows.len(), usize::from(on_unknown == OnUnknown::Resend));
    }
}

async fn after_hours_of_a_dead_relay_the_customer_gets_the_newest_once(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fanned_out(&fixture, 2).await;
    // The newer one goes to the first contact only: the second still gets the older.
    store.prepare(&new_notice(incident, 2), &mail(1..=1)).await.expect("prepared");
    commit(store, incident, 1, 2, 1, vec![queue(2)]).await.expect("queued");
    let batch = lease(store, 10, 5).await;
    let mut got: Vec<_> = batch.rows.iter().map(|row| (row.notice, row.recipient.as_str())).collect();
    got.sort_unstable();
    assert_eq!(got, [(notice(1), "c2"), (notice(2), "c1")]);
    assert_eq!(batch.expired, 1);
    assert_eq!(counts(store, 1).await, [("queued", 1), ("expired", 1)]);
}

async fn a_statement_does_not_supersede_what_tells_the_status(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fanned_out(&fixture, 1).await;
    store.prepare(&new_notice(incident, 2), &mail(1..=1)).await.expect("prepared");
    let statement = RowChange::QueueNotice { notice: notice(2), step: StepId::new("tell"), tells_status: false };
    commit(store, incident, 1, 2, 1, vec![statement]).await.expect("queued");
    assert_eq!(lease(store, 10, 5).await.rows.len(), 2);
}

async fn suppression_is_asked_again_when_a_row_is_leased(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    fanned_out(&fixture, 2).await;
    assert!(store.suppress(" C1@customer.EXAMPLE", "unsubscribed", at(2)).await.expect("suppressed"));
    assert!(!store.suppress("c1@customer.example", "again", at(3)).await.expect("suppressed"));
    let batch = lease(store, 10, 5).await;
    assert_eq!((who(&batch.rows), batch.suppressed), (vec!["c2"], 1));
    assert_eq!(counts(store, 1).await, [("queued", 1), ("suppressed", 1)]);
}

async fn a_cancel_during_a_fan_out_stops_what_has_not_begun_and_keeps_what_was_sent(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fanned_out(&fixture, 4).await;
    let rows = lease(store, 3, 5).await.rows;
    store.begin_sending(&[(rows[0].id, rows[0].lease)], at(5)).await.expect("begun");
    commit(store, incident, 1, 2, 1, vec![RowChange::CancelNotice { notice: notice(1) }]).await.expect("cancelled");
    assert_eq!(store.begin_sending(&[(rows[1].id, rows[1].lease)], at(6)).await.expect("asked"), []);
    store.settle(&[sent(&rows[0], 6)]).await.expect("settled");
    assert_eq!(counts(store, 1).await, [("sent", 1), ("expired", 3)]);
    let batch = lease(store, 10, 100).await;
    assert_eq!((batch.rows.len(), batch.expired), (0, 3));
    assert_eq!(counts(store, 1).await, [("sent", 1), ("expired", 3)]);
    assert_eq!(store.next_delivery().await.expect("asked"), None);
}

async fn a_paused_notice_waits_and_goes_on_when_resumed(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fanned_out(&fixture, 2).await;
    let row = lease(store, 1, 5).await.rows.remove(0);
    commit(store, incident, 1, 2, 1, vec![RowChange::PauseNotice { notice: notice(1) }]).await.expect("paused");
    assert!(lease(store, 10, 5).await.is_empty());
    assert_eq!(store.begin_sending(&[(row.id, row.lease)], at(6)).await.expect("asked"), []);
    store.settle(&[settled(&row, 6, Settled::Released)]).await.expect("given back");
    commit(store, incident, 1, 3, 1, vec![RowChange::ResumeNotice { notice: notice(1) }]).await.expect("resumed");
    let batch = lease(store, 10, 7).await;
    assert_eq!((batch.rows.len(), batch.rows.iter().map(|r| r.attempts).sum::<u32>()), (2, 0));
}

async fn what_is_tried_later_waits_and_counts_its_tries(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    fanned_out(&fixture, 1).await;
    let row = lease(store, 1, 5).await.rows.remove(0);
    let later = Settled::Later { again_at: at(300), reply: "451 try later".to_owned() };
    store.settle(&[settled(&row, 6, later)]).await.expect("settled");
    assert_eq!(store.next_delivery().await.expect("asked"), Some(at(300)));
    assert!(lease(store, 1, 299).await.is_empty());
    assert_eq!(lease(store, 1, 300).await.rows[0].attempts, 1);
    let listed = store.deliveries(notice(1), None, 10).await.expect("rows");
    assert_eq!((listed[0].reply.as_str(), listed[0].attempts, listed[0].state), ("451 try later", 1, State::Queued));
}

async fn a_resend_takes_failed_unknown_and_expired_rows_that_have_an_address(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fixture.incident(1, 1).await;
    let mut rows = mail(1..=3);
    rows.push(delivery("gone", Channel::Mail, Fate::NoAddress));
    store.prepare(&new_notice(incident, 1), &rows).await.expect("prepared");
    commit(store, incident, 1, 1, 1, vec![queue(1)]).await.expect("queued");
    let rows = lease(store, 10, 5).await.rows;
    let results = [
        sent(&rows[0], 6),
        settled(&rows[1], 6, Settled::Failed { reply: "550".into(), suppress: false }),
        settled(&rows[2], 6, Settled::Unknown { again_at: None, reply: "dropped".into() }),
    ];
    store.settle(&results).await.expect("settled");
    commit(store, incident, 1, 2, 1, vec![RowChange::ToldSettled { notice: notice(1) }]).await.expect("told");
    assert_eq!(store.resendable(notice(1)).await.expect("asked"), 2);
    commit(store, incident, 1, 3, 1, vec![RowChange::ResendNotice { notice: notice(1) }]).await.expect("resent");
    assert_eq!(who(&lease(store, 10, 7).await.rows), ["c2", "c3"]);
    assert_eq!(counts(store, 1).await, [("queued", 2), ("sent", 1), ("failed", 1)]);
}

async fn one_large_notice_never_holds_up_a_small_one_nor_mail_the_webhooks(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fixture.incident(1, 1).await;
    let mut rows = mail(1..=200);
    rows.push(delivery("hook", Channel::Webhook, Fate::Reachable));
    store.prepare(&new_notice(incident, 1), &rows).await.expect("prepared");
    let other = fixture.incident(2, 1).await;
    store.prepare(&new_notice(other, 2), &mail(900..=901)).await.expect("prepared");
    commit(store, incident, 1, 1, 1, vec![queue(1)]).await.expect("queued");
    commit(store, other, 2, 1, 1, vec![queue(2)]).await.expect("queued");
    let rows = lease(store, 40, 5).await.rows;
    assert_eq!(rows.len(), 40);
    for wanted in ["hook", "c900", "c901", "c1"] {
        assert!(who(&rows).contains(&wanted), "{wanted}");
    }
}

async fn a_draft_that_was_given_up_leaves_nothing(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fixture.incident(1, 1).await;
    store.prepare(&new_notice(incident, 1), &mail(1..=3)).await.expect("prepared");
    store.discard(notice(1)).await.expect("discarded");
    assert_eq!(counts(store, 1).await, []);
    let other = fanned_out_on(&fixture, incident).await;
    store.discard(other).await.expect("nothing to do");
    assert_eq!(counts(store, 2).await, [("queued", 2)], "a queued notice is kept");
}

async fn fanned_out_on(fixture: &Fixture, incident: IncidentId) -> muster::incident::NoticeId {
    fixture.store.prepare(&new_notice(incident, 2), &mail(1..=2)).await.expect("prepared");
    commit(&fixture.store, incident, 1, 1, 1, vec![queue(2)]).await.expect("queued");
    notice(2)
}

async fn a_notice_for_the_page_alone_settles_at_once(on: On) {
    let fixture = Fixture::new(on).await;
    let incident = fixture.incident(1, 1).await;
    commit(&fixture.store, incident, 1, 1, 1, vec![queue(1)]).await.expect("queued");
    let news = fixture.store.untold().await.expect("news");
    assert_eq!(news.len(), 1);
    assert_eq!(news[0].news, News::Settled { counts: Counts::default() });
}

async fn a_nudge_is_a_row_like_any_other_with_its_text_and_no_word_to_the_journal(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fixture.incident(1, 1).await;
    let nudge = RowChange::QueueNudge {
        nudge: notice(9),
        step: StepId::new("contain"),
        text: "{\"subject\":\"late\"}".to_owned(),
        to: mail(1..=1),
    };
    commit(store, incident, 1, 1, 1, vec![nudge]).await.expect("queued");
    let row = lease(store, 5, 5).await.rows.remove(0);
    assert_eq!((row.nudge.as_deref(), row.step.as_str()), (Some("{\"subject\":\"late\"}"), "contain"));
    store.settle(&[sent(&row, 6)]).await.expect("settled");
    assert_eq!(store.untold().await.expect("news"), []);
    assert_eq!(store.counts_all().await.expect("counts").get(State::Sent), 1);
}
