//! Commands a second, beside the store's own limit: one flushed SQLite commit each, on the same file system.

use std::hint::black_box;

use muster::app::{App, Caller, Outlet, Start};
use muster::clock::Clock;
use muster::incident::{Command, IncidentId, PersonId};
use muster::locale::Locale;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection};
use tokio::runtime::Runtime;

use super::pair::{in_turns, rate};
use super::report::Figure;
use super::store::{Place, runtime};

/// Commands, and commits, that are timed together.
const BATCH: usize = 100;

pub(crate) fn figures() -> Vec<Figure> {
    vec![figure("without a key", false), figure("each with a key", true)]
}

fn figure(how: &str, keyed: bool) -> Figure {
    let (ours, theirs) = (Place::new(), Place::new());
    let runtime = runtime();
    let app = App::new(ours.settings(), Clock::System, Outlet::World);
    let mut caller = Caller { person: PersonId("lea".to_owned()), locale: Locale::english(), key: None, early: None };
    let incident = runtime.block_on(begin(&app, &caller));
    let mut plain = runtime.block_on(plain(&theirs));
    let mut count = 0;
    let pair = in_turns(
        15,
        || {
            for _ in 0..BATCH {
                count += 1;
                caller.key = keyed.then(|| format!("key-{count}"));
                let note = Command::AddNote { text: format!("queue depth {count}"), occurred_at: None };
                black_box(runtime.block_on(app.act(&caller, incident, note)).expect("done"));
            }
        },
        || commits(&runtime, &mut plain),
    );
    runtime.block_on(app.close());
    Figure {
        what: format!("commands: through the conductor, {how}"),
        muster: rate(BATCH, pair.muster, "commands"),
        beside: format!("flushed commits of one row {}", rate(BATCH, pair.peer, "commits")),
        ratio: Some(pair.ratio()),
        aim: "≤ 2",
        met: Some(pair.ratio() <= 2.0),
    }
}

async fn begin(app: &App, caller: &Caller) -> IncidentId {
    let start = Start { runbook: "general".to_owned(), severity: "sev1".to_owned(), ..Start::default() };
    app.start(caller, start).await.expect("started").id
}

/// A store that keeps rows as long as an event, and nothing else.
async fn plain(place: &Place) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(&place.file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let mut connection = options.connect().await.expect("a connection");
    sqlx::query("CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT")
        .execute(&mut connection)
        .await
        .expect("a table");
    connection
}

fn commits(runtime: &Runtime, plain: &mut SqliteConnection) {
    let body = "x".repeat(250);
    for _ in 0..BATCH {
        let insert = sqlx::query("INSERT INTO rows (body) VALUES ($1)").bind(&body).execute(&mut *plain);
        runtime.block_on(insert).expect("committed");
    }
}
