//! Coverage: the affected whom the fallbacks in use serve, as sets, and the named remainder.

use serde::Serialize;

use super::audience::Membership;
use crate::contact::{Contact, ContactId};
use crate::incident::Incident;
use crate::runbook::{FallbackId, Rate, Runbook};

/// How far the fallbacks reach among the affected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    pub affected: u64,
    /// In the runbook's order, best first.
    pub fallbacks: Vec<Reach>,
    /// Served by at least one fallback in use.
    pub covered: u64,
    pub uncovered: u64,
    /// The uncovered, less those reached by hand.
    pub remainder: Vec<ContactId>,
    /// Conditions that failed; each excluded a contact.
    pub failed_conditions: u64,
}

/// One fallback's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    pub id: FallbackId,
    pub on: bool,
    /// Affected contacts it covers.
    pub reach: u64,
    /// Of these, the ones that no fallback in use before it covers.
    pub adds: u64,
    pub capacity: Option<Rate>,
}

/// Counts coverage as contacts go by; holds the remainder's names and nothing else of them.
#[derive(Debug)]
pub struct Counter<'a> {
    runbook: &'a Runbook,
    incident: &'a Incident,
    coverage: Coverage,
}

impl<'a> Counter<'a> {
    pub fn new(runbook: &'a Runbook, incident: &'a Incident) -> Self {
        Self { runbook, incident, coverage: Coverage::default() }
    }

    /// Takes in a contact of the book.
    pub fn add(&mut self, _contact: &Contact, _member: Membership<'_>) {
        let _ = (self.runbook, self.incident);
        unimplemented!("notice")
    }

    pub fn finish(self) -> Coverage {
        self.coverage
    }
}

impl Serialize for Coverage {
    fn serialize<S: serde::Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
        unimplemented!("notice")
    }
}
