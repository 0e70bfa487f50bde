//! Delivery: carries ledger rows to the outside, and says truthfully what became of each.
//!
//! A row is leased from the store, becomes a [`Letter`], is carried out by the outlet of its channel and
//! judged; what the verdict means for the row (again when, or never) is decided purely in [`retry`].

use std::time::Duration;

use crate::clock::Timestamp;
use crate::incident::event::Message;
use crate::incident::{IncidentId, IncidentNumber, NoticeId};
use crate::runbook::Status;

pub mod courier;
pub mod digest;
pub mod email;
pub mod endpoint_secret;
pub mod guard;
pub mod http;
pub mod mime;
pub mod nudge;
pub mod retry;
pub mod robots;
mod standard;
#[cfg(test)]
pub(crate) mod samples;
pub mod trap;
pub mod unsubscribe;
pub mod webhook;

/// Everything that one message to one recipient is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// The ledger row's name for good: `Message-ID`, MIME boundaries and `webhook-id` follow from it.
    pub delivery: String,
    pub incident: IncidentId,
    pub number: IncidentNumber,
    pub notice: NoticeId,
    /// What the public is told by it; none for a nudge or a statement.
    pub status: Option<Status>,
    /// A mail address; for an endpoint its name in the settings.
    pub to: String,
    /// The recipient's name; may be empty.
    pub name: String,
    /// The text in the recipient's language, its placeholders filled in.
    pub message: Message,
    pub next_update_at: Option<Timestamp>,
    /// Every try carries the same date.
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
    /// The endpoint had enough for now, and says so itself: it is left alone by everyone.
    Limited { reason: String, wait: Duration },
    /// The connection was lost after the final dot: nobody can know.
    Unknown { reason: String },
    /// Not tried: the endpoint asked for nothing more before.
    Suppressed { reason: String },
    /// Refused for everyone: the notice pauses and people are told.
    Stalled { reason: String },
    /// The endpoint asked for nothing more, ever (HTTP 410).
    Disabled { reason: String },
}

impl Verdict {
    pub(crate) fn later(reason: impl Into<String>) -> Self {
        Self::Later { reason: reason.into(), retry_after: None }
    }

    pub(crate) fn failed(reason: impl Into<String>) -> Self {
        Self::Failed { reason: reason.into(), suppress: false }
    }
}

/// The longest answer of a relay, endpoint or action that is kept.
const LONGEST_REPLY: usize = 300;

/// Makes foreign words fit for one line of the ledger: bounded, without control characters.
pub(crate) fn one_line(words: &str) -> String {
    let mut line = String::new();
    for word in words.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > LONGEST_REPLY {
            line.truncate(line.floor_char_boundary(LONGEST_REPLY));
            line.push('…');
            break;
        }
    }
    line
}
