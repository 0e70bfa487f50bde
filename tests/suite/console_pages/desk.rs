//! A Muster that serves, and somebody who administers it, asked over HTTP without a browser.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const PASSWORD: &str = "three quiet harbour lamps";

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: String,
    pub(super) body: String,
}

pub(super) struct Desk {
    folder: tempfile::TempDir,
    serving: Child,
    console: String,
    /// The session's cookie.
    session: String,
}

impl Desk {
    /// Begins to serve in a folder of its own, and signs the first administrator in.
    pub(super) fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = "store = \"sqlite:muster.db\"\nlocale = \"en\"\n\n[mail]\nrelay = \"file:outbox\"\n";
        std::fs::write(folder.path().join("muster.toml"), settings).expect("written");
        let mut serving = muster(folder.path())
            .args(["--json", "serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("muster starts");
        let mut lines = BufReader::new(serving.stdout.take().expect("its output")).lines().map_while(Result::ok);
        let mut said = String::new();
        let listening: Value = loop {
            said += &lines.next().unwrap_or_else(|| panic!("it did not say where it listens: {said}"));
            if let Ok(listening) = serde_json::from_str(&said) {
                break listening;
            }
        };
        let text = |key: &str| listening[key].as_str().expect("an address").to_owned();
        let mut desk = Self { folder, serving, console: text("console"), session: String::new() };
        let link = text("first_link");
        let fields = [("person", "dana"), ("name", "Dana"), ("password", PASSWORD)];
        let output = desk.curl(&link, &fields, &["-D", "-"]);
        let cookie = output.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a session");
        desk.session = cookie.split(';').next().unwrap_or_default().to_owned();
        desk
    }

    /// Runs a command of the command line beside the server.
    pub(super) fn muster(&self, arguments: &[&str]) -> String {
        let output = muster(self.folder.path()).args(arguments).output().expect("muster runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub(super) fn has(&self, file: &str) -> bool {
        self.folder.path().join(file).exists()
    }

    /// A token of somebody else's with this access.
    pub(super) fn token(&self, access: &str) -> String {
        let invited: Value =
            serde_json::from_str(&self.muster(&["--json", "people", "invite", "sam", "--access", access]))
                .expect("JSON");
        let url = invited["url"].as_str().expect("a link");
        let path = &url[url.find("/join/").expect("a link to join")..];
        let fields = [("name", "Sam"), ("password", PASSWORD)];
        let output = self.curl(&format!("{}{path}", self.console), &fields, &["-D", "-"]);
        let cookie = output.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a session");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    pub(super) fn get(&self, path: &str, language: &str) -> Answer {
        self.ask(path, &[], &[&format!("Cookie: {}", self.session), &format!("Accept-Language: {language}")])
    }

    pub(super) fn get_as(&self, session: &str, path: &str) -> Answer {
        self.ask(path, &[], &[&format!("Cookie: {session}"), "Accept-Language: en"])
    }

    pub(super) fn stranger(&self, path: &str) -> Answer {
        self.ask(path, &[], &[])
    }

    pub(super) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_as(&self.session, path, fields)
    }

    pub(super) fn post_as(&self, session: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let none = [("none", "")];
        let fields = if fields.is_empty() { &none[..] } else { fields };
        self.ask(path, fields, &[&format!("Cookie: {session}")])
    }

    /// The page of a drill once it is played.
    pub(super) fn played(&self, path: &str) -> String {
        loop {
            let page = self.get(path, "en").body;
            if !page.contains("still being played") {
                return page;
            }
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
    }

    fn ask(&self, path: &str, fields: &[(&str, &str)], headers: &[&str]) -> Answer {
        let mut more = vec!["-w", "\n%{http_code} %{redirect_url}"];
        headers.iter().for_each(|header| more.extend(["-H", header]));
        let output = self.curl(&format!("{}{path}", self.console), fields, &more);
        let (body, end) = output.rsplit_once('\n').expect("a status");
        let (status, location) = end.split_once(' ').unwrap_or((end, ""));
        let location = location.strip_prefix(&self.console).unwrap_or(location).to_owned();
        Answer { status: status.parse().unwrap_or_default(), location, body: body.to_owned() }
    }

    fn curl(&self, url: &str, fields: &[(&str, &str)], more: &[&str]) -> String {
        let mut curl = Command::new("curl");
        curl.args(["-s", "--path-as-is", "-m", "120"]).args(more);
        for (name, value) in fields {
            curl.args(["--data-urlencode", &format!("{name}={value}")]);
        }
        let output = curl.arg(url).output().expect("curl runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.serving.kill();
        let _ = self.serving.wait();
    }
}

fn muster(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.current_dir(folder).env("HOME", folder).env("MUSTER_AS", "dana").env("NO_COLOR", "1");
    command
}
