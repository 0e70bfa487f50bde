//! The conductor: loads an incident, decides a command, commits it, and sees to what follows.
//!
//! Every face asks [`App`]; nothing else joins the store, the library, delivery and the engine.

pub mod view;

mod error;

pub use error::Error;

use std::path::{Path, PathBuf};

use crate::clock::{Clock, Timestamp};
use crate::contact::ContactId;
use crate::incident::{Command, Incident, IncidentId, PersonId};
use crate::locale::Locale;
use crate::retrospective::{Document, Edition};
use crate::runbook::{Runbook, Status};
use crate::settings::Settings;
use view::{
    AuditView, Change, CheckReport, ContactsView, CoverageView, DeliveryCounts, DraftView, FollowUps, ImportReport,
    List, ReachView, ReadyView, RunbookHead, Show, Started, Timeline,
};

/// One installation at work: its settings, its clock, its store.
pub struct App {
    settings: Settings,
    clock: Clock,
}

/// Who asks, and how.
#[derive(Debug, Clone)]
pub struct Caller {
    pub person: PersonId,
    /// The language they type and read in.
    pub locale: Locale,
    /// The idempotency key: the same key again gives the same answer.
    pub key: Option<String>,
    /// `--early --reason`
    pub early: Option<String>,
}

/// Where what leaves goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlet {
    /// As the settings say.
    World,
    /// Into a folder: a drill.
    Trap(PathBuf),
}

/// An incident with the runbook it runs by.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub runbook: std::sync::Arc<Runbook>,
    pub incident: Incident,
}

/// Which incident a command means where none is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// The only one not closed.
    NotClosed,
    /// The only one not closed; if all are closed, the last closed.
    LastClosed,
}

/// What `start` was told.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// An id of the library, or a path.
    pub runbook: String,
    pub severity: String,
    pub title: Option<String>,
    /// Facts as people write them.
    pub facts: Vec<Written>,
    /// Replaces the settings' holders of each role named.
    pub roles: Vec<(String, PersonId)>,
    /// The scenario's clock time zone and language, where they are not the settings'.
    pub drill: bool,
}

/// A fact as a person writes it: `F=V`, or `F.LOCALE=V`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub fact: String,
    pub locale: Option<Locale>,
    pub value: String,
}

/// How a notice is to be drafted, where it differs from the runbook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drafting {
    pub status: Option<Status>,
    /// "Nothing new, we are still working".
    pub nothing_new: bool,
}

/// How far a delivery has come.
pub type Progress<'a> = &'a (dyn Fn(DeliveryCounts) + Send + Sync);

type Result<T> = std::result::Result<T, Error>;

#[expect(clippy::unimplemented, clippy::unused_async, reason = "the shape of the conductor, filled in next")]
impl App {
    /// Opens the store the settings name; creates it where it is missing.
    pub async fn open(_settings: Settings, _clock: Clock, _outlet: Outlet) -> Result<Self> {
        unimplemented!("app")
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    // ---- Which

    /// Finds the incident meant: by number (`INC-7`, `7`), by id, or by default.
    pub async fn which(&self, _named: Option<&str>, _otherwise: Fallback) -> Result<IncidentId> {
        unimplemented!("app")
    }

    /// The incident as it stands, with its runbook.
    pub async fn load(&self, _incident: IncidentId) -> Result<std::sync::Arc<Loaded>> {
        unimplemented!("app")
    }

    // ---- Begin

    /// The runbooks of the library, the user's before the embedded ones.
    pub fn runbooks(&self, _locale: &Locale) -> Result<Vec<RunbookHead>> {
        unimplemented!("app")
    }

    pub async fn start(&self, _caller: &Caller, _start: Start) -> Result<Started> {
        unimplemented!("app")
    }

    /// Checks runbooks, templates, scenarios and the settings they name. Needs no store.
    pub fn check(_settings: &Settings, _paths: &[PathBuf]) -> Result<CheckReport> {
        unimplemented!("app")
    }

    pub async fn ready(&self, _locale: &Locale) -> Result<ReadyView> {
        unimplemented!("app")
    }

    /// Records a readiness check as done; `RUNBOOK.CHECK`, or `CHECK` where only one runbook has it.
    pub async fn ready_done(&self, _caller: &Caller, _check: &str) -> Result<ReadyView> {
        unimplemented!("app")
    }

    // ---- Run

    /// Ticks, decides, commits. Every command that changes an incident comes through here.
    pub async fn act(&self, _caller: &Caller, _incident: IncidentId, _command: Command) -> Result<Change> {
        unimplemented!("app")
    }

    /// States facts as people write them.
    pub async fn set(
        &self,
        _caller: &Caller,
        _incident: IncidentId,
        _facts: &[Written],
        _confirm: bool,
    ) -> Result<Change> {
        unimplemented!("app")
    }

    pub async fn list(&self, _all: bool, _locale: &Locale) -> Result<List> {
        unimplemented!("app")
    }

    pub async fn show(&self, _incident: IncidentId, _locale: &Locale) -> Result<Show> {
        unimplemented!("app")
    }

    pub async fn timeline(&self, _incident: IncidentId, _locale: &Locale) -> Result<Timeline> {
        unimplemented!("app")
    }

    /// When the clock next asks for something of this incident.
    pub async fn next_due(&self, _incident: IncidentId) -> Result<Option<Timestamp>> {
        unimplemented!("app")
    }

    /// Issues what has fallen due, of every incident.
    pub async fn tick(&self) -> Result<()> {
        unimplemented!("app")
    }

    /// Carries out the system operations that wait, and the probes that acceptance asks for.
    pub async fn carry_out(&self) -> Result<()> {
        unimplemented!("app")
    }

    // ---- Tell

    /// Renders, freezes and commits a draft; with a contract problem it only says so.
    pub async fn draft(
        &self,
        _caller: &Caller,
        _incident: IncidentId,
        _step: &str,
        _drafting: Drafting,
    ) -> Result<DraftView> {
        unimplemented!("app")
    }

    /// The short way: states what changed and drafts the next update.
    pub async fn update(
        &self,
        _caller: &Caller,
        _incident: IncidentId,
        _changed: Option<&str>,
        _drafting: Drafting,
    ) -> Result<DraftView> {
        unimplemented!("app")
    }

    /// The newest notice of a step.
    pub async fn notice(&self, _incident: IncidentId, _step: &str) -> Result<DraftView> {
        unimplemented!("app")
    }

    /// Queues the approved text and delivers it.
    pub async fn send(
        &self,
        _caller: &Caller,
        _incident: IncidentId,
        _step: &str,
        _recipients: Option<u64>,
        _progress: Progress<'_>,
    ) -> Result<DeliveryCounts> {
        unimplemented!("app")
    }

    /// Queues failed, unknown and expired rows again and delivers them.
    pub async fn resend(
        &self,
        _caller: &Caller,
        _incident: IncidentId,
        _step: &str,
        _progress: Progress<'_>,
    ) -> Result<DeliveryCounts> {
        unimplemented!("app")
    }

    /// One pass over what is due, or until every row is terminal.
    pub async fn deliver(&self, _drain: bool, _progress: Progress<'_>) -> Result<DeliveryCounts> {
        unimplemented!("app")
    }

    // ---- Who

    pub async fn coverage(&self, _incident: IncidentId, _locale: &Locale) -> Result<CoverageView> {
        unimplemented!("app")
    }

    /// A file of contact ids: one a line, or the `id` column of a contact book.
    pub async fn import_fallback(
        &self,
        _caller: &Caller,
        _incident: IncidentId,
        _fallback: &str,
        _file: &Path,
    ) -> Result<(Change, ImportReport)> {
        unimplemented!("app")
    }

    pub async fn import_affected(
        &self,
        _caller: &Caller,
        _incident: IncidentId,
        _file: &Path,
    ) -> Result<(Change, ImportReport)> {
        unimplemented!("app")
    }

    pub async fn reach_list(&self, _incident: IncidentId, _step: &str) -> Result<ReachView> {
        unimplemented!("app")
    }

    pub async fn reach(
        &self,
        _caller: &Caller,
        _incident: IncidentId,
        _step: &str,
        _contacts: Vec<ContactId>,
        _by: &str,
        _note: Option<String>,
    ) -> Result<Change> {
        unimplemented!("app")
    }

    pub async fn import_contacts(&self, _bytes: &[u8]) -> Result<ImportReport> {
        unimplemented!("app")
    }

    pub async fn contacts(&self) -> Result<ContactsView> {
        unimplemented!("app")
    }

    pub async fn suppress(&self, _address: &str) -> Result<()> {
        unimplemented!("app")
    }

    // ---- Learn and keep

    pub async fn retrospective(&self, _incident: IncidentId, _edition: Edition, _locale: &Locale) -> Result<Document> {
        unimplemented!("app")
    }

    /// Follow-ups of one incident, or of all.
    pub async fn follow_ups(&self, _incident: Option<IncidentId>, _locale: &Locale) -> Result<FollowUps> {
        unimplemented!("app")
    }

    /// The journal as stored, one event a line.
    pub async fn journal(&self, _incident: IncidentId) -> Result<String> {
        unimplemented!("app")
    }

    pub async fn audit(&self, _incident: Option<IncidentId>) -> Result<AuditView> {
        unimplemented!("app")
    }

    pub async fn backup(&self, _file: &Path) -> Result<()> {
        unimplemented!("app")
    }

    /// Puts a backup in the store's place, which is kept aside; gives the name it is kept under.
    pub async fn restore(_settings: &Settings, _file: &Path) -> Result<PathBuf> {
        unimplemented!("app")
    }
}
