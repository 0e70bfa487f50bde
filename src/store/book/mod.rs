//! The contact book: contacts, sets of them, whom not to write to, and what was checked in peace time.

use serde::Serialize;

use super::{Error, Store};
use crate::clock::Timestamp;
use crate::contact::{Contact, ContactId};
use crate::incident::IncidentId;
use crate::runbook::{FallbackId, ReadyId, RunbookId, StepId};

mod contacts;
mod readiness;
mod sets;
mod suppression;

pub(super) use sets::{touch, use_set};
pub(super) use suppression::suppress;
pub use suppression::{endpoint_key, normalise};

/// Values of one statement's list, and rows of one transaction: others get their turn in between.
const AT_ONCE: usize = 500;
const A_TURN: usize = 5000;

/// How often the contacts of the book have changed, by whichever process. What was counted from them between two
/// looks that gave the same mark holds as long as the book has that mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookMark(i64);

/// What an import changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Imported {
    pub imported: u64,
    pub updated: u64,
    pub unchanged: u64,
}

/// A set of contacts that an incident has, imported from a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ContactSet {
    Affected,
    Fallback(FallbackId),
}

/// A set being written; it takes effect with `RowChange::UseSet`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StagedSet(pub i64);

/// A contact whom someone reached by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    pub step: StepId,
    pub contact: ContactId,
    pub by: String,
    pub at: Timestamp,
}

/// An address or endpoint that nothing is sent to any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// As [`normalise`] writes it, or [`endpoint_key`].
    pub address: String,
    pub reason: String,
    pub at: Timestamp,
}

/// A readiness check that someone did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    pub runbook: RunbookId,
    pub check: ReadyId,
    pub done_at: Timestamp,
    pub by: String,
}
