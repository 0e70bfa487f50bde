//! PostgreSQL: opening the store on a server, asking it, and naming what goes wrong.

use std::time::Duration;

use sqlx::SqlStr;
use sqlx::postgres::PgRow;

use super::patience::Patience;
use super::sql::{Value, bound_for_postgres};
use super::{Error, Place};
use crate::settings;

mod change;
mod connections;
mod schema;

pub(super) use change::Change;
use connections::{Connections, Failure, Held};
use schema::Found;

/// Said on every connection. A commit is answered once it is on the disk; what is stricter than that is left as it
/// is. A worker that was stopped in the middle of a change does not hold its rows for long.
const WRITING: &str = "SELECT set_config('synchronous_commit', 'on', false)
     WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply');
     SET idle_in_transaction_session_timeout = '30s'; SET lock_timeout = '20s'";
const READING: &str = "SET default_transaction_read_only = on";

/// How long the first contact may take.
const TO_OPEN: Duration = Duration::from_secs(5);

/// A store on a server, shared by as many nodes as like to.
#[derive(Debug, Clone)]
pub struct Postgres {
    place: Place,
    connections: Connections,
    writes: bool,
}

impl Postgres {
    pub(super) async fn open(server: &settings::Postgres) -> Result<Self, Error> {
        let store = Self::at(server, true);
        match store.found().await? {
            Found::Nothing | Found::Older => store.migrate().await?,
            Found::Ours => {}
        }
        Ok(store)
    }

    pub(super) async fn open_to_read(server: &settings::Postgres) -> Result<Option<Self>, Error> {
        let store = Self::at(server, false);
        match store.found().await? {
            Found::Ours => Ok(Some(store)),
            Found::Nothing => Ok(None),
            Found::Older => {
                store.close().await;
                Self::open(server).await.map(Some)
            }
        }
    }

    fn at(server: &settings::Postgres, writes: bool) -> Self {
        let place = Place::Server(server.place().into());
        let connections = Connections::new(server.options().clone(), if writes { WRITING } else { READING });
        Self { place, connections, writes }
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    pub(super) async fn close(&self) {
        self.connections.close().await;
    }

    pub(super) async fn all(&self, sql: SqlStr, values: Vec<Value>) -> Result<Vec<PgRow>, Error> {
        let mut patience = Patience::new();
        loop {
            let query = bound_for_postgres(sql.clone(), values.clone());
            let asked = async { self.connection().await?.all(query).await };
            match asked.await.map_err(|failure| self.name(failure)) {
                Err(error) if patience.lasts(&error).await => {}
                answer => return answer,
            }
        }
    }

    pub(super) async fn first(&self, sql: SqlStr, values: Vec<Value>) -> Result<Option<PgRow>, Error> {
        let mut patience = Patience::new();
        loop {
            let query = bound_for_postgres(sql.clone(), values.clone());
            let asked = async { self.connection().await?.first(query).await };
            match asked.await.map_err(|failure| self.name(failure)) {
                Err(error) if patience.lasts(&error).await => {}
                answer => return answer,
            }
        }
    }

    async fn connection(&self) -> Result<Held, Failure> {
        self.connections.get().await
    }

    /// Says what a failure means for whoever keeps the store.
    fn name(&self, failure: Failure) -> Error {
        let place = self.place.clone();
        let error = match failure {
            Failure::NoneFree => return Error::NoneFree(place),
            Failure::Silent(why) => return self.unreachable(why.into()),
            Failure::Sqlx(error) => error,
        };
        let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
        match (code.as_str(), error) {
            // Serialisation failure, deadlock: someone else was first.
            ("40001" | "40P01", _) => Error::Conflict,
            ("57P01" | "57P02" | "57P03", _) => self.unreachable_if(Error::Down(place)),
            ("53300", _) => Error::TooManyConnections(place),
            ("53100", _) => Error::Full(place),
            ("55P03", _) => Error::Busy(place),
            ("25006", _) => Error::Standby(place),
            ("3D000", _) => Error::NoDatabase(place),
            ("XX001" | "XX002", _) => Error::Corrupt(place),
            ("28000" | "28P01", error) => Error::SignIn { place, source: Box::new(error) },
            ("42501", error) => Error::Forbidden { place, source: Box::new(error) },
            (code, error) if code.starts_with("08") || code == "25P03" => self.unreachable(Box::new(error)),
            (_, error @ sqlx::Error::Tls(_)) => Error::Tls { place, source: Box::new(error) },
            (_, sqlx::Error::Io(error)) => self.unreachable(Box::new(error)),
            (_, error @ (sqlx::Error::Protocol(_) | sqlx::Error::PoolClosed)) => self.unreachable(Box::new(error)),
            (_, error) => Error::Database(error),
        }
    }

    fn unreachable(&self, source: super::error::Cause) -> Error {
        self.unreachable_if(Error::Unreachable { place: self.place.clone(), source })
    }

    /// After one connection went, the others are likely to be gone too.
    fn unreachable_if(&self, error: Error) -> Error {
        self.connections.forget();
        error
    }
}

#[cfg(test)]
mod tests;
