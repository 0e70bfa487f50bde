//! An installation of the real binary: its settings, its contact book, its commands, and what each took.

use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::report::timed;

/// How a contact is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via<'a> {
    /// Through this relay, as the settings write it.
    Mail(&'a str),
    /// By a call to this address, the same for all.
    Webhook(&'a str),
}

pub(crate) struct Site {
    folder: tempfile::TempDir,
}

/// What a command took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    pub(crate) time: Duration,
    /// The most memory it ever held.
    pub(crate) peak_kib: u64,
}

impl Site {
    pub(crate) fn new(via: Via<'_>, sessions: usize) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let (relay, word) = match via {
            Via::Mail(relay) => (relay, "mail"),
            // With a relay that is a folder nothing would leave: contacts' endpoints would get files as well.
            Via::Webhook(_) => ("smtp://127.0.0.1:9", "webhook"),
        };
        let settings = format!(
            "store = \"sqlite:muster.db\"\nlocale = \"en\"\nrunbooks = \"runbooks\"\n\
             [mail]\nrelay = \"{relay}\"\nfrom = \"Example Status <status@example.com>\"\n\
             sessions = {sessions}\nper_second = 1000000\n\
             [page]\ntitle = \"Example Status\"\nurl = \"https://status.example.com\"\ncontact = \"support@example.com\"\n\
             [people.dana]\nname = \"Dana\"\nroles = [\"lead\"]\n\
             [people.kim]\nname = \"Kim\"\nroles = [\"comms\", \"ops\"]\n\
             [outbound]\nallow = [\"127.0.0.0/8\"]\n"
        );
        let runbook = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/notices/runbook.yaml"));
        let runbook = runbook.expect("the runbook").replace("via: mail", &format!("via: {word}"));
        std::fs::create_dir(folder.path().join("runbooks")).expect("a folder");
        std::fs::write(folder.path().join("runbooks/everybody.yaml"), runbook).expect("a file");
        std::fs::write(folder.path().join("muster.toml"), settings).expect("a file");
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a contact book of so many, each with a name and an organisation of their own.
    pub(crate) fn write_book(&self, count: usize, via: Via<'_>) {
        let file = std::fs::File::create(self.path().join("book.csv")).expect("a file");
        let mut book = BufWriter::new(file);
        writeln!(book, "id,org,name,kind,emails,webhook").expect("written");
        let mut row = String::new();
        for n in 0..count {
            row.clear();
            let webhook = match via {
                Via::Mail(_) => "",
                Via::Webhook(url) => url,
            };
            writeln!(row, "c{n},Company {},Person {n},customer,c{n}@example.com,{webhook}", n / 10).expect("a row");
            book.write_all(row.as_bytes()).expect("written");
        }
        book.flush().expect("written");
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command
            .arg("--json")
            .args(words)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path().join("home"))
            .env("USER", "kim")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end, and watches what it takes.
    pub(crate) fn run(&self, words: &[&str]) -> (Cost, Value) {
        let (time, (peak_kib, output)) = timed(|| {
            let child = self.command(words).spawn().expect("muster starts");
            watched(child)
        });
        let told = String::from_utf8_lossy(&output.stderr);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "muster {words:?}: {}\n{said}\n{told}", output.status);
        (Cost { time, peak_kib }, serde_json::from_slice(&output.stdout).unwrap_or_default())
    }

    /// Declares an incident in which everybody is to be told.
    pub(crate) fn begin(&self) {
        self.run(&["start", "everybody", "--severity", "high", "--title", "Withdrawals fail"]);
        self.run(&["done", "first_facts"]);
    }

    /// Drafts the notice and has it approved; says what the drafting took.
    pub(crate) fn draft(&self) -> Cost {
        let (cost, _) = self.run(&["notice", "draft", "everybody"]);
        self.run(&["approve", "everybody", "--as", "dana"]);
        cost
    }
}

/// Waits for the end of a process, and notes the most memory it held.
fn watched(child: Child) -> (u64, Output) {
    let status = format!("/proc/{}/status", child.id());
    let waiting = std::thread::spawn(move || child.wait_with_output().expect("it ends"));
    let mut peak = 0;
    while !waiting.is_finished() {
        peak = high_water(&status).unwrap_or_default().max(peak);
        std::thread::sleep(Duration::from_millis(10));
    }
    (peak, waiting.join().expect("its output"))
}

/// `VmHWM`: the kernel's own note of the most memory that was resident, in KiB.
fn high_water(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
