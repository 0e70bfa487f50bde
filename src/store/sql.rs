//! Asking the store: values and rows that are the same for every database.

use std::fmt::Display;
use std::str::FromStr;

use chrono::DateTime;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::Error;
use crate::clock::Timestamp;

mod transaction;

pub(super) use transaction::{Transaction, bound_for_postgres};

/// Something handed to a statement.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Int(i64),
    Text(String),
    NoInt,
    NoText,
}

/// The values of a statement, in the order of `$1`, `$2`, ….
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::sql::Value::from($value)),*] };
}
pub(super) use values;

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Int(value.timestamp_millis())
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(value: Option<Timestamp>) -> Self {
        value.map_or(Self::NoInt, Self::from)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        value.map_or(Self::NoText, Self::from)
    }
}

macro_rules! as_text {
    ($($id:ty),*) => {
        $(impl From<$id> for Value {
            fn from(value: $id) -> Self {
                Self::Text(value.to_string())
            }
        })*
    };
}
as_text!(crate::incident::IncidentId, crate::incident::NoticeId, &crate::runbook::StepId, &crate::contact::ContactId);

/// Placeholders for a list of values: `$3, $4, $5` for three that begin at the third.
pub(super) fn places(first: usize, count: usize) -> String {
    (first..first + count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

/// Placeholders for rows of values: `($1, $2), ($3, $4)` for two rows of two.
pub(super) fn rows_of(width: usize, count: usize) -> String {
    (0..count).map(|row| format!("({})", places(row * width + 1, width))).collect::<Vec<_>>().join(", ")
}

/// A row that a statement gave.
#[derive(Debug)]
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// Reads a column as both kinds of row give it.
macro_rules! column {
    ($row:expr, $column:expr) => {
        match $row {
            Row::Sqlite(row) => row.try_get($column),
            Row::Postgres(row) => row.try_get($column),
        }
        .map_err(Error::Database)
    };
}

impl Row {
    pub(super) fn int(&self, column: usize) -> Result<i64, Error> {
        column!(self, column)
    }

    pub(super) fn text(&self, column: usize) -> Result<String, Error> {
        column!(self, column)
    }

    pub(super) fn maybe_text(&self, column: usize) -> Result<Option<String>, Error> {
        column!(self, column)
    }

    fn maybe_int(&self, column: usize) -> Result<Option<i64>, Error> {
        column!(self, column)
    }

    pub(super) fn count(&self, column: usize) -> Result<u64, Error> {
        u64::try_from(self.int(column)?).map_err(|reason| unreadable("count", reason))
    }

    pub(super) fn moment(&self, column: usize) -> Result<Timestamp, Error> {
        moment(self.int(column)?)
    }

    pub(super) fn maybe_moment(&self, column: usize) -> Result<Option<Timestamp>, Error> {
        self.maybe_int(column)?.map(moment).transpose()
    }

    /// A text that is written as `T` writes itself.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&self, column: usize, what: &'static str) -> Result<T, Error> {
        self.text(column)?.parse().map_err(|reason| unreadable(what, reason))
    }
}

fn moment(millis: i64) -> Result<Timestamp, Error> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| unreadable("moment", millis))
}

pub(super) fn unreadable(what: &'static str, reason: impl Display) -> Error {
    Error::Unreadable { what, reason: reason.to_string() }
}
