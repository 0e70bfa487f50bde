//! Backup and restore of a SQLite store: whole, verified, never over something else.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions as _, SqlitePool};

use super::sqlite::{Sqlite, name_io, sync_folder};
use super::{Error, Place, Store};
use crate::clock::Timestamp;
use crate::settings::StoreUrl;

impl Store {
    /// Copies the store into a new file while it is in use; the copy is on disk when this answers.
    pub async fn backup(&self, file: &Path) -> Result<(), Error> {
        let Self::Sqlite(store) = self else { return Err(Error::NotAFile(self.place())) };
        refuse_existing(file)?;
        let part = beside(file, ".part");
        copy_into(store, &part).await?;
        // A link, unlike a rename, never replaces what someone put there meanwhile.
        fs::hard_link(&part, file).or_else(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Err(name_io(file, error)),
            _ => fs::rename(&part, file).map_err(|error| name_io(file, error)),
        })?;
        remove(&part)?;
        sync_folder(file)
    }

    /// Puts a backup in the store's place, once it proved sound; gives the name under which the
    /// replaced file is kept, if there was one.
    pub async fn restore(url: &StoreUrl, file: &Path, now: Timestamp) -> Result<Option<PathBuf>, Error> {
        let path = match url {
            StoreUrl::Sqlite(path) => path,
            StoreUrl::Postgres(server) => return Err(Error::NotAFile(Place::Server(server.place().into()))),
        };
        let backup = sound(file).await?;
        let fresh = beside(path, ".restoring");
        fs::create_dir_all(super::sqlite::folder_of(path)).map_err(|error| name_io(path, error))?;
        copy_into(&backup, &fresh).await?;
        backup.close().await;
        set_journal_mode(&fresh, SqliteJournalMode::Wal).await.map_err(|_| bad(file, "it can't be written back"))?;
        sync(&fresh)?;
        let aside = put_aside(path, now).await?;
        fs::rename(&fresh, path).map_err(|error| name_io(path, error))?;
        sync_folder(path)?;
        Ok(aside)
    }
}

/// Opens a backup and reads all of it: its pages, its schema, every journal's chain.
async fn sound(file: &Path) -> Result<Sqlite, Error> {
    if !file.exists() {
        return Err(Error::Missing(file.to_owned()));
    }
    let backup = Sqlite::unchecked(file);
    let checked = async {
        backup.known_schema().await?;
        let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
            .fetch_one(backup.readers())
            .await
            .map_err(|error| backup.name_error(error))?;
        if found != "ok" {
            return Err(bad(file, &found));
        }
        let audits = Store::Sqlite(backup.clone()).audit(None).await?;
        match audits.iter().find_map(|audit| audit.broken_at.map(|seq| (audit.incident, seq))) {
            Some((incident, seq)) => {
                Err(bad(file, &format!("the journal of {incident} does not hold from event {seq} on")))
            }
            None => Ok(()),
        }
    };
    match checked.await {
        Ok(()) => Ok(backup),
        Err(error @ (Error::NewerSchema { .. } | Error::BadBackup { .. })) => Err(error),
        Err(error) => Err(bad(file, &error.to_string())),
    }
}

fn bad(file: &Path, reason: &str) -> Error {
    Error::BadBackup { path: file.to_owned(), reason: reason.to_owned() }
}

/// Copies a store as one moment shows it into a file of its own, down to the disk.
async fn copy_into(store: &Sqlite, file: &Path) -> Result<(), Error> {
    if file.exists() {
        remove(file)?;
    }
    let readers: &SqlitePool = store.readers();
    sqlx::query("VACUUM INTO $1")
        .bind(file.to_string_lossy().into_owned())
        .execute(readers)
        .await
        .map_err(|error| store.name_error(error))?;
    sync(file)
}

/// Moves the present store aside, if there is one; refused while another process has it open.
async fn put_aside(path: &Path, now: Timestamp) -> Result<Option<PathBuf>, Error> {
    if !path.exists() {
        return Ok(None);
    }
    // Leaving WAL mode takes in what the log still holds, and needs to be alone with the file.
    let alone = set_journal_mode(path, SqliteJournalMode::Delete).await;
    let error = alone.err().map(|error| Sqlite::unchecked(path).name_error(error));
    if let Some(error @ (Error::Busy(_) | Error::ReadOnly(_) | Error::Full(_))) = error {
        return Err(error);
    }
    let name = now.format(".replaced-%Y%m%dT%H%M%S").to_string();
    let aside = (1..).map(|n| beside(path, &if n == 1 { name.clone() } else { format!("{name}-{n}") }));
    let aside = aside.into_iter().find(|name| !name.exists()).unwrap_or_else(|| beside(path, &name));
    // What a damaged store could not take in goes with it: a log must never meet another file.
    for part in ["-wal", "-shm"] {
        if beside(path, part).exists() {
            fs::rename(beside(path, part), beside(&aside, part)).map_err(|error| name_io(path, error))?;
        }
    }
    // As a second name, so that at every moment there is a store under the first.
    fs::hard_link(path, &aside).or_else(|_| fs::rename(path, &aside)).map_err(|error| name_io(path, error))?;
    Ok(Some(aside))
}

async fn set_journal_mode(path: &Path, mode: SqliteJournalMode) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).journal_mode(mode);
    options.busy_timeout(std::time::Duration::from_secs(2)).disable_statement_logging().connect().await?.close().await
}

fn refuse_existing(file: &Path) -> Result<(), Error> {
    match fs::symlink_metadata(file) {
        Ok(_) => Err(Error::Exists(file.to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(name_io(file, error)),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn remove(file: &Path) -> Result<(), Error> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(name_io(file, error)),
        _ => Ok(()),
    }
}

fn sync(file: &Path) -> Result<(), Error> {
    File::open(file).and_then(|file| file.sync_all()).map_err(|error| name_io(file, error))
}
