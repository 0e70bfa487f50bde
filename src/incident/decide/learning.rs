//! What people write into the retrospective, and the follow-ups that come out of it.

use super::rejection::listed;
use super::{Deciding, Rejection, SECTIONS, text};
use crate::incident::FollowUpId;
use crate::incident::event::Event;
use crate::incident::event::FollowUpPlan;
use crate::incident::state::FollowUpState;
use crate::locale::Locale;

impl Deciding<'_> {
    pub(super) fn edit_section(&mut self, section: String, locale: Locale, said: &str) -> Result<(), Rejection> {
        if !SECTIONS.contains(&section.as_str()) {
            return Err(Rejection::new("unknown_section", format!("there is no section `{section}`"))
                .help(format!("sections: {}", listed(SECTIONS))));
        }
        let text = text::said("text", said)?;
        self.emit(Event::SectionEdited { section, locale, text })
    }

    pub(super) fn add_factor(&mut self, said: &str) -> Result<(), Rejection> {
        let text = text::said("factor", said).map_err(|error| error.help("muster retro factor add \"…\""))?;
        self.emit(Event::FactorAdded { text })
    }

    pub(super) fn keep_phrase(&mut self, rule: &str, said: &str, reason: &str) -> Result<(), Rejection> {
        let rule = text::said("rule", rule)?;
        let text = text::said("text", said)?;
        let reason = text::said("reason", reason)?;
        self.emit(Event::PhraseKept { rule, text, reason })
    }

    pub(super) fn add_follow_up(&mut self, plan: FollowUpPlan) -> Result<(), Rejection> {
        let plan = self.planned(plan)?;
        if plan.text.is_none() {
            return Err(
                Rejection::new("empty_text", "a follow-up says what is to be done").help("muster followup add \"…\"")
            );
        }
        let id = self.next_follow_up();
        self.emit(Event::FollowUpAdded { id, plan, from_runbook: None })
    }

    pub(super) fn plan_follow_up(&mut self, id: FollowUpId, plan: FollowUpPlan) -> Result<(), Rejection> {
        self.follow_up(id)?;
        let plan = self.planned(plan)?;
        if plan == FollowUpPlan::default() {
            return Err(Rejection::new("nothing_stated", format!("nothing about `{id}` is stated"))
                .help("muster followup list"));
        }
        self.emit(Event::FollowUpPlanned { id, plan })
    }

    pub(super) fn finish_follow_up(&mut self, id: FollowUpId, note: Option<&str>) -> Result<(), Rejection> {
        if self.follow_up(id)?.done_at.is_some() {
            return Err(Rejection::new("already_done", format!("`{id}` is done already"))
                .help(format!("muster followup verify {id}")));
        }
        let note = text::optional("note", note)?;
        self.emit(Event::FollowUpDone { id, note })
    }

    pub(super) fn verify_follow_up(&mut self, id: FollowUpId, note: Option<&str>) -> Result<(), Rejection> {
        let follow_up = self.follow_up(id)?;
        if follow_up.verified_at.is_some() {
            return Err(
                Rejection::new("already_verified", format!("`{id}` is verified already")).help("muster followup list")
            );
        }
        if follow_up.done_at.is_none() {
            return Err(Rejection::new("not_done", format!("`{id}` is verified once it is done"))
                .help(format!("muster followup done {id}")));
        }
        let note = text::optional("note", note)?;
        self.emit(Event::FollowUpVerified { id, note })
    }

    fn follow_up(&self, id: FollowUpId) -> Result<&FollowUpState, Rejection> {
        self.incident.follow_ups.get(&id).ok_or_else(|| {
            Rejection::new("unknown_follow_up", format!("there is no follow-up `{id}`")).help("muster followup list")
        })
    }

    fn planned(&self, plan: FollowUpPlan) -> Result<FollowUpPlan, Rejection> {
        let FollowUpPlan { text, owner, due, important, urgent, check } = plan;
        if let Some(role) = &owner {
            super::classification::known_role(self.runbook, role)?;
        }
        let text = text::optional("text", text.as_deref())?;
        let check = text::optional("check", check.as_deref())?;
        Ok(FollowUpPlan { text, owner, due, important, urgent, check })
    }
}
