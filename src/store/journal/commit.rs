//! Commits: events, head, answer and rows in one transaction, or none of them.

use sqlx::AssertSqlSafe;

use super::{Commit, Error, KeyedAnswer, RowChange, Store};
use crate::clock::Timestamp;
use crate::incident::{IncidentId, IncidentNumber, event};
use crate::store::chain;
use crate::store::patience::Patience;
use crate::store::sql::{Transaction, rows_of, unreadable, values};
use crate::store::{book, ledger, outbox};

/// Events written by one statement.
const AT_ONCE: usize = 100;

impl Store {
    /// The number the next incident gets; taken only once its declaration commits.
    pub async fn next_number(&self) -> Result<IncidentNumber, Error> {
        let row = self.first("SELECT coalesce(max(number), 0) + 1 FROM incidents", values![]).await?;
        row.map_or(Ok(1), |row| row.count(0)).map(IncidentNumber)
    }

    /// Commits what was decided. [`Error::Conflict`] if the incident has moved on since,
    /// [`Error::KeyTaken`] if the key was used meanwhile; then nothing is changed.
    ///
    /// Where the server went away before it answered, it is asked again: if the events stand there
    /// as this commit chained them, it was done.
    pub async fn commit(&self, commit: Commit<'_>) -> Result<(), Error> {
        let mut patience = Patience::new();
        loop {
            match self.try_commit(&commit).await {
                Err(Error::Conflict | Error::KeyTaken(_)) if patience.is_in_doubt() && self.stands(&commit).await? => {
                    return Ok(());
                }
                Err(error) if patience.lasts(&error).await => {}
                done => return done,
            }
        }
    }

    /// Whether the events of a commit are in the journal, as this commit and no other would have put them there.
    async fn stands(&self, commit: &Commit<'_>) -> Result<bool, Error> {
        let Some(last) = commit.events.last() else { return Ok(false) };
        let hash = "SELECT hash FROM events WHERE incident = $1 AND seq = $2";
        let previous = match commit.expected_seq {
            0 => chain::START.to_owned(),
            seq => match self.first(hash, values![commit.head.id, seq]).await? {
                Some(row) => row.text(0)?,
                None => return Ok(false),
            },
        };
        let found = self.first(hash, values![commit.head.id, last.seq]).await?.map(|row| row.text(0)).transpose()?;
        Ok(found == chained(commit, previous)?.pop().map(|event| event.hash))
    }

    async fn try_commit(&self, commit: &Commit<'_>) -> Result<(), Error> {
        let mut change = self.change().await?;
        if let Some(answer) = &commit.answer {
            keep_answer(&mut change, answer, commit.at).await?;
        }
        let previous = previous_hash(&mut change, commit).await?;
        let events = chained(commit, previous.clone())?;
        let (seq, hash) = match events.last() {
            Some(event) => (event.seq, event.hash.clone()),
            None => (commit.expected_seq, previous),
        };
        write_head(&mut change, commit, seq, &hash).await?;
        write_events(&mut change, commit.head.id, events).await?;
        let context = Context { incident: commit.head.id, at: commit.at, seq };
        for row in &commit.rows {
            write_row(&mut change, context, row).await?;
        }
        change.commit().await
    }
}

/// What every row of a commit follows from.
#[derive(Clone, Copy)]
pub(in crate::store) struct Context {
    pub(in crate::store) incident: IncidentId,
    pub(in crate::store) at: Timestamp,
    /// The newest event of the commit.
    pub(in crate::store) seq: u64,
}

struct Chained {
    seq: u64,
    hash: String,
    body: String,
}

async fn keep_answer(change: &mut Transaction, answer: &KeyedAnswer, at: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO answers (idempotency_key, request, answer, answered_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (idempotency_key) DO NOTHING";
    let (key, request, text) = (answer.key.as_str(), answer.request.as_str(), answer.answer.as_str());
    match change.execute(sql, values![key, request, text, at]).await? {
        0 => Err(Error::KeyTaken(answer.key.clone())),
        _ => Ok(()),
    }
}

/// The hash that the first new event follows on, if the incident still stands where it was read.
async fn previous_hash(change: &mut Transaction, commit: &Commit<'_>) -> Result<String, Error> {
    let row = change.first("SELECT seq, hash FROM incidents WHERE id = $1", values![commit.head.id]).await?;
    let (seq, hash) = match row {
        Some(row) => (row.count(0)?, row.text(1)?),
        None => (0, chain::START.to_owned()),
    };
    if seq == commit.expected_seq { Ok(hash) } else { Err(Error::Conflict) }
}

fn chained(commit: &Commit<'_>, mut previous: String) -> Result<Vec<Chained>, Error> {
    let mut chained = Vec::with_capacity(commit.events.len());
    for (recorded, seq) in commit.events.iter().zip(commit.expected_seq + 1..) {
        if recorded.seq != seq {
            return Err(Error::Conflict);
        }
        let body = event::encode(recorded);
        let hash = chain::link(&previous, commit.head.id, seq, &body);
        previous.clone_from(&hash);
        chained.push(Chained { seq, hash, body });
    }
    Ok(chained)
}

async fn write_head(change: &mut Transaction, commit: &Commit<'_>, seq: u64, hash: &str) -> Result<(), Error> {
    let head = serde_json::to_string(&commit.head).map_err(|reason| unreadable("head", reason))?;
    let state = commit.head.state.as_str();
    let touched = if commit.expected_seq == 0 {
        // Another incident may have taken the number.
        let sql = "INSERT INTO incidents (id, number, seq, hash, state, next_due, head)
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let values = values![commit.head.id, commit.head.number.0, seq, hash, state, commit.next_due, head];
        change.execute(sql, values).await?
    } else {
        let sql = "UPDATE incidents SET seq = $1, hash = $2, state = $3, next_due = $4, head = $5
                   WHERE id = $6 AND seq = $7";
        let values = values![seq, hash, state, commit.next_due, head, commit.head.id, commit.expected_seq];
        change.execute(sql, values).await?
    };
    if touched == 1 { Ok(()) } else { Err(Error::Conflict) }
}

async fn write_events(change: &mut Transaction, incident: IncidentId, events: Vec<Chained>) -> Result<(), Error> {
    let mut events = events.into_iter().peekable();
    while events.peek().is_some() {
        let some: Vec<_> = events.by_ref().take(AT_ONCE).collect();
        let sql = format!("INSERT INTO events (incident, seq, hash, body) VALUES {}", rows_of(4, some.len()));
        let row = |event: Chained| values![incident, event.seq, event.hash, event.body];
        change.execute(AssertSqlSafe(sql), some.into_iter().flat_map(row).collect()).await?;
    }
    Ok(())
}

async fn write_row(change: &mut Transaction, context: Context, row: &RowChange) -> Result<(), Error> {
    match row {
        RowChange::QueueNotice { notice, step, tells_status } => {
            ledger::queue(change, context, *notice, step, *tells_status).await
        }
        RowChange::CancelNotice { notice } => ledger::cancel(change, *notice).await,
        RowChange::PauseNotice { notice } => ledger::pause(change, *notice, true).await,
        RowChange::ResumeNotice { notice } => ledger::pause(change, *notice, false).await,
        RowChange::ResendNotice { notice } => ledger::resend(change, context.at, *notice).await,
        RowChange::QueueNudge { nudge, step, text, to } => {
            ledger::queue_nudge(change, context, *nudge, step, text, to).await
        }
        RowChange::QueueAction(action) => outbox::queue(change, context.at, action).await,
        RowChange::SettleAction { step, run, lease } => {
            outbox::settle(change, context.incident, step, *run, *lease).await
        }
        RowChange::ReachByHand { step, contacts, by } => book::touch(change, context, step, contacts, by).await,
        RowChange::UseSet(set) => book::use_set(change, context.incident, *set).await,
        RowChange::ToldFirstSent { notice } => ledger::told_first(change, *notice).await,
        RowChange::ToldSettled { notice } => ledger::told_settled(change, *notice).await,
    }
}
