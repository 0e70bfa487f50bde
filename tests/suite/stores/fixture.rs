//! A store of its own for each test, and the smallest things to put into it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::DateTime;
use muster::clock::{Timestamp, after};
use muster::contact::ContactId;
use muster::incident::event::{Declared, Event, Recorded};
use muster::incident::{Actor, IncidentId, IncidentNumber, NoticeId, PersonId};
use muster::locale::{Locale, Text};
use muster::runbook::{Phase, RunbookId, SeverityId, StepId};
use muster::settings::StoreUrl;
use muster::store::Store;
use muster::store::journal::{Commit, Head, HeadState, RowChange};
use muster::store::ledger::{Channel, Fate, NewDelivery, NewNotice, Recipient};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::postgres::{self, Database};

/// Which kind of store a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    Sqlite,
    Postgres,
}

/// Runs each test on both kinds of store; a test that is not named here is not run, and the compiler says so.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            use super::super::fixture::On;
            $(#[tokio::test] async fn $name() { super::$name(On::Sqlite).await; })*
        }
        mod on_postgres {
            use super::super::fixture::On;
            $(#[tokio::test] #[ignore = "needs PostgreSQL"] async fn $name() { super::$name(On::Postgres).await; })*
        }
    };
}
pub(super) use on_both;

/// A store of a test's own, which goes away with it.
pub(super) struct Fixture {
    pub(super) store: Store,
    pub(super) url: StoreUrl,
    home: Home,
}

enum Home {
    Folder { file: PathBuf, _folder: tempfile::TempDir },
    Database(Database),
}

impl Fixture {
    pub(super) async fn new(on: On) -> Self {
        let (home, url) = match on {
            On::Sqlite => {
                let folder = tempfile::tempdir().expect("a folder");
                let file = folder.path().join("deep/er/muster.db");
                let url = StoreUrl::Sqlite(file.clone());
                (Home::Folder { file, _folder: folder }, url)
            }
            On::Postgres => {
                let database = postgres::shared().database();
                let url = database.store_url();
                (Home::Database(database), url)
            }
        };
        let store = Store::open(&url).await.expect("a store");
        Self { store, url, home }
    }

    /// Another process's view of the same store.
    pub(super) async fn again(&self) -> Store {
        Store::open(&self.url).await.expect("the same store")
    }

    /// The file of a SQLite store.
    pub(super) fn file(&self) -> &Path {
        match &self.home {
            Home::Folder { file, .. } => file,
            Home::Database(_) => unreachable!("a database is no file"),
        }
    }

    /// The address of a store on a server.
    pub(super) fn server_url(&self) -> String {
        match &self.home {
            Home::Folder { .. } => unreachable!("a file is on no server"),
            Home::Database(database) => database.url(),
        }
    }

    /// What someone with a database tool reads, in order.
    pub(super) async fn texts(&self, sql: &'static str) -> Vec<String> {
        use sqlx::Connection;
        let texts = match &self.home {
            Home::Folder { file, .. } => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
                let mut connection = sqlx::SqliteConnection::connect_with(&options).await.expect("a connection");
                sqlx::query_scalar(sql).fetch_all(&mut connection).await
            }
            Home::Database(database) => {
                let mut connection = sqlx::PgConnection::connect(&database.url()).await.expect("a connection");
                sqlx::query_scalar(sql).fetch_all(&mut connection).await
            }
        };
        let mut texts: Vec<String> = texts.expect("texts");
        texts.sort();
        texts
    }

    /// What someone with a database tool does to the store.
    pub(super) async fn tamper(&self, sql: &str) {
        match &self.home {
            Home::Folder { file, .. } => {
                use sqlx::{Connection, Executor};
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).foreign_keys(false);
                let mut connection = sqlx::SqliteConnection::connect_with(&options).await.expect("a connection");
                connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.expect("the statement works");
                connection.close().await.expect("closed");
            }
            Home::Database(database) => database.run(sql).await,
        }
    }

    /// An incident of so many events.
    pub(super) async fn incident(&self, number: u64, events: u64) -> IncidentId {
        let id = IncidentId(Uuid::from_u128(u128::from(number)));
        commit(&self.store, id, number, 0, events, Vec::new()).await.expect("committed");
        id
    }
}

/// So many seconds into the test.
pub(super) fn at(seconds: u64) -> Timestamp {
    after(DateTime::from_timestamp_millis(1_790_000_000_000).expect("a moment"), Duration::from_secs(seconds))
}

pub(super) fn recorded(id: IncidentId, number: u64, seq: u64) -> Recorded {
    let event = if seq == 1 {
        Event::IncidentDeclared(Box::new(declared(id, number)))
    } else {
        Event::NoteAdded { text: format!("note {seq}: 提现失败 “quoted”"), occurred_at: None }
    };
    Recorded { seq, at: at(seq), actor: Actor::Person(PersonId("dana".to_owned())), role: None, event }
}

fn declared(id: IncidentId, number: u64) -> Declared {
    Declared {
        id,
        number: IncidentNumber(number),
        title: Text::new(Locale::english(), "Withdrawals fail"),
        runbook: RunbookId::new("general"),
        runbook_hash: "00".to_owned(),
        runbook_source: "id: general\n".into(),
        severity: SeverityId::new("sev1"),
        started_by: Actor::Muster,
        roles: Default::default(),
        locale: Locale::english(),
        timezone: chrono_tz::UTC,
        drill: false,
        first_notice_due: at(900),
    }
}

pub(super) fn head(id: IncidentId, number: u64) -> Head {
    Head {
        id,
        number: IncidentNumber(number),
        title: Text::new(Locale::english(), "Withdrawals fail"),
        runbook: RunbookId::new("general"),
        runbook_hash: "00".to_owned(),
        severity: SeverityId::new("sev1"),
        rank: 1,
        cause: None,
        state: HeadState::Open,
        status: None,
        phase: Phase::Pre,
        locale: Locale::english(),
        drill: false,
        declared_at: at(1),
        resolved_at: None,
        closed_at: None,
    }
}

/// Commits events numbered on from `expected`.
pub(super) async fn commit(
    store: &Store,
    id: IncidentId,
    number: u64,
    expected: u64,
    events: u64,
    rows: Vec<RowChange>,
) -> Result<(), muster::store::Error> {
    let events: Vec<_> = (expected + 1..=expected + events).map(|seq| recorded(id, number, seq)).collect();
    let (head, next_due) = (head(id, number), None);
    store
        .commit(Commit {
            at: at(expected),
            expected_seq: expected,
            events: &events,
            head,
            next_due,
            answer: None,
            rows,
        })
        .await
}

pub(super) fn notice(number: u128) -> NoticeId {
    NoticeId(Uuid::from_u128(0x1000 + number))
}

pub(super) fn new_notice(incident: IncidentId, number: u128) -> NewNotice {
    NewNotice { id: notice(number), incident, step: StepId::new("tell") }
}

pub(super) fn queue(number: u128) -> RowChange {
    RowChange::QueueNotice { notice: notice(number), step: StepId::new("tell"), tells_status: true }
}

/// Contacts `c1`, `c2`, … by mail.
pub(super) fn mail(numbers: std::ops::RangeInclusive<u64>) -> Vec<NewDelivery> {
    numbers.map(|n| delivery(&format!("c{n}"), Channel::Mail, Fate::Reachable)).collect()
}

pub(super) fn delivery(contact: &str, channel: Channel, fate: Fate) -> NewDelivery {
    NewDelivery {
        recipient: Recipient::Contact(ContactId::new(contact)),
        channel,
        address: format!("{contact}@customer.example"),
        locale: Locale::chinese(),
        name: "王芳".to_owned(),
        org: "Acme".to_owned(),
        fate,
    }
}
