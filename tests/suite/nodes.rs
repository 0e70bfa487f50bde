//! Several nodes on one store: any of them takes any command, and each decision is recorded once.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use chrono::DateTime;
use muster::app::{App, Caller, Fallback, Outlet, Start};
use muster::clock::{Clock, Timestamp, after};
use muster::incident::{Command, IncidentId, PersonId};
use muster::locale::Locale;
use muster::settings::{Overrides, Settings, load};
use muster::store::Store;
use tempfile::TempDir;

use crate::cli::environment::{SMALL, TestEnvironment};
use crate::postgres::{self, Database};

/// An installation that several nodes share.
struct Site {
    folder: TempDir,
    database: Option<Database>,
}

impl Site {
    fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("runbooks")).expect("a folder");
        std::fs::write(folder.path().join("runbooks/small.yaml"), SMALL).expect("a runbook");
        let settings =
            "store = \"sqlite:muster.db\"\nlocale = \"en\"\n[mail]\nrelay = \"file:outbox\"\nfrom = \"a@b.example\"\n";
        std::fs::write(folder.path().join("muster.toml"), settings).expect("settings");
        Self { folder, database: None }
    }

    fn on_postgresql() -> Self {
        Self { database: Some(postgres::shared().database()), ..Self::on_sqlite() }
    }

    fn settings(&self) -> Settings {
        let config = Some(self.folder.path().join("muster.toml"));
        let store = self.database.as_ref().map(Database::url);
        load(Path::new("/"), &Overrides { config, store, locale: None }).expect("settings")
    }

    fn node(&self, clock: &Clock) -> App {
        App::new(self.settings(), clock.clone(), Outlet::World)
    }
}

fn start() -> Timestamp {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a moment")
}

fn caller(person: &str) -> Caller {
    Caller { person: PersonId(person.to_owned()), locale: Locale::english(), key: None, early: None }
}

async fn declared(node: &App) -> IncidentId {
    let start = Start { runbook: "small".to_owned(), severity: "high".to_owned(), ..Start::default() };
    node.start(&caller("dana"), start).await.expect("declared");
    node.which(None, Fallback::NotClosed).await.expect("one incident")
}

async fn types(node: &App, id: IncidentId) -> Vec<String> {
    let journal = node.journal(id).await.expect("the journal");
    let name = |line: &str| {
        let event: serde_json::Value = serde_json::from_str(line).expect("an event");
        event["event"]
            .as_object()
            .and_then(|event| event.keys().next().cloned())
            .unwrap_or_else(|| event["event"].to_string())
    };
    journal.lines().map(name).collect()
}

fn note(text: &str) -> Command {
    Command::AddNote { text: text.to_owned(), occurred_at: None }
}

/// Two nodes, each with its own view, act on one incident by turns and at once.
async fn any_node_takes_any_command(site: Site) {
    let clock = Clock::virtual_at(start(), 7);
    let (one, two) = (site.node(&clock), site.node(&clock));
    let id = declared(&one).await;
    for turn in 0..3 {
        one.act(&caller("dana"), id, note(&format!("one {turn}"))).await.expect("noted");
        two.act(&caller("kim"), id, note(&format!("two {turn}"))).await.expect("noted");
    }
    let texts: Vec<_> = (0..8).map(|n| format!("at once {n}")).collect();
    let (person, other) = (caller("dana"), caller("kim"));
    let both = texts.chunks(2).map(|pair| async {
        let (one, two) = tokio::join!(one.act(&person, id, note(&pair[0])), two.act(&other, id, note(&pair[1])));
        one.expect("noted");
        two.expect("noted");
    });
    futures_util::future::join_all(both).await;
    let notes = types(&two, id).await.iter().filter(|name| *name == "NoteAdded").count();
    assert_eq!(notes, 6 + 8);
    assert!(one.audit(None).await.expect("an audit").ok);
}

/// What falls due is recorded once, however many nodes look at the clock.
async fn each_deadline_is_missed_once(site: Site) {
    let clock = Clock::virtual_at(start(), 7);
    let nodes = [site.node(&clock), site.node(&clock), site.node(&clock)];
    let id = declared(&nodes[0]).await;
    clock.advance_to(after(start(), Duration::from_secs(3_600)));
    let ticks = nodes.iter().flat_map(|node| [node.tick(), node.tick()]);
    for tick in futures_util::future::join_all(ticks).await {
        tick.expect("ticked");
    }
    let missed = types(&nodes[1], id).await.iter().filter(|name| *name == "DeadlineMissed").count();
    assert_eq!(missed, 2, "the first task's and the first notice's");
}

/// A node that was killed with an incident's deadlines in hand holds nobody up for long, and no command at all.
async fn deadlines_in_a_dead_nodes_hands_come_back(site: Site) {
    let clock = Clock::virtual_at(start(), 7);
    let node = site.node(&clock);
    let id = declared(&node).await;
    let now = after(start(), Duration::from_secs(180));
    clock.advance_to(now);
    let dead = Store::open(&site.settings().store).await.expect("the store");
    let claim = Duration::from_secs(30);
    assert_eq!(dead.claim_due(now, claim).await.expect("claimed").len(), 1);
    assert_eq!(dead.claim_due(now, claim).await.expect("asked"), [], "it is in one hand");
    node.tick().await.expect("ticked");
    let missed = async || types(&node, id).await.iter().filter(|name| *name == "DeadlineMissed").count();
    assert_eq!(missed().await, 0);
    clock.advance_to(after(now, claim));
    node.tick().await.expect("ticked");
    assert_eq!(missed().await, 1);

    clock.advance_to(after(start(), Duration::from_secs(700)));
    assert_eq!(dead.claim_due(clock.now(), claim).await.expect("claimed").len(), 1);
    node.act(&caller("dana"), id, note("what is late is recorded before")).await.expect("noted");
    let types = types(&node, id).await;
    let at = |name: &str| types.iter().rposition(|found| found == name);
    assert!(at("DeadlineMissed") < at("NoteAdded") && missed().await == 2, "{types:?}");
}

macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $name() { super::$name(super::Site::on_sqlite()).await; })*
        }
        mod on_postgres {
            $(#[tokio::test] #[ignore = "needs PostgreSQL"] async fn $name() {
                super::$name(super::Site::on_postgresql()).await;
            })*
        }
    };
}

on_both! {
    any_node_takes_any_command,
    each_deadline_is_missed_once,
    deadlines_in_a_dead_nodes_hands_come_back,
}

/// `guarantees.md`: on several nodes the database's clock decides.
#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn events_carry_the_databases_time_not_the_machines() {
    let site = Site::on_postgresql();
    let database = site.database.as_ref().expect("a database");
    // The name is found before PostgreSQL's own: a server whose clock is a year ahead.
    database
        .run(
            "CREATE SCHEMA muster; CREATE SCHEMA skewed;
             CREATE FUNCTION skewed.clock_timestamp() RETURNS timestamptz LANGUAGE sql
                 AS 'SELECT pg_catalog.clock_timestamp() + interval ''365 days''';",
        )
        .await;
    let url = format!("{}?options=-csearch_path%3Dmuster,skewed,pg_catalog", database.url());
    let overrides = Overrides { store: Some(url), config: Some(site.folder.path().join("muster.toml")), locale: None };
    let app = App::new(load(Path::new("/"), &overrides).expect("settings"), Clock::System, Outlet::World);
    let before = Clock::System.now();
    declared(&app).await;
    let year = Duration::from_secs(365 * 86_400);
    assert!(app.clock().now() > after(before, year - Duration::from_secs(60)), "{}", app.clock().now());
    assert!(app.clock().now() < after(before, year + Duration::from_secs(600)), "{}", app.clock().now());
}

/// A worker of a node, ended with this.
struct Worker(Child);

impl Worker {
    fn of(site: &TestEnvironment) -> Self {
        let quiet = || Stdio::null();
        Self(site.command("deliver --stay").stdout(quiet()).stderr(quiet()).spawn().expect("a worker"))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Two nodes' workers share one notice: everyone gets it, and nobody twice.
#[test]
#[ignore = "needs PostgreSQL"]
fn two_nodes_share_a_notice_on_postgresql() {
    const CONTACTS: usize = 400;
    let site = TestEnvironment::on_postgresql();
    let rows: Vec<_> = (0..CONTACTS).map(|n| format!("c{n},c{n}@customer.example")).collect();
    site.write("many.csv", &format!("id,emails\n{}\n", rows.join("\n")));
    site.done("contacts import many.csv");
    site.done("start small --severity high");
    site.done("done take_lead");
    site.done("done first_facts");
    site.done("notice draft first_notice");
    let _workers = [Worker::of(&site), Worker::of(&site)];
    let queued = site.json(&format!("notice send first_notice --recipients {CONTACTS}"));
    let counts = || site.json("show")["notices"][0]["counts"].clone();
    let sent = || counts()["sent"].as_u64().unwrap_or_default();
    for _ in 0..600 {
        if sent() == CONTACTS as u64 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(sent(), CONTACTS as u64, "{queued} {}", counts());
    assert_eq!(std::fs::read_dir(site.path().join("outbox")).expect("the outbox").count(), CONTACTS);
    assert!(site.json("audit")["ok"].as_bool().expect("an answer"));
}
