//! The state of an incident: what its events add up to.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use indexmap::IndexMap;

use super::event::{DraftedNotice, FactValue, FollowUpPlan};
use super::{Actor, FollowUpId, IncidentId, IncidentNumber, NoticeId, Outcome, PersonId};
use crate::clock::Timestamp;
use crate::contact::ContactId;
use crate::locale::{Locale, Text};
use crate::runbook::{
    AnswerId, AudienceId, Cause, FactId, FallbackId, Phase, RoleId, RunbookId, SeverityId, Status, StepId,
};

/// One run of a runbook, as its events left it.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    pub id: IncidentId,
    pub number: IncidentNumber,
    pub title: Text,
    pub runbook: RunbookId,
    pub runbook_hash: String,
    pub drill: bool,
    pub locale: Locale,
    pub timezone: Tz,
    pub started_by: Actor,
    pub declared_at: Timestamp,

    /// The sequence number and the moment of the newest event.
    pub seq: u64,
    pub at: Timestamp,

    pub lifecycle: Lifecycle,
    pub phase: Phase,
    pub severity: SeverityId,
    pub cause: Option<Cause>,
    pub status: Option<Status>,
    /// Counts reopenings: 1 for the first run.
    pub attempt: u32,

    pub roles: IndexMap<RoleId, Vec<PersonId>>,
    pub facts: IndexMap<FactId, FactState>,
    /// Steps that have been reached or acted on; every other one is waiting in its first attempt.
    pub steps: IndexMap<StepId, StepState>,
    pub answers: IndexMap<StepId, AnswerId>,
    /// Containments that worked and are yet to be lifted or kept.
    pub obligations: BTreeSet<StepId>,
    pub fallbacks: IndexMap<FallbackId, FallbackState>,
    pub affected_imported: Option<u64>,
    pub reached_by_hand: BTreeSet<ContactId>,

    /// Every notice drafted, oldest first.
    pub notices: Vec<NoticeState>,
    /// When the first notice to customers is due; none once it is queued.
    pub first_notice_due: Option<Timestamp>,
    /// Whether a raise of severity has set that moment anew.
    pub first_notice_raised: bool,
    /// When each running `updates` step owes its next message, and how many it has missed since the last.
    pub updates: IndexMap<StepId, UpdatesState>,

    pub follow_ups: IndexMap<FollowUpId, FollowUpState>,
    /// Sections of the retrospective that people have written.
    pub sections: BTreeSet<String>,
    /// How many contributing factors people have named.
    pub factors: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifecycle {
    Open,
    Resolved { at: Timestamp },
    Closed { resolved_at: Timestamp, at: Timestamp },
}

#[derive(Debug, Clone, PartialEq)]
pub struct FactState {
    pub value: FactValue,
    /// Which run of the incident (see [`Incident::attempt`]) it was last stated or confirmed in.
    pub attempt: u32,
    pub stated_at: Timestamp,
    /// The locale last stated, for texts.
    pub locale: Option<Locale>,
    /// Locales whose wording is older than the last statement.
    pub stale: Vec<Locale>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StepState {
    pub attempt: u32,
    pub progress: Progress,
    /// Whether its list has come to it; a step taken early is acted on before that.
    pub reached: bool,
    pub opened_at: Option<Timestamp>,
    pub due_at: Option<Timestamp>,
    pub deadline_missed: bool,
    pub approval: Option<ApprovalState>,
    /// How often its operation was run, over all attempts, so that a run's number is never used twice.
    pub runs: u32,
    /// How the newest run of this attempt stands.
    pub run: Option<RunState>,
    /// How many retries its last failure left; none before one.
    pub retries_left: Option<u32>,
    /// What its probe answers, and since when.
    pub probe: Option<ProbeState>,
}

/// The answer a probe has been giving without a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeState {
    pub passed: bool,
    pub since: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    Waiting,
    NotApplicable,
    Open,
    Ended { outcome: Outcome, at: Timestamp },
}

/// What has been asked for and given for a measure or a gate.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovalState {
    /// Who asked; none for a gate, or where it was approved without a request.
    pub author: Option<Actor>,
    /// When it was asked for; for a gate or an approval without a request, when first given.
    pub asked_at: Timestamp,
    pub hash: Option<String>,
    pub approvers: Vec<PersonId>,
    pub complete: bool,
    pub escalated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunState {
    Queued,
    Started,
    Worked,
    Failed { retries_left: u32 },
}

impl RunState {
    /// Whether the world has yet to answer.
    pub fn is_under_way(&self) -> bool {
        match self {
            Self::Queued | Self::Started => true,
            Self::Worked | Self::Failed { .. } => false,
        }
    }
}

impl StepState {
    /// A step nobody has come to.
    pub fn waiting(attempt: u32) -> Self {
        Self {
            attempt,
            progress: Progress::Waiting,
            reached: false,
            opened_at: None,
            due_at: None,
            deadline_missed: false,
            approval: None,
            runs: 0,
            run: None,
            retries_left: None,
            probe: None,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FallbackState {
    pub on: bool,
    /// Whether people have switched it, to either side.
    pub decided: bool,
    pub imported: Option<u64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct NoticeState {
    pub draft: std::sync::Arc<DraftedNotice>,
    pub author: Actor,
    pub drafted_at: Timestamp,
    pub stage: Stage,
    pub approval: ApprovalState,
    pub queued_at: Option<Timestamp>,
    pub first_sent_at: Option<Timestamp>,
    pub paused: bool,
    pub counts: IndexMap<String, u64>,
}

impl NoticeState {
    pub fn id(&self) -> NoticeId {
        self.draft.id
    }

    /// Whether it stands to be approved or sent.
    pub fn is_pending(&self) -> bool {
        match self.stage {
            Stage::Draft | Stage::Approved => true,
            Stage::Voided | Stage::Cancelled | Stage::Queued | Stage::Settled => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Draft,
    Approved,
    /// A change of fact, severity, cause or status made it untrue.
    Voided,
    Cancelled,
    Queued,
    Settled,
}

#[derive(Debug, Clone, PartialEq)]
pub struct UpdatesState {
    pub audience: Vec<AudienceId>,
    /// What was promised; once it is past, the message is overdue since then.
    pub next_due: Timestamp,
    /// Periods that went by since the last message queued.
    pub missed: u32,
    /// Up to which moment missed periods have been counted.
    pub counted_until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct FollowUpState {
    pub plan: FollowUpPlan,
    pub from_runbook: Option<Text>,
    pub added_at: Timestamp,
    pub done_at: Option<Timestamp>,
    pub verified_at: Option<Timestamp>,
}

impl Incident {
    /// A step's state; a step nobody has come to yet is waiting.
    pub fn step(&self, id: &StepId) -> Option<&StepState> {
        self.steps.get(id)
    }

    /// Which attempt of a step stands, counted from 1.
    pub fn step_attempt(&self, id: &StepId) -> u32 {
        self.steps.get(id).map_or(1, |step| step.attempt)
    }

    pub fn progress(&self, id: &StepId) -> &Progress {
        self.steps.get(id).map_or(&Progress::Waiting, |step| &step.progress)
    }

    pub fn is_open(&self, id: &StepId) -> bool {
        self.steps.get(id).is_some_and(|step| step.progress == Progress::Open)
    }

    /// How a step ended, if it has.
    pub fn outcome(&self, id: &StepId) -> Option<Outcome> {
        match self.steps.get(id)?.progress {
            Progress::Ended { outcome, .. } => Some(outcome),
            Progress::Waiting | Progress::NotApplicable | Progress::Open => None,
        }
    }

    /// The newest notice of a step, whatever became of it.
    pub fn newest_notice(&self, step: &StepId) -> Option<&NoticeState> {
        self.notices.iter().rev().find(|notice| &notice.draft.step == step)
    }

    /// The notices of a step that are on their way, newest first: a newer one does not call an older one back.
    pub fn on_their_way(&self, step: &StepId) -> impl Iterator<Item = &NoticeState> {
        self.notices.iter().rev().filter(move |notice| &notice.draft.step == step && notice.stage == Stage::Queued)
    }

    /// The newest notice of a step that was sent, or is on its way.
    pub fn newest_sent(&self, step: &StepId) -> Option<&NoticeState> {
        let is_sent = |stage| matches!(stage, Stage::Queued | Stage::Settled);
        self.notices.iter().rev().find(|notice| &notice.draft.step == step && is_sent(notice.stage))
    }

    pub fn notice(&self, id: NoticeId) -> Option<&NoticeState> {
        self.notices.iter().find(|notice| notice.id() == id)
    }

    /// The value of a fact that counts as stated.
    pub fn fact(&self, id: &str) -> Option<&FactValue> {
        self.facts.get(id).map(|fact| &fact.value)
    }

    pub fn resolved_at(&self) -> Option<Timestamp> {
        match self.lifecycle {
            Lifecycle::Open => None,
            Lifecycle::Resolved { at } | Lifecycle::Closed { resolved_at: at, .. } => Some(at),
        }
    }

    pub fn closed_at(&self) -> Option<Timestamp> {
        match self.lifecycle {
            Lifecycle::Open | Lifecycle::Resolved { .. } => None,
            Lifecycle::Closed { at, .. } => Some(at),
        }
    }
}
