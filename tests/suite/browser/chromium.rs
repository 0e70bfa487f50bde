//! Chromium as a person holds it: a phone or a screen of its own, driven through its driver on a free port.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Url;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// No step of a browser takes longer, on a machine that does much else meanwhile.
pub(super) const PATIENCE: Duration = Duration::from_secs(45);

/// How many drivers are begun until one works.
const DRIVERS: usize = 5;

/// Who holds it, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scripts {
    On,
    Off,
}

/// The driver and the browser that it drives; gone when this is.
pub(super) struct Chromium {
    runtime: Runtime,
    client: Option<Client>,
    driver: Child,
    profile: TempDir,
}

impl Chromium {
    /// A phone, 360 pixels wide, whose owner reads this language.
    pub(super) fn phone(language: &str, scripts: Scripts) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let (driver, port) = driver();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut chromium = Self { runtime, client: None, driver, profile };
        let wanted = wanted(chromium.profile.path(), language, scripts);
        let begun = chromium.runtime.block_on(async {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(wanted.as_object().expect("an object").clone());
            tokio::time::timeout(PATIENCE, builder.connect(&format!("http://127.0.0.1:{port}"))).await
        });
        chromium.client = Some(begun.expect("Chromium starts in time").expect("Chromium starts"));
        chromium
    }

    /// Does something in the browser, in bounded time.
    pub(super) fn does<T, F: Future<Output = Result<T, fantoccini::error::CmdError>>>(
        &self,
        what: &str,
        act: impl FnOnce(Client) -> F,
    ) -> T {
        self.tries(what, act).unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// The same, where failing is an answer.
    pub(super) fn tries<T, F: Future<Output = Result<T, fantoccini::error::CmdError>>>(
        &self,
        what: &str,
        act: impl FnOnce(Client) -> F,
    ) -> Result<T, fantoccini::error::CmdError> {
        let client = self.client.clone().expect("a session");
        let done = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, act(client)).await });
        done.unwrap_or_else(|_| panic!("{what}: no answer from the browser"))
    }

    /// A command of the browser's own protocol for developers.
    pub(super) fn tune(&self, command: &'static str, settings: Value) -> Value {
        self.does(command, |client| async move { client.issue_cmd(Tune { command, settings }).await })
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            let closing = async { tokio::time::timeout(Duration::from_secs(10), client.close()).await };
            let _ = self.runtime.block_on(closing);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        end_processes_of(self.profile.path());
    }
}

/// A driver on a free port, and the port. It takes one for both kinds of addresses and gives up where that is free for
/// one kind only, which happens while several begin at once; then the next one tries.
fn driver() -> (Child, u16) {
    let begun = std::iter::repeat_with(try_driver).take(DRIVERS).flatten().next();
    begun.expect("a driver names its port: call tests/run")
}

fn try_driver() -> Option<(Child, u16)> {
    let mut driver = Command::new("chromedriver")
        .args(["--port=0", "--log-level=SEVERE"])
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver runs: call tests/run");
    let lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
    let (tell, told) = mpsc::channel();
    // Reads on to the end, so that the driver never waits for somebody to listen.
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let port = line.rsplit_once(" on port ").and_then(|(_, port)| port.trim_end_matches('.').parse().ok());
            if let Some(port) = port.filter(|port| *port != 0) {
                let _ = tell.send(port);
            }
        }
    });
    match told.recv_timeout(PATIENCE) {
        Ok(port) => Some((driver, port)),
        Err(_) => {
            let _ = driver.kill();
            let _ = driver.wait();
            None
        }
    }
}

fn wanted(profile: &Path, language: &str, scripts: Scripts) -> Value {
    let allowed = match scripts {
        Scripts::On => 1,
        Scripts::Off => 2,
    };
    json!({
        "goog:chromeOptions": {
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                format!("--user-data-dir={}", profile.display()), format!("--lang={language}"),
            ],
            "prefs": {
                "profile.managed_default_content_settings.javascript": allowed,
                "intl.accept_languages": language,
            },
            "mobileEmulation": {
                "deviceMetrics": { "width": 360, "height": 800, "pixelRatio": 1, "mobile": true, "touch": true },
            },
        },
        "timeouts": { "pageLoad": 30_000, "script": 30_000, "implicit": 0 },
        "unhandledPromptBehavior": "ignore",
    })
}

/// What a browser that did not end by itself has left running: its processes name its profile.
fn end_processes_of(profile: &Path) {
    let profile = profile.display().to_string();
    let Ok(processes) = std::fs::read_dir("/proc") else { return };
    for process in processes.flatten() {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains(&profile) {
            let _ = Command::new("kill").arg("-KILL").arg(process.file_name()).status();
        }
    }
}

#[derive(Debug)]
struct Tune {
    command: &'static str,
    settings: Value,
}

impl WebDriverCompatibleCommand for Tune {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (hyper::Method, Option<String>) {
        (hyper::Method::POST, Some(json!({ "cmd": self.command, "params": self.settings }).to_string()))
    }
}
