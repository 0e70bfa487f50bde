//! What can go wrong with a store, each with what it concerns and what to do about it.

use std::path::{Path, PathBuf};

use crate::incident::IncidentNumber;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Someone else was first: load again, decide again.
    #[error("the incident has moved on since it was read")]
    Conflict,
    /// The key was used by another request meanwhile; [`Store::answered`](super::Store::answered) tells its answer.
    #[error("the key `{0}` has just been used")]
    KeyTaken(String),
    #[error("the key `{0}` was used for another request")]
    KeyReused(String),
    /// The lease was taken from whoever answers now; what they say no longer counts.
    #[error("the lease on `{0}` has ended and its work was given to another worker")]
    StaleLease(String),

    #[error("no store at `{}`", .0.display())]
    Missing(PathBuf),
    #[error("the store `{}` is read-only", .0.display())]
    ReadOnly(PathBuf),
    #[error("the store `{}` is not readable as a database; it is damaged or not Muster's", .0.display())]
    Corrupt(PathBuf),
    #[error("the disk that holds `{}` is full", .0.display())]
    Full(PathBuf),
    #[error("the store `{}` is held by another process", .0.display())]
    Busy(PathBuf),
    #[error("the store `{}` can't be opened or written", .path.display())]
    Disk { path: PathBuf, source: Box<dyn std::error::Error + Send + Sync> },
    /// After a failed write or flush nothing on that disk is certain; a new process may try again.
    #[error("the store `{}` failed to write earlier; nothing more is written", .0.display())]
    Stopped(PathBuf),
    #[error("the store `{}` has schema {found}, this Muster knows {known}", .path.display())]
    NewerSchema { path: PathBuf, found: i64, known: i64 },
    #[error("SQLite {0} can lose commits; 3.51.3 or newer is needed")]
    OldSqlite(String),

    /// The hash chain does not hold: an edit, a gap or another order.
    #[error("the journal of {incident} does not hold from event {seq} on")]
    Broken { incident: IncidentNumber, seq: u64, path: PathBuf },
    /// From a newer version of Muster; the incident is parked, not guessed at.
    #[error("event {seq} of {incident} can't be read: {reason}")]
    UnknownEvent { incident: IncidentNumber, seq: u64, reason: String },
    /// A row that this version of Muster did not write.
    #[error("a stored {what} can't be read: {reason}")]
    Unreadable { what: &'static str, reason: String },

    #[error("`{}` exists already", .0.display())]
    Exists(PathBuf),
    #[error("`{}` is not a sound backup: {reason}", .path.display())]
    BadBackup { path: PathBuf, reason: String },
    #[error("failed to ask the store")]
    Database(#[source] sqlx::Error),
}

impl Error {
    /// What whoever meets this can do next.
    pub fn help(&self) -> Option<String> {
        let restore = |path: &Path| {
            format!(
                "restore the last backup: `muster restore FILE`; `{}` is kept aside under another name",
                path.display()
            )
        };
        match self {
            Self::Conflict | Self::KeyTaken(_) => Some("try the same command again".to_owned()),
            Self::KeyReused(_) => Some("a key stands for one request; use a new `--key`".to_owned()),
            Self::Missing(_) => Some("`muster start` creates it; or name another with `--store`".to_owned()),
            Self::ReadOnly(path) => {
                Some(format!("make `{}` and its folder writable, or name another store with `--store`", path.display()))
            }
            Self::Corrupt(path) | Self::Broken { path, .. } => Some(restore(path)),
            Self::Full(_) => Some("free some space; nothing was changed, nothing more is sent until then".to_owned()),
            Self::Busy(_) => Some("wait until the other process is done, then try again".to_owned()),
            Self::Disk { .. } | Self::Stopped(_) => {
                Some("check the disk, then start Muster again; what was answered is kept".to_owned())
            }
            Self::NewerSchema { .. } | Self::UnknownEvent { .. } => {
                Some("use the newer version of Muster that wrote it".to_owned())
            }
            Self::OldSqlite(_) => Some("build Muster with the SQLite it brings along".to_owned()),
            Self::Exists(_) => Some("name a file that does not exist yet".to_owned()),
            Self::BadBackup { .. } => Some("the store was left as it is; try an older backup".to_owned()),
            Self::StaleLease(_) | Self::Unreadable { .. } | Self::Database(_) => None,
        }
    }

    /// Whether it may pass by itself, without anybody's starting Muster again.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Full(_) | Self::Busy(_) | Self::Database(_))
    }

    /// Whether the same request may succeed once loaded and decided again.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict)
    }
}
