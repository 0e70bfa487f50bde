//! The conductor: loads an incident, decides a command, commits it, and sees to what follows.
//!
//! Every face asks [`App`]; nothing else joins the store, the library, delivery and the engine.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};

use crate::clock::Clock;
use crate::incident::{Actor, Incident, IncidentId, PersonId};
use crate::locale::Locale;
use crate::runbook::{Runbook, Status};
use crate::settings::{Settings, StoreUrl};
use crate::store::Store;

mod begin;
mod book;
mod book_page;
mod check;
mod commit;
mod contacts;
mod counted;
mod coverage;
mod deliver;
mod draft;
mod error;
mod foresee;
mod keep;
mod key;
mod learn;
mod ledger;
mod measure;
mod nudge;
mod observe;
pub mod people;
mod public;
mod recipients;
mod rehearsal;
pub mod review;
mod run;
mod send;
mod sweep;
mod tick;
mod typed;
mod unsubscribe;
pub mod view;
mod warned;
mod words;
mod work;

pub use error::{Error, Kind};
pub use ledger::Ledger;
pub use observe::{Ailment, Observed};
pub use people::{Access, Refusal, SignedIn};
pub use public::{Component, Health, Impact, Public, PublicIncident, Told, Wording};
pub use rehearsal::Rehearsal;
pub use send::{Carrier, Outlook, Watch};
pub use words::translated;
pub use work::{Reports, Trouble};

pub use crate::delivery::courier::Stop;

/// One installation at work: its settings, its clock, its store.
pub struct App {
    settings: Settings,
    clock: Clock,
    outlet: Outlet,
    /// Opened at the first command that changes something; reads are content with `reader`.
    writer: OnceCell<Store>,
    reader: OnceCell<Option<Store>>,
    /// Incidents as of their newest event seen here; only what came after it is read again.
    seen: Mutex<HashMap<IncidentId, Arc<Loaded>>>,
    passwords: people::Passwords,
    counted: counted::Counted,
}

/// Who asks, and how.
#[derive(Debug, Clone)]
pub struct Caller {
    pub person: PersonId,
    /// The language they type and read in.
    pub locale: Locale,
    /// The idempotency key: the same key again gives the same answer.
    pub key: Option<String>,
    /// `--early --reason`
    pub early: Option<String>,
}

impl Caller {
    fn actor(&self) -> Actor {
        Actor::Person(self.person.clone())
    }
}

/// Where what leaves goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlet {
    /// As the settings say.
    World,
    /// Into a folder, with answers made up beforehand: a drill.
    Trap(Box<Rehearsal>),
}

/// An incident with the runbook it runs by.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub runbook: Arc<Runbook>,
    pub incident: Incident,
}

/// Which incident a command means where none is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// The only one not closed.
    NotClosed,
    /// The only one not closed; if all are closed, the last closed.
    LastClosed,
}

/// What `start` was told.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// An id of the library, or a path.
    pub runbook: String,
    pub severity: String,
    pub title: Option<String>,
    /// Facts as people write them.
    pub facts: Vec<Written>,
    /// Replaces the settings' holders of each role named.
    pub roles: Vec<(String, PersonId)>,
    /// A drill's incident says so in everything it writes.
    pub drill: bool,
}

/// A fact as a person writes it: `F=V`, or `F.LOCALE=V`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub fact: String,
    pub locale: Option<Locale>,
    pub value: String,
}

/// How a notice is to be drafted, where it differs from the runbook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drafting {
    pub status: Option<Status>,
    /// "Nothing new, we are still working".
    pub nothing_new: bool,
}

/// Told how far a delivery has come.
pub type Progress<'a> = &'a (dyn Fn(view::DeliveryCounts) + Send + Sync);

/// Told nothing, never stopped: how something is sent where nobody watches.
pub fn unwatched(stop: &Stop) -> Watch<'_> {
    Watch { progress: &|_| {}, carrier: &|_| {}, stop }
}

type Result<T> = std::result::Result<T, Error>;

impl App {
    /// An installation as its settings describe it; its store is opened when first needed.
    ///
    /// Where several nodes may share the store, its clock serves instead of the machine's.
    pub fn new(settings: Settings, clock: Clock, outlet: Outlet) -> Self {
        let clock = match settings.store {
            StoreUrl::Sqlite(_) => clock,
            StoreUrl::Postgres(_) => clock.shared(),
        };
        Self {
            settings,
            clock,
            outlet,
            writer: OnceCell::new(),
            reader: OnceCell::new(),
            seen: Mutex::default(),
            passwords: people::Passwords::default(),
            counted: counted::Counted::default(),
        }
    }

    /// One of several at work on the same store, which is open already.
    pub fn on(store: Store, settings: Settings, clock: Clock, outlet: Outlet) -> Self {
        Self { writer: OnceCell::new_with(Some(store)), ..Self::new(settings, clock, outlet) }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Lets go of the store.
    pub async fn close(self) {
        self.let_go().await;
    }

    /// Lets go of the store while others may still hold on to this; whatever they ask of it then fails.
    pub async fn let_go(&self) {
        for store in [self.writer.get(), self.reader.get().and_then(Option::as_ref)].into_iter().flatten() {
            store.close().await;
        }
    }

    /// The store for writing; created where it is missing.
    async fn writer(&self) -> Result<&Store> {
        Ok(self.writer.get_or_try_init(|| self.opened()).await?)
    }

    async fn opened(&self) -> std::result::Result<Store, crate::store::Error> {
        let store = Store::open(&self.settings.store).await?;
        store.set_clock(&self.clock).await?;
        Ok(store)
    }

    /// The store for reading only; none where nothing was ever written.
    async fn reader(&self) -> Result<Option<&Store>> {
        if let Some(writer) = self.writer.get() {
            return Ok(Some(writer));
        }
        Ok(self.reader.get_or_try_init(|| self.opened_to_read()).await?.as_ref())
    }

    async fn opened_to_read(&self) -> std::result::Result<Option<Store>, crate::store::Error> {
        let store = Store::open_to_read(&self.settings.store).await?;
        if let Some(store) = &store {
            store.set_clock(&self.clock).await?;
        }
        Ok(store)
    }
}
