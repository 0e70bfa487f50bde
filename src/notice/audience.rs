//! Who gets a notice: the contacts its audiences select, each once, and who is left out and why.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::contact::Contact;
use crate::incident::Incident;
use crate::incident::event::{LeftOut, Recipients};
use crate::locale::Locale;
use crate::runbook::{Audience, AudienceId, Condition, Fallback, FallbackId, Runbook, Select, Via};

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
    pub fn select(&self, contact: &Contact, member: Membership<'_>) -> Selection {
        let mut selection = Selection::default();
        for audience in self.audiences.iter().filter_map(|id| self.runbook.audiences.get(id)) {
            let asked = Asked { runbook: self.runbook, incident: self.incident, contact, member };
            selection.audiences += u64::from(asked.is_in(audience, &mut selection.failed));
        }
        selection
    }
}

/// One contact, and what it is asked against. Conditions that fail are counted, and count as false.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) runbook: &'a Runbook,
    pub(super) incident: &'a Incident,
    pub(super) contact: &'a Contact,
    pub(super) member: Membership<'a>,
}

impl Asked<'_> {
    /// Whether an audience holds the contact. The team's own are in an audience only if it says so.
    fn is_in(self, audience: &Audience, failed: &mut u64) -> bool {
        if audience.id.as_str() == "affected" {
            self.is_affected(failed)
        } else {
            self.is_selected(&audience.select, failed)
        }
    }

    fn is_selected(self, select: &Select, failed: &mut u64) -> bool {
        let contact = self.contact;
        match select {
            Select::Page => false,
            Select::Customers => !contact.is_staff(),
            Select::Tag(tag) => !contact.is_staff() && contact.tags.contains(tag),
            Select::Kind(kind) => contact.kind == *kind,
            Select::Where(condition) if contact.is_staff() && !speaks_of_kind(condition) => false,
            Select::Where(condition) => self.meets(condition, failed),
            Select::Uncovered => self.is_affected(failed) && !self.is_covered(failed),
        }
    }

    /// Whether the contact is among the affected: those imported, else whom the audience `affected` selects.
    pub(super) fn is_affected(self, failed: &mut u64) -> bool {
        let declared = self.runbook.audiences.get("affected");
        match (self.member.affected, declared.map(|audience| &audience.select)) {
            (Some(imported), _) => imported,
            (None, None | Some(Select::Uncovered)) => !self.contact.is_staff(),
            (None, Some(select)) => self.is_selected(select, failed),
        }
    }

    /// Whether a fallback that is in use serves the contact.
    fn is_covered(self, failed: &mut u64) -> bool {
        let mut fallbacks = self.runbook.fallbacks.values();
        fallbacks.any(|fallback| in_use(self.incident, &fallback.id) && self.is_served_by(fallback, failed))
    }

    /// Whether a fallback serves the contact: by its condition, or by the list that was imported.
    pub(super) fn is_served_by(self, fallback: &Fallback, failed: &mut u64) -> bool {
        let listed = self.member.fallbacks.contains(&fallback.id);
        listed || fallback.select.as_ref().is_some_and(|condition| self.meets(condition, failed))
    }

    fn meets(self, condition: &Condition, failed: &mut u64) -> bool {
        condition.selects(self.contact).unwrap_or_else(|_| {
            *failed += 1;
            false
        })
    }
}

/// Whether a condition itself decides about the team's own, by naming `kind`.
fn speaks_of_kind(condition: &Condition) -> bool {
    condition.as_str().split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').any(|word| word == "kind")
}

pub(super) fn in_use(incident: &Incident, fallback: &FallbackId) -> bool {
    incident.fallbacks.get(fallback).is_some_and(|state| state.on)
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
        contact: &Contact,
        selection: Selection,
        standing: Standing,
        via: &[Via],
        offered: &[Locale],
    ) -> Vec<Row> {
        self.failed_conditions += selection.failed;
        let (true, Some(locale)) = (selection.is_selected(), language(contact, offered)) else { return Vec::new() };
        self.left_out.duplicate += selection.audiences - 1;
        let rows = self.addresses(contact, standing, via);
        let rows: Vec<Row> =
            rows.into_iter().map(|(via, address)| Row { via, locale: locale.clone(), address }).collect();
        if !rows.is_empty() {
            self.recipients.rows += rows.len() as u64;
            self.recipients.contacts += 1;
            self.count_organisation(contact);
        }
        rows
    }

    /// Where the notice goes for one contact, by each channel that it has; a contact with none is a row too.
    fn addresses(&mut self, contact: &Contact, standing: Standing, via: &[Via]) -> Vec<(Via, Address)> {
        let mail = contact.mail_address().filter(|_| via.contains(&Via::Mail));
        let hook = Some(contact.webhook.as_str()).filter(|url| !url.is_empty() && via.contains(&Via::Webhook));
        let mut rows = Vec::new();
        match mail {
            Some(_) if standing.paced => self.left_out.paced += 1,
            Some(address) if standing.suppressed => {
                self.left_out.suppressed += 1;
                rows.push((Via::Mail, Address::Suppressed(address.to_owned())));
            }
            Some(address) => rows.push((Via::Mail, Address::Known(address.to_owned()))),
            None if hook.is_none() && standing.paced => self.left_out.paced += 1,
            None if hook.is_none() && (via.contains(&Via::Mail) || via.contains(&Via::Webhook)) => {
                self.left_out.no_address += 1;
                let missing = if via.contains(&Via::Mail) { Via::Mail } else { Via::Webhook };
                rows.push((missing, Address::Missing));
            }
            None => {}
        }
        rows.extend(hook.map(|url| (Via::Webhook, Address::Known(url.to_owned()))));
        rows
    }

    /// A contact without an organisation stands for itself. Sixty-four bits an organisation keep a million small.
    fn count_organisation(&mut self, contact: &Contact) {
        let mut hasher = DefaultHasher::new();
        match contact.org.trim() {
            "" => ("contact", contact.id.as_str().to_lowercase()).hash(&mut hasher),
            org => ("org", org.to_lowercase()).hash(&mut hasher),
        }
        if self.organisations.insert(hasher.finish()) {
            self.recipients.organisations += 1;
        }
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

#[cfg(test)]
mod tests;
