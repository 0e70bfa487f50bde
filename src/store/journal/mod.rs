//! The journal: an incident's events, the row that lists it, and the answers given to keys.

use serde::{Deserialize, Serialize};

use super::book::StagedSet;
use super::ledger::{Lease, NewDelivery};
use super::outbox::QueuedAction;
use super::{Error, Store};
use crate::clock::Timestamp;
use crate::contact::ContactId;
use crate::incident::event::Recorded;
use crate::incident::state::Lifecycle;
use crate::incident::{Incident, IncidentId, IncidentNumber, NoticeId};
use crate::locale::{Locale, Text};
use crate::runbook::{Cause, Phase, RunbookId, SeverityId, Status, StepId};

mod commit;
mod read;

pub(super) use commit::Context;

/// What one command changes, in one transaction.
#[derive(Debug, Clone)]
pub struct Commit<'a> {
    pub at: Timestamp,
    /// The sequence number of the newest event the decision was based on; 0 for a new incident.
    pub expected_seq: u64,
    /// Numbered on from `expected_seq`.
    pub events: &'a [Recorded],
    /// The incident as these events leave it.
    pub head: Head,
    pub next_due: Option<Timestamp>,
    pub answer: Option<KeyedAnswer>,
    pub rows: Vec<RowChange>,
}

/// An incident as lists show it; it can be rebuilt from the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub id: IncidentId,
    pub number: IncidentNumber,
    pub title: Text,
    pub runbook: RunbookId,
    pub runbook_hash: String,
    pub severity: SeverityId,
    pub rank: u32,
    pub cause: Option<Cause>,
    pub state: HeadState,
    pub status: Option<Status>,
    pub phase: Phase,
    pub locale: Locale,
    pub drill: bool,
    pub declared_at: Timestamp,
    pub resolved_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

/// Whether an incident still goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadState {
    Open,
    Resolved,
    Closed,
}

impl HeadState {
    pub const ALL: [Self; 3] = [Self::Open, Self::Resolved, Self::Closed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }
}

impl Head {
    /// The head of an incident whose severity has this rank.
    pub fn of(incident: &Incident, rank: u32) -> Self {
        Self {
            id: incident.id,
            number: incident.number,
            title: incident.title.clone(),
            runbook: incident.runbook.clone(),
            runbook_hash: incident.runbook_hash.clone(),
            severity: incident.severity.clone(),
            rank,
            cause: incident.cause,
            state: match incident.lifecycle {
                Lifecycle::Open => HeadState::Open,
                Lifecycle::Resolved { .. } => HeadState::Resolved,
                Lifecycle::Closed { .. } => HeadState::Closed,
            },
            status: incident.status,
            phase: incident.phase,
            locale: incident.locale.clone(),
            drill: incident.drill,
            declared_at: incident.declared_at,
            resolved_at: incident.resolved_at(),
            closed_at: incident.closed_at(),
        }
    }
}

/// What a request under an idempotency key was answered, so that the same key answers the same again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedAnswer {
    pub key: String,
    /// Tells the same request from another under the same key.
    pub request: String,
    pub answer: String,
}

/// A row that follows from an event and is committed with it.
#[derive(Debug, Clone, PartialEq)]
pub enum RowChange {
    /// Workers see the notice's rows from now on. `tells_status`: it supersedes older ones that do.
    QueueNotice {
        notice: NoticeId,
        step: StepId,
        tells_status: bool,
    },
    /// Its unsent rows expire.
    CancelNotice {
        notice: NoticeId,
    },
    PauseNotice {
        notice: NoticeId,
    },
    ResumeNotice {
        notice: NoticeId,
    },
    /// Failed, unknown and expired rows are queued again.
    ResendNotice {
        notice: NoticeId,
    },
    /// A word to staff outside any drafted notice; `text` is what the sender makes of it.
    QueueNudge {
        nudge: NoticeId,
        step: StepId,
        text: String,
        to: Vec<NewDelivery>,
    },
    QueueAction(QueuedAction),
    /// The operation has answered, and the answer is among the events; a stale lease refuses the commit.
    SettleAction {
        step: StepId,
        run: u32,
        lease: Lease,
    },
    /// Contacts whom someone called or visited.
    ReachByHand {
        step: StepId,
        contacts: Vec<ContactId>,
        by: String,
    },
    /// A staged set takes the place of the one it replaces.
    UseSet(StagedSet),
    /// The journal has been told of the first one sent.
    ToldFirstSent {
        notice: NoticeId,
    },
    /// The journal has been told of the final counts.
    ToldSettled {
        notice: NoticeId,
    },
}

/// How an incident's journal stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Audit {
    pub incident: IncidentNumber,
    pub events: u64,
    /// The hash of the newest event: kept elsewhere, it is a checkpoint against truncation.
    pub head: Option<String>,
    /// The first event at which the chain does not hold.
    pub broken_at: Option<u64>,
}

/// An incident whose clock asks for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueIncident {
    pub incident: IncidentId,
    pub at: Timestamp,
}

/// An incident by its number or by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Number(IncidentNumber),
    Id(IncidentId),
}
