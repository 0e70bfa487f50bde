//! The schema of the file: which one it has, and bringing it up to date under a lock.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{SqlSafeStr, SqliteConnection};

use super::{Error, Sqlite, name_io, sync_folder};

/// The schema that this version of Muster knows; each migration ends by stating its own.
pub(super) const SCHEMA: i64 = 4;
const MIGRATIONS: [(i64, &str, &str); 4] = [
    (1, "begin", include_str!("../../../migrations/sqlite/0001_begin.sql")),
    (2, "workers", include_str!("../../../migrations/sqlite/0002_workers.sql")),
    (3, "people", include_str!("../../../migrations/sqlite/0003_people.sql")),
    (4, "book", include_str!("../../../migrations/sqlite/0004_book.sql")),
];
/// Older ones can lose commits in WAL mode.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

impl Sqlite {
    pub(super) async fn check_version(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let version: String = sqlx::query_scalar("SELECT sqlite_version()")
            .fetch_one(connection)
            .await
            .map_err(|error| self.name_error(error))?;
        if is_new_enough(&version) { Ok(()) } else { Err(Error::OldSqlite(version)) }
    }

    /// The file's schema, 0 for an empty file; an error if it is newer than this Muster, or not Muster's.
    pub(super) async fn schema(&self, connection: &mut SqliteConnection) -> Result<i64, Error> {
        let mut found = self.ask(connection, "PRAGMA user_version").await?;
        if found == 0 {
            // A process killed between the list of migrations and the first one leaves that list and its index.
            let foreign = "SELECT count(*) FROM sqlite_master WHERE tbl_name <> '_sqlx_migrations'";
            if self.ask(connection, foreign).await? > 0 {
                // Another process may have made them between the two questions, and said so in the same commit.
                found = self.ask(connection, "PRAGMA user_version").await?;
                if found == 0 {
                    return Err(Error::Corrupt(self.place()));
                }
            }
        }
        if found > SCHEMA {
            return Err(Error::NewerSchema { place: self.place(), found, known: SCHEMA });
        }
        Ok(found)
    }

    async fn ask(&self, connection: &mut SqliteConnection, sql: &'static str) -> Result<i64, Error> {
        sqlx::query_scalar(sql).fetch_one(connection).await.map_err(|error| self.name_error(error))
    }

    /// Brings the schema up to date; of several processes that try at once, one does and the others wait.
    pub(super) async fn migrate(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
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

    pub(super) async fn run_migrations(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
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
}

pub(super) fn is_new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let parts: [u32; 3] = std::array::from_fn(|_| parts.next().unwrap_or(0));
    parts >= OLDEST_SQLITE
}
