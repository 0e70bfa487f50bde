//! A change under way on the writing connection, from its beginning to its commit or its rollback.

use sqlx::SqliteConnection;
use sqlx::pool::PoolConnection;

use super::{Error, Sqlite};

/// A change that has begun. Told to SQLite statement by statement: it rolls back by
/// itself when a disk is full, which a transaction that is counted elsewhere would not survive.
pub(in crate::store) struct Change {
    connection: Option<PoolConnection<sqlx::Sqlite>>,
    pub(in crate::store) store: Sqlite,
}

impl Change {
    /// Waits until nobody else is changing anything.
    pub(in crate::store) async fn begin(store: &Sqlite) -> Result<Self, Error> {
        let connection = store.writer()?.acquire().await.map_err(|error| store.name_error(error))?;
        let mut change = Self { connection: Some(connection), store: store.clone() };
        change.tell("BEGIN IMMEDIATE").await?;
        Ok(change)
    }

    pub(in crate::store) fn connection(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("a change has its connection until it ends")
    }

    /// Makes the changes durable.
    pub(in crate::store) async fn commit(mut self) -> Result<(), Error> {
        self.tell("COMMIT").await?;
        self.connection = None;
        Ok(())
    }

    async fn tell(&mut self, statement: &'static str) -> Result<(), Error> {
        let done = sqlx::query(statement).execute(self.connection()).await;
        done.map(drop).map_err(|error| self.store.name_error(error))
    }
}

impl Drop for Change {
    /// Takes back what was not committed before anyone else gets the connection.
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                // It fails where SQLite has rolled back already, which is as good.
                let _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
            });
        }
    }
}
