//! Why the conductor could not do what was asked, sorted by what a face does about it.

use super::people::Refusal;
use crate::incident::{IncidentNumber, Rejection};
use crate::problem::Problem;
use crate::store;

/// What went wrong; [`Error::kind`] sorts it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine's answer to a person.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// No such incident, step, runbook, fact, contact.
    #[error("{message}")]
    NotFound { message: String, help: Option<String> },
    /// None or several incidents to choose from.
    #[error("{message}")]
    Ambiguous { message: String, help: Option<String> },
    /// What was given cannot be used.
    #[error("{message}")]
    Refused { code: &'static str, message: String, help: Option<String> },
    /// Who asks may not, or not yet.
    #[error(transparent)]
    Access(Refusal),
    /// A file has problems, each with its place.
    #[error("`{file}` has problems")]
    Problems { file: String, source_text: String, problems: Vec<Problem> },
    #[error("the key was used by another request just now")]
    KeyTaken,
    #[error("{message}")]
    StoreUnavailable { message: String, help: Option<String>, passes: bool },
    /// A fault of Muster's own.
    #[error("{0}")]
    Fault(String),
}

/// How a face answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Refused,
    NotFound,
    StoreUnavailable,
    Fault,
}

impl Error {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Rejected(_) | Self::Refused { .. } | Self::Access(_) | Self::Problems { .. } | Self::KeyTaken => {
                Kind::Refused
            }
            Self::NotFound { .. } | Self::Ambiguous { .. } => Kind::NotFound,
            Self::StoreUnavailable { .. } => Kind::StoreUnavailable,
            Self::Fault(_) => Kind::Fault,
        }
    }

    /// A stable name for the kind of error.
    pub fn code(&self) -> &str {
        match self {
            Self::Rejected(rejection) => rejection.code,
            Self::NotFound { .. } => "not_found",
            Self::Ambiguous { .. } => "which_incident",
            Self::Refused { code, .. } => code,
            Self::Access(refusal) => refusal.code(),
            Self::Problems { .. } => "problems",
            Self::KeyTaken => "key_taken",
            Self::StoreUnavailable { .. } => "store_unavailable",
            Self::Fault(_) => "fault",
        }
    }

    /// Whether the same may go well later without anybody's doing, or concerns one thing among others.
    pub fn passes(&self) -> bool {
        match self {
            Self::StoreUnavailable { passes, .. } => *passes,
            Self::Refused { code, .. } => *code != "bad_sender",
            Self::Rejected(_)
            | Self::Access(_)
            | Self::NotFound { .. }
            | Self::Ambiguous { .. }
            | Self::Problems { .. }
            | Self::KeyTaken
            | Self::Fault(_) => true,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Rejected(rejection) => rejection.help.as_deref(),
            Self::NotFound { help, .. }
            | Self::Ambiguous { help, .. }
            | Self::Refused { help, .. }
            | Self::StoreUnavailable { help, .. } => help.as_deref(),
            Self::Access(refusal) => Some(refusal.help()),
            Self::KeyTaken => Some("try the same command again"),
            Self::Problems { .. } | Self::Fault(_) => None,
        }
    }

    pub(super) fn refused(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Refused { code, message: message.into(), help: Some(help.into()) }
    }

    /// A command that asks why was given no reason.
    pub fn no_reason() -> Self {
        Self::refused("reason_needed", "this needs a reason", "say why; it is kept in the journal")
    }

    /// An update without anything new that does not say so.
    pub fn nothing_to_tell() -> Self {
        Self::refused(
            "nothing_to_tell",
            "an update says what changed",
            "write what changed, or say that nothing is new",
        )
    }

    /// A form whose fields can't be read.
    pub fn bad_form(why: impl Into<String>) -> Self {
        Self::refused("bad_form", why, "nothing was changed")
    }

    /// An address that is not among those nothing is sent to.
    pub fn not_suppressed(address: &str) -> Self {
        Self::refused("not_suppressed", format!("`{address}` is not suppressed"), "nothing was changed")
    }

    /// More drills than can be played at a time.
    pub fn too_many_drills() -> Self {
        Self::refused("too_many_drills", "other drills are being played", "try again in a moment")
    }

    /// Something made here for a while that is not kept, or no longer.
    pub fn not_kept(what: &str, named: &str) -> Self {
        Self::NotFound {
            message: format!("no {what} `{named}`"),
            help: Some("it may be gone; make it again".to_owned()),
        }
    }

    /// A name that is not written as names of its sort are.
    pub fn bad_name(name: &str, why: impl std::fmt::Display) -> Self {
        Self::refused("bad_name", format!("`{name}` can't be read: {why}"), "nothing was changed")
    }

    /// No runbook of the library is called this.
    pub fn no_runbook(named: &str) -> Self {
        Self::NotFound {
            message: format!("no runbook `{named}`"),
            help: Some("name one of those that are listed, by its id".to_owned()),
        }
    }

    /// An address that leads nowhere.
    pub fn no_page(path: &str) -> Self {
        Self::NotFound { message: format!("there is no page `{path}`"), help: None }
    }

    pub(super) fn no_incident(named: &str) -> Self {
        Self::NotFound {
            message: format!("no incident `{named}`"),
            help: Some("`muster list --all` shows every incident".to_owned()),
        }
    }

    pub(super) fn none_open() -> Self {
        Self::Ambiguous {
            message: "no incident is open".to_owned(),
            help: Some("`muster start` declares one; `muster list --all` shows earlier ones".to_owned()),
        }
    }

    pub(super) fn several_open(numbers: impl Iterator<Item = IncidentNumber>) -> Self {
        let numbers: Vec<_> = numbers.map(|number| number.to_string()).collect();
        Self::Ambiguous {
            message: format!("several incidents are open: {}", numbers.join(", ")),
            help: Some("name one with `--incident`".to_owned()),
        }
    }

    /// Something named that is not there, with what is.
    pub(super) fn unknown<'a>(what: &str, named: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<_> = known.into_iter().map(|name| format!("`{name}`")).collect();
        let help =
            if known.is_empty() { format!("there is no {what}") } else { format!("there are: {}", known.join(", ")) };
        Self::NotFound { message: format!("no {what} `{named}`"), help: Some(help) }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        use store::Error as Store;
        let help = error.help();
        let (message, passes) = (chain(&error), error.passes());
        match error {
            Store::KeyTaken(_) => Self::KeyTaken,
            Store::KeyReused(_) => Self::Refused { code: "key_reused", message, help },
            Store::Exists(_) => Self::Refused { code: "file_exists", message, help },
            Store::NotAFile(_) => Self::Refused { code: "not_a_file", message, help },
            Store::BadBackup { .. } => Self::Refused { code: "bad_backup", message, help },
            Store::UnknownEvent { .. } => Self::Refused { code: "unknown_event", message, help },
            Store::Broken { .. } => Self::Refused { code: "broken_journal", message, help },
            Store::Conflict | Store::StaleLease(_) | Store::Unreadable { .. } => Self::Fault(message),
            Store::Missing(_)
            | Store::ReadOnly(_)
            | Store::Corrupt(_)
            | Store::Full(_)
            | Store::Busy(_)
            | Store::Disk { .. }
            | Store::Stopped(_)
            | Store::NewerSchema { .. }
            | Store::OldSqlite(_)
            | Store::Unreachable { .. }
            | Store::Down(_)
            | Store::Standby(_)
            | Store::TooManyConnections(_)
            | Store::NoneFree(_)
            | Store::InDoubt { .. }
            | Store::Tls { .. }
            | Store::SignIn { .. }
            | Store::NoDatabase(_)
            | Store::Forbidden { .. }
            | Store::Unfit { .. }
            | Store::Foreign(_)
            | Store::Database(_) => Self::StoreUnavailable { message, help, passes },
        }
    }
}

impl From<crate::incident::apply::Error> for Error {
    fn from(error: crate::incident::apply::Error) -> Self {
        Self::Fault(chain(&error))
    }
}

impl From<crate::library::Error> for Error {
    fn from(error: crate::library::Error) -> Self {
        let message = chain(&error);
        match error {
            crate::library::Error::NotFound { .. } => Self::NotFound {
                message,
                help: Some("`muster check` takes a path; `muster start` lists the runbooks at hand".to_owned()),
            },
            _ => Self::Refused { code: "library", message, help: None },
        }
    }
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
