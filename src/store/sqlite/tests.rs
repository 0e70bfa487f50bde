//! What SQLite's own failures mean for the store.

use super::schema::is_new_enough;
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
    let mut refused = None;
    for n in 0..100 {
        let (address, reason) = (format!("{n}@customer.example"), "long ".repeat(500));
        refused = store.suppress(&address, &reason, chrono::DateTime::UNIX_EPOCH).await.err().or(refused);
    }
    // Once there is room again, or the disk can be written, it goes on by itself.
    let crate::store::Store::Sqlite(sqlite) = &store else { panic!("it is a file") };
    for pragma in ["PRAGMA max_page_count = 4294967294", "PRAGMA query_only = 0"] {
        sqlx::query(pragma).execute(sqlite.writer().expect("a writer")).await.expect("set");
    }
    let again = store.suppress("z@customer.example", "", chrono::DateTime::UNIX_EPOCH).await;
    assert!(again.expect("recovered"));
    refused.expect("refused")
}

#[tokio::test]
async fn a_full_and_a_read_only_disk_are_told_apart_and_name_the_file() {
    let full = refused_with("PRAGMA max_page_count = 20").await;
    assert!(matches!(&full, Error::Full(place) if place.to_string().ends_with("muster.db")), "{full:?}");
    let read_only = refused_with("PRAGMA query_only = 1").await;
    assert!(matches!(&read_only, Error::ReadOnly(place) if place.to_string().ends_with("muster.db")), "{read_only:?}");
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
