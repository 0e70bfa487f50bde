//! Coverage: the affected whom the fallbacks in use serve, as sets, and the named remainder.

use serde::{Serialize, Serializer};

use super::audience::{Asked, Membership, in_use};
use crate::contact::{Contact, ContactId};
use crate::incident::Incident;
use crate::runbook::{FallbackId, Rate, Runbook};

/// How far the fallbacks reach among the affected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Coverage {
    pub affected: u64,
    /// In the runbook's order, best first.
    pub fallbacks: Vec<Reach>,
    /// Served by at least one fallback in use.
    pub covered: u64,
    pub uncovered: u64,
    /// The uncovered, less those reached by hand: by name, as many as were asked for.
    pub remainder: Vec<ContactId>,
    /// How many these are, named or not.
    #[serde(skip)]
    pub left: u64,
    /// Conditions that failed; each excluded a contact.
    #[serde(skip)]
    pub failed_conditions: u64,
}

/// One fallback's part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reach {
    pub id: FallbackId,
    pub on: bool,
    /// Affected contacts it covers.
    pub reach: u64,
    /// Of these, the ones that no fallback in use before it covers.
    pub adds: u64,
    #[serde(serialize_with = "as_written")]
    pub capacity: Option<Rate>,
}

/// Writes a rate as runbooks do: `60/h`.
fn as_written<S: Serializer>(rate: &Option<Rate>, serializer: S) -> Result<S::Ok, S::Error> {
    let written = rate.map(|rate| {
        let per = humantime::format_duration(rate.per).to_string();
        format!("{}/{}", rate.count, per.strip_prefix('1').unwrap_or(&per))
    });
    written.serialize(serializer)
}

/// Counts coverage as contacts go by; holds the remainder's names and nothing else of them.
#[derive(Debug)]
pub struct Counter<'a> {
    runbook: &'a Runbook,
    incident: &'a Incident,
    coverage: Coverage,
    /// How many of those left are named at most.
    names: usize,
}

impl<'a> Counter<'a> {
    pub fn new(runbook: &'a Runbook, incident: &'a Incident) -> Self {
        let fallbacks = runbook.fallbacks.values().map(|fallback| Reach {
            id: fallback.id.clone(),
            on: in_use(incident, &fallback.id),
            reach: 0,
            adds: 0,
            capacity: fallback.capacity,
        });
        let coverage = Coverage { fallbacks: fallbacks.collect(), ..Coverage::default() };
        Self { runbook, incident, coverage, names: usize::MAX }
    }

    /// Counts all of those left, but names only the first.
    pub fn naming(self, names: usize) -> Self {
        Self { names, ..self }
    }

    /// Takes in a contact of the book.
    pub fn add(&mut self, contact: &Contact, member: Membership<'_>) {
        let asked = Asked { runbook: self.runbook, incident: self.incident, contact, member };
        let failed = &mut self.coverage.failed_conditions;
        if !asked.is_affected(failed) {
            return;
        }
        self.coverage.affected += 1;
        let mut covered = false;
        for (fallback, reach) in self.runbook.fallbacks.values().zip(&mut self.coverage.fallbacks) {
            if asked.is_served_by(fallback, failed) {
                reach.reach += 1;
                reach.adds += u64::from(!covered);
                covered |= reach.on;
            }
        }
        if covered {
            self.coverage.covered += 1;
        } else {
            self.coverage.uncovered += 1;
            if !self.incident.reached_by_hand.contains(&contact.id) {
                self.coverage.left += 1;
                if self.coverage.remainder.len() < self.names {
                    self.coverage.remainder.push(contact.id.clone());
                }
            }
        }
    }

    pub fn finish(self) -> Coverage {
        self.coverage
    }
}

#[cfg(test)]
mod tests;
