//! A node: a worker as the courier is one, taken apart into steps so that anything can happen between any two.

use std::collections::VecDeque;
use std::time::Duration;

use muster::app::{App, Outlet};
use muster::clock::{Clock, Timestamp, after};
use muster::delivery::courier::letter::{NoLetter, Texts};
use muster::delivery::courier::{Conclusion, LEASE, RENEWAL, Stall, conclude};
use muster::delivery::email::smtp::{Patience, Relay as RelaySettings, Session};
use muster::delivery::http::Answer;
use muster::delivery::mime::{self, Mail};
use muster::delivery::{Letter, Verdict, webhook};
use muster::settings::{OnUnknown, Security, Settings, WebhookKind};
use muster::store::Store;
use muster::store::ledger::{Channel, Settled, Settlement};

use super::record::{Broken, Record};
use super::relay::Relay;

/// Connections to the relay, and one more slot for calls to endpoints.
pub(super) const SLOTS: usize = 3;
const CALLS: usize = SLOTS - 1;

pub(super) struct Node<'s> {
    pub(super) number: usize,
    store: &'s Store,
    pub(super) app: App,
    clock: &'s Clock,
    settings: Settings,
    texts: Texts<'s>,
    mail: VecDeque<usize>,
    calls: VecDeque<usize>,
    slots: [Slot; SLOTS],
    pub(super) stalls: Vec<Stall>,
    /// When it last renewed the leases of what it is sending.
    renewed: Timestamp,
}

#[derive(Default)]
struct Slot {
    session: Option<Session>,
    at: Stage,
    /// Since when its next step could be taken.
    since: Option<Timestamp>,
}

/// How far a slot has come with its row; the number is that of the try.
#[derive(Default)]
enum Stage {
    #[default]
    Idle,
    Ready(usize, Box<Piece>),
    Begun(usize, Box<Piece>),
    /// The answer is there, or will be then.
    Answered(usize, Verdict, Timestamp),
}

/// What is to be handed over.
enum Piece {
    Mail(Mail),
    Call(Box<Letter>),
}

/// What an endpoint answers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reply {
    Status(u16),
    /// It took the call, and the answer was lost.
    Nothing,
}

impl<'s> Node<'s> {
    pub(super) fn start(number: usize, store: &'s Store, settings: &Settings, clock: &'s Clock) -> Self {
        Self {
            number,
            store,
            app: App::on(store.clone(), settings.clone(), clock.clone(), Outlet::World),
            clock,
            settings: settings.clone(),
            texts: Texts::new(store, clock),
            mail: VecDeque::new(),
            calls: VecDeque::new(),
            slots: Default::default(),
            stalls: Vec::new(),
            renewed: clock.now(),
        }
    }

    fn on_unknown(&self) -> OnUnknown {
        self.settings.mail.on_unknown
    }

    /// Whether it would ask the ledger for more.
    pub(super) fn is_hungry(&self) -> bool {
        self.stalls.is_empty() && self.mail.len() + self.calls.len() < 3
    }

    /// Whether it has any row in hand.
    pub(super) fn is_busy(&self) -> bool {
        let idle = |slot: &Slot| matches!(slot.at, Stage::Idle);
        !(self.mail.is_empty() && self.calls.is_empty() && self.slots.iter().all(idle))
    }

    /// Rows of which the relay may or may not have a message.
    pub(super) fn in_doubt(&self) -> usize {
        self.slots.iter().filter(|slot| matches!(slot.at, Stage::Begun(..) | Stage::Answered(..))).count()
    }

    /// The slots that can take a step now.
    pub(super) fn ready(&self) -> Vec<usize> {
        let now = self.clock.now();
        (0..SLOTS).filter(|slot| self.is_ready(*slot, now)).collect()
    }

    fn is_ready(&self, slot: usize, now: Timestamp) -> bool {
        match &self.slots[slot].at {
            Stage::Idle if slot == CALLS => !self.calls.is_empty(),
            Stage::Idle => self.stalls.is_empty() && !self.mail.is_empty(),
            Stage::Ready(..) | Stage::Begun(..) => true,
            Stage::Answered(_, _, at) => *at <= now,
        }
    }

    /// A slot that has been kept waiting for so long that its worker could not be called at work.
    pub(super) fn overdue(&mut self, patience: Duration) -> Option<usize> {
        let now = self.clock.now();
        for slot in 0..SLOTS {
            let ready = self.is_ready(slot, now);
            let since = &mut self.slots[slot].since;
            match (ready, *since) {
                (false, _) => *since = None,
                (true, None) => *since = Some(now),
                (true, Some(moment)) if after(moment, patience) <= now => return Some(slot),
                (true, Some(_)) => {}
            }
        }
        None
    }

    /// When the next answer comes in, or a lease is to be renewed.
    pub(super) fn next_answer(&self) -> Option<Timestamp> {
        let answers = self.slots.iter().filter_map(|slot| match &slot.at {
            Stage::Answered(_, _, at) => Some(*at),
            Stage::Idle | Stage::Ready(..) | Stage::Begun(..) => None,
        });
        answers.chain(self.renews_at()).min()
    }

    /// Rows that wait for an answer, with their numbers.
    fn under_way(&self) -> impl Iterator<Item = usize> {
        self.slots.iter().filter_map(|slot| match &slot.at {
            Stage::Begun(number, _) | Stage::Answered(number, ..) => Some(*number),
            Stage::Idle | Stage::Ready(..) => None,
        })
    }

    /// When it renews its leases next; none while it sends nothing.
    pub(super) fn renews_at(&self) -> Option<Timestamp> {
        self.under_way().next().map(|_| after(self.renewed, RENEWAL))
    }

    /// How long a worker waits is measured by a clock that does not jump.
    pub(super) fn clock_jumped(&mut self) {
        let now = self.clock.now();
        self.renewed = now;
        for slot in &mut self.slots {
            slot.since = None;
            if let Stage::Answered(_, _, at) = &mut slot.at {
                *at = now;
            }
        }
    }

    /// Renews the leases of what it is sending.
    pub(super) async fn renew(&mut self, record: &Record) -> Result<String, Broken> {
        let now = self.clock.now();
        self.renewed = now;
        let rows: Vec<_> =
            self.under_way().map(|number| &record.tries[number].row).map(|row| (row.id, row.lease)).collect();
        let kept = self.store.extend(&rows, after(now, LEASE)).await.map_err(fault)?;
        Ok(format!("renews {} of {}", kept.len(), rows.len()))
    }

    /// Takes some rows from the ledger.
    pub(super) async fn lease(&mut self, limit: usize, record: &mut Record, step: u64) -> Result<String, Broken> {
        let batch = self.store.lease(limit, self.clock.now(), LEASE, self.on_unknown()).await.map_err(fault)?;
        let told = format!("leases {}, settles {} on the way", batch.rows.len(), batch.expired + batch.suppressed);
        for row in batch.rows {
            let channel = row.channel;
            let number = record.leased(row, self.number, step);
            match channel {
                Channel::Mail => self.mail.push_back(number),
                Channel::Webhook => self.calls.push_back(number),
            }
        }
        Ok(told)
    }

    /// Takes the next step of a slot.
    pub(super) async fn advance(
        &mut self,
        slot: usize,
        (relay, reply): (&Relay, Reply),
        record: &mut Record,
        step: u64,
    ) -> Result<String, Broken> {
        self.slots[slot].since = None;
        match std::mem::take(&mut self.slots[slot].at) {
            Stage::Idle => self.take(slot, relay, record).await,
            Stage::Ready(number, piece) => self.begin(slot, number, piece, record, step).await,
            Stage::Begun(number, piece) => match *piece {
                Piece::Mail(mail) => self.talk(slot, number, &mail, relay, record, step).await,
                Piece::Call(letter) => self.call(slot, number, &letter, reply, record, step),
            },
            Stage::Answered(number, verdict, _) => self.settle(number, verdict, record, step).await,
        }
    }

    /// Takes up the next row, makes its letter, and sees that the connection stands.
    async fn take(&mut self, slot: usize, relay: &Relay, record: &Record) -> Result<String, Broken> {
        let queue = if slot == CALLS { &mut self.calls } else { &mut self.mail };
        let Some(number) = queue.pop_front() else { return Ok("rests".to_owned()) };
        let row = &record.tries[number].row;
        let now = self.clock.now();
        let letter = match self.texts.letter(row, self.settings.page.url.as_deref()).await {
            Ok(letter) => letter,
            Err(NoLetter::Store(error)) => return Err(fault(error)),
            Err(error @ (NoLetter::NoText | NoLetter::Malformed(_))) => return Err(error.to_string()),
        };
        if slot == CALLS {
            self.slots[slot].at = Stage::Ready(number, Box::new(Piece::Call(Box::new(letter))));
            return Ok(format!("takes up the call to {}", row.recipient.as_str()));
        }
        let from = mime::sender(&self.settings.mail.from).map_err(|error| error.to_string())?;
        let mail = mime::mail(&letter, &from).map_err(|error| error.to_string())?;
        let told = format!("takes up {} for {}", row.id.0, row.recipient.as_str());
        if self.slots[slot].session.is_none() {
            let (opened, took) = timed(open(relay)).await;
            match opened {
                Ok(session) => self.slots[slot].session = Some(session),
                Err(verdict) => {
                    self.slots[slot].at = Stage::Answered(number, verdict, after(now, took));
                    return Ok(format!("{told}, and cannot connect"));
                }
            }
        }
        self.slots[slot].at = Stage::Ready(number, Box::new(Piece::Mail(mail)));
        Ok(told)
    }

    /// Has the ledger mark the row as being sent.
    async fn begin(
        &mut self,
        slot: usize,
        number: usize,
        piece: Box<Piece>,
        record: &mut Record,
        step: u64,
    ) -> Result<String, Broken> {
        let one = &mut record.tries[number];
        let asked = self.store.record(&[], &[(one.row.id, one.row.lease)], self.clock.now()).await.map_err(fault)?;
        if asked.begun.is_empty() {
            one.ended = true;
            return Ok(format!("may no longer send {}", one.row.id.0));
        }
        one.begun_at = Some(step);
        if self.under_way().next().is_none() {
            self.renewed = self.clock.now();
        }
        self.slots[slot].at = Stage::Begun(number, piece);
        Ok(format!("begins {}", one.row.id.0))
    }

    /// Hands a mail over, with the real session; what the relay took is held against the laws at once.
    async fn talk(
        &mut self,
        slot: usize,
        number: usize,
        mail: &Mail,
        relay: &Relay,
        record: &mut Record,
        step: u64,
    ) -> Result<String, Broken> {
        let Some(mut session) = self.slots[slot].session.take() else { return Err("no session".to_owned()) };
        let (verdict, took) = timed(session.send(mail)).await;
        if session.is_sound() {
            self.slots[slot].session = Some(session);
        }
        for (to, bytes) in relay.taken() {
            if to != mail.to.to_string() || bytes != mail.bytes {
                return Err(format!("the relay took other bytes for {to} than were handed over"));
            }
            record.accepted(number, &bytes, step)?;
        }
        let one = &mut record.tries[number];
        one.excused |= matches!(verdict, Verdict::Unknown { .. });
        if matches!(verdict, Verdict::Sent { .. }) && one.accepted_at.is_none() {
            return Err(format!("{} was told to be sent, and the relay does not have it", mail.to));
        }
        let told = format!("hands over {} in {} s: {verdict:?}", one.row.id.0, took.as_secs());
        self.slots[slot].at = Stage::Answered(number, verdict, after(self.clock.now(), took));
        Ok(told)
    }

    fn call(
        &mut self,
        slot: usize,
        number: usize,
        letter: &Letter,
        reply: Reply,
        record: &mut Record,
        step: u64,
    ) -> Result<String, Broken> {
        let now = self.clock.now();
        let verdict = match reply {
            Reply::Status(status) => {
                let answer = Answer { status, retry_after: None, body: Vec::new(), cut_short: false };
                webhook::judge(WebhookKind::Standard, &answer, now)
            }
            Reply::Nothing => Verdict::Later { reason: "no answer in time".to_owned(), retry_after: None },
        };
        // An endpoint gets each at least once; only an answer of 2xx settles it.
        if matches!(reply, Reply::Nothing | Reply::Status(200..=299)) {
            record.accepted(number, letter.delivery.as_bytes(), step)?;
        }
        record.tries[number].excused |= matches!(reply, Reply::Nothing);
        let told = format!("calls {}: {verdict:?}", letter.to);
        self.slots[slot].at = Stage::Answered(number, verdict, now);
        Ok(told)
    }

    /// Records what became of a row; a stale token must be refused, and only a stale one.
    async fn settle(
        &mut self,
        number: usize,
        verdict: Verdict,
        record: &mut Record,
        step: u64,
    ) -> Result<String, Broken> {
        let now = self.clock.now();
        let one = &mut record.tries[number];
        let Conclusion { settled, stall } = conclude(&one.row, verdict, now, self.on_unknown());
        let told = format!("settles {}: {settled:?}", one.row.id.0);
        let suppresses = matches!(settled, Settled::Failed { suppress: true, .. });
        let settlement = Settlement { id: one.row.id, lease: one.row.lease, result: settled, at: now };
        let report = self.store.record(&[settlement], &[], now).await.map_err(fault)?.report;
        one.ended = true;
        if let Some(stall) = stall {
            self.stalls.push(stall);
        }
        if report.stale > 0 {
            return if one.excused {
                Ok(format!("{told}, too late"))
            } else {
                Err(format!("{} lost its lease under a worker that was at work", one.row.id.0))
            };
        }
        let one = one.clone();
        if suppresses {
            record.suppressed.entry(one.row.address.to_lowercase()).or_insert(step);
        }
        Ok(told)
    }

    /// Gives back what waits and has the stalled notices paused, as the end of a pass does.
    pub(super) async fn end_stalled(&mut self, record: &mut Record) -> Result<String, Broken> {
        let now = self.clock.now();
        let waiting: Vec<usize> = self.mail.drain(..).chain(self.calls.drain(..)).collect();
        for number in &waiting {
            let one = &mut record.tries[*number];
            one.ended = true;
            let released = Settlement { id: one.row.id, lease: one.row.lease, result: Settled::Released, at: now };
            self.store.settle(&[released]).await.map_err(fault)?;
        }
        let stalls = std::mem::take(&mut self.stalls);
        let told = format!("gives back {} and reports {} stalled", waiting.len(), stalls.len());
        self.app.pause_stalled(stalls).await.map_err(|error| format!("a stall could not be reported: {error}"))?;
        Ok(told)
    }
}

async fn open(relay: &Relay) -> Result<Session, Verdict> {
    let (wire, settings) = (Box::new(relay.connect()), relay_settings());
    match tokio::time::timeout(settings.patience.opening, Session::over(wire, &settings)).await {
        Ok(opened) => opened,
        Err(_) => Err(Verdict::Later { reason: "the relay does not answer".to_owned(), retry_after: None }),
    }
}

pub(super) fn fault(error: muster::store::Error) -> Broken {
    format!("the store failed: {error}")
}

/// Runs a conversation on a clock that leaps over every wait, and says how long it would have taken.
async fn timed<T>(conversation: impl Future<Output = T>) -> (T, Duration) {
    tokio::time::pause();
    let start = tokio::time::Instant::now();
    let outcome = conversation.await;
    let took = start.elapsed();
    tokio::time::resume();
    (outcome, Duration::from_secs(took.as_secs()))
}

fn relay_settings() -> RelaySettings {
    RelaySettings {
        host: "relay.example".to_owned(),
        port: 25,
        security: Security::Plain,
        credentials: None,
        patience: Patience::default(),
    }
}
