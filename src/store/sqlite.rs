//! SQLite: opening the file, bringing its schema up to date, and naming what goes wrong.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlitePool};

use super::{Error, Place};

mod change;
mod room;
mod schema;

pub(super) use change::Change;
use schema::SCHEMA;

const BUSY_FOR: Duration = Duration::from_secs(10);
/// How long parts of this process wait for each other: each is done soon, unless the process was stopped meanwhile.
const PATIENT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// A command asks one thing after another: a second reader would cost it a thread and another opening of the file.
const READERS: u32 = 1;
/// What a store without a file is called.
const IN_MEMORY: &str = ":memory:";

/// One file: a writing connection and a reading one, each opened when first needed.
#[derive(Debug, Clone)]
pub struct Sqlite {
    path: PathBuf,
    /// None where the store was opened to read.
    writer: Option<SqlitePool>,
    readers: SqlitePool,
    /// Set by a failed write or flush: what the disk holds is then uncertain, so nothing more is written.
    stopped: Arc<AtomicBool>,
}

impl Sqlite {
    pub(super) async fn open(path: &Path) -> Result<Self, Error> {
        let folder = folder_of(path);
        std::fs::create_dir_all(folder).map_err(|error| name_io(path, error))?;
        let store = Self::lazily(path, true);
        let mut writer = store.writer()?.acquire().await.map_err(|error| store.name_error(error))?;
        store.check_version(&mut writer).await?;
        if store.schema(&mut writer).await? < SCHEMA {
            store.migrate(&mut writer).await?;
        }
        drop(writer);
        Ok(store)
    }

    pub(super) async fn open_to_read(path: &Path) -> Result<Option<Self>, Error> {
        match path.try_exists() {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => return Err(name_io(path, error)),
        }
        let store = Self::lazily(path, false);
        let mut reader = store.readers.acquire().await.map_err(|error| store.name_error(error))?;
        let schema = store.schema(&mut reader).await?;
        drop(reader);
        match schema {
            SCHEMA => Ok(Some(store)),
            // Someone is just creating it: nothing is in it yet.
            0 => Ok(None),
            _ => {
                store.close().await;
                Self::open(path).await.map(Some)
            }
        }
    }

    pub(super) async fn in_memory() -> Result<Self, Error> {
        let options = SqliteConnectOptions::new().in_memory(true).disable_statement_logging();
        let pool = pool(options, 1);
        let store =
            Self { path: PathBuf::from(IN_MEMORY), writer: Some(pool.clone()), readers: pool, stopped: Arc::default() };
        let mut writer = store.writer()?.acquire().await.map_err(|error| store.name_error(error))?;
        store.run_migrations(&mut writer).await?;
        drop(writer);
        Ok(store)
    }

    /// A file to be read that nobody has looked at yet; opened when it is first asked.
    pub(super) fn unchecked(path: &Path) -> Self {
        Self::lazily(path, false)
    }

    /// Refuses a file that is newer than this Muster, or not Muster's.
    pub(super) async fn known_schema(&self) -> Result<(), Error> {
        let mut reader = self.readers.acquire().await.map_err(|error| self.name_error(error))?;
        match self.schema(&mut reader).await? {
            0 => Err(Error::Corrupt(self.place())),
            _ => Ok(()),
        }
    }

    fn lazily(path: &Path, writes: bool) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(BUSY_FOR)
            .foreign_keys(true)
            .disable_statement_logging();
        let writing = options.clone().create_if_missing(true).synchronous(SqliteSynchronous::Full);
        Self {
            path: path.to_owned(),
            writer: writes.then(|| pool(writing, 1)),
            readers: pool(options.read_only(true), READERS),
            stopped: Arc::default(),
        }
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn place(&self) -> Place {
        Place::from(self.path())
    }

    pub(super) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    pub(super) fn writer(&self) -> Result<&SqlitePool, Error> {
        if self.stopped.load(Ordering::Acquire) {
            return Err(Error::Stopped(self.path.clone()));
        }
        self.writer.as_ref().ok_or_else(|| Error::ReadOnly(self.place()))
    }

    /// Says what an error of SQLite means for whoever keeps the store.
    pub(super) fn name_error(&self, error: sqlx::Error) -> Error {
        match primary_code(&error) {
            Some(5 | 6) => Error::Busy(self.place()),
            Some(8) => Error::ReadOnly(self.place()),
            Some(11 | 26) => Error::Corrupt(self.place()),
            Some(13) => Error::Full(self.place()),
            Some(10) => {
                self.stopped.store(true, Ordering::Release);
                Error::Disk { path: self.path.clone(), source: Box::new(error) }
            }
            Some(14) => Error::Disk { path: self.path.clone(), source: Box::new(error) },
            _ if matches!(error, sqlx::Error::PoolTimedOut) => Error::Busy(self.place()),
            _ => Error::Database(error),
        }
    }
}

fn pool(options: SqliteConnectOptions, size: u32) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(size)
        .min_connections(0)
        .acquire_timeout(PATIENT_FOR)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_lazy_with(options)
}

/// SQLite's result code without its detail: 10 of `SQLITE_IOERR_FSYNC`.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a new file's name as durable as its content.
pub(super) fn sync_folder(path: &Path) -> Result<(), Error> {
    let folder = folder_of(path);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| name_io(path, error))
}

/// Says what an error of the file system means for the store at this path.
pub(super) fn name_io(path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Error::ReadOnly(path.into()),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::Full(path.into()),
        io::ErrorKind::AlreadyExists => Error::Exists(path.to_owned()),
        _ => Error::Disk { path: path.to_owned(), source: Box::new(error) },
    }
}

#[cfg(test)]
mod tests;
