//! Mail: Muster with its durable ledger beside `smtp-source` and nodemailer's pool, into the same `smtp-sink`.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::Sizes;
use super::process::{Running, free_port, listens, until};
use super::report::{Figure, grouped, median, per_second, timed};
use super::site::{Site, Via};

/// A relay that takes everything and keeps nothing.
pub(crate) struct Sink {
    pub(crate) port: u16,
    _process: Running,
}

impl Sink {
    pub(crate) fn start() -> Option<Self> {
        let port = free_port();
        let mut command = Command::new("/usr/sbin/smtp-sink");
        if std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
            command.args(["-u", "nobody"]);
        }
        command.args(["-m", "1000", &format!("127.0.0.1:{port}"), "1024"]);
        let process = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?);
        until(Duration::from_secs(5), || listens(port)).then_some(Self { port, _process: process })
    }

    pub(crate) fn relay(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }
}

pub(crate) fn figures(sizes: &Sizes) -> Vec<Figure> {
    let Some(sink) = Sink::start() else {
        return vec![Figure::alone("mail", "no smtp-sink: run benches/notices/install".to_owned(), "", None)];
    };
    let relay = sink.relay();
    let letter = Letter::write();
    let nodemailer = nodemailer();
    let (mut ours, mut sources, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..sizes.rounds {
        ours.push(muster(&relay, sizes.mails, sizes.sessions));
        sources.extend(smtp_source(&sink, &letter, sizes.mails, sizes.sessions));
        if let Some(folder) = &nodemailer {
            nodes.extend(pool(&sink, folder, &letter, sizes.mails / 10, sizes.sessions));
        }
    }
    let ours = median(ours);
    let what = format!(
        "{} mails of {} bytes, {} sessions, {} rounds",
        grouped(sizes.mails),
        letter.bytes,
        sizes.sessions,
        sizes.rounds
    );
    let mut figures = vec![Figure::alone(&what, format!("{ours:.0}/s"), "", None)];
    if !sources.is_empty() {
        figures.push(Figure::rates("  beside smtp-source -d", ours, "", median(sources), "≥ 0.5", Some(0.5)));
    }
    if nodes.is_empty() {
        figures.push(Figure::alone(
            "  beside nodemailer",
            "not measured: npm could not install it".to_owned(),
            "≥ 8",
            None,
        ));
    } else {
        figures.push(Figure::rates("  beside nodemailer's pool", ours, "", median(nodes), "≥ 8", Some(8.0)));
    }
    figures
}

/// How many mails a second `notice send` gets out, from its start to its end.
fn muster(relay: &str, count: usize, sessions: usize) -> f64 {
    let site = Site::new(Via::Mail(relay), sessions);
    site.write_book(count, Via::Mail(relay));
    site.run(&["contacts", "import", "book.csv"]);
    site.begin();
    site.draft();
    let (cost, counts) = site.run(&["notice", "send", "everybody", "--recipients", &count.to_string()]);
    assert_eq!(counts["sent"], count, "{counts}");
    per_second(count, cost.time)
}

fn smtp_source(sink: &Sink, letter: &Letter, count: usize, sessions: usize) -> Option<f64> {
    let mut command = Command::new("/usr/sbin/smtp-source");
    command.args(["-d", "-s", &sessions.to_string(), "-m", &count.to_string(), "-l", &letter.bytes.to_string()]);
    command.args(["-f", "status@example.com", "-t", "c1@example.com", &format!("127.0.0.1:{}", sink.port)]);
    let (time, ended) = timed(|| command.status());
    ended.ok()?.success().then(|| per_second(count, time))
}

fn pool(sink: &Sink, folder: &Path, letter: &Letter, count: usize, sessions: usize) -> Option<f64> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/notices/pool.mjs");
    let mut command = Command::new("node");
    command.arg(script).arg(folder).arg(letter.folder.path().join("letter.json"));
    command.args([sink.port.to_string(), sessions.to_string(), count.to_string()]);
    let output = command.stderr(Stdio::inherit()).output().ok()?;
    let seconds: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().ok()?;
    Some(per_second(count, Duration::from_secs_f64(seconds)))
}

/// Where nodemailer is; fetched by npm the first time.
fn nodemailer() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nodemailer");
    if !folder.join("node_modules/nodemailer/package.json").exists() {
        std::fs::create_dir_all(&folder).ok()?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--silent", "--prefix"]).arg(&folder).arg("nodemailer@8");
        let ended = npm.stdout(Stdio::null()).status().ok()?;
        if !ended.success() {
            return None;
        }
    }
    Some(folder)
}

/// One of Muster's mails: what the others are to send as well.
struct Letter {
    folder: tempfile::TempDir,
    bytes: u64,
}

impl Letter {
    fn write() -> Self {
        let site = Site::new(Via::Mail("file:outbox"), 1);
        site.write_book(1, Via::Mail(""));
        site.run(&["contacts", "import", "book.csv"]);
        site.begin();
        site.draft();
        let (_, shown) = site.run(&["notice", "show", "everybody"]);
        site.run(&["notice", "send", "everybody", "--recipients", "1"]);
        let mail = std::fs::read_dir(site.path().join("outbox"))
            .expect("an outbox")
            .filter_map(|entry| entry.ok()?.metadata().ok())
            .map(|metadata| metadata.len())
            .max();
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        std::fs::write(folder.path().join("letter.json"), shown["messages"][0].to_string()).expect("a file");
        Self { folder, bytes: mail.expect("a mail") }
    }
}
