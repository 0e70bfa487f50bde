//! A drill's story: who plays, what they know, what happens when, and what goes wrong.

mod fields;
mod moment;
mod read;
pub(super) mod sensible;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::Tz;
use indexmap::IndexMap;

use crate::clock::Timestamp;
use crate::contact::ContactId;
use crate::incident::{FollowUpId, Outcome, PersonId};
use crate::locale::{Locale, Text};
use crate::problem::Problem;
use crate::runbook::{AnswerId, Cause, FactId, FallbackId, RoleId, Runbook, SeverityId, Status, StepId};

/// A checked scenario: every name in it is one of the runbook it plays.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// The incident's title, where it is not the runbook's.
    pub title: Option<Text>,
    pub start: Timestamp,
    pub timezone: Tz,
    /// The language of texts that name none.
    pub locale: Locale,
    pub severity: SeverityId,
    pub started_by: PersonId,
    pub people: IndexMap<PersonId, Player>,
    /// The contact book, beside the scenario's own file; without one, the example book.
    pub contacts: Option<PathBuf>,
    pub pace: Pace,
    /// What is stated where the story states nothing: at the gather that asks, or at the declaration.
    pub facts: IndexMap<FactId, Text>,
    pub story: Vec<Moment>,
    pub fails: Fails,
    pub expect: Expectations,
}

/// Someone who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Player {
    pub name: String,
    pub email: Option<String>,
    pub roles: Vec<RoleId>,
}

/// How long steps take that the story leaves alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pace {
    /// None: a share of the step's own `within`, or a few minutes.
    pub any: Option<Span>,
    pub steps: IndexMap<StepId, Span>,
}

/// From this long to that long; the seed draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub least: Duration,
    pub most: Duration,
}

/// One thing that somebody does at a moment of the story.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// From the declaration.
    pub at: Duration,
    pub by: PersonId,
    /// Acts on a waiting step before its turn, and why.
    pub early: Option<Text>,
    /// The story wants this refused, under this code.
    pub refused: Option<String>,
    pub deed: Deed,
    /// The words of `do`, for remarks.
    pub words: String,
}

/// What is done: the commands of the command line, with their options.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    Done { step: StepId, outcome: Option<Outcome>, note: Option<Text>, evidence: Option<String> },
    Skip { step: StepId, reason: Text },
    Answer { step: StepId, answer: AnswerId },
    Run { step: StepId },
    Signal { step: StepId },
    Approve { step: StepId, alone: Option<Text> },
    Reject { step: StepId, reason: Text },
    Lift { step: StepId },
    Keep { step: StepId, reason: Text },
    Set { facts: Vec<(FactId, Text)>, confirm: bool },
    Severity { severity: SeverityId, reason: Text },
    Cause { cause: Cause },
    Role { role: RoleId, person: PersonId },
    Note { text: Text, time: Option<Timestamp> },
    Fallback { fallback: FallbackId, on: bool },
    Reach { step: StepId, contacts: Vec<ContactId>, by: String, note: Option<Text> },
    Update { text: Option<Text>, status: Option<Status>, nothing_new: bool },
    Draft { step: StepId, status: Option<Status>, nothing_new: bool },
    Send { step: StepId },
    Cancel { step: StepId },
    Pause { step: StepId, reason: Option<Text> },
    Resume { step: StepId },
    Resend { step: StepId },
    Resolve { reason: Text },
    Close { reason: Text },
    Reopen { reason: Text },
    Edit { section: String, text: Text },
    Factor { text: Text },
    FollowUp { id: Option<FollowUpId>, plan: Box<Plan> },
    FollowUpDone { id: FollowUpId, note: Option<Text> },
    FollowUpVerify { id: FollowUpId, note: Option<Text> },
}

/// What a follow-up is to say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    pub text: Option<Text>,
    pub owner: Option<RoleId>,
    pub due: Option<NaiveDate>,
    pub important: Option<bool>,
    pub urgent: Option<bool>,
    pub check: Option<Text>,
}

/// What goes wrong outside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fails {
    /// What the relay answers for a contact, instead of taking the message.
    pub delivery: IndexMap<ContactId, String>,
    /// Whether each run of a step's operation works; the last counts for all that follow.
    pub actions: IndexMap<StepId, Vec<bool>>,
    /// Whether each answer of a step's probe passes; the last counts for all that follow.
    pub probes: IndexMap<StepId, Vec<bool>>,
}

/// What must be true once the incident is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expectations {
    pub outcomes: IndexMap<StepId, Outcome>,
    pub not_applicable: Vec<StepId>,
    /// Affected contacts that no fallback in use covers.
    pub uncovered: Option<u64>,
}

/// What reading a scenario found, and the scenario if nothing it found is an error.
#[derive(Debug)]
pub struct Checked {
    pub scenario: Option<Scenario>,
    /// In the order of the file.
    pub problems: Vec<Problem>,
}

/// Checks a scenario's bytes against its format and the runbook it plays.
pub fn check(bytes: &[u8], runbook: &Runbook) -> Checked {
    read::read(bytes, runbook)
}

impl Scenario {
    /// The scenario of a runbook that has none: everyone does their part in good time.
    pub fn sensible(runbook: &Runbook) -> Self {
        sensible::scenario(runbook)
    }
}

impl Deed {
    /// The step it acts on, if it acts on one.
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::Done { step, .. }
            | Self::Skip { step, .. }
            | Self::Answer { step, .. }
            | Self::Run { step }
            | Self::Signal { step }
            | Self::Approve { step, .. }
            | Self::Reject { step, .. }
            | Self::Lift { step }
            | Self::Keep { step, .. }
            | Self::Reach { step, .. }
            | Self::Draft { step, .. }
            | Self::Send { step }
            | Self::Cancel { step }
            | Self::Pause { step, .. }
            | Self::Resume { step }
            | Self::Resend { step } => Some(step),
            Self::Set { .. }
            | Self::Severity { .. }
            | Self::Cause { .. }
            | Self::Role { .. }
            | Self::Note { .. }
            | Self::Fallback { .. }
            | Self::Update { .. }
            | Self::Resolve { .. }
            | Self::Close { .. }
            | Self::Reopen { .. }
            | Self::Edit { .. }
            | Self::Factor { .. }
            | Self::FollowUp { .. }
            | Self::FollowUpDone { .. }
            | Self::FollowUpVerify { .. } => None,
        }
    }
}
