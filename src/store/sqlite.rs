//! SQLite: opening the file, bringing its schema up to date, and naming what goes wrong.

use std::path::{Path, PathBuf};

use sqlx::SqlitePool;

use super::Error;

/// One file: a single writing connection, and a few that only read; each opened when first needed.
#[derive(Debug, Clone)]
pub struct Sqlite {
    path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Sqlite {
    pub(super) async fn open(_path: &Path) -> Result<Self, Error> {
        unimplemented!("store")
    }

    pub(super) async fn open_to_read(_path: &Path) -> Result<Option<Self>, Error> {
        unimplemented!("store")
    }

    pub(super) async fn in_memory() -> Result<Self, Error> {
        unimplemented!("store")
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}
