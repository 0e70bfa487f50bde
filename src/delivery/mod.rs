//! Delivery: carries ledger rows to the outside, and says truthfully what became of each.
//!
//! A row is leased from the store, carried out by the outlet of its channel, judged, and settled.
//! What the judgement means for the row (again when, or never) is decided purely in [`retry`].

use std::time::Duration;

use indexmap::IndexMap;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::incident::event::Message;
use crate::incident::{IncidentId, NoticeId};
use crate::locale::Locale;

pub mod guard;
pub mod retry;

/// Everything that one message to one recipient is made of.
#[derive(Debug, Clone)]
pub struct Letter<'a> {
    /// The ledger row: `Message-ID`, MIME boundaries and `webhook-id` follow from it.
    pub delivery: Uuid,
    pub incident: IncidentId,
    pub notice: NoticeId,
    /// A mail address, or the name of an endpoint in the settings, or a contact's webhook URL.
    pub address: &'a str,
    /// The recipient's name, for the `To` header; may be empty.
    pub name: &'a str,
    /// The text in the recipient's language, its placeholders already filled in.
    pub message: &'a Message,
    pub locale: &'a Locale,
    /// When the notice was queued; every try carries the same.
    pub date: Timestamp,
    /// Where this recipient unsubscribes, where there is a page.
    pub unsubscribe: Option<String>,
}

/// What one try came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Taken over by the relay or endpoint; with its own words.
    Sent { detail: String },
    /// Refused for good, this recipient only.
    Failed { reason: String, suppress: bool },
    /// Not now: a temporary refusal, a timeout, a refused connection.
    Later { reason: String, retry_after: Option<Duration> },
    /// The connection was lost after the final dot: nobody can know.
    Unknown { reason: String },
    /// Refused for everyone: the notice pauses and people are told.
    Stalled { reason: String },
    /// The endpoint asked for nothing more, ever (HTTP 410).
    Disabled { reason: String },
}

/// How far one pass goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Everything that is due now, once.
    Due,
    /// Until every row of every queued notice is terminal.
    Drain,
}

/// How far a pass has come, for a progress bar and for `--json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Counts {
    pub sent: u64,
    pub failed: u64,
    pub suppressed: u64,
    pub expired: u64,
    pub unknown: u64,
    pub pending: u64,
}

/// What the journal must be told about a notice; the conductor turns each into a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    FirstSent { incident: IncidentId, notice: NoticeId, at: Timestamp },
    Settled { incident: IncidentId, notice: NoticeId, counts: IndexMap<String, u64> },
    Stalled { incident: IncidentId, notice: NoticeId, reason: String },
}
