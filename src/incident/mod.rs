//! An incident: one run of a runbook. Commands are decided into events, events applied to state.
//!
//! [`decide()`] holds every rule, [`apply()`] every consequence. Both are pure: time and new
//! identifiers come in as arguments, so a replayed incident equals the live one.

#![deny(clippy::wildcard_enum_match_arm)]

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub mod apply;
mod codec;
pub mod command;
pub mod deadline;
pub mod decide;
pub mod due;
pub mod event;
pub mod fact;
pub mod nudge;
pub mod review;
pub mod roles;
pub mod scope;
pub mod state;
pub mod summary;
pub mod translate;
pub mod view;

pub use apply::apply;
pub use command::{Command, Request};
pub use decide::{Rejection, decide};
pub use due::{Due, due};
pub use event::{Event, Recorded};
pub use state::Incident;

/// An incident's identifier inside: a UUIDv7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub Uuid);

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An incident's number, shown to people as `INC-7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentNumber(pub u64);

impl fmt::Display for IncidentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "INC-{}", self.0)
    }
}

/// A drafted notice's identifier: a UUIDv7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeId(pub Uuid);

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A follow-up's number within its incident, shown as `F-2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FollowUpId(pub u32);

impl fmt::Display for FollowUpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "F-{}", self.0)
    }
}

/// A person by the handle the settings know them by; others are accepted too.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub String);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who did it: a person, or Muster itself (a passed deadline, a settled delivery).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    Muster,
    Person(PersonId),
}

impl Actor {
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Muster => None,
            Self::Person(person) => Some(person),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Muster => f.write_str("muster"),
            Self::Person(person) => person.fmt(f),
        }
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Done,
    Worked,
    Failed,
    Skipped,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Worked => "worked",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}
