//! The store: the journal, the ledger and the contact book, durable in SQLite.
//!
//! Every statement is SQL that PostgreSQL understands too; what differs between the two
//! stands in `sql` (asking) and `sqlite` (opening). A method that answers `Ok` has committed.

use std::path::Path;

use crate::settings::StoreUrl;

mod error;
mod sql;
mod sqlite;
mod table;

pub mod backup;
pub mod book;
pub mod chain;
pub mod journal;
pub mod ledger;
pub mod outbox;

pub use error::Error;

/// Where an installation keeps everything that must not be lost.
#[derive(Debug, Clone)]
pub enum Store {
    Sqlite(sqlite::Sqlite),
}

impl Store {
    /// Opens a store for reading and writing; creates it, or brings its schema up to date.
    pub async fn open(url: &StoreUrl) -> Result<Self, Error> {
        let StoreUrl::Sqlite(path) = url;
        Ok(Self::Sqlite(sqlite::Sqlite::open(path).await?))
    }

    /// Opens a store that only reads, so that reads never write; none where there is no store yet.
    pub async fn open_to_read(url: &StoreUrl) -> Result<Option<Self>, Error> {
        let StoreUrl::Sqlite(path) = url;
        Ok(sqlite::Sqlite::open_to_read(path).await?.map(Self::Sqlite))
    }

    /// A store that lives as long as this process: for drills and tests.
    pub async fn in_memory() -> Result<Self, Error> {
        Ok(Self::Sqlite(sqlite::Sqlite::in_memory().await?))
    }

    /// Lets go of every connection, and leaves the file tidy.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Sqlite(store) => store.path(),
        }
    }
}
