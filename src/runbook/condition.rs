//! Conditions: CEL expressions over an incident or a contact, checked before anything runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::contact::Contact;

/// A compiled condition; two are equal when they are written the same.
#[derive(Clone)]
pub struct Condition {
    source: Arc<str>,
}

/// What a condition of an incident may speak about, at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IncidentScope {
    pub severity: String,
    /// 1 is the highest.
    pub rank: i64,
    /// Empty until classified.
    pub cause: String,
    /// Empty until the public was told.
    pub status: String,
    pub phase: String,
    /// Null until stated.
    pub facts: BTreeMap<String, Value>,
    /// Empty until answered.
    pub answers: BTreeMap<String, String>,
    /// Empty until ended; also `not_applicable`.
    pub outcomes: BTreeMap<String, String>,
}

/// A fact's value as a condition sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    Number(f64),
    Datetime(crate::clock::Timestamp),
    Duration(std::time::Duration),
}

/// Why a condition could not be answered; it then counts as false.
#[derive(Debug, thiserror::Error)]
#[error("the condition `{condition}` cannot be answered: {reason}")]
pub struct Error {
    condition: String,
    reason: String,
}

impl Condition {
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Asks the condition of an incident.
    pub fn holds(&self, _scope: &IncidentScope) -> Result<bool, Error> {
        unimplemented!("runbook")
    }

    /// Asks the condition of a contact.
    pub fn selects(&self, _contact: &Contact) -> Result<bool, Error> {
        unimplemented!("runbook")
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Condition({:?})", self.source)
    }
}
