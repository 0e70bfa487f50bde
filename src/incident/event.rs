//! What is true of an incident once decided; the journal's content, readable by later versions.
//!
//! An event says everything its consequences need, so that replay asks no rule again. Names and
//! fields are a format on disk: they are added to, never changed.

use std::sync::Arc;

use chrono_tz::Tz;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

pub use super::codec::{Error, decode, encode};
use super::{Actor, FollowUpId, IncidentId, IncidentNumber, NoticeId, Outcome, PersonId};
use crate::clock::Timestamp;
use crate::contact::ContactId;
use crate::locale::{Locale, Text};
pub use crate::runbook::FactValue;
use crate::runbook::{
    AnswerId, AudienceId, Cause, FactId, FallbackId, Phase, RoleId, RunbookId, SeverityId, Status, StepId, Via,
};

/// An event as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// Counts from 1 within the incident.
    pub seq: u64,
    /// When it was recorded; never earlier than the event before it.
    pub at: Timestamp,
    pub actor: Actor,
    /// The role the actor held as they did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleId>,
    pub event: Event,
}

/// Something that is now true. Variant and field names are what the journal stores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    IncidentDeclared(Box<Declared>),
    PhaseEntered {
        phase: Phase,
    },

    StepOpened {
        step: StepId,
        attempt: u32,
        due_at: Option<Timestamp>,
    },
    StepNotApplicable {
        step: StepId,
    },
    /// An `updates` step began: from now on it owes messages to these audiences.
    UpdatesStarted {
        step: StepId,
        audience: Vec<AudienceId>,
        due_at: Timestamp,
    },
    /// The list came to a step that had been ended early, and went past it.
    StepPassed {
        step: StepId,
    },
    /// A waiting step is acted on before its turn: a deviation.
    StepTakenEarly {
        step: StepId,
        attempt: u32,
        reason: String,
    },
    DecisionAnswered {
        step: StepId,
        answer: AnswerId,
    },
    SignalReceived {
        step: StepId,
    },
    ProbeAnswered {
        step: StepId,
        passed: bool,
        detail: String,
    },
    StepEnded {
        step: StepId,
        outcome: Outcome,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<String>,
        /// Why it was skipped, which makes it a deviation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A failed acceptance sends its range of steps round again.
    AttemptRestarted {
        because: StepId,
        attempt: u32,
        steps: Vec<StepId>,
    },

    MeasureRequested {
        step: StepId,
        hash: String,
    },
    ActionQueued {
        step: StepId,
        run: u32,
        action: String,
        with: IndexMap<String, String>,
    },
    ActionStarted {
        step: StepId,
        run: u32,
    },
    ActionWorked {
        step: StepId,
        run: u32,
        detail: String,
    },
    ActionFailed {
        step: StepId,
        run: u32,
        detail: String,
        retries_left: u32,
    },

    /// `complete`: with this one the quorum is reached.
    Approved {
        step: StepId,
        notice: Option<NoticeId>,
        hash: Option<String>,
        complete: bool,
        /// The author approved alone, and why: a deviation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alone: Option<String>,
    },
    Rejected {
        step: StepId,
        notice: Option<NoticeId>,
        reason: String,
    },
    ApprovalEscalated {
        step: StepId,
        to: Vec<RoleId>,
    },

    ObligationOpened {
        step: StepId,
    },
    ObligationLifted {
        step: StepId,
    },
    ObligationKept {
        step: StepId,
        reason: String,
    },

    /// `stale`: locales whose wording no longer says what was last stated.
    FactStated {
        fact: FactId,
        value: FactValue,
        stale: Vec<Locale>,
    },
    FactsConfirmed {
        facts: IndexMap<FactId, FactValue>,
    },
    SeverityChanged {
        from: SeverityId,
        to: SeverityId,
        reason: String,
        first_notice_due: Option<Timestamp>,
        updates_due: IndexMap<StepId, Timestamp>,
    },
    CauseClassified {
        cause: Cause,
    },
    RoleAssigned {
        role: RoleId,
        people: Vec<PersonId>,
    },
    NoteAdded {
        text: String,
        occurred_at: Option<Timestamp>,
    },
    EventCorrected {
        seq: u64,
        text: String,
        reason: String,
    },
    /// What somebody wrote in an event, said in another language; readers of that language see this.
    EventTranslated {
        seq: u64,
        locale: Locale,
        text: String,
    },

    FallbackSwitched {
        fallback: FallbackId,
        on: bool,
    },
    FallbackImported {
        fallback: FallbackId,
        contacts: u64,
    },
    AffectedImported {
        contacts: u64,
    },
    ContactsReached {
        step: StepId,
        contacts: Vec<ContactId>,
        by: String,
        note: Option<String>,
    },

    NoticeDrafted(Box<DraftedNotice>),
    /// `because`: `fact:ID`, `severity`, `cause`, `status`, `redrafted` or `step_ended`.
    NoticeVoided {
        notice: NoticeId,
        step: StepId,
        because: String,
    },
    NoticeCancelled {
        notice: NoticeId,
        step: StepId,
    },
    NoticeQueued(Box<QueuedNotice>),
    NoticePaused {
        notice: NoticeId,
        step: StepId,
        reason: Option<String>,
    },
    NoticeResumed {
        notice: NoticeId,
        step: StepId,
    },
    NoticeResent {
        notice: NoticeId,
        step: StepId,
        rows: u64,
    },
    NoticeFirstSent {
        notice: NoticeId,
        step: StepId,
        sent_at: Timestamp,
    },
    NoticeSettled {
        notice: NoticeId,
        step: StepId,
        counts: IndexMap<String, u64>,
    },
    StatusChanged {
        from: Option<Status>,
        to: Status,
    },

    /// An update's moment passed without one: `due_at` is the newest such moment, `missed` counts
    /// them since the last one queued.
    UpdateOwed {
        step: StepId,
        due_at: Timestamp,
        missed: u32,
    },
    DeadlineMissed {
        step: StepId,
        due_at: Timestamp,
    },

    /// With a reason where people ended it before its steps had; that is a deviation.
    IncidentResolved {
        reason: Option<String>,
    },
    IncidentClosed {
        reason: Option<String>,
    },
    IncidentReopened {
        reason: String,
        attempt: u32,
        steps: Vec<StepId>,
    },

    SectionEdited {
        section: String,
        locale: Locale,
        text: String,
    },
    FactorAdded {
        text: String,
    },
    PhraseKept {
        rule: String,
        text: String,
        reason: String,
    },
    FollowUpAdded {
        id: FollowUpId,
        plan: FollowUpPlan,
        from_runbook: Option<Text>,
    },
    FollowUpPlanned {
        id: FollowUpId,
        plan: FollowUpPlan,
    },
    FollowUpDone {
        id: FollowUpId,
        note: Option<String>,
    },
    FollowUpVerified {
        id: FollowUpId,
        note: Option<String>,
    },
}

/// Everything an incident begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Declared {
    pub id: IncidentId,
    pub number: IncidentNumber,
    pub title: Text,
    pub runbook: RunbookId,
    /// SHA-256 of `runbook_source`.
    pub runbook_hash: String,
    /// The runbook as it was: changing the file later changes nothing that has begun.
    pub runbook_source: Arc<str>,
    pub severity: SeverityId,
    pub started_by: Actor,
    pub roles: IndexMap<RoleId, Vec<PersonId>>,
    pub locale: Locale,
    pub timezone: Tz,
    pub drill: bool,
    /// When the first notice to customers is due.
    pub first_notice_due: Timestamp,
}

/// A notice rendered and frozen: what is approved, sent and quoted is exactly this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftedNotice {
    pub id: NoticeId,
    pub step: StepId,
    /// What the public is told by it; none for a statement or a second touch.
    pub status: Option<Status>,
    pub template: String,
    pub audience: Vec<AudienceId>,
    pub via: Vec<Via>,
    /// SHA-256 over the texts, recipients and promises, lowercase hexadecimal.
    pub hash: String,
    /// The promise: when customers hear again.
    pub next_update_at: Option<Timestamp>,
    /// The same for those who read mail only, where mail is paced.
    pub next_mail_at: Option<Timestamp>,
    pub messages: Vec<Message>,
    pub recipients: Recipients,
    pub left_out: LeftOut,
    /// What an approver is told: warnings of the contract, as sentences.
    pub warnings: Vec<String>,
    /// Facts that this notice uses up, such as `changed`.
    pub spends: Vec<FactId>,
    /// Whether customers are among those it goes to.
    pub to_customers: bool,
}

/// A notice's text in one language, with placeholders for what differs by person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub locale: Locale,
    pub subject: String,
    pub preheader: String,
    /// At most 70 characters, for small screens and robots.
    pub short: String,
    /// The body as Markdown, as pages and robots render it.
    pub markdown: String,
    pub text: String,
    pub html: String,
}

/// Whom a notice goes to, counted when it was drafted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recipients {
    /// Ledger rows: contacts and endpoints, those that cannot be reached included.
    pub rows: u64,
    pub contacts: u64,
    pub organisations: u64,
    pub endpoints: u64,
}

/// Who gets nothing by mail, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LeftOut {
    pub suppressed: u64,
    pub no_address: u64,
    /// Reached by more than one audience; each gets one.
    pub duplicate: u64,
    /// Not yet due for mail; these have no row.
    pub paced: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueuedNotice {
    pub notice: NoticeId,
    pub step: StepId,
    pub spends: Vec<FactId>,
    pub next_update_at: Option<Timestamp>,
    /// When running `updates` steps owe their next one: those it feeds, and those that a change of
    /// status brings forward.
    pub updates_due: IndexMap<StepId, Timestamp>,
    /// Whether a promise made before was kept: none where there was none.
    pub kept_promise: Option<bool>,
}

/// What a follow-up is to say; absent parts are still open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FollowUpPlan {
    pub text: Option<String>,
    pub owner: Option<RoleId>,
    pub due: Option<chrono::NaiveDate>,
    pub important: Option<bool>,
    pub urgent: Option<bool>,
    /// How we will know that it worked.
    pub check: Option<String>,
}

/// Names the variants once, for what is stored, printed and recognised.
macro_rules! names {
    ($($name:ident),* $(,)?) => {
        impl Event {
            /// Every event this version knows, by the name the journal stores.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// The event's name, as the journal stores it.
            pub fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => stringify!($name)),*
                }
            }
        }
    };
}

names! {
    IncidentDeclared, PhaseEntered, StepOpened, StepNotApplicable, UpdatesStarted, StepPassed, StepTakenEarly,
    DecisionAnswered, SignalReceived, ProbeAnswered, StepEnded, AttemptRestarted, MeasureRequested, ActionQueued,
    ActionStarted, ActionWorked, ActionFailed, Approved, Rejected, ApprovalEscalated, ObligationOpened,
    ObligationLifted, ObligationKept, FactStated, FactsConfirmed, SeverityChanged, CauseClassified, RoleAssigned,
    NoteAdded, EventCorrected, EventTranslated, FallbackSwitched, FallbackImported, AffectedImported, ContactsReached, NoticeDrafted,
    NoticeVoided, NoticeCancelled, NoticeQueued, NoticePaused, NoticeResumed, NoticeResent, NoticeFirstSent,
    NoticeSettled, StatusChanged, UpdateOwed, DeadlineMissed, IncidentResolved, IncidentClosed, IncidentReopened,
    SectionEdited, FactorAdded, PhraseKept, FollowUpAdded, FollowUpPlanned, FollowUpDone, FollowUpVerified,
}

/// What went otherwise than the runbook says, with the reason given for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deviation<'a> {
    pub kind: DeviationKind,
    pub step: Option<&'a StepId>,
    pub reason: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviationKind {
    Skipped,
    Early,
    ApprovedAlone,
    /// The incident was resolved before its steps had ended.
    ResolvedByHand,
    ClosedByHand,
}

impl Event {
    /// The deviation an event records, if it is one.
    pub fn deviation(&self) -> Option<Deviation<'_>> {
        let (kind, step, reason) = if let Self::StepEnded { step, outcome: Outcome::Skipped, reason, .. } = self {
            (DeviationKind::Skipped, Some(step), reason.as_deref().unwrap_or_default())
        } else if let Self::StepTakenEarly { step, reason, .. } = self {
            (DeviationKind::Early, Some(step), reason.as_str())
        } else if let Self::Approved { step, alone: Some(reason), .. } = self {
            (DeviationKind::ApprovedAlone, Some(step), reason.as_str())
        } else if let Self::IncidentResolved { reason: Some(reason) } = self {
            (DeviationKind::ResolvedByHand, None, reason.as_str())
        } else if let Self::IncidentClosed { reason: Some(reason) } = self {
            (DeviationKind::ClosedByHand, None, reason.as_str())
        } else {
            return None;
        };
        Some(Deviation { kind, step, reason })
    }

    /// The step an event is about, if it is about one.
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::StepOpened { step, .. }
            | Self::StepNotApplicable { step }
            | Self::UpdatesStarted { step, .. }
            | Self::StepPassed { step }
            | Self::StepTakenEarly { step, .. }
            | Self::DecisionAnswered { step, .. }
            | Self::SignalReceived { step }
            | Self::ProbeAnswered { step, .. }
            | Self::StepEnded { step, .. }
            | Self::AttemptRestarted { because: step, .. }
            | Self::MeasureRequested { step, .. }
            | Self::ActionQueued { step, .. }
            | Self::ActionStarted { step, .. }
            | Self::ActionWorked { step, .. }
            | Self::ActionFailed { step, .. }
            | Self::Approved { step, .. }
            | Self::Rejected { step, .. }
            | Self::ApprovalEscalated { step, .. }
            | Self::ObligationOpened { step }
            | Self::ObligationLifted { step }
            | Self::ObligationKept { step, .. }
            | Self::ContactsReached { step, .. }
            | Self::NoticeVoided { step, .. }
            | Self::NoticeCancelled { step, .. }
            | Self::NoticePaused { step, .. }
            | Self::NoticeResumed { step, .. }
            | Self::NoticeResent { step, .. }
            | Self::NoticeFirstSent { step, .. }
            | Self::NoticeSettled { step, .. }
            | Self::UpdateOwed { step, .. }
            | Self::DeadlineMissed { step, .. } => Some(step),
            Self::NoticeDrafted(draft) => Some(&draft.step),
            Self::NoticeQueued(queued) => Some(&queued.step),
            Self::IncidentDeclared(_)
            | Self::PhaseEntered { .. }
            | Self::FactStated { .. }
            | Self::FactsConfirmed { .. }
            | Self::SeverityChanged { .. }
            | Self::CauseClassified { .. }
            | Self::RoleAssigned { .. }
            | Self::NoteAdded { .. }
            | Self::EventCorrected { .. }
            | Self::EventTranslated { .. }
            | Self::FallbackSwitched { .. }
            | Self::FallbackImported { .. }
            | Self::AffectedImported { .. }
            | Self::StatusChanged { .. }
            | Self::IncidentResolved { .. }
            | Self::IncidentClosed { .. }
            | Self::IncidentReopened { .. }
            | Self::SectionEdited { .. }
            | Self::FactorAdded { .. }
            | Self::PhraseKept { .. }
            | Self::FollowUpAdded { .. }
            | Self::FollowUpPlanned { .. }
            | Self::FollowUpDone { .. }
            | Self::FollowUpVerified { .. } => None,
        }
    }
}
