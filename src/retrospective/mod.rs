//! The retrospective: a blameless document that writes itself from the journal.
//!
//! [`write()`] turns an incident's events into a [`Document`]; people's additions are events too,
//! so it can be rebuilt at any time. Pure: what it needs comes in as [`Sources`].

pub mod blame;
pub mod document;
pub mod figures;
#[cfg(test)]
mod fixture;
pub mod names;
pub mod svg;
pub mod timeline;
mod words;

pub use words::Words;

use std::borrow::Cow;
use std::str::FromStr;

use indexmap::IndexMap;
use serde::Serialize;

use crate::clock::Timestamp;
use crate::incident::event::Recorded;
use crate::incident::translate;
use crate::incident::{Incident, IncidentNumber};
use crate::locale::Locale;
use crate::runbook::{Cause, RoleId, Runbook, SeverityId};
use crate::settings;

pub use blame::{Finding, Lexicon};
pub use document::{Document, Section};
pub use figures::Figures;

/// Whom a document is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    /// The team: everything, names excepted.
    Internal,
    /// Customers: no internal steps, notes or evidence.
    Public,
}

impl Edition {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Public => "public",
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an edition: internal or public")]
pub struct NoEdition(String);

impl FromStr for Edition {
    type Err = NoEdition;

    fn from_str(edition: &str) -> Result<Self, NoEdition> {
        match edition {
            "internal" => Ok(Self::Internal),
            "public" => Ok(Self::Public),
            other => Err(NoEdition(other.to_owned())),
        }
    }
}

/// Someone on the roster; in every document a role stands for them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    pub handle: String,
    pub name: String,
    pub email: Option<String>,
    /// The roles the settings give them; those the incident gave them go first.
    pub roles: Vec<RoleId>,
}

/// Everyone of a team.
pub fn roster(team: &IndexMap<String, settings::Person>) -> Vec<Person> {
    let person = |(handle, person): (&String, &settings::Person)| Person {
        handle: handle.clone(),
        name: person.name.clone(),
        email: person.email.clone(),
        roles: person.roles.iter().map(RoleId::new).collect(),
    };
    team.iter().map(person).collect()
}

/// An incident that came before this one, as far as patterns are concerned.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierIncident {
    pub number: IncidentNumber,
    pub title: String,
    pub runbook: String,
    pub declared_at: Timestamp,
    pub severity: SeverityId,
    pub cause: Option<Cause>,
    pub components: Vec<String>,
    /// Contributing factors as people wrote them.
    pub factors: Vec<String>,
    /// Its follow-ups that are not verified yet, as their text.
    pub open_follow_ups: Vec<String>,
}

/// Who of the affected could still be served, at the time of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CoverageSummary {
    pub affected: u64,
    pub covered: u64,
    pub uncovered: u64,
    /// Of the uncovered, those whom nobody reached by hand.
    pub remainder: u64,
}

/// Everything a retrospective is written from.
#[derive(Debug, Clone)]
pub struct Sources<'a> {
    pub runbook: &'a Runbook,
    pub incident: &'a Incident,
    /// The whole journal, in order.
    pub events: &'a [Recorded],
    pub roster: &'a [Person],
    pub lexicon: &'a Lexicon,
    /// The document's template in the reader's locale: Markdown with Handlebars.
    pub template: &'a str,
    pub earlier: &'a [EarlierIncident],
    pub coverage: Option<CoverageSummary>,
    /// The hash the journal's chain ends in.
    pub journal_head: Option<&'a str>,
    pub now: Timestamp,
}

/// Why a document could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("failed to fill in the retrospective's template: {reason}")]
    Template { reason: String },
}

/// Writes the retrospective of an incident, finished or not.
pub fn write(sources: &Sources<'_>, edition: Edition, locale: &Locale) -> Result<Document, Error> {
    // Readers of another language see translations wherever people gave them.
    let Cow::Owned(events) = translate::in_locale(sources.events, locale) else {
        return document::write(sources, edition, locale);
    };
    match Incident::replay(&events) {
        Ok(incident) => {
            document::write(&Sources { events: &events, incident: &incident, ..sources.clone() }, edition, locale)
        }
        Err(_) => document::write(sources, edition, locale),
    }
}
