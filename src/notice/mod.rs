//! A notice: what is true of an incident, told in every language from the same facts, frozen before anyone approves it.

pub mod audience;
pub mod body;
pub mod contract;
pub mod coverage;
pub mod data;
pub mod draft;
pub mod personal;
pub mod template;
pub mod when;
pub mod wording;
pub mod words;

use crate::clock::Timestamp;
use crate::incident::Incident;
use crate::incident::event::Message;
use crate::locale::Locale;
use crate::problem::Problem;
use crate::runbook::{FactId, NoticeSpec, Runbook, Status, StepId};
use crate::settings::Page;

pub use draft::{Fingerprint, difference};
pub use template::Templates;

/// Everything a notice is composed from, at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    pub runbook: &'a Runbook,
    pub incident: &'a Incident,
    pub step: &'a StepId,
    pub spec: &'a NoticeSpec,
    /// A status the author gives instead of the step's.
    pub status: Option<Status>,
    /// The author says there is nothing new to tell.
    pub nothing_new: bool,
    /// The status page, and how customers reach the team.
    pub page: &'a Page,
    /// The languages it goes out in; those of the runbook.
    pub locales: &'a [Locale],
    pub now: Timestamp,
    /// Phrases that blame a person, gentler than the retrospective's; empty where none are checked.
    pub blame: &'a [wording::Phrase<'a>],
}

/// A notice as it would go out, and what stands in its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// What the public is told by it; none leaves that as it is.
    pub status: Option<Status>,
    /// One a language, rendered from the same facts. Rendered also where errors stand in the way, to be looked at.
    pub messages: Vec<Message>,
    /// Errors refuse the draft; warnings are for whoever approves. `help` is the command that states what is missing.
    pub problems: Vec<Problem>,
    /// The warnings as sentences, for whoever approves.
    pub warnings: Vec<String>,
    pub next_update_at: Option<Timestamp>,
    pub next_mail_at: Option<Timestamp>,
    /// Facts that queueing it uses up.
    pub spends: Vec<FactId>,
}

impl Composed {
    /// Whether nothing stands in the way of drafting it.
    pub fn is_sound(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }
}

/// Composes a notice: checks the contract, computes the promises, renders each language once.
pub fn compose(_scene: &Scene<'_>, _templates: &Templates) -> Composed {
    unimplemented!("notice")
}
