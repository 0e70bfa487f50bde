//! Who gets a notice: the contacts its audiences select, each once, and who is left out and why.

use std::collections::HashSet;

use crate::contact::Contact;
use crate::incident::Incident;
use crate::incident::event::{LeftOut, Recipients};
use crate::locale::Locale;
use crate::runbook::{AudienceId, FallbackId, Runbook, Via};

/// What imports say about one contact.
#[derive(Debug, Clone, Copy, Default)]
pub struct Membership<'a> {
    /// Whether it is among the affected that were imported; none where none were.
    pub affected: Option<bool>,
    /// The fallbacks whose import lists it.
    pub fallbacks: &'a [FallbackId],
}

/// Selects the contacts of some audiences.
#[derive(Debug)]
pub struct Filter<'a> {
    runbook: &'a Runbook,
    incident: &'a Incident,
    audiences: &'a [AudienceId],
}

/// How one contact stands to some audiences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection {
    /// How many of the audiences reach it.
    pub audiences: u64,
    /// How many conditions failed on it; each counts as false.
    pub failed: u64,
}

impl Selection {
    pub fn is_selected(self) -> bool {
        self.audiences > 0
    }
}

impl<'a> Filter<'a> {
    pub fn new(runbook: &'a Runbook, incident: &'a Incident, audiences: &'a [AudienceId]) -> Self {
        Self { runbook, incident, audiences }
    }

    /// Asks every audience about a contact.
    pub fn select(&self, _contact: &Contact, _member: Membership<'_>) -> Selection {
        let _ = (self.runbook, self.incident, self.audiences);
        unimplemented!("notice")
    }
}

/// What the book and the ledger know about reaching one contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Its mail address is suppressed.
    pub suppressed: bool,
    /// It is not yet due for mail.
    pub paced: bool,
}

/// A ledger row to be: one contact by one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub via: Via,
    pub locale: Locale,
    pub address: Address,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    Known(String),
    Suppressed(String),
    /// The contact has none.
    Missing,
}

/// Counts a notice's recipients as they go by, and plans their rows.
#[derive(Debug, Default)]
pub struct Tally {
    pub recipients: Recipients,
    pub left_out: LeftOut,
    /// Conditions that failed; each excluded a contact from an audience.
    pub failed_conditions: u64,
    organisations: HashSet<u64>,
}

impl Tally {
    /// Takes in a contact with its selection, and plans its rows; none if it isn't selected or is paced.
    pub fn plan(
        &mut self,
        _contact: &Contact,
        _selection: Selection,
        _standing: Standing,
        _via: &[Via],
        _offered: &[Locale],
    ) -> Vec<Row> {
        let _ = &self.organisations;
        unimplemented!("notice")
    }

    /// Takes in an endpoint of the settings, such as a team's robot; it is a row too.
    pub fn endpoint(&mut self) {
        self.recipients.rows += 1;
        self.recipients.endpoints += 1;
    }
}

/// The language a contact reads a notice in: the best of those it went out in, else the first.
pub fn language<'a>(contact: &Contact, offered: &'a [Locale]) -> Option<&'a Locale> {
    contact.locale.as_ref().and_then(|wanted| wanted.best(offered)).or(offered.first())
}
