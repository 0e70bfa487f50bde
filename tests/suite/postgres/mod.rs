//! A private PostgreSQL: one server for the whole run, a database for each test, nothing left behind.
//!
//! A watchdog holds the reading end of a pipe whose writing end is this process's. When this process ends, however it
//! ends, the pipe closes, and the watchdog stops the server and removes its folder.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use muster::settings::environment::variable;
use muster::settings::{Overrides, StoreUrl, load};

mod databases;
mod proxy;

pub(crate) use databases::Database;
pub(crate) use proxy::{Commit, Proxy};

/// The user that everything is done as, without a password; `guarded` is one that needs the password `hunter2`.
const OWNER: &str = "muster";
/// Whom root lends to PostgreSQL, which refuses to run as root.
const STAND_INS: [&str; 2] = ["postgres", "nobody"];

/// A server of a test's own, to be stopped and started as it likes.
pub(crate) struct Server {
    folder: PathBuf,
    port: u16,
    /// Its writing end is never written to; that it closes is the message.
    alive: Option<ChildStdin>,
    watchdog: Mutex<Child>,
}

/// The server that tests share; it ends with this process.
pub(crate) fn shared() -> &'static Server {
    static SHARED: OnceLock<Server> = OnceLock::new();
    SHARED.get_or_init(Server::new)
}

impl Server {
    /// Makes a server and starts it.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("muster-pg-").tempdir().expect("a folder").keep();
        let mut watchdog = watchdog(&folder);
        let alive = watchdog.stdin.take();
        let port = free_port();
        let server = Self { folder, port, alive, watchdog: Mutex::new(watchdog) };
        fs::set_permissions(&server.folder, fs::Permissions::from_mode(0o755)).expect("permissions");
        if let Some((_, uid, gid)) = stand_in() {
            chown(&server.folder, Some(uid), Some(gid)).expect("given away");
        }
        let data = server.data().display().to_string();
        server.run("initdb", &["-D", &data, "-U", OWNER, "-E", "UTF8", "--no-locale", "-A", "trust", "--no-sync"]);
        server.configure();
        server.start();
        server
    }

    fn configure(&self) {
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{}'\nmax_connections = 120\n\
             shared_buffers = '32MB'\nfsync = on\nlog_statement = none\n",
            self.port,
            self.folder.display()
        );
        let file = self.data().join("postgresql.auto.conf");
        fs::write(&file, settings).expect("settings");
        let access =
            "local all all trust\nhost all guarded 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n";
        fs::write(self.data().join("pg_hba.conf"), access).expect("access");
    }

    /// Starts it, and waits until it takes connections.
    pub(crate) fn start(&self) {
        let (data, log) = (self.data().display().to_string(), self.folder.join("log").display().to_string());
        self.run("pg_ctl", &["-D", &data, "-l", &log, "-w", "-t", "60", "-s", "start"]);
    }

    /// Ends it as a kill or a power cut would: no goodbye, nothing tidied up.
    pub(crate) fn stop_hard(&self) {
        let pid = fs::read_to_string(self.data().join("postmaster.pid")).expect("it runs");
        let pid = pid.lines().next().expect("a process").to_owned();
        let killed = Command::new("kill").args(["-KILL", &pid]).status().expect("kill");
        assert!(killed.success(), "killed");
        // Its children leave once they see that it is gone, and it is not gone before its parent has seen it.
        let its_own = |process: &Path| {
            let status = fs::read_to_string(process.join("status")).unwrap_or_default();
            let is = |key: &str, value: &str| status.lines().any(|line| line.split_whitespace().eq([key, value]));
            (is("Pid:", &pid) || is("PPid:", &pid)) && !status.contains("(zombie)")
        };
        let lives = || fs::read_dir("/proc").expect("processes").flatten().any(|process| its_own(&process.path()));
        while lives() || TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
        for left in [self.data().join("postmaster.pid"), self.folder.join(format!(".s.PGSQL.{}.lock", self.port))] {
            let _ = fs::remove_file(left);
        }
    }

    /// Ends it as an administrator would, telling whoever is connected.
    pub(crate) fn stop_fast(&self) {
        let data = self.data().display().to_string();
        self.run("pg_ctl", &["-D", &data, "-m", "fast", "-w", "-s", "stop"]);
    }

    /// The address of a database of this server, as `store` has it.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://{OWNER}@127.0.0.1:{}/{database}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A database of a test's own, which goes away with what is given back.
    pub(crate) fn database(&self) -> Database {
        Database::create(self.url("postgres"))
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self::program(program).expect("PostgreSQL is installed");
        let mut command = match stand_in() {
            Some((name, ..)) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", name, "--regid", &gid_of(name), "--clear-groups", "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        // The server outlives this call: it must not inherit the pipes that the call's output is read from.
        let log = fs::File::options().append(true).create(true).open(self.folder.join("setup.log")).expect("a log");
        let status = command
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .status()
            .expect("it runs");
        let said = || fs::read_to_string(self.folder.join("setup.log")).unwrap_or_default();
        let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        assert!(status.success(), "{arguments:?}: {}\n{}", said(), log());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.alive.take());
        let _ = self.watchdog.lock().expect("the watchdog").wait();
    }
}

/// Waits for this process to end, then ends the server and removes the folder.
fn watchdog(folder: &Path) -> Child {
    const SCRIPT: &str = r#"
        trap '' INT TERM HUP
        cat >/dev/null
        pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
        [ -n "$pid" ] && kill -QUIT "$pid" 2>/dev/null
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        rm -rf "$1"
    "#;
    Command::new("setsid")
        .args(["sh", "-c", SCRIPT, "watchdog"])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a watchdog")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// A program of PostgreSQL: in the path, or where Debian keeps them; the newest.
fn program(name: &str) -> Option<PathBuf> {
    let path = variable("PATH").unwrap_or_default();
    let mut folders: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    std::env::split_paths(&path)
        .chain(folders.into_iter().rev())
        .map(|folder| folder.join(name))
        .find(|it| it.is_file())
}

/// Who runs the server when this process is root's: a name, a user and a group.
fn stand_in() -> Option<(&'static str, u32, u32)> {
    static STAND_IN: OnceLock<Option<(&'static str, u32, u32)>> = OnceLock::new();
    *STAND_IN.get_or_init(|| {
        if number("-u", None) != Some(0) {
            return None;
        }
        let found =
            STAND_INS.into_iter().find_map(|name| Some((name, number("-u", Some(name))?, number("-g", Some(name))?)));
        Some(found.expect("a user other than root"))
    })
}

fn gid_of(name: &str) -> String {
    number("-g", Some(name)).expect("a group").to_string()
}

fn number(which: &str, name: Option<&str>) -> Option<u32> {
    let output = Command::new("id").arg(which).args(name).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// What the settings make of a URL.
pub(crate) fn store_url(url: &str) -> StoreUrl {
    let overrides = Overrides { store: Some(url.to_owned()), ..Overrides::default() };
    load(Path::new("/"), &overrides).expect("settings").store
}

#[test]
#[ignore = "needs PostgreSQL"]
fn a_server_of_a_tests_own_is_killed_started_again_and_leaves_nothing() {
    let server = Server::new();
    let (folder, port) = (server.folder.clone(), server.port());
    server.stop_hard();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    server.start();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    drop(server);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    assert!(!folder.exists());
}
