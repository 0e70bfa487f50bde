//! Fallbacks switched and imported, and people reached by hand.

use super::rejection::listed;
use super::{Deciding, Rejection, text};
use crate::contact::ContactId;
use crate::incident::event::Event;
use crate::runbook::{Fallback, FallbackId, StepId, StepKind};

impl Deciding<'_> {
    pub(super) fn switch(&mut self, fallback: FallbackId, on: bool) -> Result<(), Rejection> {
        self.fallback(&fallback)?;
        let word = if on { "on" } else { "off" };
        if self.incident.fallbacks.get(&fallback).is_some_and(|state| state.decided && state.on == on) {
            return Err(Rejection::new("unchanged", format!("`{fallback}` is {word} already")).help("muster coverage"));
        }
        self.emit(Event::FallbackSwitched { fallback, on })
    }

    pub(super) fn import_fallback(&mut self, fallback: FallbackId, contacts: u64) -> Result<(), Rejection> {
        if self.fallback(&fallback)?.select.is_some() {
            return Err(Rejection::new("not_imported", format!("`{fallback}` finds its contacts by a condition"))
                .help("muster coverage shows whom it reaches"));
        }
        self.emit(Event::FallbackImported { fallback, contacts })
    }

    pub(super) fn reach_contacts(
        &mut self,
        id: &StepId,
        contacts: Vec<ContactId>,
        by: &str,
        note: Option<&str>,
    ) -> Result<(), Rejection> {
        let step = self.act_on(id, "reach")?;
        let StepKind::Reach { .. } = step.kind else {
            return Err(Rejection::new(
                "not_a_reach",
                format!("`{id}` is {}; nobody is ticked off there", step.kind.with_article()),
            )
            .help(super::how_to_end(step)));
        };
        let by = text::said("by", by)?;
        let note = text::optional("note", note)?;
        let mut new: Vec<ContactId> = Vec::new();
        for contact in contacts {
            text::said("contact", contact.as_str())?;
            if !self.incident.reached_by_hand.contains(&contact) && !new.contains(&contact) {
                new.push(contact);
            }
        }
        if new.is_empty() {
            return Err(Rejection::new("already_reached", format!("nobody is left to tick off in `{id}`"))
                .help(format!("muster reach {id} --list")));
        }
        self.emit(Event::ContactsReached { step: id.clone(), contacts: new, by, note })
    }

    fn fallback(&self, id: &FallbackId) -> Result<&Fallback, Rejection> {
        self.runbook.fallbacks.get(id).ok_or_else(|| {
            Rejection::new("unknown_fallback", format!("there is no fallback `{id}` in this runbook"))
                .help(format!("fallbacks: {}", listed(self.runbook.fallbacks.keys())))
        })
    }
}
