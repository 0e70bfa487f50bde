//! Leasing rows: each is given to one worker at a time, and comes back if that worker goes away.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use sqlx::AssertSqlSafe;

use super::words::{attempts, incident_id, notice_id, recipient};
use super::{Batch, Channel, DeliveryId, Error, IncidentId, Lease, Leased, NoticeId, State, StepId, Store};
use crate::clock::{self, Timestamp};
use crate::settings::OnUnknown;
use crate::store::book::normalise;
use crate::store::patience::{Patience, patiently};
use crate::store::planted::{Fault, is_planted};
use crate::store::sql::{Row, Transaction, Value, values};
use crate::store::table::{Column, list, table};

/// Values of one statement's list.
const AT_ONCE: usize = 512;

/// A notice whose rows workers may see.
struct Active {
    id: NoticeId,
    incident: IncidentId,
    step: StepId,
    cancelled: bool,
    nudge: Option<String>,
    /// Newer notices of the incident that tell the status, where this one tells it too.
    newer: Vec<NoticeId>,
}

/// A row that is due, before it is clear what becomes of it.
struct Candidate {
    leased: Leased,
    state: State,
}

/// What becomes of a candidate.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Lease,
    Cancelled,
    Superseded,
    /// With the reason why nothing goes to that address.
    Suppressed(String),
    Unknown,
}

impl Store {
    /// Gives out up to `limit` rows that are due, for `lease_for`. Rows that are superseded, suppressed
    /// or cancelled are settled on the way, and so are those whose worker went away while sending.
    pub async fn lease(
        &self,
        limit: usize,
        now: Timestamp,
        lease_for: Duration,
        on_unknown: OnUnknown,
    ) -> Result<Batch, Error> {
        let mut patience = Patience::new();
        loop {
            let now = clock::after(now, patience.waited());
            let (batch, change) = match self.try_lease(limit, now, lease_for, on_unknown).await {
                Ok((batch, Some(change))) => (batch, change),
                Ok((batch, None)) => return Ok(batch),
                Err(error) if patience.lasts_for_repeatable(&error).await => continue,
                Err(error) => return Err(error),
            };
            match change.commit().await {
                Ok(()) => return Ok(batch),
                Err(error) if patience.lasts_for_repeatable(&error).await => {}
                Err(error) => return Err(error),
            }
            if patience.is_in_doubt() && !batch.rows.is_empty() {
                // Whoever has the rows of this lease is this worker, so the lease was committed.
                let keys: Vec<_> = batch.rows.iter().map(|row| (row.id, row.lease)).collect();
                let kept = self.extend(&keys, clock::after(now, patience.waited() + lease_for)).await?;
                if !kept.is_empty() {
                    return Ok(batch);
                }
            }
        }
    }

    /// Chooses rows and what becomes of them; none of it holds before the change is committed.
    async fn try_lease(
        &self,
        limit: usize,
        now: Timestamp,
        lease_for: Duration,
        on_unknown: OnUnknown,
    ) -> Result<(Batch, Option<Transaction>), Error> {
        // Asked first without holding up anyone who writes: most of the time nothing is due.
        if self.next_delivery().await?.is_none_or(|due| due > now) {
            return Ok((Batch::default(), None));
        }
        let mut change = self.change().await?;
        let active = active(&mut change).await?;
        let lease = if is_planted(Fault::NoFencing) { Lease(1) } else { next_lease(&mut change).await? };
        let mut batch = Batch::default();
        // Shared out evenly, so that no notice and no channel waits for a larger one to end.
        let share = limit.div_ceil((active.len() * 2).max(1));
        for size in [share, limit] {
            for notice in &active {
                for channel in [Channel::Webhook, Channel::Mail] {
                    let room = size.min(limit - batch.rows.len());
                    let due = candidates(&mut change, notice, channel, now, room, lease).await?;
                    take(&mut change, notice, due, (now, lease_for), on_unknown, &mut batch).await?;
                }
            }
        }
        let sql = "UPDATE notices SET told_settled = 1
                   WHERE told_settled = 0 AND queued_at IS NOT NULL AND (nudge IS NOT NULL OR state = 'cancelled')
                     AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.notice = notices.id
                                     AND d.state IN ('prepared', 'queued', 'sending'))";
        change.execute(sql, values![]).await?;
        Ok((batch, Some(change)))
    }

    /// Keeps rows until then; gives back those that are still the worker's.
    pub async fn extend(&self, rows: &[(DeliveryId, Lease)], until: Timestamp) -> Result<Vec<DeliveryId>, Error> {
        patiently!(self.try_extend(rows, until))
    }

    async fn try_extend(&self, rows: &[(DeliveryId, Lease)], until: Timestamp) -> Result<Vec<DeliveryId>, Error> {
        let mut change = self.change().await?;
        let mut kept = Vec::with_capacity(rows.len());
        for some in rows.chunks(AT_ONCE) {
            let mut values = values![until];
            let wanted = some.iter().map(|(id, lease)| [id.0.into(), lease.0.into()]);
            let wanted = table([Column::Int; 2], wanted, &mut values);
            let sql = format!(
                "UPDATE deliveries SET again_at = $1 FROM ({wanted}) AS w
                 WHERE deliveries.id = w.column1 AND deliveries.lease = w.column2
                   AND deliveries.state IN ('queued', 'sending') RETURNING id"
            );
            for row in change.all(AssertSqlSafe(sql), values).await? {
                kept.push(DeliveryId(row.int(0)?));
            }
        }
        change.commit().await?;
        Ok(kept)
    }
}

/// The next fencing token: higher than every one before it.
pub(in crate::store) async fn next_lease(change: &mut Transaction) -> Result<Lease, Error> {
    change.next_token().await.map(Lease)
}

async fn active(change: &mut Transaction) -> Result<Vec<Active>, Error> {
    let sql = "SELECT id, incident, step, state, nudge FROM notices
               WHERE told_settled = 0 AND queued_at IS NOT NULL
                 AND (state = 'cancelled' OR (state = 'queued' AND paused = 0))
               ORDER BY queued_at DESC, id DESC";
    let mut active = Vec::new();
    for row in change.all(sql, values![]).await? {
        let id = notice_id(&row, 0)?;
        let sql = "SELECT newer.id FROM notices old JOIN notices newer
                       ON newer.incident = old.incident AND newer.queued_seq > old.queued_seq
                   WHERE old.id = $1 AND old.tells_status = 1 AND newer.tells_status = 1 AND newer.state = 'queued'";
        let newer = change.all(sql, values![id]).await?;
        active.push(Active {
            id,
            incident: incident_id(&row, 1)?,
            step: StepId::new(row.text(2)?),
            cancelled: row.text(3)? == "cancelled",
            nudge: row.maybe_text(4)?,
            newer: newer.iter().map(|row| notice_id(row, 0)).collect::<Result<_, _>>()?,
        });
    }
    Ok(active)
}

async fn candidates(
    change: &mut Transaction,
    notice: &Active,
    channel: Channel,
    now: Timestamp,
    limit: usize,
    lease: Lease,
) -> Result<Vec<Candidate>, Error> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT id, kind, recipient, address, locale, name, org, attempts, dated, state, parts FROM deliveries
         WHERE notice = $1 AND channel = $2 AND state IN ('prepared', 'queued', 'sending') AND again_at <= $3
         ORDER BY again_at, id LIMIT $4{}",
        change.for_one_worker()
    );
    let rows = change.all(AssertSqlSafe(sql), values![notice.id, channel.as_str(), now, limit]).await?;
    rows.iter().map(|row| candidate(row, notice, channel, now, lease)).collect()
}

fn candidate(row: &Row, notice: &Active, channel: Channel, now: Timestamp, lease: Lease) -> Result<Candidate, Error> {
    let leased = Leased {
        id: DeliveryId(row.int(0)?),
        lease,
        incident: notice.incident,
        notice: notice.id,
        step: notice.step.clone(),
        recipient: recipient(row, 1, 2)?,
        channel,
        address: row.text(3)?,
        locale: row.parsed(4, "locale")?,
        name: row.text(5)?,
        org: row.text(6)?,
        attempts: attempts(row, 7)?,
        parts: attempts(row, 10)?,
        date: row.maybe_moment(8)?.unwrap_or(now),
        nudge: notice.nudge.clone(),
    };
    Ok(Candidate { leased, state: row.parsed(9, "state")? })
}

/// Decides what becomes of the candidates, writes it down, and adds the leased ones to the batch.
async fn take(
    change: &mut Transaction,
    notice: &Active,
    candidates: Vec<Candidate>,
    (now, lease_for): (Timestamp, Duration),
    on_unknown: OnUnknown,
    batch: &mut Batch,
) -> Result<(), Error> {
    let superseded = superseded(change, notice, &candidates).await?;
    let suppressed = suppressed(change, &candidates).await?;
    let mut verdicts = BTreeMap::<Verdict, Vec<Value>>::new();
    for Candidate { mut leased, state } in candidates {
        let in_doubt = state == State::Sending;
        let over = superseded.contains(&key(&leased));
        let verdict = match () {
            () if in_doubt && (notice.cancelled || over || on_unknown == OnUnknown::Hold) => Verdict::Unknown,
            () if notice.cancelled => Verdict::Cancelled,
            () if over => Verdict::Superseded,
            () => match suppressed.get(&normalise(&leased.address)) {
                Some(_) if in_doubt => Verdict::Unknown,
                Some(reason) => Verdict::Suppressed(reason.clone()),
                None => Verdict::Lease,
            },
        };
        batch.unknown += u64::from(in_doubt);
        match &verdict {
            Verdict::Cancelled | Verdict::Superseded => batch.expired += 1,
            Verdict::Suppressed(_) => batch.suppressed += 1,
            Verdict::Unknown | Verdict::Lease => {}
        }
        let is_leased = verdict == Verdict::Lease;
        verdicts.entry(verdict).or_default().push(leased.id.0.into());
        if is_leased {
            leased.attempts += u32::from(in_doubt);
            batch.rows.push(leased);
        }
    }
    let lease = batch.rows.last().map_or(0, |row| row.lease.0);
    let until = clock::after(now, if is_planted(Fault::ProgressAtFetch) { lease_for * 1_000_000 } else { lease_for });
    for (verdict, ids) in verdicts {
        for ids in ids.chunks(AT_ONCE) {
            let (set, mut values) = match &verdict {
                Verdict::Lease => (
                    "lease = $1, again_at = $2, dated = coalesce(dated, $3),
                     attempts = attempts + CASE WHEN state = 'sending' THEN 1 ELSE 0 END, state = 'queued'",
                    values![lease, until, now],
                ),
                Verdict::Cancelled => ("state = 'expired', reply = $1", values!["cancelled"]),
                Verdict::Superseded => ("state = 'expired', reply = $1", values!["superseded"]),
                Verdict::Suppressed(reason) => ("state = 'suppressed', reply = $1", values![reason.as_str()]),
                Verdict::Unknown => ("state = 'unknown', reply = $1", values!["interrupted while sending"]),
            };
            let ids = list(ids.iter().cloned(), &mut values);
            let sql = format!("UPDATE deliveries SET {set} WHERE id IN ({ids})");
            change.execute(AssertSqlSafe(sql), values).await?;
        }
    }
    Ok(())
}

fn key(row: &Leased) -> (&'static str, String) {
    (row.recipient.kind(), row.recipient.as_str().to_owned())
}

/// The recipients whom a newer notice also goes to, by the same channel.
async fn superseded(
    change: &mut Transaction,
    notice: &Active,
    candidates: &[Candidate],
) -> Result<HashSet<(&'static str, String)>, Error> {
    let mut found = HashSet::new();
    for newer in &notice.newer {
        for some in candidates.chunks(AT_ONCE) {
            let mut values = values![*newer, some[0].leased.channel.as_str()];
            let recipients = list(some.iter().map(|row| row.leased.recipient.as_str().into()), &mut values);
            let sql = format!(
                "SELECT kind, recipient FROM deliveries WHERE notice = $1 AND channel = $2
                 AND kind IN ('contact', 'endpoint', 'person') AND recipient IN ({recipients})"
            );
            for row in change.all(AssertSqlSafe(sql), values).await? {
                let recipient = recipient(&row, 0, 1)?;
                found.insert((recipient.kind(), recipient.as_str().to_owned()));
            }
        }
    }
    Ok(found)
}

/// The addresses among these that nothing is sent to any more, and why.
async fn suppressed(change: &mut Transaction, candidates: &[Candidate]) -> Result<HashMap<String, String>, Error> {
    let mut found = HashMap::new();
    for some in candidates.chunks(AT_ONCE) {
        let mut values = Vec::new();
        let addresses = list(some.iter().map(|row| normalise(&row.leased.address).into()), &mut values);
        let sql = format!("SELECT address, reason FROM suppressions WHERE address IN ({addresses})");
        for row in change.all(AssertSqlSafe(sql), values).await? {
            found.insert(row.text(0)?, row.text(1)?);
        }
    }
    Ok(found)
}
