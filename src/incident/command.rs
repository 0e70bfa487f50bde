//! What people, the clock and the world ask of an incident.

use chrono_tz::Tz;
use indexmap::IndexMap;

pub use super::event::FollowUpPlan;
use super::event::{DraftedNotice, FactValue};
use super::{Actor, FollowUpId, IncidentId, IncidentNumber, NoticeId, Outcome, PersonId};
use crate::clock::Timestamp;
use crate::contact::ContactId;
use crate::locale::Locale;
use crate::runbook::{AnswerId, Cause, FactId, FallbackId, RoleId, SeverityId, StepId};

/// A command with who asks, and whether it may act on a step before its turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub actor: Actor,
    /// `--early --reason`: acts on a waiting step, as a deviation.
    pub early: Option<String>,
    pub command: Command,
}

impl Request {
    pub fn new(actor: Actor, command: Command) -> Self {
        Self { actor, early: None, command }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    // Begin
    Declare(Box<Declaration>),

    // Steps
    FinishStep {
        step: StepId,
        outcome: Option<Outcome>,
        note: Option<String>,
        evidence: Option<String>,
    },
    SkipStep {
        step: StepId,
        reason: String,
    },
    AnswerDecision {
        step: StepId,
        answer: AnswerId,
    },
    /// Asks for a measure: it starts at once, or once approved.
    RunStep {
        step: StepId,
    },
    SignalStep {
        step: StepId,
    },
    /// Approves a notice, a measure or a gate; a given hash must be that of what stands now.
    Approve {
        step: StepId,
        hash: Option<String>,
        alone: Option<String>,
    },
    Reject {
        step: StepId,
        reason: String,
    },
    LiftContainment {
        step: StepId,
    },
    KeepContainment {
        step: StepId,
        reason: String,
    },

    // What is known
    StateFacts {
        facts: Vec<StatedFact>,
        confirm: bool,
    },
    ChangeSeverity {
        severity: SeverityId,
        reason: String,
    },
    ClassifyCause {
        cause: Cause,
    },
    AssignRole {
        role: RoleId,
        people: Vec<PersonId>,
    },
    AddNote {
        text: String,
        occurred_at: Option<Timestamp>,
    },
    CorrectEvent {
        seq: u64,
        text: String,
        reason: String,
    },
    /// Says what was written in an event in another language; the original stays.
    TranslateEvent {
        seq: u64,
        locale: Locale,
        text: String,
    },

    // Who is covered
    SwitchFallback {
        fallback: FallbackId,
        on: bool,
    },
    ImportFallback {
        fallback: FallbackId,
        contacts: u64,
    },
    ImportAffected {
        contacts: u64,
    },
    ReachContacts {
        step: StepId,
        contacts: Vec<ContactId>,
        by: String,
        note: Option<String>,
    },

    // Notices
    DraftNotice(Box<DraftedNotice>),
    CancelNotice {
        step: StepId,
    },
    PauseNotice {
        step: StepId,
        reason: Option<String>,
    },
    ResumeNotice {
        step: StepId,
    },
    ResendNotice {
        step: StepId,
        rows: u64,
    },
    /// `recipients`, where given, must match what was drafted.
    QueueNotice {
        step: StepId,
        recipients: Option<u64>,
    },

    // Ends
    Resolve {
        reason: String,
    },
    Close {
        reason: String,
    },
    Reopen {
        reason: String,
    },

    // Learning
    EditSection {
        section: String,
        locale: Locale,
        text: String,
    },
    AddFactor {
        text: String,
    },
    /// An author keeps a phrase that the wording lint flags.
    KeepPhrase {
        rule: String,
        text: String,
        reason: String,
    },
    AddFollowUp(FollowUpPlan),
    /// Fills in what is given; leaves the rest as it is.
    PlanFollowUp {
        id: FollowUpId,
        plan: FollowUpPlan,
    },
    FinishFollowUp {
        id: FollowUpId,
        note: Option<String>,
    },
    VerifyFollowUp {
        id: FollowUpId,
        note: Option<String>,
    },

    // The world answers
    ReportActionStarted {
        step: StepId,
        run: u32,
    },
    ReportAction {
        step: StepId,
        run: u32,
        worked: bool,
        detail: String,
    },
    ReportProbe {
        step: StepId,
        passed: bool,
        detail: String,
    },
    ReportFirstSent {
        notice: NoticeId,
        at: Timestamp,
    },
    ReportSettled {
        notice: NoticeId,
        counts: IndexMap<String, u64>,
    },
    /// The relay refuses everyone: the notice waits for a person.
    ReportStalled {
        notice: NoticeId,
        reason: String,
    },

    // The clock
    MissDeadline {
        step: StepId,
    },
    EscalateApproval {
        step: StepId,
    },
    OweUpdate {
        step: StepId,
    },
    EndWait {
        step: StepId,
    },
}

/// Everything an incident begins with.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    pub id: IncidentId,
    pub number: IncidentNumber,
    pub severity: SeverityId,
    /// Defaults to the runbook's title.
    pub title: Option<String>,
    pub facts: Vec<StatedFact>,
    pub roles: IndexMap<RoleId, Vec<PersonId>>,
    /// The language people type in.
    pub locale: Locale,
    pub timezone: Tz,
    /// A drill's incident says so in everything it writes.
    pub drill: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StatedFact {
    pub fact: FactId,
    pub value: FactValue,
}
