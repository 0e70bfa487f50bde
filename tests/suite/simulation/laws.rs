//! Laws: what must hold after every step, and what must hold when the night is over.

use std::collections::{BTreeMap, HashMap};

use muster::app::App;
use muster::incident::{Event, Incident, IncidentId, NoticeId, Recorded};
use muster::store::Store;
use muster::store::ledger::{Channel, Delivery, Recipient, State};

use super::node::fault;
use super::record::{Broken, Record};

/// More rows than any notice of the simulation has.
const ALL: usize = 1000;

/// What is known of the rows from the last look at them.
#[derive(Debug, Default)]
pub(super) struct Rows {
    states: HashMap<i64, State>,
    nudges: u64,
}

/// After every step: no row is missing or too many, and what ended stays as it ended.
pub(super) async fn hold(
    store: &Store,
    app: &App,
    id: IncidentId,
    record: &Record,
    rows: &mut Rows,
) -> Result<(), Broken> {
    let loaded = app.load(id).await.map_err(|error| error.to_string())?;
    let mut counted = 0;
    for notice in loaded.incident.notices.iter().filter(|notice| notice.queued_at.is_some()) {
        let found = store.deliveries(notice.id(), None, ALL).await.map_err(fault)?;
        counted += found.len() as u64;
        if found.len() as u64 != notice.draft.recipients.rows {
            return Err(format!("{} rows of a notice to {}", found.len(), notice.draft.recipients.rows));
        }
        for row in found {
            if row.state == State::Sent && !record.was_accepted(row.id) {
                return Err(format!("{} counts as sent, and nobody has it", row.id.0));
            }
            let before = rows.states.insert(row.id.0, row.state);
            let final_before = before.filter(|before| !before.is_pending() && *before != row.state);
            let resendable = |state| matches!(state, State::Failed | State::Unknown | State::Expired);
            if let Some(before) = final_before
                && !(resendable(before) && record.resent.contains_key(&notice.id()))
            {
                return Err(format!("{} had ended as {before:?} and is {:?}", row.id.0, row.state));
            }
        }
    }
    let all = store.counts_all().await.map_err(fault)?;
    // What is left are nudges, of which there can only be more.
    let nudges = all.total().checked_sub(counted).filter(|nudges| *nudges >= rows.nudges);
    rows.nudges = nudges.ok_or_else(|| format!("{} rows are counted, {counted} and nudges are there", all.total()))?;
    Ok(())
}

/// When the night is over: everything has ended, and ledger, journal and the world tell the same story.
pub(super) async fn hold_at_the_end(store: &Store, app: &App, id: IncidentId, record: &Record) -> Result<(), Broken> {
    let events = store.events(id, 0).await.map_err(fault)?;
    let replayed = Incident::replay(&events).map_err(|error| error.to_string())?;
    let live = &app.load(id).await.map_err(|error| error.to_string())?.incident;
    if replayed != *live {
        return Err("the replayed journal is not the live state".to_owned());
    }
    if let Some(pair) = events.windows(2).find(|pair| pair[1].at < pair[0].at) {
        return Err(format!("event {} is older than the one before it", pair[1].seq));
    }
    let mut ledger = Vec::new();
    for recorded in &events {
        let Event::NoticeQueued(queued) = &recorded.event else { continue };
        let rows = store.deliveries(queued.notice, None, ALL).await.map_err(fault)?;
        rows.iter().try_for_each(|row| agrees(row, record))?;
        approved(&events, queued.notice)?;
        told_once(&events, queued.notice, &rows, record)?;
        if live.notice(queued.notice).is_some_and(|notice| notice.draft.status.is_some()) {
            ledger.push((queued.notice, rows));
        }
    }
    newest_reached(&ledger, record)?;
    match store.untold().await.map_err(fault)?.as_slice() {
        [] => Ok(()),
        left => Err(format!("the journal was never told of {left:?}")),
    }
}

/// A row has ended, and as the world says.
fn agrees(row: &Delivery, record: &Record) -> Result<(), Broken> {
    let accepted = record.was_accepted(row.id);
    match row.state {
        State::Prepared | State::Queued | State::Sending => {
            Err(format!("{} never ended: it is {:?}", row.id.0, row.state))
        }
        State::Sent if !accepted => Err(format!("{} counts as sent, and nobody has it", row.id.0)),
        State::Failed | State::Suppressed | State::Expired | State::Unknown
            if accepted && !record.is_in_doubt(row.id) =>
        {
            Err(format!("{} counts as {:?}, and was taken", row.id.0, row.state))
        }
        State::Sent | State::Failed | State::Suppressed | State::Expired | State::Unknown => Ok(()),
    }
}

/// What was queued was approved before, exactly as it was drafted, by somebody else than its author.
fn approved(events: &[Recorded], id: NoticeId) -> Result<(), Broken> {
    let (mut hash, mut author, mut complete) = (None, None, false);
    for recorded in events {
        match &recorded.event {
            Event::NoticeDrafted(draft) if draft.id == id => {
                (hash, author) = (Some(draft.hash.clone()), Some(recorded.actor.clone()));
            }
            Event::Approved { notice: Some(notice), hash: seen, complete: true, .. } if *notice == id => {
                complete = *seen == hash && author.as_ref() != Some(&recorded.actor);
            }
            Event::NoticeVoided { notice, .. } | Event::NoticeCancelled { notice, .. } if *notice == id => {
                complete = false
            }
            Event::NoticeQueued(queued) if queued.notice == id => {
                return if complete { Ok(()) } else { Err(format!("{id} was queued without an approval of its text")) };
            }
            _ => {}
        }
    }
    Err(format!("{id} is out without ever having been queued"))
}

/// The journal was told of the first one sent once, and of the end once for each time it was sent.
fn told_once(events: &[Recorded], id: NoticeId, rows: &[Delivery], record: &Record) -> Result<(), Broken> {
    let (mut firsts, mut since_resent, mut newest) = (0, 0, None);
    for recorded in events {
        match &recorded.event {
            Event::NoticeFirstSent { notice, .. } if *notice == id => firsts += 1,
            Event::NoticeResent { notice, .. } if *notice == id => since_resent = 0,
            Event::NoticeSettled { notice, counts, .. } if *notice == id => {
                since_resent += 1;
                newest = Some(counts.clone());
            }
            _ => {}
        }
    }
    let sent = rows.iter().filter(|row| row.state == State::Sent).count();
    if record.cancelled.contains_key(&id) {
        return if firsts <= 1 { Ok(()) } else { Err(format!("the first one sent of {id} was told {firsts} times")) };
    }
    if firsts != usize::from(sent > 0) {
        return Err(format!("the first one sent of {id} was told {firsts} times, of {sent} sent"));
    }
    if since_resent != 1 {
        return Err(format!("the end of {id} was told {since_resent} times"));
    }
    let mut counts = BTreeMap::<String, u64>::new();
    for row in rows {
        *counts.entry(row.state.as_str().to_owned()).or_default() += 1;
    }
    let told: BTreeMap<_, _> = newest.unwrap_or_default().into_iter().collect();
    if told == counts { Ok(()) } else { Err(format!("the journal says {told:?} of {id}, the ledger {counts:?}")) }
}

/// Of several status notices a customer gets the newest: older ones expire for it, and only for one that they get.
fn newest_reached(ledger: &[(NoticeId, Vec<Delivery>)], record: &Record) -> Result<(), Broken> {
    let mut later = HashMap::<(Channel, String), Vec<NoticeId>>::new();
    for (notice, rows) in ledger.iter().rev() {
        for row in rows {
            let newer = later.entry((row.channel, name(&row.recipient))).or_default();
            if row.state == State::Expired && row.reply == "superseded" && newer.is_empty() {
                return Err(format!("{} expired, and its customer gets nothing newer", row.id.0));
            }
            for one in record.tries.iter().filter(|one| one.row.id == row.id && one.accepted_at.is_some()) {
                let stood = |newer: &NoticeId| {
                    record.queued.get(newer).is_some_and(|queued| *queued < one.leased_at)
                        && record.cancelled.get(newer).is_none_or(|cancelled| *cancelled > one.leased_at)
                };
                if newer.iter().any(stood) {
                    return Err(format!("{} was sent although something newer was on its way", row.id.0));
                }
            }
            newer.push(*notice);
        }
    }
    Ok(())
}

fn name(recipient: &Recipient) -> String {
    format!("{}:{}", recipient.kind(), recipient.as_str())
}
