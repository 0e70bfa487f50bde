//! The store: the journal, the ledger and the contact book, durable in SQLite or PostgreSQL.
//!
//! Every statement is SQL that both understand; what differs between the two stands in `sql` (asking),
//! `sqlite` and `postgres` (opening, committing, failing). A method that answers `Ok` has committed.

use crate::clock::{Clock, Stopwatch};
use crate::settings::StoreUrl;

mod error;
mod patience;
mod postgres;
mod sql;
mod sqlite;
mod table;

pub mod backup;
pub mod book;
pub mod chain;
pub mod journal;
pub mod ledger;
pub mod limits;
pub mod outbox;
pub mod people;
pub mod planted;
pub mod workers;
mod secrets;

pub use error::{Error, Place};

/// Where an installation keeps everything that must not be lost.
#[derive(Debug, Clone)]
pub enum Store {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Store {
    /// Opens a store for reading and writing; creates it, or brings its schema up to date.
    pub async fn open(url: &StoreUrl) -> Result<Self, Error> {
        match url {
            StoreUrl::Sqlite(path) => sqlite::Sqlite::open(path).await.map(Self::Sqlite),
            StoreUrl::Postgres(server) => postgres::Postgres::open(server).await.map(Self::Postgres),
        }
    }

    /// Opens a store that only reads, so that reads never write; none where there is no store yet.
    pub async fn open_to_read(url: &StoreUrl) -> Result<Option<Self>, Error> {
        Ok(match url {
            StoreUrl::Sqlite(path) => sqlite::Sqlite::open_to_read(path).await?.map(Self::Sqlite),
            StoreUrl::Postgres(server) => postgres::Postgres::open_to_read(server).await?.map(Self::Postgres),
        })
    }

    /// A store that lives as long as this process: for drills and tests.
    pub async fn in_memory() -> Result<Self, Error> {
        Ok(Self::Sqlite(sqlite::Sqlite::in_memory().await?))
    }

    /// Lets go of every connection, and leaves a file tidy.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }

    /// Sets a shared clock by the database's; a file has none.
    pub async fn set_clock(&self, clock: &Clock) -> Result<(), Error> {
        let (Self::Postgres(_), Clock::Shared(_)) = (self, clock) else { return Ok(()) };
        let asked = Stopwatch::start();
        let sql = "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)";
        if let Some(row) = self.first(sql, Vec::new()).await? {
            clock.set_by(row.moment(0)?, asked);
        }
        Ok(())
    }

    /// Sees to it that what is sent can be recorded even when the disk is full; the database's own is not ours to keep.
    pub fn keep_room(&self) -> Result<(), Error> {
        match self {
            Self::Sqlite(store) => store.keep_room(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Gives that room up to what must be recorded now; false if there is none.
    pub fn give_up_room(&self) -> bool {
        match self {
            Self::Sqlite(store) => store.give_up_room(),
            Self::Postgres(_) => false,
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Sqlite(store) => Place::from(store.path()),
            Self::Postgres(store) => store.place().clone(),
        }
    }
}
