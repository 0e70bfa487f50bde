//! An installation with a notice to many, approved and ready to send, and the processes that work on it.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

pub(super) struct Fan {
    folder: PathBuf,
    recipients: u64,
    _kept: Option<TempDir>,
}

/// How many rows of the notice are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub(super) sent: u64,
    pub(super) failed: u64,
    pub(super) unknown: u64,
    pub(super) all: u64,
}

/// What differs from one installation to another.
pub(super) struct Plan<'a> {
    pub(super) store: &'a str,
    pub(super) relay: u16,
    pub(super) sessions: usize,
    pub(super) recipients: u64,
    pub(super) on_unknown: &'a str,
}

impl Default for Plan<'_> {
    fn default() -> Self {
        Self { store: "sqlite:muster.db", relay: 0, sessions: 8, recipients: 20, on_unknown: "resend" }
    }
}

impl Fan {
    /// A notice to so many contacts, approved, in a folder that goes away with it.
    pub(super) fn new(plan: &Plan<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut fan = Self::within(folder.path(), plan);
        fan._kept = Some(folder);
        fan
    }

    /// The same in a folder that is there already.
    pub(super) fn within(folder: &Path, plan: &Plan<'_>) -> Self {
        let fan = Self { folder: folder.to_owned(), recipients: plan.recipients, _kept: None };
        fan.write("muster.toml", &settings(plan));
        std::fs::create_dir_all(folder.join("runbooks")).expect("a folder");
        fan.write("runbooks/whole.yaml", include_str!("../faults/whole.yaml"));
        fan.write("contacts.csv", &contacts(plan.recipients));
        for line in [
            "contacts import contacts.csv",
            "start whole --severity high --title Logins",
            "done take_lead",
            "done first_facts",
            "notice draft first_notice",
            "approve first_notice --as dana",
        ] {
            fan.done(line);
        }
        fan
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).expect("a file");
    }

    pub(super) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command
            .arg("--json")
            .args(line.split(' '))
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HOME", self.folder.join("home"))
            .env("USER", "kim")
            .stdin(Stdio::null());
        command
    }

    pub(super) fn run(&self, line: &str) -> Output {
        self.command(line).output().expect("muster runs")
    }

    /// Runs a line that succeeds.
    pub(super) fn done(&self, line: &str) -> Value {
        let output = self.run(line);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "muster {line}\n{told}{}", String::from_utf8_lossy(&output.stdout));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// Whether nobody holds the lock of the SQLite file right now.
    pub(super) fn can_be_written(&self) -> bool {
        let ask = ["muster.db", ".timeout 50", "BEGIN IMMEDIATE; ROLLBACK;"];
        let asked = Command::new("sqlite3").args(ask).current_dir(&self.folder).output().expect("sqlite3 runs");
        asked.status.success()
    }

    /// The line that sends the notice.
    pub(super) fn send(&self) -> String {
        format!("notice send first_notice --recipients {}", self.recipients)
    }

    /// A line at work beside the test.
    pub(super) fn spawn(&self, line: &str) -> Worker {
        let child = self.command(line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("muster starts");
        Worker(child)
    }

    /// The same in an environment of its own.
    pub(super) fn spawn_with(&self, line: &str, environment: &[(&str, &OsStr)]) -> Worker {
        let mut command = self.command(line);
        command.envs(environment.iter().copied()).stdout(Stdio::null()).stderr(Stdio::null());
        Worker(command.spawn().expect("muster starts"))
    }

    pub(super) fn path(&self) -> &Path {
        &self.folder
    }

    /// What the ledger says of the notice.
    pub(super) fn counts(&self) -> Counts {
        let shown = self.done("show");
        let notice = shown["notices"].as_array().and_then(|notices| notices.first()).expect("a notice");
        let counts = notice["counts"].as_object().expect("counts");
        let of = |state: &str| counts.get(state).and_then(Value::as_u64).unwrap_or_default();
        Counts {
            sent: of("sent"),
            failed: of("failed"),
            unknown: of("unknown"),
            all: counts.values().filter_map(Value::as_u64).sum(),
        }
    }
}

/// A process that is not left behind.
pub(super) struct Worker(Child);

impl Worker {
    /// `kill -9`
    pub(super) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    pub(super) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill {signal}");
    }

    /// Stops it where it stands; it has stopped when every thread of it has.
    pub(super) fn stop(&self) {
        self.signal("-STOP");
        let tasks = format!("/proc/{}/task", self.0.id());
        let stopped = |task: std::io::Result<std::fs::DirEntry>| {
            let stat = task.and_then(|task| std::fs::read_to_string(task.path().join("stat")));
            // The state follows the name, which stands in brackets.
            stat.is_ok_and(|stat| stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('T')))
        };
        while !std::fs::read_dir(&tasks).expect("its threads").all(stopped) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits for its end; gives its exit code and what it told.
    pub(super) fn ended(mut self) -> (Option<i32>, String) {
        let mut told = String::new();
        if let Some(stderr) = &mut self.0.stderr {
            let _ = stderr.read_to_string(&mut told);
        }
        (self.0.wait().expect("a process").code(), told)
    }

    pub(super) fn wait(mut self) -> Option<i32> {
        self.0.wait().expect("a process").code()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}

fn settings(plan: &Plan<'_>) -> String {
    format!(
        "store = \"{}\"\nlocale = \"en\"\ntimezone = \"UTC\"\nrunbooks = \"runbooks\"\n\
         [mail]\nrelay = \"smtp://127.0.0.1:{}\"\nfrom = \"Status <status@example.com>\"\n\
         sessions = {}\nper_second = 100000\non_unknown = \"{}\"\n\
         [people.dana]\nname = \"Dana\"\nroles = [\"lead\", \"product\"]\n\
         [people.kim]\nname = \"Kim\"\nroles = [\"comms\", \"ops\"]\n",
        plan.store, plan.relay, plan.sessions, plan.on_unknown
    )
}

fn contacts(recipients: u64) -> String {
    let mut csv = "id,org,name,kind,locale,emails\n".to_owned();
    for n in 1..=recipients {
        let locale = if n.is_multiple_of(2) { "zh-Hans" } else { "en" };
        let _ = writeln!(csv, "c{n},Org {},Name {n},customer,{locale},c{n}@customer.example", n / 3);
    }
    csv
}
