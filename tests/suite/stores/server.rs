//! The store as a database on a server: what is made there, what is refused there, and by which name.

use muster::settings::StoreUrl;
use muster::store::{Error, Store};
use sqlx::Connection;

use super::fixture::{Fixture, On, at, commit};
use crate::postgres::{self, Database, Server, store_url};

async fn refused(url: &StoreUrl) -> [Error; 2] {
    [
        Store::open(url).await.map(drop).expect_err("refused"),
        Store::open_to_read(url).await.map(drop).expect_err("refused"),
    ]
}

fn database() -> Database {
    postgres::shared().database()
}

const TABLES: &str = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn reading_creates_nothing_and_changes_nothing() {
    let empty = database();
    assert!(Store::open_to_read(&empty.store_url()).await.expect("asked").is_none());
    assert_eq!(empty.number(TABLES).await, 0);

    let fixture = Fixture::new(On::Postgres).await;
    let id = fixture.incident(1, 2).await;
    let reading = Store::open_to_read(&fixture.url).await.expect("opened").expect("a store");
    assert_eq!(reading.events(id, 0).await.expect("events").len(), 2);
    assert!(matches!(commit(&reading, id, 1, 2, 1, Vec::new()).await, Err(Error::ReadOnly(_))));
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn several_nodes_create_one_store_at_once() {
    let database = database();
    let url = database.store_url();
    let opened = futures_util::future::join_all((0..6).map(|_| Store::open(&url))).await;
    for store in &opened {
        let store = store.as_ref().expect("opened");
        assert_eq!(store.heads(true).await.expect("heads"), []);
    }
    assert_eq!(database.number("SELECT count(*) FROM muster_schema").await, 3);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn an_old_muster_refuses_a_newer_schema() {
    let fixture = Fixture::new(On::Postgres).await;
    fixture.tamper("INSERT INTO muster_schema (version) VALUES (99)").await;
    for error in refused(&fixture.url).await {
        assert!(matches!(error, Error::NewerSchema { found: 99, known: 3, .. }), "{error:?}");
        assert!(error.help().is_some_and(|help| help.contains("newer version")), "{error}");
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn another_programs_database_is_left_alone_but_a_schema_of_its_own_in_it_will_do() {
    let database = database();
    database.run("CREATE TABLE theirs (id INT)").await;
    for error in refused(&database.store_url()).await {
        assert!(matches!(error, Error::Foreign(_)), "{error:?}");
        assert!(error.help().is_some_and(|help| help.contains("search_path")), "{error}");
    }
    assert_eq!(database.number(TABLES).await, 1);

    let own = store_url(&format!("{}?options=-csearch_path%3Dmuster", database.url()));
    assert!(matches!(refused(&own).await, [Error::Unfit { .. }, Error::Unfit { .. }]), "the schema is not there");
    database.run("CREATE SCHEMA muster").await;
    let store = Store::open(&own).await.expect("a store");
    assert_eq!(store.heads(true).await.expect("heads"), []);
    assert_eq!(database.number(TABLES).await, 1);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn what_the_server_refuses_is_named_without_the_password() {
    let database = database();
    database
        .run(
            "DO $$ BEGIN CREATE ROLE guarded LOGIN PASSWORD 'hunter2'; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
             DO $$ BEGIN CREATE ROLE crowded LOGIN CONNECTION LIMIT 0; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        )
        .await;
    let of = |user: &str, rest: &str| database.url().replace("muster@", &format!("{user}@")) + rest;
    let right = Store::open_to_read(&store_url(&of("guarded:hunter2", ""))).await;
    assert!(right.expect("signed in").is_none());
    let (server, _) = database.url().rsplit_once('/').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a URL");
    for (url, named) in [
        (of("guarded:hunter3", ""), "refuses the sign-in"),
        (of("crowded:hunter3", ""), "takes no more connections"),
        (format!("{server}/nowhere"), "has no database"),
        (of("muster:hunter3", "?sslmode=require"), "no encrypted connection"),
    ] {
        for error in refused(&store_url(&url)).await {
            assert!(error.to_string().contains(named), "{url}: {error:?}");
            assert!(error.help().is_some(), "{url}");
            assert!(!format!("{error} {error:?}").contains("hunter3"), "{error:?}");
        }
    }
    // A user who may read and write elsewhere, but not make tables here.
    let forbidden = Store::open(&store_url(&of("guarded:hunter2", ""))).await.map(drop).expect_err("refused");
    assert!(matches!(forbidden, Error::Forbidden { .. }), "{forbidden:?}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_database_that_cannot_hold_every_language_is_refused() {
    let database = database();
    let name = format!("{}_ascii", database.name());
    database
        .run(&format!("CREATE DATABASE {name} ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"))
        .await;
    let url = store_url(&database.url().replace(database.name(), &name));
    for error in refused(&url).await {
        assert!(matches!(error, Error::Unfit { .. }), "{error:?}");
    }
    database.run(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_commit_is_on_the_disk_before_it_is_answered_whatever_the_database_says() {
    // A server of its own: what others write meanwhile would count as well.
    let server = Server::new();
    let database = server.database();
    let name = database.name();
    database.run(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).await;
    let store = Store::open(&database.store_url()).await.expect("a store");
    let id = muster::incident::IncidentId(uuid::Uuid::from_u128(1));
    // What is written but not flushed would be lost with the server; nothing of that kind is left. Asked over a
    // connection that has asked before: one that begins may tidy up the catalogue, which nobody waits for.
    let behind = "SELECT (pg_current_wal_insert_lsn() - pg_current_wal_flush_lsn())::bigint";
    let mut asking = sqlx::PgConnection::connect(&database.url()).await.expect("a connection");
    sqlx::query_scalar::<_, i64>(behind).fetch_one(&mut asking).await.expect("a number");
    commit(&store, id, 1, 0, 1, Vec::new()).await.expect("committed");
    let left: i64 = sqlx::query_scalar(behind).fetch_one(&mut asking).await.expect("a number");
    assert_eq!(left, 0);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_store_on_a_server_is_not_copied_into_a_file() {
    let fixture = Fixture::new(On::Postgres).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("copy.db");
    let backup = fixture.store.backup(&file).await.expect_err("refused");
    let restore = Store::restore(&fixture.url, &file, at(0)).await.expect_err("refused");
    for error in [backup, restore] {
        assert!(matches!(error, Error::NotAFile(_)), "{error:?}");
        assert!(error.help().is_some_and(|help| help.contains("pg_dump")), "{error}");
    }
    assert!(!file.exists());
}

/// A column that one of the two schemas has and the other has not would be found by whoever runs the other.
#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn both_stores_have_the_same_tables_and_columns() {
    let (sqlite, server) = (Fixture::new(On::Sqlite).await, Fixture::new(On::Postgres).await);
    let theirs = server
        .texts(
            "SELECT table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name <> 'muster_schema'",
        )
        .await;
    let ours = sqlite
        .texts(
            "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT IN ('_sqlx_migrations', 'sqlite_sequence', 'lease_counter')",
        )
        .await;
    assert_eq!(ours, theirs);
    assert!(ours.contains(&"deliveries.lease".to_owned()));
}

/// Letters beyond ASCII are folded by most servers, and by no file: what is looked for is found on both.
#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_text_is_found_whatever_letters_the_server_folds() {
    let database = database();
    let folding = format!("{}_folding", database.name());
    database
        .run(&format!("CREATE DATABASE {folding} TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"))
        .await;
    let url = store_url(&database.url().replace(database.name(), &folding));
    let store = Store::open(&url).await.expect("a store");
    let book = muster::contact::import::read("id,org\na,ÄRZTE\nb,Ärzte\n".as_bytes());
    let book: Vec<_> = book.into_iter().map(|row| row.expect("a good row")).collect();
    store.import_contacts(&book).await.expect("imported");
    for text in ["ÄRZTE", "Ärzte"] {
        assert_eq!(store.contacts_holding(text, None, 10).await.expect("asked").len(), 2, "{text}");
    }
    store.close().await;
    database.run(&format!("DROP DATABASE {folding}")).await;
}
