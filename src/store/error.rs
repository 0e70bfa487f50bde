//! What can go wrong with a store, each with what it concerns and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::incident::IncidentNumber;

/// Where a store is, as errors name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    File(PathBuf),
    /// A server's address, without the password.
    Server(Arc<str>),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Server(place) => f.write_str(place),
        }
    }
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

/// What lies beneath an error of the store.
pub(super) type Cause = Box<dyn std::error::Error + Send + Sync>;

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
    #[error("the store `{0}` is read-only")]
    ReadOnly(Place),
    #[error("the store `{0}` is not readable as a database; it is damaged or not Muster's")]
    Corrupt(Place),
    #[error("the disk that holds `{0}` is full")]
    Full(Place),
    #[error("the store `{0}` is held by another process")]
    Busy(Place),
    #[error("the store `{}` can't be opened or written", .path.display())]
    Disk { path: PathBuf, source: Cause },
    /// After a failed write or flush nothing on that disk is certain; a new process may try again.
    #[error("the store `{}` failed to write earlier; nothing more is written", .0.display())]
    Stopped(PathBuf),
    #[error("the store `{place}` has schema {found}, this Muster knows {known}")]
    NewerSchema { place: Place, found: i64, known: i64 },
    #[error("SQLite {0} can lose commits; 3.51.3 or newer is needed")]
    OldSqlite(String),

    #[error("the server of the store `{place}` can't be reached")]
    Unreachable { place: Place, source: Cause },
    #[error("the server of the store `{0}` is starting up or shutting down")]
    Down(Place),
    /// As after a failover, until the address leads to the new primary.
    #[error("the server of the store `{0}` only follows another and takes no writes")]
    Standby(Place),
    #[error("the server of the store `{0}` takes no more connections")]
    TooManyConnections(Place),
    #[error("every connection to the store `{0}` has been in use for a while")]
    NoneFree(Place),
    /// The connection went while the server was committing: it may have been done or not.
    #[error("the server of the store `{place}` went away before it answered; what was asked may be done or not")]
    InDoubt { place: Place, source: Cause },
    #[error("no encrypted connection to the store `{place}` came about")]
    Tls { place: Place, source: Cause },
    #[error("the server refuses the sign-in to the store `{place}`")]
    SignIn { place: Place, source: Cause },
    #[error("the server has no database for the store `{0}`")]
    NoDatabase(Place),
    #[error("the user of the store `{place}` may not do what Muster needs")]
    Forbidden { place: Place, source: Cause },
    #[error("the store `{place}` can't be used: {reason}")]
    Unfit { place: Place, reason: &'static str },
    #[error("the store `{0}` holds tables that are not Muster's")]
    Foreign(Place),
    #[error("`{0}` is a PostgreSQL store, which is not copied into a file")]
    NotAFile(Place),

    /// The hash chain does not hold: an edit, a gap or another order.
    #[error("the journal of {incident} does not hold from event {seq} on")]
    Broken { incident: IncidentNumber, seq: u64, place: Place },
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
        let restore = |place: &Place| match place {
            Place::File(path) => format!(
                "restore the last backup: `muster restore FILE`; `{}` is kept aside under another name",
                path.display()
            ),
            Place::Server(_) => "restore the database from its last backup, with PostgreSQL's own tools".to_owned(),
        };
        match self {
            Self::Conflict | Self::KeyTaken(_) => Some("try the same command again".to_owned()),
            Self::KeyReused(_) => Some("a key stands for one request; use a new `--key`".to_owned()),
            Self::Missing(_) => Some("`muster start` creates it; or name another with `--store`".to_owned()),
            Self::ReadOnly(Place::File(path)) => {
                Some(format!("make `{}` and its folder writable, or name another store with `--store`", path.display()))
            }
            Self::ReadOnly(Place::Server(_)) => None,
            Self::Standby(_) => {
                Some("name the server that takes writes, not one that only follows it, in `store`".to_owned())
            }
            Self::Corrupt(place) | Self::Broken { place, .. } => Some(restore(place)),
            Self::Full(_) => Some("free some space; nothing was changed, nothing more is sent until then".to_owned()),
            Self::Busy(_) => Some("wait until the other process is done, then try again".to_owned()),
            Self::Disk { .. } | Self::Stopped(_) => {
                Some("check the disk, then start Muster again; what was answered is kept".to_owned())
            }
            Self::Unreachable { .. } => {
                Some("check that PostgreSQL runs there and that this machine may reach it; then try again".to_owned())
            }
            Self::Down(_) => Some("wait until PostgreSQL is up again, then try again".to_owned()),
            Self::TooManyConnections(_) | Self::NoneFree(_) => {
                Some("try again; if it stays so, raise `max_connections` of PostgreSQL".to_owned())
            }
            Self::InDoubt { .. } => {
                Some("look with `muster timeline` whether it was done before trying again".to_owned())
            }
            Self::Tls { .. } => {
                Some("check `sslmode` and `sslrootcert` in `store`, and the server's certificate".to_owned())
            }
            Self::SignIn { .. } => {
                Some("check the user and the password: in `store`, in `PGPASSWORD` or in `~/.pgpass`".to_owned())
            }
            Self::NoDatabase(_) => Some("create it: `createdb NAME`; or name another in `store`".to_owned()),
            Self::Forbidden { .. } => {
                Some("let that user create tables in the schema, and own those that are there".to_owned())
            }
            Self::Unfit { .. } => {
                Some("create another database for Muster: `createdb -E UTF8 -T template0 muster`".to_owned())
            }
            Self::Foreign(_) => Some(
                "give Muster a database of its own: `createdb muster`; or a schema: `?options=-csearch_path%3Dmuster`"
                    .to_owned(),
            ),
            Self::NotAFile(_) => {
                Some("use PostgreSQL's own tools, such as `pg_dump` and `pg_restore`, or its base backups".to_owned())
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
        matches!(
            self,
            Self::Full(_)
                | Self::Busy(_)
                | Self::Unreachable { .. }
                | Self::Down(_)
                | Self::Standby(_)
                | Self::TooManyConnections(_)
                | Self::NoneFree(_)
                | Self::InDoubt { .. }
                | Self::Database(_)
        )
    }

    /// Whether the same request may succeed once loaded and decided again.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict)
    }

    /// Whether the store was out of reach, so that the same may succeed once it is back.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Down(_)
            | Self::Standby(_)
            | Self::TooManyConnections(_)
            | Self::NoneFree(_)
            | Self::InDoubt { .. } => true,
            Self::Busy(place) => matches!(place, Place::Server(_)),
            _ => false,
        }
    }
}
