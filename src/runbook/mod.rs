//! A checked runbook: what a team does before, during and after an incident.
//!
//! A [`Runbook`] exists only after every rule of the format held, so whoever has one may
//! trust its references: ids resolve, phases are not empty, conditions compile.

use std::fmt;
use std::time::Duration;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::locale::{Locale, Text};
use crate::problem::Place;

pub mod builtin;
pub mod check;
pub mod condition;
pub mod fact;
pub mod graph;
mod keys;
pub mod measure;
mod near;
pub mod schema;
pub mod skeleton;
pub mod source;

pub use condition::Condition;
pub use fact::FactValue;

/// Makes a newtype for one sort of id, so that a role is never taken for a step.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            pub fn new(id: impl AsRef<str>) -> Self {
                Self(id.as_ref().into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

id!(/// A runbook's id, `[a-z][a-z0-9-]*`.
    RunbookId);
id!(/// A step's id, `[a-z][a-z0-9_]*`.
    StepId);
id!(/// A role's id, such as `lead`.
    RoleId);
id!(/// A fact's id, such as `impact`.
    FactId);
id!(/// A severity level's id, such as `sev1`.
    SeverityId);
id!(/// An audience's id, such as `affected`.
    AudienceId);
id!(/// A fallback's id.
    FallbackId);
id!(/// A readiness check's id.
    ReadyId);
id!(/// An answer of a `decide` step.
    AnswerId);

/// A part of an incident's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    Pre,
    Mid,
    Post,
}

impl Phase {
    pub const ALL: [Self; 3] = [Self::Pre, Self::Mid, Self::Post];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pre => "pre",
            Self::Mid => "mid",
            Self::Post => "post",
        }
    }

    /// The phase that follows; none after `post`.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Pre => Some(Self::Mid),
            Self::Mid => Some(Self::Post),
            Self::Post => None,
        }
    }
}

/// The class of an incident's cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    Platform,
    Human,
    System,
}

impl Cause {
    pub const ALL: [Self; 3] = [Self::Platform, Self::Human, Self::System];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Human => "human",
            Self::System => "system",
        }
    }
}

/// What the public is told about the incident's progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Investigating,
    Identified,
    Monitoring,
    Resolved,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Investigating, Self::Identified, Self::Monitoring, Self::Resolved];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
        }
    }
}

/// A whole runbook, checked.
#[derive(Debug, Clone)]
pub struct Runbook {
    pub id: RunbookId,
    pub title: Text,
    pub summary: Option<Text>,
    /// The first is the language the runbook is written in.
    pub locales: Vec<Locale>,
    pub cause: Option<Cause>,
    pub components: Vec<String>,
    /// Highest first: rank 1 is at index 0.
    pub severities: Vec<Severity>,
    pub roles: IndexMap<RoleId, Role>,
    /// The runbook's own facts and the built-in ones.
    pub facts: IndexMap<FactId, Fact>,
    pub audiences: IndexMap<AudienceId, Audience>,
    /// Best first.
    pub fallbacks: IndexMap<FallbackId, Fallback>,
    pub ready: IndexMap<ReadyId, ReadyCheck>,
    /// Every step in the order of the file, whatever list it stands in.
    pub steps: IndexMap<StepId, Step>,
    /// Every list of steps; the first three are the phases'.
    pub lists: Vec<List>,
    /// What it names that lies outside it: actions, probes, templates.
    pub mentions: Vec<Mention>,
    /// SHA-256 of the file's bytes, lowercase hexadecimal.
    pub hash: String,
    /// The file as it was read; an incident keeps it.
    pub source: std::sync::Arc<str>,
}

/// A severity level and the promises that go with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severity {
    pub id: SeverityId,
    pub means: Text,
    /// From the declaration to the first notice.
    pub first_notice: Duration,
    /// The longest silence on the page and webhooks.
    pub update_every: Duration,
    /// Mail goes out at most this often, unless the status changes.
    pub mail_every: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub id: RoleId,
    pub title: Text,
    /// Who takes the part when nobody holds it.
    pub backup: RoleId,
}

/// A fact the team states: its type and, where there is one, its prepared wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub id: FactId,
    pub title: Text,
    pub kind: FactKind,
    /// The prepared value, as it would be written in the runbook.
    pub default: Option<FactDefault>,
    /// Whether Muster itself declares it (see the notice contract).
    pub built_in: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactKind {
    Text,
    Number,
    /// 0 to 100.
    Percent,
    /// RFC 3339, or `HH:MM` in the settings' zone: `upcoming` takes the next, otherwise the last.
    Datetime {
        upcoming: bool,
    },
    Duration,
    Choice(IndexMap<String, Text>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactDefault {
    /// For a text: translated like any other.
    Text(Text),
    /// For every other kind: as a person would type it.
    Written(String),
}

/// A named selection of contacts.
#[derive(Debug, Clone, PartialEq)]
pub struct Audience {
    pub id: AudienceId,
    pub select: Select,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Select {
    /// The status page: nobody in the contact book.
    Page,
    /// Every contact that is not staff.
    Customers,
    /// The affected, less the union of the fallbacks in use.
    Uncovered,
    Tag(String),
    Kind(String),
    Where(Condition),
}

impl Audience {
    /// Whether everyone in it is the team's own.
    pub fn is_staff_only(&self) -> bool {
        matches!(&self.select, Select::Kind(kind) if kind == "staff")
    }
}

/// An alternative way of serving customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Fallback {
    pub id: FallbackId,
    pub title: Text,
    /// The contacts it covers; without one they are imported.
    pub select: Option<Condition>,
    pub capacity: Option<Rate>,
}

/// So many in a span of time, such as `60/h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub count: u64,
    pub per: Duration,
}

/// Something to have checked in peace time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyCheck {
    pub id: ReadyId,
    pub title: Text,
    pub role: RoleId,
    pub every: Option<Duration>,
}

/// Where a list stands in [`Runbook::lists`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListIndex(pub usize);

/// A list of steps that happen one after another.
#[derive(Debug, Clone)]
pub struct List {
    pub phase: Phase,
    /// The list and the position of the `together` this is a branch of; none for a phase's own list.
    pub parent: Option<(ListIndex, usize)>,
    /// The branch's name; none for a phase's own list.
    pub branch: Option<String>,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Step(StepId),
    /// Branches side by side, in the order of the file.
    Together(Vec<ListIndex>),
}

/// Who sees a step: the team alone, or customers too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Internal,
    External,
}

#[derive(Debug, Clone)]
pub struct Step {
    pub id: StepId,
    pub phase: Phase,
    /// The list it stands in, and where.
    pub list: ListIndex,
    pub position: usize,
    pub title: Text,
    /// Markdown.
    pub detail: Option<Text>,
    pub role: RoleId,
    /// From when it opens.
    pub within: Option<Duration>,
    pub when: Option<Condition>,
    pub scope: Scope,
    pub kind: StepKind,
}

/// Who or what does a step, and what it needs.
#[derive(Debug, Clone)]
pub enum StepKind {
    Task { evidence_required: bool },
    Gather { facts: Vec<FactId> },
    Decide { answers: IndexMap<AnswerId, Text> },
    Approval { gate: Gate },
    Contain { approve: Option<Gate>, run: Option<Run>, lift: Option<Text> },
    Action { approve: Option<Gate>, run: Run },
    Accept { confirm: Vec<Text>, probe: Option<ProbeFor>, on_fail: Option<StepId> },
    Notice(NoticeSpec),
    Updates { notice: NoticeSpec, until: StepId },
    Cover { fallbacks: Vec<FallbackId> },
    Reach { audience: Vec<AudienceId> },
    Wait(WaitFor),
    Retrospective { template: String, follow_ups: Vec<Text>, require: Vec<Requirement> },
}

impl StepKind {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Task { .. } => "task",
            Self::Gather { .. } => "gather",
            Self::Decide { .. } => "decide",
            Self::Approval { .. } => "approval",
            Self::Contain { .. } => "contain",
            Self::Action { .. } => "action",
            Self::Accept { .. } => "accept",
            Self::Notice(_) => "notice",
            Self::Updates { .. } => "updates",
            Self::Cover { .. } => "cover",
            Self::Reach { .. } => "reach",
            Self::Wait(_) => "wait",
            Self::Retrospective { .. } => "retrospective",
        }
    }

    /// What may become of it; before that `''`, and `not_applicable` where its condition is false.
    pub fn outcomes(&self) -> &'static [&'static str] {
        match self {
            Self::Contain { .. } | Self::Action { .. } => &["worked", "failed", "skipped"],
            Self::Accept { .. } => &["done", "failed", "skipped"],
            Self::Updates { .. } => &["done"],
            _ => &["done", "skipped"],
        }
    }

    /// The kind in a sentence: `a task`, `an action`.
    pub fn with_article(&self) -> String {
        let name = self.name();
        let article = if name.starts_with(['a', 'u']) { "an" } else { "a" };
        format!("{article} {name}")
    }

    /// The message a `notice` or `updates` step sends.
    pub fn notice(&self) -> Option<&NoticeSpec> {
        match self {
            Self::Notice(notice) | Self::Updates { notice, .. } => Some(notice),
            _ => None,
        }
    }

    /// The approval that a measure or a gate asks for; a notice's is in its [`NoticeSpec`].
    pub fn gate(&self) -> Option<&Gate> {
        match self {
            Self::Approval { gate } => Some(gate),
            Self::Contain { approve, .. } | Self::Action { approve, .. } => approve.as_ref(),
            Self::Notice(notice) | Self::Updates { notice, .. } => notice.approve.as_ref(),
            _ => None,
        }
    }

    /// The system operation that a measure runs.
    pub fn run(&self) -> Option<&Run> {
        match self {
            Self::Contain { run, .. } => run.as_ref(),
            Self::Action { run, .. } => Some(run),
            _ => None,
        }
    }
}

/// Whose approval is needed, of how many, and how soon the backup may give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    pub by: Vec<RoleId>,
    pub quorum: u32,
    pub within: Option<Duration>,
}

/// A system operation that the settings name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub action: String,
    /// What the runbook hands it, by name.
    pub with: IndexMap<String, String>,
    pub retries: u32,
}

/// A probe that the settings name, and how long it must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeFor {
    pub probe: String,
    pub hold: Option<Duration>,
}

/// A message as the runbook describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeSpec {
    /// What the public is told; none for a statement or a notice that leaves it as it is.
    pub status: Option<Status>,
    pub audience: Vec<AudienceId>,
    pub template: String,
    pub via: Vec<Via>,
    pub approve: Option<Gate>,
}

/// How a notice travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    Mail,
    Webhook,
    Page,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitFor {
    Time(Duration),
    /// An outside signal; the step's `within` only marks lateness.
    Signal,
}

/// What must be there before a retrospective step may be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Requirement {
    /// Two or more contributing factors.
    Factors,
    /// Every follow-up has an owner role, a due date and a check.
    FollowUps,
    /// Every section has been written by people.
    Sections,
}

/// A name that something outside the runbook must know, and where the runbook says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    pub of: Named,
    pub name: String,
    pub place: Place,
}

/// What a [`Mention`] is a name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Named {
    /// An action of the settings.
    Action,
    /// A probe of the settings.
    Probe,
    /// A template of the library's `notices` folder.
    NoticeTemplate,
    /// A template of the library's `retrospective` folder.
    RetrospectiveTemplate,
}

impl Runbook {
    /// The settings' actions that steps run, in the order of the file.
    pub fn actions(&self) -> impl Iterator<Item = &Mention> {
        self.mentioned(Named::Action)
    }

    /// The settings' probes that acceptances ask, in the order of the file.
    pub fn probes(&self) -> impl Iterator<Item = &Mention> {
        self.mentioned(Named::Probe)
    }

    /// Everything of one sort that the runbook names and something else must know.
    pub fn mentioned(&self, of: Named) -> impl Iterator<Item = &Mention> {
        self.mentions.iter().filter(move |mention| mention.of == of)
    }

    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.get(id)
    }

    /// The level and its rank, 1 being the highest.
    pub fn severity(&self, id: &str) -> Option<(&Severity, u32)> {
        let index = self.severities.iter().position(|s| s.id.as_str() == id)?;
        Some((&self.severities[index], u32::try_from(index + 1).unwrap_or(u32::MAX)))
    }

    pub fn list(&self, index: ListIndex) -> &List {
        &self.lists[index.0]
    }

    /// The phase's own list.
    pub fn phase_list(&self, phase: Phase) -> ListIndex {
        ListIndex(phase as usize)
    }

    /// The language the runbook is written in.
    pub fn locale(&self) -> &Locale {
        &self.locales[0]
    }

    /// Whether everyone a step's message goes to is the team's own.
    pub fn is_staff_only(&self, audience: &[AudienceId]) -> bool {
        audience.iter().all(|id| self.audiences.get(id).is_some_and(Audience::is_staff_only))
    }
}
