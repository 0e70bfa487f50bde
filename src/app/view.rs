//! What the faces show: the shapes of every JSON answer, filled by the conductor.
//!
//! Fields marked `skip` are for people only: a face may print them, the JSON contract does not hold them.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use utoipa::ToSchema;

mod book;

pub use book::{ContactLine, ContactPage, ReachPage, Suppressed, SuppressedPage, Touched};

use crate::clock::{self, Timestamp};
use crate::incident::event::{LeftOut, Recipients};
use crate::incident::{IncidentId, IncidentNumber};
use crate::locale::Locale;
use crate::problem::Problem;

/// A moment as JSON shows it: RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Timestamp);

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&clock::rfc3339(self.0))
    }
}

fn number<S: Serializer>(number: &IncidentNumber, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

// ---- Begin

/// `start`: the incident that now runs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Started {
    #[serde(serialize_with = "number")]
    #[schema(value_type = String)]
    pub incident: IncidentNumber,
    #[schema(value_type = String)]
    pub id: IncidentId,
    pub runbook: String,
    pub runbook_hash: String,
    pub severity: String,
    pub phase: &'static str,
    pub open: Vec<String>,
}

/// Every command that changes an incident: what became true, and what is open now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Change {
    #[serde(serialize_with = "number")]
    #[schema(value_type = String)]
    pub incident: IncidentNumber,
    pub events: Vec<EventHead>,
    pub open: Vec<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventHead {
    pub seq: u64,
    /// The event's name as the journal stores it, such as `StepEnded`.
    pub r#type: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Moment,
    /// The event as a sentence for a person, in the reader's language.
    #[serde(skip)]
    pub text: String,
}

/// `check`: every problem found, `ok` where none is an error.
#[derive(Debug, Clone, Serialize)]
pub struct CheckReport {
    pub ok: bool,
    pub problems: Vec<Problem>,
    /// The texts that the problems point into, by the file's name in them.
    #[serde(skip)]
    pub sources: IndexMap<String, String>,
    /// How many files were looked at.
    #[serde(skip)]
    pub files: usize,
}

impl CheckReport {
    /// Takes in what was found in other files.
    pub fn add(&mut self, other: Self) {
        self.ok &= other.ok;
        self.problems.extend(other.problems);
        self.sources.extend(other.sources);
        self.files += other.files;
    }
}

/// A runbook of the library as the checker sees it.
#[derive(Debug, Clone)]
pub struct CheckedRunbook {
    pub id: String,
    /// None where it comes with Muster.
    pub file: Option<PathBuf>,
    /// None where something in it is an error.
    pub runbook: Option<crate::runbook::Runbook>,
    pub report: CheckReport,
}

/// `ready`: one line for each readiness check of each runbook.
#[derive(Debug, Clone, Serialize)]
pub struct ReadyView {
    pub checks: Vec<ReadyLine>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ReadyLine {
    pub runbook: String,
    pub id: String,
    pub title: String,
    pub role: String,
    pub state: ReadyState,
    pub done_at: Option<Moment>,
    pub due_at: Option<Moment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadyState {
    Done,
    Due,
    Overdue,
}

/// What `start` can offer: a runbook of the library.
#[derive(Debug, Clone, Serialize)]
pub struct RunbookHead {
    pub id: String,
    pub title: String,
    pub summary: Option<String>,
    /// Id and meaning, highest first.
    pub severities: Vec<(String, String)>,
    /// Where it comes from: a file, or none where it is embedded.
    pub file: Option<PathBuf>,
}

// ---- Run

/// The head of an incident: an entry of `list`, the beginning of `show`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Head {
    #[serde(serialize_with = "number")]
    #[schema(value_type = String)]
    pub incident: IncidentNumber,
    #[schema(value_type = String)]
    pub id: IncidentId,
    pub title: String,
    pub state: &'static str,
    pub status: Option<&'static str>,
    pub severity: String,
    pub rank: u32,
    pub cause: Option<&'static str>,
    pub phase: &'static str,
    #[schema(value_type = String, format = DateTime)]
    pub declared_at: Moment,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Moment>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Moment>,
}

/// `list`
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct List {
    pub incidents: Vec<Head>,
}

/// `show`
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Show {
    #[serde(flatten)]
    pub head: Head,
    /// A value, or for a text an object from locale to wording.
    #[schema(value_type = BTreeMap<String, Value>)]
    pub facts: IndexMap<String, Value>,
    #[schema(value_type = BTreeMap<String, String>)]
    pub answers: IndexMap<String, String>,
    /// Newest attempts, in the order of the runbook.
    pub steps: Vec<StepLine>,
    pub notices: Vec<NoticeLine>,
    pub obligations: Vec<Obligation>,
    pub next_due: Option<NextDue>,
    /// Who was given each role; the JSON of `show` is as designed, without it.
    #[serde(skip)]
    pub roles: IndexMap<String, Vec<String>>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepLine {
    pub id: String,
    pub kind: &'static str,
    pub title: String,
    pub phase: &'static str,
    pub role: String,
    pub state: &'static str,
    pub outcome: Option<&'static str>,
    pub attempt: u32,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opened_at: Option<Moment>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Moment>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Moment>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NoticeLine {
    pub id: String,
    pub step: String,
    pub status: Option<&'static str>,
    pub state: &'static str,
    pub hash: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_update_at: Option<Moment>,
    /// Contact and endpoint rows; the page has none.
    pub recipients: u64,
    /// Ledger state to how many rows stand in it.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub counts: IndexMap<String, u64>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Obligation {
    pub step: String,
    pub lift: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NextDue {
    pub step: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Moment,
}

/// `timeline`
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Timeline {
    pub events: Vec<TimelineEvent>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineEvent {
    pub seq: u64,
    pub r#type: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Moment,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub occurred_at: Option<Moment>,
    pub actor: String,
    pub role: Option<String>,
    pub step: Option<String>,
    /// The event as a sentence, in the reader's language.
    pub text: String,
    /// The event's own fields.
    pub body: Value,
}

// ---- Tell

/// `notice draft` and `notice show`: exactly what is approved and sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DraftView {
    pub step: String,
    /// None where a problem kept it from being drafted.
    pub notice: Option<String>,
    pub hash: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_update_at: Option<Moment>,
    pub recipients: u64,
    pub left_out: LeftOut,
    pub problems: Vec<NoticeProblem>,
    pub messages: Vec<MessageView>,
    #[serde(skip)]
    pub details: DraftDetails,
}

/// What a person sees beside a draft before approving it.
#[derive(Debug, Clone, Default)]
pub struct DraftDetails {
    pub status: Option<&'static str>,
    /// Where the notice stands: `draft`, `approved`, `queued`, `settled`, `cancelled`.
    pub state: Option<&'static str>,
    /// Who may approve it, as role ids; empty where no approval is asked.
    pub approve_by: Vec<String>,
    pub audience: Vec<String>,
    pub counted: Recipients,
    pub next_mail_at: Option<Timestamp>,
    /// The texts of the last notice of the incident to the same audience, by locale.
    pub last: IndexMap<Locale, String>,
    pub counts: IndexMap<String, u64>,
}

/// What the contract or the wording finds in a notice.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NoticeProblem {
    pub code: String,
    /// `error` blocks the draft, `warning` does not.
    pub severity: crate::problem::Level,
    pub message: String,
    pub help: Option<String>,
    /// What the message names, by what it is.
    #[serde(skip)]
    pub named: Vec<(&'static str, String)>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MessageView {
    #[schema(value_type = String)]
    pub locale: Locale,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// `deliver` and `notice send`: how many rows ended how, and how many have yet to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DeliveryCounts {
    /// Includes files written when mail goes to a folder.
    pub sent: u64,
    pub failed: u64,
    pub suppressed: u64,
    pub expired: u64,
    pub unknown: u64,
    pub pending: u64,
}

impl DeliveryCounts {
    /// Rows that have come to an end.
    pub fn ended(&self) -> u64 {
        self.sent + self.failed + self.suppressed + self.expired + self.unknown
    }

    pub fn total(&self) -> u64 {
        self.ended() + self.pending
    }
}

/// `coverage`
#[derive(Debug, Clone, Serialize)]
pub struct CoverageView {
    pub affected: u64,
    pub fallbacks: Vec<FallbackLine>,
    pub covered: u64,
    pub uncovered: u64,
    /// The uncovered, less those reached by hand, by their ids; at a glance the first of them, as people call them.
    pub remainder: Vec<String>,
    /// How many these are, named or not.
    #[serde(skip)]
    pub left: u64,
}

#[derive(Debug, Clone, Serialize)]
pub struct FallbackLine {
    pub id: String,
    pub on: bool,
    /// How many of the affected it covers by itself.
    pub reach: u64,
    /// How many of them nothing before it covers.
    pub adds: u64,
    /// As written in the runbook, such as `60/h`.
    pub capacity: Option<String>,
    #[serde(skip)]
    pub title: String,
}

/// `reach STEP --list`: who is still to be reached by hand.
#[derive(Debug, Clone, Serialize)]
pub struct ReachView {
    pub step: String,
    pub contacts: Vec<ReachLine>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ReachLine {
    pub id: String,
    pub org: String,
    pub name: String,
    pub phone: String,
    pub emails: Vec<String>,
    pub duty: String,
    pub reached: bool,
}

/// `contacts import`
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct ImportReport {
    pub imported: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub rejected: Vec<crate::contact::import::RejectedRow>,
}

/// `contacts list`
#[derive(Debug, Clone, Serialize)]
pub struct ContactsView {
    pub contacts: Vec<crate::contact::Contact>,
    pub organisations: u64,
    pub suppressed: Vec<String>,
}

/// A page of the ledger.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct DeliveryPage {
    pub deliveries: Vec<DeliveryLine>,
    /// What the next page comes after; none at the end.
    pub next: Option<i64>,
}

/// One notice, or one nudge, to one recipient by one channel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryLine {
    pub id: i64,
    #[serde(serialize_with = "number")]
    #[schema(value_type = String)]
    pub incident: IncidentNumber,
    pub notice: String,
    pub step: String,
    /// A word to staff outside any drafted notice.
    pub nudge: bool,
    /// `contact`, `endpoint` (one of the settings) or `person` (one of the team).
    pub kind: &'static str,
    pub recipient: String,
    /// `mail` or `webhook`.
    pub channel: &'static str,
    /// Empty for an endpoint of the settings.
    pub address: String,
    pub state: DeliveryState,
    pub attempts: u32,
    /// When it is tried next, while it is pending.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub again_at: Option<Moment>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub sent_at: Option<Moment>,
    /// The last answer, or why there was none.
    pub reply: String,
}

/// What became of a delivery; the last five are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    Prepared,
    Queued,
    Sending,
    Sent,
    Failed,
    Suppressed,
    Expired,
    Unknown,
}

/// A contact's own endpoint, and the secret with which it finds what it is told to be ours.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct EndpointSecret {
    pub contact: String,
    pub url: String,
    pub secret: String,
}

/// What an unsubscribe link stops: all mail from this installation to one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsubscription {
    pub address: String,
    /// It was stopped before.
    pub already: bool,
}

// ---- Learn and keep

/// `retro` with `--json`: where the document was written.
#[derive(Debug, Clone, Serialize)]
pub struct RetroWritten {
    #[serde(serialize_with = "number")]
    pub incident: IncidentNumber,
    pub edition: &'static str,
    pub locale: Locale,
    pub file: PathBuf,
}

/// `followup list`
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FollowUps {
    pub follow_ups: Vec<FollowUpLine>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FollowUpLine {
    #[serde(serialize_with = "number")]
    #[schema(value_type = String)]
    pub incident: IncidentNumber,
    /// `F-2`
    pub id: String,
    pub text: String,
    pub owner: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<chrono::NaiveDate>,
    pub important: Option<bool>,
    pub urgent: Option<bool>,
    pub check: Option<String>,
    /// `open`, `done` or `verified`.
    pub state: &'static str,
    pub overdue: bool,
}

/// `audit`
#[derive(Debug, Clone, Serialize)]
pub struct AuditView {
    pub ok: bool,
    pub incidents: Vec<AuditLine>,
}

#[derive(Debug, Clone, Serialize)]
pub struct AuditLine {
    #[serde(serialize_with = "number")]
    pub incident: IncidentNumber,
    pub events: u64,
    /// The hash of the newest event, lowercase hexadecimal.
    pub head: String,
    /// The first sequence number at which the chain does not hold.
    pub broken_at: Option<u64>,
}
