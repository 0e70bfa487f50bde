//! The store as a file: what is on the disk, what is wrong with it, backup and restore.

use std::fs;

use muster::settings::StoreUrl;
use muster::store::{Error, Store};

use super::fixture::{Fixture, On, at, commit};

#[tokio::test]
async fn reading_creates_nothing_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = StoreUrl::Sqlite(folder.path().join("none/muster.db"));
    assert!(Store::open_to_read(&url).await.expect("asked").is_none());
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);

    let fixture = Fixture::new(On::Sqlite).await;
    let id = fixture.incident(1, 2).await;
    fixture.store.close().await;
    let before = fs::read(fixture.file()).expect("the file");
    let reading = Store::open_to_read(&fixture.url).await.expect("opened").expect("a store");
    assert_eq!(reading.events(id, 0).await.expect("events").len(), 2);
    assert!(matches!(commit(&reading, id, 1, 2, 1, Vec::new()).await, Err(Error::ReadOnly(_))));
    reading.close().await;
    assert_eq!(fs::read(fixture.file()).expect("the file"), before);
}

#[tokio::test]
async fn commits_are_flushed_before_they_are_answered() {
    let fixture = Fixture::new(On::Sqlite).await;
    let header = fs::read(fixture.file()).expect("the file");
    // Bytes 18 and 19 of a SQLite file say 2 in WAL mode.
    assert_eq!(header[18..20], [2, 2]);
    fixture.incident(1, 1).await;
    let copy = fixture.file().with_extension("crashed");
    fs::copy(fixture.file(), &copy).expect("copied");
    fs::copy(fixture.file().with_extension("db-wal"), copy.with_extension("crashed-wal")).expect("copied");
    let crashed = Store::open(&StoreUrl::Sqlite(copy)).await.expect("recovered");
    assert_eq!(crashed.heads(true).await.expect("heads").len(), 1);
}

#[tokio::test]
async fn several_processes_create_one_store_at_once() {
    // One looks at the file before, while and after another makes its tables, whichever it happens to be.
    for _ in 0..12 {
        let folder = tempfile::tempdir().expect("a folder");
        let url = StoreUrl::Sqlite(folder.path().join("muster.db"));
        let opened = futures_util::future::join_all((0..6).map(|_| Store::open(&url))).await;
        for store in &opened {
            let store = store.as_ref().expect("opened");
            assert_eq!(store.heads(true).await.expect("heads"), []);
        }
        assert!(!folder.path().join("muster.db.migrating").exists());
    }
}

#[tokio::test]
async fn an_old_muster_refuses_a_newer_schema() {
    let fixture = Fixture::new(On::Sqlite).await;
    fixture.store.close().await;
    fixture.tamper("PRAGMA user_version = 99").await;
    for error in [
        Store::open(&fixture.url).await.map(drop).expect_err("refused"),
        Store::open_to_read(&fixture.url).await.map(drop).expect_err("refused"),
    ] {
        assert!(matches!(error, Error::NewerSchema { found: 99, known: 4, .. }), "{error:?}");
        assert!(error.help().is_some_and(|help| help.contains("newer version")), "{error}");
    }
}

#[tokio::test]
async fn a_damaged_file_is_named_with_the_command_that_restores_it() {
    let fixture = Fixture::new(On::Sqlite).await;
    fixture.store.close().await;
    fs::write(fixture.file(), vec![b'x'; 8192]).expect("overwritten");
    for error in [
        Store::open(&fixture.url).await.map(drop).expect_err("refused"),
        Store::open_to_read(&fixture.url).await.map(drop).expect_err("refused"),
    ] {
        assert!(matches!(error, Error::Corrupt(_)), "{error:?}");
        assert!(error.to_string().contains("muster.db"), "{error}");
        assert!(error.help().is_some_and(|help| help.contains("muster restore")));
    }
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let fixture = Fixture::new(On::Sqlite).await;
    let file = folder.path().join("other.db");
    {
        use sqlx::{Connection, Executor};
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.expect("a connection");
        connection.execute("CREATE TABLE theirs (id)").await.expect("created");
        connection.close().await.expect("closed");
    }
    let before = fs::read(&file).expect("the file");
    assert!(matches!(Store::open(&StoreUrl::Sqlite(file.clone())).await, Err(Error::Corrupt(_))));
    assert_eq!(fs::read(&file).expect("the file"), before);
    fixture.store.close().await;
}

#[tokio::test]
async fn a_backup_is_whole_and_never_replaces_a_file() {
    let fixture = Fixture::new(On::Sqlite).await;
    let id = fixture.incident(1, 3).await;
    let copy = fixture.file().with_file_name("copy.db");
    fixture.store.backup(&copy).await.expect("backed up");
    assert!(matches!(fixture.store.backup(&copy).await, Err(Error::Exists(_))));
    assert!(!fixture.file().with_file_name("copy.db.part").exists());
    let restored = Store::open_to_read(&StoreUrl::Sqlite(copy)).await.expect("opened").expect("a store");
    assert_eq!(restored.events(id, 0).await.expect("events"), fixture.store.events(id, 0).await.expect("events"));
}

#[tokio::test]
async fn a_restore_keeps_what_it_replaces_aside() {
    let fixture = Fixture::new(On::Sqlite).await;
    let id = fixture.incident(1, 1).await;
    let copy = fixture.file().with_file_name("copy.db");
    fixture.store.backup(&copy).await.expect("backed up");
    commit(&fixture.store, id, 1, 1, 4, Vec::new()).await.expect("committed");
    assert!(matches!(Store::restore(&fixture.url, &copy, at(0)).await, Err(Error::Busy(_))), "it is open");
    fixture.store.close().await;

    let aside = Store::restore(&fixture.url, &copy, at(0)).await.expect("restored").expect("a file aside");
    let store = fixture.again().await;
    assert_eq!(store.events(id, 0).await.expect("events").len(), 1);
    commit(&store, id, 1, 1, 1, Vec::new()).await.expect("goes on");
    assert_eq!(fs::read(fixture.file()).expect("the file")[18..20], [2, 2], "in WAL mode again");
    let replaced = Store::open_to_read(&StoreUrl::Sqlite(aside)).await.expect("opened").expect("a store");
    assert_eq!(replaced.events(id, 0).await.expect("events").len(), 5);
}

#[tokio::test]
async fn a_damaged_store_is_restored_from_its_backup() {
    let fixture = Fixture::new(On::Sqlite).await;
    let id = fixture.incident(1, 2).await;
    let copy = fixture.file().with_file_name("copy.db");
    fixture.store.backup(&copy).await.expect("backed up");
    fixture.store.close().await;
    fs::write(fixture.file(), vec![b'x'; 8192]).expect("overwritten");
    let aside = Store::restore(&fixture.url, &copy, at(0)).await.expect("restored").expect("a file aside");
    assert_eq!(fs::read(aside).expect("the damaged file"), vec![b'x'; 8192]);
    assert_eq!(fixture.again().await.events(id, 0).await.expect("events").len(), 2);
}

#[tokio::test]
async fn an_unsound_backup_is_refused_and_the_store_left_as_it_is() {
    let fixture = Fixture::new(On::Sqlite).await;
    let id = fixture.incident(1, 3).await;
    for (name, sql) in [
        ("edited.db", Some("UPDATE events SET body = replace(body, 'note', 'gnote') WHERE seq = 2")),
        ("newer.db", Some("PRAGMA user_version = 99")),
        ("garbage.db", None),
        ("absent.db", None),
    ] {
        let copy = fixture.file().with_file_name(name);
        match sql {
            Some(sql) => {
                fixture.store.backup(&copy).await.expect("backed up");
                use sqlx::{Connection, Executor};
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&copy);
                let mut connection = sqlx::SqliteConnection::connect_with(&options).await.expect("a connection");
                connection.execute(sql).await.expect("tampered");
                connection.close().await.expect("closed");
            }
            None if name == "garbage.db" => fs::write(&copy, "garbage").expect("written"),
            None => {}
        }
        let refused = Store::restore(&fixture.url, &copy, at(0)).await;
        let as_expected = matches!(
            (name, &refused),
            ("edited.db" | "garbage.db", Err(Error::BadBackup { .. }))
                | ("newer.db", Err(Error::NewerSchema { .. }))
                | ("absent.db", Err(Error::Missing(_)))
        );
        assert!(as_expected, "{name}: {refused:?}");
    }
    assert_eq!(fixture.store.events(id, 0).await.expect("events").len(), 3);
}
