//! The ledger: a row for every notice to every recipient by every channel, and what became of it.

use indexmap::IndexMap;

use super::{Error, Store};
use crate::clock::Timestamp;
use crate::contact::ContactId;
use crate::incident::{IncidentId, NoticeId, PersonId};
use crate::locale::Locale;
use crate::runbook::StepId;

mod count;
mod lease;
mod list;
mod prepare;
mod queue;
mod settle;
mod words;

pub use list::{Listed, Sought, Tally};

pub(super) use lease::next_lease;
pub(super) use queue::{cancel, pause, queue, queue_nudge, resend, told_first, told_settled};
pub(super) use words::attempts;

/// A ledger row's own number; with the notice's id it names the delivery for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(pub i64);

/// A fencing token: a later lease of the same row has a higher one, and only the newest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lease(pub i64);

/// How a delivery travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    Mail,
    Webhook,
}

/// Who gets it: a contact of the book, an endpoint of the settings, or one of the team.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Recipient {
    Contact(ContactId),
    Endpoint(String),
    Person(PersonId),
}

/// What became of a delivery; the last five are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    Prepared,
    Queued,
    Sending,
    Sent,
    Failed,
    Suppressed,
    Expired,
    Unknown,
}

/// The notice that prepared rows belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    pub id: NoticeId,
    pub incident: IncidentId,
    pub step: StepId,
}

/// A row to be prepared: a recipient and what it takes to reach them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    pub recipient: Recipient,
    pub channel: Channel,
    /// Empty for an endpoint, whose address the settings know.
    pub address: String,
    pub locale: Locale,
    pub name: String,
    pub org: String,
    pub fate: Fate,
}

/// Whether a recipient can be reached at all; those who can't are rows too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Reachable,
    Suppressed,
    NoAddress,
}

/// A row that a worker may now send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    pub id: DeliveryId,
    pub lease: Lease,
    pub incident: IncidentId,
    pub notice: NoticeId,
    pub step: StepId,
    pub recipient: Recipient,
    pub channel: Channel,
    pub address: String,
    pub locale: Locale,
    pub name: String,
    pub org: String,
    /// How often it was tried before.
    pub attempts: u32,
    /// How many parts of a split message were taken already.
    pub parts: u32,
    /// When it was first leased: the `Date` of every try, so that a retry is the same bytes.
    pub date: Timestamp,
    /// The text of a nudge; none for a notice, whose text is in the journal.
    pub nudge: Option<String>,
}

/// What a lease gave, and what it settled on the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    pub rows: Vec<Leased>,
    /// Rows that were superseded, or whose notice was cancelled.
    pub expired: u64,
    pub suppressed: u64,
    /// Rows whose worker went away while it was sending.
    pub unknown: u64,
}

impl Batch {
    /// Whether there was nothing to do at all.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.expired == 0 && self.suppressed == 0 && self.unknown == 0
    }
}

/// What happened to a leased row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    pub id: DeliveryId,
    pub lease: Lease,
    pub result: Settled,
    pub at: Timestamp,
}

impl Settlement {
    /// What happened to this row, under the lease it is held by.
    pub fn of(row: &Leased, result: Settled, at: Timestamp) -> Self {
        Self { id: row.id, lease: row.lease, result, at }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    Sent {
        reply: String,
    },
    /// For good; `suppress` also keeps the address from being used again.
    Failed {
        reply: String,
        suppress: bool,
    },
    /// To be tried again, no sooner than then.
    Later {
        again_at: Timestamp,
        reply: String,
    },
    /// Nobody can know whether it was taken; with a moment it is tried again then.
    Unknown {
        again_at: Option<Timestamp>,
        reply: String,
    },
    /// Not tried, as there is no room for it before that moment; it counts as no try.
    Deferred {
        again_at: Timestamp,
        reply: String,
    },
    /// Not tried: its endpoint wants nothing more.
    Suppressed {
        reply: String,
    },
    /// Given back untried.
    Released,
}

/// How a settlement of several rows went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SettleReport {
    pub settled: u64,
    /// Refused: the row's lease had ended.
    pub stale: u64,
}

/// What became of one commit of results and beginnings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recorded {
    pub report: SettleReport,
    /// The rows that may now go out.
    pub begun: Vec<DeliveryId>,
}

/// How many rows are in which state; states without rows are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts(pub IndexMap<State, u64>);

/// Something the journal has not been told yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    pub incident: IncidentId,
    pub notice: NoticeId,
    pub step: StepId,
    pub news: News,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    FirstSent {
        at: Timestamp,
    },
    /// Nothing is pending any more.
    Settled {
        counts: Counts,
    },
}

/// A nudge of which something has yet to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingNudge {
    pub id: NoticeId,
    /// What was kept with it.
    pub text: String,
    /// Whether no worker has begun with any row of it.
    pub untouched: bool,
}

/// A ledger row as people look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub recipient: Recipient,
    pub channel: Channel,
    pub address: String,
    pub state: State,
    pub attempts: u32,
    /// When it is tried next, while it is pending.
    pub again_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    /// The last answer, or why there was none.
    pub reply: String,
}
