//! The courier: one pass over what is due, several connections at a time, every step durable.

mod clerk;
mod conclude;
mod hand;
mod hooks;
mod lane;
pub mod letter;
mod mailer;
mod pace;
mod robot;
mod stop;
mod turn;

use std::time::Duration;

use indexmap::IndexMap;
use lettre::message::Mailbox;
use tokio::sync::OnceCell;

use self::clerk::{Clerk, Desk};
use self::hand::Hand;
use self::lane::Lane;
use self::letter::Texts;
use super::endpoint_secret::Root;
use super::guard::Guard;
use super::http::LazyHttp;
use super::trap::Trap;
use super::{Verdict, mime};
use crate::clock::{Clock, after, between};
use crate::incident::{IncidentId, NoticeId};
use crate::settings::{Mail, Relay, Settings, Webhook};
use crate::store::Store;
use crate::store::ledger::{Channel, Leased, Settled, Settlement};

pub use self::conclude::{Conclusion, conclude};
pub use self::stop::Stop;

/// A worker that has not renewed its lease on a row for this long is gone, and the row is given to another: longer
/// than a failover of the store takes, short enough for the first notice to be in time after a crash.
pub const LEASE: Duration = Duration::from_secs(90);
/// How often a worker says that it still has its rows in hand.
pub const RENEWAL: Duration = Duration::from_secs(15);
/// Rows in hand at once, over both channels.
const IN_HAND: usize = 512;
/// A pass waits this long for what is due next: a robot that takes one message a second is told the second one too.
const LINGER: Duration = Duration::from_secs(2);
/// Endpoints called at a time.
const CALLS: usize = 16;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("failed to record deliveries")]
    Store(#[from] crate::store::Error),
    #[error("the settings' `from` cannot be used")]
    From(#[from] mime::Malformed),
}

/// What a pass did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Tally {
    pub sent: u64,
    pub failed: u64,
    pub suppressed: u64,
    pub expired: u64,
    pub unknown: u64,
    /// To be tried again later.
    pub later: u64,
}

/// A notice that the relay refuses for everyone: it waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stall {
    pub incident: IncidentId,
    pub notice: NoticeId,
    pub reason: String,
}

/// How a pass ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passed {
    pub tally: Tally,
    /// Not empty: mail stopped here, and goes on once these are paused.
    pub stalled: Vec<Stall>,
}

/// Told after every commit how far the pass has come.
pub type Progress<'a> = &'a (dyn Fn(Tally) + Send + Sync);

/// Carries out what the ledger holds, as the settings say or into a drill's folder.
pub struct Courier {
    store: Store,
    clock: Clock,
    mail: Mail,
    from: Mailbox,
    page: Option<String>,
    webhooks: IndexMap<String, Webhook>,
    http: LazyHttp,
    trap: Option<Trap>,
}

impl Courier {
    /// A courier to the world, or, with a trap, one that only writes files there.
    pub fn new(store: Store, clock: Clock, settings: &Settings, trap: Option<Trap>) -> Result<Self, Error> {
        Ok(Self {
            store,
            clock,
            from: mime::sender(&settings.mail.from)?,
            mail: settings.mail.clone(),
            page: settings.page.url.clone(),
            webhooks: settings.webhooks.clone(),
            http: LazyHttp::new(Guard::new(&settings.outbound_allow)),
            trap,
        })
    }

    /// One pass: everything that is due, and what falls due meanwhile, until nothing is.
    ///
    /// Rows that are to be tried again stay in the ledger; `Store::next_delivery` says when. What the
    /// journal should hear of it, `Store::untold` says.
    pub async fn pass(&self, progress: Progress<'_>, stop: &Stop) -> Result<Passed, Error> {
        self.store.keep_room()?;
        let hand = Hand::default();
        let (clerk, desk) = Clerk::new(&self.store, &self.clock, hand.clone(), progress);
        let round = Round {
            courier: self,
            texts: Texts::new(&self.store, &self.clock),
            mail: Lane::default(),
            hooks: Lane::default(),
            desk,
            root: OnceCell::new(),
            hand: hand.clone(),
            stop,
        };
        let both = async { tokio::join!(round.run(), clerk.serve()) };
        let (stalled, served) = tokio::select! {
            both = both => both,
            never = hand.keep(&self.store, &self.clock, RENEWAL) => match never {},
        };
        Ok(Passed { tally: served?, stalled: stalled? })
    }

    /// Whether mail and calls leave this machine, so that they must be paced and shared out.
    fn is_local(&self) -> bool {
        self.trap.is_some() || matches!(self.mail.relay, Relay::Folder(_))
    }
}

/// One pass at work.
struct Round<'a> {
    courier: &'a Courier,
    texts: Texts<'a>,
    mail: Lane,
    hooks: Lane,
    desk: Desk,
    /// What the secrets of contacts' endpoints follow from, read when the first is called.
    root: OnceCell<Root>,
    hand: Hand,
    stop: &'a Stop,
}

impl Round<'_> {
    /// Leases, shares out, and waits for the lanes to finish. Ends the desk's work by dropping it.
    async fn run(self) -> Result<Vec<Stall>, Error> {
        let sessions = if self.courier.is_local() { 1 } else { self.courier.mail.sessions };
        let calls = if self.courier.trap.is_some() { 1 } else { CALLS };
        let courier = self.courier;
        let pace = pace::Pace::new(&courier.store, &courier.clock, &courier.mail.relay, courier.mail.per_second);
        let mailers = futures_util::future::join_all((0..sessions).map(|_| mailer::work(&self, &pace)));
        let hookers = futures_util::future::join_all((0..calls).map(|_| hooks::work(&self)));
        let (leased, ..) = tokio::join!(self.lease(sessions * 2), mailers, hookers);
        self.release().await;
        leased?;
        Ok(self.mail.stalls())
    }

    /// Fills the lanes until nothing is due and nothing is in hand.
    async fn lease(&self, low: usize) -> Result<(), Error> {
        let result = self.fill(low).await;
        if self.stop.is_asked() {
            self.release().await;
        }
        self.mail.end();
        self.hooks.end();
        result
    }

    /// Gives back what nobody has begun.
    async fn release(&self) {
        let waiting = self.mail.close().into_iter().chain(self.hooks.close());
        for row in waiting.take_while(|_| !self.desk.is_closed()) {
            self.desk.record(Some(self.given_back(&row)), None).await;
        }
    }

    async fn fill(&self, low: usize) -> Result<(), Error> {
        let limit = (low * 4).max(64);
        while !self.stop.is_asked() && !self.desk.is_closed() && !self.mail.is_stalled() {
            let in_hand = self.mail.in_hand() + self.hooks.in_hand();
            if in_hand + limit <= IN_HAND.max(limit) {
                let courier = self.courier;
                let batch = courier.store.lease(limit, courier.clock.now(), LEASE, courier.mail.on_unknown).await?;
                self.desk.count(&batch);
                self.hand.take(&batch.rows);
                let nothing = batch.is_empty();
                for row in batch.rows {
                    match row.channel {
                        Channel::Mail => self.mail.put(row),
                        Channel::Webhook => self.hooks.put(row),
                    }
                }
                if nothing && self.mail.in_hand() + self.hooks.in_hand() == 0 {
                    let now = courier.clock.now();
                    match courier.store.next_delivery().await? {
                        Some(due) if due > now && due <= after(now, LINGER) => {
                            courier.clock.wait(between(now, due)).await;
                            continue;
                        }
                        _ => return Ok(()),
                    }
                }
            }
            let longest = Duration::from_millis(500);
            tokio::select! {
                () = self.mail.until_below(low, longest) => {}
                () = self.hooks.until_below(CALLS * 2, longest) => {}
            }
        }
        Ok(())
    }

    /// What a verdict means for its row; where it means that the notice waits for a person, mail stops here.
    fn conclude(&self, row: &Leased, verdict: Verdict) -> Settlement {
        let courier = self.courier;
        let now = courier.clock.now();
        let Conclusion { settled, stall } = conclude(row, verdict, now, courier.mail.on_unknown);
        if let Some(stall) = stall {
            self.mail.stall(stall);
        }
        Settlement::of(row, settled, now)
    }
}

impl Tally {
    fn add(&mut self, settled: &Settlement) {
        match &settled.result {
            Settled::Sent { .. } => self.sent += 1,
            Settled::Failed { .. } => self.failed += 1,
            Settled::Later { .. } => self.later += 1,
            Settled::Unknown { again_at: Some(_), .. } => self.later += 1,
            Settled::Unknown { again_at: None, .. } => self.unknown += 1,
            Settled::Deferred { .. } => self.later += 1,
            Settled::Suppressed { .. } => self.suppressed += 1,
            Settled::Released => {}
        }
    }
}

#[cfg(test)]
mod tests;
