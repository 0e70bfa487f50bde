//! Watchers of one incident: what they cost the server, and how soon each hears: `cargo bench --bench live [-- quick]`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ExitCode, Stdio};
use std::time::Duration;

use muster::app::people::{Acceptance, NewToken, Place};
use muster::app::{Access, App, Caller, Outlet, Start};
use muster::clock::{Clock, Stopwatch};
use muster::incident::Command;
use muster::locale::Locale;
use muster::settings::{self, Overrides};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How long the server is left alone before it is called idle.
const SETTLING: Duration = Duration::from_secs(10);
const EVENTS: usize = 20;
const IDLE_AIM_KIB: u64 = 40 * 1024;
const WATCHED_AIM_KIB: u64 = 100 * 1024;
const HEARD_AIM: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` runs this too, and asks for no figures.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let watchers = if arguments.iter().any(|argument| argument == "quick") { 200 } else { 2_000 };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    runtime.block_on(measure(watchers));
    ExitCode::SUCCESS
}

async fn measure(watchers: usize) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let settings = "store = \"sqlite:muster.db\"\nlocale = \"en\"\n[mail]\nrelay = \"file:outbox\"\n\
                    from = \"Example Status <status@example.com>\"\n";
    std::fs::write(folder.path().join("muster.toml"), settings).expect("a file");
    let (app, caller, token) = installation(folder.path()).await;
    let started = app.start(&caller, Start { runbook: "general".into(), severity: severity(&app), ..Start::default() });
    let incident = started.await.expect("declared").id;
    let mut server = Server::begun(folder.path());
    tokio::time::sleep(SETTLING).await;
    say(&format!("idle: {}", kib(server.resident(), IDLE_AIM_KIB)));

    let (told, mut heard) = unbounded_channel();
    for _ in 0..watchers {
        tokio::spawn(watch(server.address.clone(), token.clone(), told.clone()));
    }
    let there = app.timeline(incident, &caller.locale).await.expect("events").events.len() as u64;
    arrived(&mut heard, there, watchers).await;
    say(&format!("{watchers} watchers: {}", kib(server.resident(), WATCHED_AIM_KIB)));
    // Written by another process, so that the server has to find it out; then over its own interface.
    let elsewhere = heard_after(&mut heard, there, watchers, async |text: String| {
        let note = Command::AddNote { text, occurred_at: None };
        app.act(&caller, incident, note).await.expect("noted");
    });
    report("an event of another process", elsewhere.await);
    let here = heard_after(&mut heard, there + EVENTS as u64, watchers, async |text: String| {
        post(&server.address, &token, &format!("{{\"command\":\"note\",\"text\":\"{text}\"}}")).await;
    });
    report("an event of its own", here.await);
    say(&format!("afterwards: {}", kib(server.resident(), WATCHED_AIM_KIB)));
    server.stop();
}

/// An administrator with a token, in a store of its own.
async fn installation(folder: &std::path::Path) -> (App, Caller, String) {
    let overrides = Overrides { config: Some(folder.join("muster.toml")), ..Overrides::default() };
    let app = App::new(settings::load(folder, &overrides).expect("settings"), Clock::System, Outlet::World);
    let link = app.first_link().await.expect("asked").expect("a link");
    let acceptance = Acceptance {
        person: Some("dana".to_owned()),
        password: "a long walk home at night".to_owned(),
        ..Acceptance::default()
    };
    let session = app.accept(link.token.reveal(), &acceptance, &Place::default()).await.expect("joined");
    let dana = app.who(session.reveal()).await.expect("asked").expect("signed in");
    let asked = NewToken { name: "a bench".to_owned(), access: Access::Administer, lasts: None };
    let token = app.make_token(&dana, &asked).await.expect("a token").reveal().to_owned();
    (app, dana.acting(Locale::english(), None), token)
}

fn severity(app: &App) -> String {
    let runbooks = app.runbooks(&Locale::english()).expect("runbooks");
    let general = runbooks.into_iter().find(|runbook| runbook.id == "general").expect("the shipped runbook");
    general.severities.into_iter().next().expect("a severity").0
}

/// Tells the number of each event as it arrives, until the server goes away.
async fn watch(address: String, token: String, told: UnboundedSender<u64>) {
    let mut stream = TcpStream::connect(&address).await.expect("connected");
    let request = format!(
        "GET /api/v1/incidents/INC-1/events HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("asked");
    let mut lines = tokio::io::BufReader::with_capacity(2048, stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(seq) = line.strip_prefix("id: ") {
            let _ = told.send(seq.parse().expect("a number"));
        }
    }
}

/// Waits until so many watchers have the event.
async fn arrived(heard: &mut UnboundedReceiver<u64>, seq: u64, watchers: usize) {
    let mut have = 0;
    while have < watchers {
        let next = tokio::time::timeout(Duration::from_secs(60), heard.recv()).await.expect("heard in time");
        have += usize::from(next == Some(seq));
    }
}

/// How long after each event the last watcher had it, the shortest first.
async fn heard_after(
    heard: &mut UnboundedReceiver<u64>,
    mut newest: u64,
    watchers: usize,
    write: impl AsyncFn(String),
) -> Vec<Duration> {
    let mut spans = Vec::new();
    for event in 0..EVENTS {
        let since = Stopwatch::start();
        write(format!("note {event}")).await;
        newest += 1;
        arrived(heard, newest, watchers).await;
        spans.push(since.elapsed());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    spans.sort();
    spans
}

async fn post(address: &str, token: &str, body: &str) {
    use tokio::io::AsyncReadExt as _;
    let mut stream = TcpStream::connect(address).await.expect("connected");
    let request = format!(
        "POST /api/v1/incidents/INC-1/commands HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// The real binary, serving.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn begun(folder: &std::path::Path) -> Self {
        let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_muster"))
            .args(["--json", "serve", "--listen", "127.0.0.1:0"])
            .current_dir(folder)
            .env_clear()
            .env("HOME", folder)
            .env("USER", "dana")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("served");
        let mut told = String::new();
        for line in BufReader::new(process.stdout.take().expect("a pipe")).lines() {
            told += &line.expect("a line");
            if let Ok(serving) = serde_json::from_str::<serde_json::Value>(&told) {
                let address = serving["console"].as_str().expect("an address").trim_start_matches("http://").to_owned();
                return Self { process, address };
            }
        }
        unreachable!("it ended: {told}")
    }

    /// What it holds in memory now, in KiB.
    fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn kib(size: u64, aim: u64) -> String {
    let met = if size <= aim { "met" } else { "missed" };
    format!("{:.1} MiB resident (aim: {} MiB, {met})", size as f64 / 1024.0, aim / 1024)
}

fn report(what: &str, spans: Vec<Duration>) {
    let (median, worst) = (spans[spans.len() / 2], spans[spans.len() - 1]);
    let met = if worst <= HEARD_AIM { "met" } else { "missed" };
    let (median, worst) = (median.as_millis(), worst.as_millis());
    say(&format!("{what}, until the last watcher had it: median {median} ms, worst {worst} ms (aim: 1000 ms, {met})"));
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
