//! Puts roles in the place of people: every name, handle and address on the roster, in every form a note may contain.

use super::Person;
use crate::incident::event::Recorded;
use crate::locale::Locale;
use crate::runbook::Runbook;

/// Replaces the people of one incident by their roles in one language.
#[derive(Debug)]
pub struct Roles {}

impl Roles {
    /// Collects everyone on the roster and in the journal.
    pub fn new(_runbook: &Runbook, _events: &[Recorded], _roster: &[Person], _locale: &Locale) -> Self {
        unimplemented!("retrospective")
    }

    /// The text with a role wherever a person stood.
    pub fn replace(&self, _text: &str) -> String {
        unimplemented!("retrospective")
    }
}
