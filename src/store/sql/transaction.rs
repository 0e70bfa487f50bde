//! Transactions and questions, told to whichever database the store is.
//!
//! What is asked of PostgreSQL is boxed: its futures are large, and every command is made of many.

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Postgres, SqlSafeStr, Sqlite};

use super::super::{Error, Store, postgres, sqlite};
use super::{Row, Value};

fn bound_for_sqlite(sql: impl SqlSafeStr, values: Vec<Value>) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
    values.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Int(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::NoInt => query.bind(None::<i64>),
        Value::NoText => query.bind(None::<String>),
    })
}

pub(in crate::store) fn bound_for_postgres(
    sql: impl SqlSafeStr,
    values: Vec<Value>,
) -> sqlx::query::Query<'static, Postgres, PgArguments> {
    values.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Int(value) => query.bind(value),
        // PostgreSQL knows no NUL in a text; what a relay answered may hold one.
        Value::Text(value) if value.contains('\0') => query.bind(value.replace('\0', "\u{fffd}")),
        Value::Text(value) => query.bind(value),
        Value::NoInt => query.bind(None::<i64>),
        Value::NoText => query.bind(None::<String>),
    })
}

/// Changes that happen together or not at all; dropped, they have not happened.
pub(in crate::store) enum Transaction {
    Sqlite(sqlite::Change),
    Postgres(postgres::Change),
}

impl Transaction {
    /// Runs a statement; says how many rows it touched.
    pub(in crate::store) async fn execute(&mut self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<u64, Error> {
        match self {
            Self::Sqlite(change) => {
                let done = bound_for_sqlite(sql, values).execute(change.connection()).await;
                done.map(|done| done.rows_affected()).map_err(|error| change.store.name_error(error))
            }
            Self::Postgres(change) => Box::pin(change.execute(bound_for_postgres(sql, values))).await,
        }
    }

    pub(in crate::store) async fn all(&mut self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<Vec<Row>, Error> {
        match self {
            Self::Sqlite(change) => {
                let rows = bound_for_sqlite(sql, values).fetch_all(change.connection()).await;
                let rows = rows.map_err(|error| change.store.name_error(error))?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres(change) => {
                let rows = Box::pin(change.all(bound_for_postgres(sql, values))).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    pub(in crate::store) async fn first(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<Option<Row>, Error> {
        match self {
            Self::Sqlite(change) => {
                let row = bound_for_sqlite(sql, values).fetch_optional(change.connection()).await;
                row.map(|row| row.map(Row::Sqlite)).map_err(|error| change.store.name_error(error))
            }
            Self::Postgres(change) => {
                Box::pin(change.first(bound_for_postgres(sql, values))).await.map(|row| row.map(Row::Postgres))
            }
        }
    }

    /// Makes the changes durable.
    pub(in crate::store) async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(change) => change.commit().await,
            Self::Postgres(change) => Box::pin(change.commit()).await,
        }
    }

    /// What follows a `SELECT` of rows that are about to be given to one worker: rows that another one is just
    /// being given are passed over. SQLite lets one worker at a time choose, so it needs no such word.
    pub(in crate::store) fn for_one_worker(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// The next fencing token: higher than every one given before.
    pub(in crate::store) async fn next_token(&mut self) -> Result<i64, Error> {
        let sql = match self {
            Self::Sqlite(_) => "UPDATE lease_counter SET value = value + 1 WHERE only = 1 RETURNING value",
            // Not a row: nobody waits for another's transaction to end.
            Self::Postgres(_) => "SELECT nextval('leases')",
        };
        self.first(sql, Vec::new()).await?.map_or(Ok(0), |row| row.int(0))
    }
}

impl Store {
    /// Begins a change. SQLite waits until no one else is changing anything.
    pub(in crate::store) async fn change(&self) -> Result<Transaction, Error> {
        match self {
            Self::Sqlite(store) => sqlite::Change::begin(store).await.map(Transaction::Sqlite),
            Self::Postgres(store) => Box::pin(postgres::Change::begin(store)).await.map(Transaction::Postgres),
        }
    }

    /// Asks without changing anything.
    pub(in crate::store) async fn all(&self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<Vec<Row>, Error> {
        match self {
            Self::Sqlite(store) => {
                let rows = bound_for_sqlite(sql, values).fetch_all(store.readers()).await;
                let rows = rows.map_err(|error| store.name_error(error))?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres(store) => {
                let rows = Box::pin(store.all(sql.into_sql_str(), values)).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    pub(in crate::store) async fn first(&self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<Option<Row>, Error> {
        match self {
            Self::Sqlite(store) => {
                let row = bound_for_sqlite(sql, values).fetch_optional(store.readers()).await;
                row.map(|row| row.map(Row::Sqlite)).map_err(|error| store.name_error(error))
            }
            Self::Postgres(store) => {
                Box::pin(store.first(sql.into_sql_str(), values)).await.map(|row| row.map(Row::Postgres))
            }
        }
    }
}
