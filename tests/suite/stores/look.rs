//! What the console and the figures ask: the ledger looked through and counted, incidents by state, what waits.

use std::time::Duration;

use muster::incident::{IncidentId, IncidentNumber};
use muster::runbook::StepId;
use muster::settings::OnUnknown;
use muster::store::Store;
use muster::store::journal::{Commit, Head, HeadState, RowChange};
use muster::store::ledger::{Channel, DeliveryId, Fate, Leased, Listed, Settled, Settlement, Sought, State, Tally};

use super::fixture::{Fixture, On, at, commit, delivery, head, mail, new_notice, notice, on_both, queue, recorded};

on_both! {
    the_ledger_is_looked_through_by_incident_notice_and_state_a_page_at_a_time,
    a_row_stands_where_its_notice_puts_it_wherever_it_is_looked_at,
    queued_rows_are_tallied_by_channel_and_state,
    the_oldest_that_waits_is_what_has_a_row_that_has_yet_to_leave,
    incidents_are_counted_by_state_and_the_mark_grows_with_every_event,
    a_notice_is_on_its_way_while_a_row_is_due_or_in_somebodys_hands,
    an_unsubscribe_link_finds_the_address_of_its_own_row_alone,
}

const MINUTE: Duration = Duration::from_secs(60);

async fn lease(store: &Store, limit: usize, seconds: u64) -> Vec<Leased> {
    store.lease(limit, at(seconds), MINUTE, OnUnknown::Resend).await.expect("leased").rows
}

async fn settle(store: &Store, row: &Leased, seconds: u64, result: Settled) {
    let settlement = Settlement { id: row.id, lease: row.lease, result, at: at(seconds) };
    assert_eq!(store.settle(&[settlement]).await.expect("settled").settled, 1);
}

fn sent() -> Settled {
    Settled::Sent { reply: "250 ok".to_owned() }
}

/// INC-1 has a notice to two by mail and one by webhook and a nudge, INC-2 one to two by mail and a draft; all but the
/// draft are queued, a minute apart.
async fn two_incidents(fixture: &Fixture) -> [IncidentId; 2] {
    let store = &fixture.store;
    let (one, two) = (fixture.incident(1, 1).await, fixture.incident(2, 1).await);
    let mut rows = mail(1..=2);
    rows.push(delivery("c1", Channel::Webhook, Fate::Reachable));
    store.prepare(&new_notice(one, 1), &rows).await.expect("prepared");
    store.prepare(&new_notice(two, 2), &mail(3..=4)).await.expect("prepared");
    store.prepare(&new_notice(two, 3), &mail(3..=4)).await.expect("prepared");
    commit(store, one, 1, 1, 59, vec![queue(1)]).await.expect("queued");
    let nudge = RowChange::QueueNudge {
        nudge: notice(9),
        step: StepId::new("contain"),
        text: "{}".to_owned(),
        to: vec![delivery("dana", Channel::Mail, Fate::Reachable)],
    };
    commit(store, one, 1, 60, 1, vec![nudge]).await.expect("queued");
    commit(store, two, 2, 1, 119, vec![RowChange::ToldSettled { notice: notice(77) }]).await.expect("later");
    commit(store, two, 2, 120, 1, vec![queue(2)]).await.expect("queued");
    [one, two]
}

async fn seen(store: &Store, sought: &Sought) -> Vec<Listed> {
    store.ledger(sought, 100).await.expect("rows")
}

fn brief(rows: &[Listed]) -> Vec<(u64, &str, &str, State)> {
    let mut brief = Vec::new();
    for Listed { incident, delivery, .. } in rows {
        brief.push((incident.0, delivery.recipient.as_str(), delivery.channel.as_str(), delivery.state));
    }
    brief
}

async fn the_ledger_is_looked_through_by_incident_notice_and_state_a_page_at_a_time(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let [one, two] = two_incidents(&fixture).await;
    let all = seen(store, &Sought::default()).await;
    assert_eq!(
        brief(&all),
        [
            (1, "c1", "mail", State::Queued),
            (1, "c2", "mail", State::Queued),
            (1, "c1", "webhook", State::Queued),
            (2, "c3", "mail", State::Queued),
            (2, "c4", "mail", State::Queued),
            (2, "c3", "mail", State::Prepared),
            (2, "c4", "mail", State::Prepared),
            (1, "dana", "mail", State::Queued),
        ]
    );
    assert_eq!(all[0].incident, IncidentNumber(1));
    let nudges: Vec<_> = all.iter().map(|row| (row.nudge, row.step.as_str())).collect();
    assert_eq!((nudges[0], nudges[7]), ((false, "tell"), (true, "contain")));

    let of_one = Sought { incident: Some(one), ..Sought::default() };
    assert_eq!(seen(store, &of_one).await.iter().map(|row| row.notice).collect::<Vec<_>>(), [1, 1, 1, 9].map(notice));
    let drafted = Sought { notice: Some(notice(3)), ..Sought::default() };
    assert_eq!(seen(store, &drafted).await.len(), 2);
    let prepared = Sought { state: Some(State::Prepared), ..Sought::default() };
    assert_eq!(seen(store, &prepared).await, seen(store, &drafted).await);
    let all_at_once = Sought { incident: Some(two), notice: Some(notice(2)), state: Some(State::Queued), after: None };
    assert_eq!(
        brief(&seen(store, &all_at_once).await),
        [(2, "c3", "mail", State::Queued), (2, "c4", "mail", State::Queued)]
    );
    let strangers = Sought { incident: Some(one), notice: Some(notice(2)), ..Sought::default() };
    assert_eq!(seen(store, &strangers).await, []);

    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = store.ledger(&Sought { after, ..Sought::default() }, 3).await.expect("a page");
        let Some(last) = page.last() else { break };
        after = Some(last.delivery.id);
        pages.push(page);
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 2]);
    assert_eq!(pages.concat(), all, "no gap and no repetition");
}

async fn a_row_stands_where_its_notice_puts_it_wherever_it_is_looked_at(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let [one, _] = two_incidents(&fixture).await;
    let rows = lease(store, 100, 121).await;
    let first = rows.iter().find(|row| row.notice == notice(1)).expect("a row");
    store.begin_sending(&[(first.id, first.lease)], at(122)).await.expect("begun");
    settle(store, first, 123, sent()).await;
    commit(store, one, 1, 61, 1, vec![RowChange::CancelNotice { notice: notice(1) }]).await.expect("cancelled");
    let of_notice = Sought { notice: Some(notice(1)), ..Sought::default() };
    let listed = seen(store, &of_notice).await;
    let mut states: Vec<_> = listed.iter().map(|row| row.delivery.state).collect();
    states.sort_unstable();
    assert_eq!(states, [State::Sent, State::Expired, State::Expired]);
    // One row looks the same in a notice's own list, in the ledger, and in the ledger narrowed by its state.
    let own = store.deliveries(notice(1), None, 10).await.expect("rows");
    assert_eq!(listed.iter().map(|row| row.delivery.clone()).collect::<Vec<_>>(), own);
    for state in State::ALL {
        let narrowed = seen(store, &Sought { state: Some(state), ..of_notice.clone() }).await;
        let wanted: Vec<_> = listed.iter().filter(|row| row.delivery.state == state).cloned().collect();
        assert_eq!(narrowed, wanted, "{state:?}");
    }
}

fn tally(channel: Channel, state: State, count: u64) -> Tally {
    Tally { channel, state, count }
}

async fn queued_rows_are_tallied_by_channel_and_state(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    assert_eq!(store.tallies().await.expect("tallies"), []);
    let [one, _] = two_incidents(&fixture).await;
    let tallies = store.tallies().await.expect("tallies");
    let queued = [tally(Channel::Mail, State::Queued, 5), tally(Channel::Webhook, State::Queued, 1)];
    assert_eq!(tallies, queued, "the draft's rows wait for nothing, a nudge's do");
    let rows = lease(store, 100, 121).await;
    for row in rows.iter().filter(|row| row.notice == notice(2)) {
        store.begin_sending(&[(row.id, row.lease)], at(122)).await.expect("begun");
    }
    commit(store, one, 1, 61, 1, vec![RowChange::CancelNotice { notice: notice(1) }]).await.expect("cancelled");
    let tallies = store.tallies().await.expect("tallies");
    assert_eq!(
        tallies,
        [
            tally(Channel::Mail, State::Expired, 2),
            tally(Channel::Mail, State::Queued, 1),
            tally(Channel::Mail, State::Sending, 2),
            tally(Channel::Webhook, State::Expired, 1),
        ]
    );
    let sum: u64 = tallies.iter().map(|tally| tally.count).sum();
    assert_eq!(sum, store.counts_all().await.expect("counts").total());
}

async fn the_oldest_that_waits_is_what_has_a_row_that_has_yet_to_leave(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    assert_eq!(store.oldest_queued().await.expect("asked"), None);
    two_incidents(&fixture).await;
    let rows = lease(store, 100, 121).await;
    let (nudge, two) = (notice(9), notice(2));
    let of = |notice| rows.iter().filter(move |row| row.notice == notice);
    assert_eq!(store.oldest_queued().await.expect("asked"), Some(at(1)));
    for row in of(notice(1)) {
        settle(store, row, 122, sent()).await;
    }
    assert_eq!(store.oldest_queued().await.expect("asked"), Some(at(60)), "the nudge");
    for row in of(nudge) {
        settle(store, row, 122, Settled::Failed { reply: "550".to_owned(), suppress: false }).await;
    }
    let held = of(two).collect::<Vec<_>>();
    settle(store, held[0], 122, sent()).await;
    assert_eq!(store.oldest_queued().await.expect("asked"), Some(at(120)), "one of its rows waits still");
    settle(store, held[1], 122, Settled::Unknown { again_at: None, reply: String::new() }).await;
    assert_eq!(store.oldest_queued().await.expect("asked"), None, "a draft waits for no worker");
}

async fn incidents_are_counted_by_state_and_the_mark_grows_with_every_event(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    assert_eq!((store.heads_by_state().await.expect("counted"), store.mark().await.expect("a mark")), (vec![], 0));
    let mut ids = Vec::new();
    for number in 1..=4 {
        ids.push(fixture.incident(number, 2).await);
    }
    assert_eq!(store.mark().await.expect("a mark"), 8);
    for (number, state) in [(2, HeadState::Resolved), (3, HeadState::Closed), (4, HeadState::Closed)] {
        let id = ids[number as usize - 1];
        let events = [recorded(id, number, 3)];
        let head = Head { state, ..head(id, number) };
        let ended =
            Commit { at: at(3), expected_seq: 2, events: &events, head, next_due: None, answer: None, rows: vec![] };
        store.commit(ended).await.expect("committed");
    }
    let mut counted = store.heads_by_state().await.expect("counted");
    counted.sort_by_key(|(state, _)| state.as_str());
    assert_eq!(counted, [(HeadState::Closed, 2), (HeadState::Open, 1), (HeadState::Resolved, 1)]);
    let elsewhere = fixture.again().await;
    commit(&elsewhere, ids[0], 1, 2, 3, vec![]).await.expect("committed");
    assert_eq!(store.mark().await.expect("a mark"), 14, "whoever wrote them");
}

async fn a_notice_is_on_its_way_while_a_row_is_due_or_in_somebodys_hands(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let [one, two] = two_incidents(&fixture).await;
    let asked = async |number, seconds| {
        let on_its_way = store.is_on_its_way(notice(number), at(seconds)).await.expect("asked");
        (on_its_way, store.tried_again_at(notice(number)).await.expect("asked"))
    };
    assert_eq!(asked(3, 121).await, (false, None), "a draft");
    assert!(asked(2, 121).await.0);
    let rows = lease(store, 100, 121).await;
    assert!(asked(2, 121).await.0, "in a worker's hands");
    for (row, again) in rows.iter().filter(|row| row.notice == notice(2)).zip([900, 600]) {
        settle(store, row, 122, Settled::Later { again_at: at(again), reply: "451".to_owned() }).await;
    }
    assert_eq!(asked(2, 599).await, (false, Some(at(600))));
    assert_eq!(asked(2, 600).await, (true, Some(at(600))));
    commit(store, two, 2, 121, 1, vec![RowChange::PauseNotice { notice: notice(2) }]).await.expect("paused");
    assert_eq!(asked(2, 600).await, (false, Some(at(600))), "paused");
    commit(store, one, 1, 61, 1, vec![RowChange::CancelNotice { notice: notice(1) }]).await.expect("cancelled");
    assert_eq!(asked(1, 600).await, (false, None), "cancelled");
}

async fn an_unsubscribe_link_finds_the_address_of_its_own_row_alone(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    two_incidents(&fixture).await;
    let rows = seen(store, &Sought::default()).await;
    let id = |at: usize| rows[at].delivery.id;
    let found = async |number, id: DeliveryId| store.mailed_address(notice(number), id).await.expect("asked");
    assert_eq!(found(1, id(1)).await.as_deref(), Some("c2@customer.example"));
    assert_eq!(found(2, id(1)).await, None, "another notice's row");
    assert_eq!(found(1, id(2)).await, None, "a webhook is no address");
    assert_eq!(found(1, DeliveryId(99_999)).await, None);
}
