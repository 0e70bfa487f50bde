//! Why the conductor could not do what was asked, sorted by what a face does about it.

use crate::incident::Rejection;
use crate::problem::Problem;

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
    /// A file has problems, each with its place.
    #[error("`{file}` has problems")]
    Problems { file: String, source_text: String, problems: Vec<Problem> },
    #[error("{message}")]
    StoreUnavailable { message: String, help: Option<String> },
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
            Self::Rejected(_) | Self::Refused { .. } | Self::Problems { .. } => Kind::Refused,
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
            Self::Problems { .. } => "problems",
            Self::StoreUnavailable { .. } => "store_unavailable",
            Self::Fault(_) => "fault",
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
            Self::Problems { .. } | Self::Fault(_) => None,
        }
    }
}
