//! An installation with a team, and the processes that work on it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use muster::clock::Stopwatch;
use serde_json::Value;
use tempfile::TempDir;

pub(super) struct Site {
    folder: TempDir,
    recipients: u64,
}

pub(super) const RUNBOOK: &str = include_str!("../faults/whole.yaml");

/// A team that is reached by mail, one of them in Chinese.
pub(super) const TEAM: &str = "\
[people.dana]
name = \"小丹\"
email = \"Dana <dana@example.com>\"
roles = [\"lead\", \"product\"]
reach = [\"mail\"]
locale = \"zh-Hans\"
[people.kim]
name = \"Kim\"
email = \"kim@example.com\"
roles = [\"comms\", \"ops\"]
reach = [\"mail\"]
";

/// The same people, whom nothing reaches.
pub(super) const QUIET: &str = "\
[people.dana]
name = \"Dana\"
roles = [\"lead\", \"product\"]
[people.kim]
name = \"Kim\"
roles = [\"comms\", \"ops\"]
";

impl Site {
    /// With this relay and so many contacts; `more` goes into the settings.
    pub(super) fn new(relay: &str, per_second: u32, recipients: u64, more: &str) -> Self {
        Self::with_runbook(RUNBOOK, relay, per_second, recipients, more)
    }

    pub(super) fn with_runbook(runbook: &str, relay: &str, per_second: u32, recipients: u64, more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = format!(
            "store = \"sqlite:muster.db\"\nlocale = \"en\"\ntimezone = \"UTC\"\nrunbooks = \"runbooks\"\n\
             [mail]\nrelay = \"{relay}\"\nfrom = \"Status <status@example.com>\"\nper_second = {per_second}\n{more}"
        );
        std::fs::create_dir(folder.path().join("runbooks")).expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
        write("muster.toml", &settings);
        write("runbooks/whole.yaml", runbook);
        let mut contacts = "id,org,name,kind,locale,emails\n".to_owned();
        for n in 1..=recipients {
            let _ = writeln!(contacts, "c{n},Org {},Name {n},customer,en,c{n}@customer.example", n / 3);
        }
        write("contacts.csv", &contacts);
        let site = Self { folder, recipients };
        site.done("contacts import contacts.csv");
        site.done("start whole --severity high --title Logins");
        site
    }

    /// As far as a first notice that only waits to be sent.
    pub(super) fn approved(self) -> Self {
        for line in
            ["done take_lead", "done first_facts", "notice draft first_notice", "approve first_notice --as dana"]
        {
            self.done(line);
        }
        self
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command
            .args(line.split(' '))
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HOME", self.path("home"))
            .env("USER", "lee")
            .stdin(Stdio::null());
        command
    }

    pub(super) fn run(&self, line: &str) -> Output {
        self.command(line).output().expect("muster runs")
    }

    /// Runs a line that succeeds; gives its JSON.
    pub(super) fn done(&self, line: &str) -> Value {
        let output = self.run(&format!("--json {line}"));
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "muster {line}\n{told}{}", String::from_utf8_lossy(&output.stdout));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// The line that sends the notice.
    pub(super) fn send(&self) -> String {
        format!("notice send first_notice --recipients {}", self.recipients)
    }

    /// A line at work beside the test.
    pub(super) fn spawn(&self, line: &str) -> Process {
        let child = self.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("muster starts");
        Process(Some(child))
    }

    /// How many rows of the notice are in a state.
    pub(super) fn count(&self, state: &str) -> u64 {
        let shown = self.done("show");
        shown["notices"][0]["counts"][state].as_u64().unwrap_or_default()
    }

    /// How often the journal holds an event of this type.
    pub(super) fn events(&self, kind: &str) -> usize {
        let timeline = self.done("timeline");
        timeline["events"].as_array().expect("events").iter().filter(|event| event["type"] == kind).count()
    }

    /// What SQLite answers.
    pub(super) fn ask(&self, sql: &str) -> String {
        let asked = Command::new("sqlite3").args(["muster.db", sql]).current_dir(self.folder.path()).output();
        String::from_utf8_lossy(&asked.expect("sqlite3 runs").stdout).trim().to_owned()
    }

    /// Mail in the practice folder to an address, oldest first, as it was written.
    pub(super) fn mails(&self, to: &str) -> Vec<Vec<u8>> {
        let Ok(outbox) = std::fs::read_dir(self.path("outbox")) else { return Vec::new() };
        let mut files: Vec<_> = outbox.map(|file| file.expect("a file").path()).filter(|p| is_to(p, to)).collect();
        // In the order in which they left: their names tell it to the second only.
        files.sort_by_key(|file| file.metadata().and_then(|file| file.modified()).expect("a moment"));
        files.iter().map(|file| std::fs::read(file).expect("a mail")).collect()
    }
}

fn is_to(file: &Path, to: &str) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.contains(to) && name.ends_with(".eml")
}

/// A process that is not left behind.
pub(super) struct Process(Option<Child>);

impl Process {
    pub(super) fn signal(&self, signal: &str) {
        let id = self.0.as_ref().expect("a process").id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill {signal}");
    }

    /// Waits for its end; gives its exit code and what it said.
    pub(super) fn end(mut self) -> (Option<i32>, String, String) {
        let output = self.0.take().expect("a process").wait_with_output().expect("an end");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits until something holds.
pub(super) fn until(what: &str, holds: impl Fn() -> bool) {
    let watch = Stopwatch::start();
    while !holds() {
        assert!(watch.elapsed() < Duration::from_secs(90), "{what} did not come about");
        std::thread::sleep(Duration::from_millis(100));
    }
}
