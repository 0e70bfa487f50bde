//! The ledger's words: how states, channels and recipients are written in the store and in JSON.

use std::str::FromStr;

use indexmap::IndexMap;
use uuid::Uuid;

use super::{Channel, ContactId, Counts, Error, NoticeId, PersonId, Recipient, State};
use crate::incident::IncidentId;
use crate::store::sql::{Row, unreadable};

impl State {
    pub const ALL: [Self; 8] = [
        Self::Prepared,
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::Failed,
        Self::Suppressed,
        Self::Expired,
        Self::Unknown,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Suppressed => "suppressed",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }

    /// Whether something is still to happen to a row in this state.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Prepared | Self::Queued | Self::Sending)
    }
}

impl FromStr for State {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| format!("`{text}` is no state"))
    }
}

impl Channel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }
}

impl FromStr for Channel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "mail" => Ok(Self::Mail),
            "webhook" => Ok(Self::Webhook),
            _ => Err(format!("`{text}` is no channel")),
        }
    }
}

impl Recipient {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Contact(_) => "contact",
            Self::Endpoint(_) => "endpoint",
            Self::Person(_) => "person",
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Contact(contact) => contact.as_str(),
            Self::Endpoint(name) => name,
            Self::Person(person) => &person.0,
        }
    }
}

impl Counts {
    pub fn get(&self, state: State) -> u64 {
        self.0.get(&state).copied().unwrap_or(0)
    }

    /// Every row, whatever its state.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Rows to which something is still to happen.
    pub fn pending(&self) -> u64 {
        self.0.iter().filter(|(state, _)| state.is_pending()).map(|(_, count)| count).sum()
    }

    /// The counts by the states' names, as events and JSON have them.
    pub fn by_name(&self) -> IndexMap<String, u64> {
        self.0.iter().map(|(state, count)| (state.as_str().to_owned(), *count)).collect()
    }
}

/// Reads the recipient from its kind and its name.
pub(super) fn recipient(row: &Row, kind: usize, name: usize) -> Result<Recipient, Error> {
    let text = row.text(name)?;
    match row.text(kind)?.as_str() {
        "contact" => Ok(Recipient::Contact(ContactId::new(text))),
        "endpoint" => Ok(Recipient::Endpoint(text)),
        "person" => Ok(Recipient::Person(PersonId(text))),
        other => Err(unreadable("recipient", format!("`{other}` is no kind of recipient"))),
    }
}

pub(super) fn notice_id(row: &Row, column: usize) -> Result<NoticeId, Error> {
    row.parsed::<Uuid>(column, "notice id").map(NoticeId)
}

pub(super) fn incident_id(row: &Row, column: usize) -> Result<IncidentId, Error> {
    row.parsed::<Uuid>(column, "incident id").map(IncidentId)
}

/// A number of tries or runs.
pub(in crate::store) fn attempts(row: &Row, column: usize) -> Result<u32, Error> {
    u32::try_from(row.int(column)?).map_err(|reason| unreadable("number", reason))
}
