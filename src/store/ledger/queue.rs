//! What an event does to a notice's rows: one update of the notice, whatever the number of rows.

use super::{Error, NewDelivery, NoticeId, StepId, prepare};
use crate::clock::Timestamp;
use crate::store::journal::Context;
use crate::store::sql::{Transaction, values};

/// Lets workers see the notice's rows; a notice without any is queued as well.
pub(in crate::store) async fn queue(
    change: &mut Transaction,
    context: Context,
    notice: NoticeId,
    step: &StepId,
    tells_status: bool,
) -> Result<(), Error> {
    let sql = "INSERT INTO notices (id, incident, step, state, tells_status, queued_seq, queued_at)
               VALUES ($1, $2, $3, 'queued', $4, $5, $6)
               ON CONFLICT (id) DO UPDATE SET state = 'queued', tells_status = excluded.tells_status,
                   queued_seq = excluded.queued_seq, queued_at = excluded.queued_at";
    let values = values![notice, context.incident, step, tells_status, context.seq, context.at];
    change.execute(sql, values).await.map(drop)
}

/// Queues a word to staff, rows and all.
pub(in crate::store) async fn queue_nudge(
    change: &mut Transaction,
    context: Context,
    nudge: NoticeId,
    step: &StepId,
    text: &str,
    to: &[NewDelivery],
) -> Result<(), Error> {
    let sql = "INSERT INTO notices (id, incident, step, state, queued_seq, queued_at, nudge)
               VALUES ($1, $2, $3, 'queued', $4, $5, $6) ON CONFLICT (id) DO NOTHING";
    change.execute(sql, values![nudge, context.incident, step, context.seq, context.at, text]).await?;
    prepare::insert(change, nudge, to, "queued", Some(context.at)).await
}

/// Ends a notice: workers settle its unsent rows as expired, in their turn.
pub(in crate::store) async fn cancel(change: &mut Transaction, notice: NoticeId) -> Result<(), Error> {
    let sql = "UPDATE notices SET state = 'cancelled', paused = 0 WHERE id = $1";
    change.execute(sql, values![notice]).await.map(drop)
}

pub(in crate::store) async fn pause(change: &mut Transaction, notice: NoticeId, paused: bool) -> Result<(), Error> {
    let sql = "UPDATE notices SET paused = $1 WHERE id = $2 AND state = 'queued'";
    change.execute(sql, values![paused, notice]).await.map(drop)
}

/// The rows that a resend takes: all that ended without being sent, where there is an address.
pub(super) const RESENDABLE: &str =
    "notice = $1 AND state IN ('failed', 'unknown', 'expired') AND reply <> 'no_address'";

pub(in crate::store) async fn resend(change: &mut Transaction, at: Timestamp, notice: NoticeId) -> Result<(), Error> {
    let sql = "UPDATE deliveries SET state = 'queued', attempts = 0, parts = 0, again_at = $2, reply = ''
               WHERE notice = $1 AND state IN ('failed', 'unknown', 'expired') AND reply <> 'no_address'";
    change.execute(sql, values![notice, at]).await?;
    let sql = "UPDATE notices SET told_settled = 0 WHERE id = $1 AND state = 'queued'";
    change.execute(sql, values![notice]).await.map(drop)
}

pub(in crate::store) async fn told_first(change: &mut Transaction, notice: NoticeId) -> Result<(), Error> {
    change.execute("UPDATE notices SET told_first = 1 WHERE id = $1", values![notice]).await.map(drop)
}

pub(in crate::store) async fn told_settled(change: &mut Transaction, notice: NoticeId) -> Result<(), Error> {
    change.execute("UPDATE notices SET told_settled = 1 WHERE id = $1", values![notice]).await.map(drop)
}
