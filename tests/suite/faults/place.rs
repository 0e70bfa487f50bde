//! A folder that an incident lives in, which can be copied at any moment, and what its store holds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use fancy_regex::Regex;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row};
use tempfile::TempDir;

use super::incident;

pub(super) struct Place {
    folder: TempDir,
}

/// What the store holds, without what differs from run to run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Held {
    pub(super) events: Vec<Kept>,
    /// The rows of every other table, sorted.
    pub(super) rows: BTreeMap<&'static str, Vec<String>>,
}

/// An event as stored, and what of it is the same in every run.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) body: String,
    pub(super) at: String,
    pub(super) told: String,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.told == other.told
    }
}

impl Eq for Kept {}

/// What a process that died while drafting leaves prepared belongs to no event, and is not looked at again.
const TABLES: &[(&str, &str)] = &[
    ("incidents", "SELECT number || ' ' || seq || ' ' || state FROM incidents"),
    ("answers", "SELECT idempotency_key || ' ' || answer FROM answers"),
    (
        "notices",
        "SELECT step || ' ' || state || ' ' || tells_status || ' ' || coalesce(queued_seq, '-') || ' ' || paused
         || ' ' || told_first || ' ' || told_settled FROM notices n WHERE EXISTS
         (SELECT 1 FROM events e WHERE e.body LIKE '%NoticeDrafted%' AND e.body LIKE '%' || n.id || '%')",
    ),
    (
        "deliveries",
        "SELECT n.step || ' ' || n.queued_seq || ' ' || d.channel || ' ' || d.kind || ' ' || d.recipient || ' ' || d.address
         || ' ' || d.locale || ' ' || d.name || ' ' || d.org || ' ' || d.state
         FROM deliveries d JOIN notices n ON n.id = d.notice WHERE n.queued_seq IS NOT NULL",
    ),
    ("actions", "SELECT step || ' ' || run || ' ' || state FROM actions"),
    ("contacts", "SELECT folded || ' ' || body FROM contacts"),
    (
        "contact_sets",
        "SELECT s.name || ' ' || s.state || ' ' || count(m.contact) FROM contact_sets s
         LEFT JOIN contact_set_members m ON m.contact_set = s.id WHERE s.state <> 'staged' GROUP BY s.id",
    ),
    ("touches", "SELECT step || ' ' || contact || ' ' || reached_by FROM touches"),
    ("suppressions", "SELECT address || ' ' || reason FROM suppressions"),
];

impl Place {
    pub(super) fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().expect("a folder") };
        place.write("muster.toml", incident::SETTINGS);
        place.write("runbooks/whole.yaml", incident::RUNBOOK);
        place.write("contacts.csv", incident::CONTACTS);
        place.write("visits.csv", incident::VISITS);
        place.write("results.md", incident::RESULTS);
        place
    }

    /// The same files in another folder.
    pub(super) fn copy(&self) -> Self {
        let copy = Self { folder: tempfile::tempdir().expect("a folder") };
        copy_all(self.path(), copy.path());
        copy
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn write(&self, file: &str, text: &str) {
        let file = self.path().join(file);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, text).expect("a file");
    }

    /// A program that is to run here, in an empty environment, its output in files that can be traced.
    pub(super) fn command(&self, program: &str) -> Command {
        let output = |name: &str| fs::File::create(self.path().join(name)).expect("a file");
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HOME", self.path().join("home"))
            .env("USER", "kim")
            .env("MUSTER_CONFIG", self.path().join("muster.toml"))
            .stdin(Stdio::null())
            .stdout(output("stdout"))
            .stderr(output("stderr"));
        command
    }

    /// Runs a line of the incident; gives its exit code, and keeps what it printed.
    pub(super) fn run(&self, line: &str, key: &str) -> Option<i32> {
        let output: Output = self.command(MUSTER).args(arguments(line, key)).output().expect("muster runs");
        output.status.code()
    }

    pub(super) fn printed(&self, stream: &str) -> String {
        fs::read_to_string(self.path().join(stream)).expect("what was printed")
    }

    /// The mail that was written, by file name.
    pub(super) fn mail(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let Ok(outbox) = fs::read_dir(self.path().join("outbox")) else { return BTreeMap::new() };
        let files = outbox.map(|entry| entry.expect("an entry").path());
        let mail = files.filter(|file| file.extension().is_some_and(|extension| extension == "eml"));
        mail.map(|file| (file.file_name().expect("a name").into(), fs::read(&file).expect("a mail"))).collect()
    }

    /// Every file that lasts: neither what was printed nor SQLite's index in shared memory.
    pub(super) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        read_all(self.path(), self.path(), &mut files);
        files.retain(|name, _| {
            !["stdout", "stderr", "muster.db-shm"].iter().any(|passing| name.as_os_str() == *passing)
        });
        files
    }

    /// The files that people edit: all but the store and the mail.
    pub(super) fn texts(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = self.files();
        files.retain(|name, _| {
            !name.starts_with("outbox") && !name.as_os_str().to_string_lossy().starts_with("muster.db")
        });
        files
    }

    /// What the store holds; nothing, where there is none.
    pub(super) fn held(&self) -> Held {
        let work = async |connection: &mut SqliteConnection| {
            let sound = first(connection, "PRAGMA quick_check").await;
            assert_eq!(sound, ["ok"]);
            let bodies = first(connection, "SELECT body FROM events ORDER BY incident, seq").await;
            let mut held = Held { events: bodies.into_iter().map(Kept::of).collect(), rows: BTreeMap::new() };
            for (table, sql) in TABLES {
                let mut rows: Vec<_> = first(connection, sql).await.iter().map(|row| masked(row)).collect();
                rows.sort();
                held.rows.insert(table, rows);
            }
            held
        };
        self.read(work).unwrap_or_default()
    }

    /// The first column of what a statement gives.
    pub(super) fn select(&self, sql: &'static str) -> Vec<String> {
        self.read(async |connection: &mut SqliteConnection| first(connection, sql).await).unwrap_or_default()
    }

    fn read<T>(&self, work: impl AsyncFnOnce(&mut SqliteConnection) -> T) -> Option<T> {
        let file = self.path().join("muster.db");
        if !file.exists() {
            return None;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let options = SqliteConnectOptions::new().filename(file);
            let mut connection = SqliteConnection::connect_with(&options).await.expect("a connection");
            let tables = first(&mut connection, "SELECT name FROM sqlite_schema WHERE name = 'suppressions'").await;
            let done = if tables.is_empty() { None } else { Some(work(&mut connection).await) };
            connection.close().await.expect("closed");
            done
        })
    }
}

pub(super) const MUSTER: &str = env!("CARGO_BIN_EXE_muster");

/// A line as arguments. `init` and the book take no key; the rest may be said again under theirs.
pub(super) fn arguments(line: &str, key: &str) -> Vec<String> {
    let words = ["--json", "--key", key].into_iter().chain(line.split_whitespace());
    words.map(str::to_owned).collect()
}

async fn first(connection: &mut SqliteConnection, sql: &'static str) -> Vec<String> {
    let rows = sqlx::query(sql).fetch_all(connection).await.expect(sql);
    rows.iter().map(|row| row.get::<Option<String>, _>(0).unwrap_or_default()).collect()
}

impl Kept {
    fn of(body: String) -> Self {
        let event: serde_json::Value = serde_json::from_str(&body).expect("an event");
        let at = event["at"].as_str().expect("when it was").to_owned();
        Self { told: masked(&body), at, body }
    }
}

fn masked(text: &str) -> String {
    static MASKS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        let masks = [
            (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z", "[moment]"),
            (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]"),
            (r"\b[0-9a-f]{64}\b", "[hash]"),
            (r"\b\d{2}:\d{2}\b", "[time]"),
            (r"\b1[78]\d{11}\b", "[millis]"),
        ];
        masks.into_iter().map(|(pattern, mask)| (Regex::new(pattern).expect("a pattern"), mask)).collect()
    });
    MASKS.iter().fold(text.to_owned(), |text, (pattern, mask)| pattern.replace_all(&text, *mask).into_owned())
}

fn read_all(folder: &Path, root: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_all(&path, root, files);
        } else {
            let bytes = fs::read(&path).expect("a file");
            files.insert(path.strip_prefix(root).expect("within").to_owned(), bytes);
        }
    }
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
