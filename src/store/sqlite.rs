//! SQLite: opening the file, bringing its schema up to date, and naming what goes wrong.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlSafeStr, SqliteConnection, SqlitePool};

use super::Error;

/// The schema that this version of Muster knows; each migration ends by stating its own.
pub(super) const SCHEMA: i64 = 1;
const MIGRATIONS: [(i64, &str, &str); 1] = [(1, "begin", include_str!("../../migrations/sqlite/0001_begin.sql"))];
/// Older ones can lose commits in WAL mode.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];
const BUSY_FOR: Duration = Duration::from_secs(10);
const READERS: u32 = 4;

/// One file: a single writing connection, and a few that only read; each opened when first needed.
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
        let store = Self {
            path: PathBuf::from(":memory:"),
            writer: Some(pool.clone()),
            readers: pool,
            stopped: Arc::default(),
        };
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
            0 => Err(Error::Corrupt(self.path.clone())),
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

    pub(super) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    pub(super) fn writer(&self) -> Result<&SqlitePool, Error> {
        if self.stopped.load(Ordering::Acquire) {
            return Err(Error::Stopped(self.path.clone()));
        }
        self.writer.as_ref().ok_or_else(|| Error::ReadOnly(self.path.clone()))
    }

    async fn check_version(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let version: String = sqlx::query_scalar("SELECT sqlite_version()")
            .fetch_one(connection)
            .await
            .map_err(|error| self.name_error(error))?;
        if is_new_enough(&version) { Ok(()) } else { Err(Error::OldSqlite(version)) }
    }

    /// The file's schema, 0 for an empty file; an error if it is newer than this Muster, or not Muster's.
    async fn schema(&self, connection: &mut SqliteConnection) -> Result<i64, Error> {
        let found: i64 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| self.name_error(error))?;
        if found > SCHEMA {
            return Err(Error::NewerSchema { path: self.path.clone(), found, known: SCHEMA });
        }
        if found == 0 {
            let foreign: i64 =
                sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE name <> '_sqlx_migrations'")
                    .fetch_one(connection)
                    .await
                    .map_err(|error| self.name_error(error))?;
            if foreign > 0 {
                return Err(Error::Corrupt(self.path.clone()));
            }
        }
        Ok(found)
    }

    /// Brings the schema up to date; of several processes that try at once, one does and the others wait.
    async fn migrate(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let mut name = self.path.clone().into_os_string();
        name.push(".migrating");
        let name = PathBuf::from(name);
        let lock = File::create(&name).map_err(|error| name_io(&self.path, error))?;
        let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock))
            .await
            .map_err(|error| name_io(&self.path, io::Error::other(error)))?
            .map_err(|error| name_io(&self.path, error))?;
        if self.schema(&mut *connection).await? < SCHEMA {
            sqlx::query("PRAGMA journal_mode = WAL")
                .execute(&mut *connection)
                .await
                .map_err(|error| self.name_error(error))?;
            self.run_migrations(connection).await?;
            sync_folder(&self.path)?;
        }
        // Whoever still waits on the removed file finds the schema up to date.
        let _ = std::fs::remove_file(name);
        drop(lock);
        Ok(())
    }

    async fn run_migrations(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let migrations = MIGRATIONS.map(|(version, name, sql)| {
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        let done = Migrator::with_migrations(migrations.into()).run_direct(None, connection, false).await;
        done.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error) | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
                self.name_error(error)
            }
            other => Error::Database(sqlx::Error::Migrate(Box::new(other))),
        })
    }

    /// Says what an error of SQLite means for whoever keeps the store.
    pub(super) fn name_error(&self, error: sqlx::Error) -> Error {
        let path = || self.path.clone();
        match primary_code(&error) {
            Some(5 | 6) => Error::Busy(path()),
            Some(8) => Error::ReadOnly(path()),
            Some(11 | 26) => Error::Corrupt(path()),
            Some(13) => Error::Full(path()),
            Some(10) => {
                self.stopped.store(true, Ordering::Release);
                Error::Disk { path: path(), source: Box::new(error) }
            }
            Some(14) => Error::Disk { path: path(), source: Box::new(error) },
            _ if matches!(error, sqlx::Error::PoolTimedOut) => Error::Busy(path()),
            _ => Error::Database(error),
        }
    }
}

fn pool(options: SqliteConnectOptions, size: u32) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(size)
        .min_connections(0)
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

fn is_new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let parts: [u32; 3] = std::array::from_fn(|_| parts.next().unwrap_or(0));
    parts >= OLDEST_SQLITE
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
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Error::ReadOnly(path.to_owned()),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::Full(path.to_owned()),
        io::ErrorKind::NotFound => Error::Missing(path.to_owned()),
        io::ErrorKind::AlreadyExists => Error::Exists(path.to_owned()),
        _ => Error::Disk { path: path.to_owned(), source: Box::new(error) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_can_lose_commits_are_too_old() {
        for (version, new_enough) in
            [("3.51.2", false), ("3.50.9", false), ("3.51.3", true), ("3.52.0", true), ("4.0", true), ("", false)]
        {
            assert_eq!(is_new_enough(version), new_enough, "{version}");
        }
    }

    async fn refused_with(pragma: &'static str) -> Error {
        let folder = tempfile::tempdir().expect("a folder");
        let sqlite = Sqlite::open(&folder.path().join("muster.db")).await.expect("a store");
        sqlx::query(pragma).execute(sqlite.writer().expect("a writer")).await.expect("set");
        let store = crate::store::Store::Sqlite(sqlite);
        let mut last = Ok(true);
        for n in 0..100 {
            last = store.suppress(&format!("{n}@customer.example"), &"long ".repeat(500), chrono::DateTime::UNIX_EPOCH).await;
        }
        last.expect_err("refused")
    }

    #[tokio::test]
    async fn a_full_and_a_read_only_disk_are_told_apart_and_name_the_file() {
        let full = refused_with("PRAGMA max_page_count = 20").await;
        assert!(matches!(&full, Error::Full(path) if path.ends_with("muster.db")), "{full:?}");
        let read_only = refused_with("PRAGMA query_only = 1").await;
        assert!(matches!(&read_only, Error::ReadOnly(path) if path.ends_with("muster.db")), "{read_only:?}");
    }

    #[tokio::test]
    async fn after_a_failed_flush_nothing_more_is_written() {
        let sqlite = Sqlite::in_memory().await.expect("a store");
        let failed = sqlite.name_error(sqlx::Error::Database(Box::new(FailedFlush)));
        assert!(matches!(failed, Error::Disk { .. }), "{failed:?}");
        let store = crate::store::Store::Sqlite(sqlite);
        let refused = store.suppress("a@customer.example", "", chrono::DateTime::UNIX_EPOCH).await;
        assert!(matches!(refused, Err(Error::Stopped(_))), "{refused:?}");
        assert!(store.heads(true).await.expect("reading goes on").is_empty());
    }

    /// What SQLite reports when the disk refuses to flush: `SQLITE_IOERR_FSYNC`.
    #[derive(Debug, thiserror::Error)]
    #[error("disk I/O error")]
    struct FailedFlush;

    impl sqlx::error::DatabaseError for FailedFlush {
        fn message(&self) -> &str {
            "disk I/O error"
        }

        fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
            Some((10 | (4 << 8)).to_string().into())
        }

        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> sqlx::error::ErrorKind {
            sqlx::error::ErrorKind::Other
        }
    }
}
