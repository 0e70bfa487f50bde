//! A console of a test's own, and a client that sends exactly what it is told.

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(super) const PASSWORD: &str = "correct horse battery";

/// Pages without what surrounds them, so that these tests depend on no looks.
const LAYOUT: &str = "<html><main>{{#if page.refusal}}<p role=\"alert\">{{page.refusal.message}}</p>{{/if}}\
                      {{> @partial-block}}</main></html>";

/// `muster serve` at work in a folder of its own.
pub(super) struct Console {
    child: Child,
    address: String,
    folder: tempfile::TempDir,
    /// The link that makes the first account, while there is none.
    pub(super) first_link: Option<String>,
}

impl Console {
    /// Starts with these settings besides the usual ones.
    pub(super) fn start(settings: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let console = folder.path().join("templates/console");
        std::fs::create_dir_all(&console).expect("folders");
        std::fs::write(console.join("layout.html.hbs"), LAYOUT).expect("written");
        let settings = format!("templates = \"templates\"\nlocale = \"en\"\n{settings}");
        std::fs::write(folder.path().join("muster.toml"), settings).expect("written");
        let (child, address, first_link) = serve(folder.path());
        Self { child, address, folder, first_link }
    }

    /// The same installation after a restart.
    pub(super) fn restarted(mut self) -> Self {
        self.stop();
        (self.child, self.address, self.first_link) = serve(self.folder.path());
        self
    }

    fn stop(&mut self) {
        self.child.kill().expect("stopped");
        self.child.wait().expect("gone");
    }

    /// Another command of Muster beside it.
    pub(super) fn muster(&self, arguments: &str) -> serde_json::Value {
        let output = muster(self.folder.path()).args(arguments.split(' ')).arg("--json").output().expect("run");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// The most memory it ever had, in MiB.
    pub(super) fn peak_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its status");
        let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number") / 1024
    }

    pub(super) fn get(&self, path: &str) -> Ask<'_> {
        Ask::new(self, "GET", path)
    }

    /// A form, as a browser posts it from a page of ours.
    pub(super) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Ask<'_> {
        let mut ask = Ask::new(self, "POST", path).header("Sec-Fetch-Site", "same-origin");
        ask.body =
            fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&");
        ask.header("Content-Type", "application/x-www-form-urlencoded")
    }

    /// Makes the first account; gives its cookie.
    pub(super) fn dana(&self) -> String {
        let link = self.first_link.clone().expect("a first link");
        self.accept(&link, &[("person", "dana"), ("name", "Dana White"), ("password", PASSWORD)])
    }

    /// Accepts a link; gives the cookie.
    pub(super) fn accept(&self, link: &str, fields: &[(&str, &str)]) -> String {
        let path = &link[link.find("/join/").expect("a link")..];
        let answer = self.post(path, fields).send();
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.cookie().expect("a session")
    }

    /// Invites somebody and accepts in their place; gives their cookie.
    pub(super) fn invited(&self, by: &str, person: &str, access: &str) -> String {
        let link = self.link_for(by, person, access);
        self.accept(&link, &[("password", PASSWORD)])
    }

    pub(super) fn link_for(&self, by: &str, person: &str, access: &str) -> String {
        let answer = self.post("/people/invite", &[("person", person), ("access", access)]).cookie(by).send();
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.value_of("link")
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn muster(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.current_dir(folder).env_clear().env("HOME", folder).env("USER", "operator");
    command
}

fn serve(folder: &Path) -> (Child, String, Option<String>) {
    let mut child = muster(folder)
        .args(["serve", "--listen", "127.0.0.1:0", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let output = BufReader::new(child.stdout.as_mut().expect("output"));
    let mut said = serde_json::Deserializer::from_reader(output).into_iter::<serde_json::Value>();
    let said = said.next().expect("an object").expect("JSON");
    let address = said["console"].as_str().expect("an address").trim_start_matches("http://").to_owned();
    (child, address, said["first_link"].as_str().map(str::to_owned))
}

fn encoded(value: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric();
    value.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A request, sent as it stands.
pub(super) struct Ask<'a> {
    address: &'a str,
    method: &'static str,
    path: String,
    host: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl<'a> Ask<'a> {
    fn new(console: &'a Console, method: &'static str, path: &str) -> Self {
        let (address, host) = (console.address.as_str(), console.address.clone());
        Self { address, method, path: path.to_owned(), host, headers: Vec::new(), body: String::new() }
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    pub(super) fn cookie(self, cookie: &str) -> Self {
        self.header("Cookie", cookie)
    }

    /// Under another name than the one it is sent to.
    pub(super) fn host(mut self, host: &str) -> Self {
        host.clone_into(&mut self.host);
        self
    }

    pub(super) fn send(self) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("connected");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
        let mut head =
            format!("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.method, self.path, self.host);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        stream.write_all(head.as_bytes()).expect("sent");
        // Refused by its head, the rest of it is no longer read.
        let _ = stream.write_all(self.body.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Answer::read(&String::from_utf8_lossy(&answer))
    }
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Answer {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": ")).map(|(n, v)| (n.to_lowercase(), v.to_owned()));
        Self { status: status.unwrap_or(0), headers: headers.collect(), body: body.to_owned() }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The session it gives, as a browser would send it back.
    pub(super) fn cookie(&self) -> Option<String> {
        let cookie = self.header("set-cookie")?.split(';').next()?;
        (!cookie.ends_with('=')).then(|| cookie.to_owned())
    }

    /// What stands in the field of this id.
    pub(super) fn value_of(&self, id: &str) -> String {
        let (_, field) = self.body.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("{}", self.body));
        let (_, value) = field.split_once("value=\"").expect("a value");
        value.split('"').next().expect("its end").to_owned()
    }

    /// What the first hidden field of this name holds.
    pub(super) fn value_of_named(&self, name: &str) -> String {
        self.values_of(name).first().cloned().unwrap_or_else(|| panic!("{}", self.body))
    }

    /// What the last one holds.
    pub(super) fn last_value_of(&self, name: &str) -> String {
        self.values_of(name).last().cloned().unwrap_or_else(|| panic!("{}", self.body))
    }

    fn values_of(&self, name: &str) -> Vec<String> {
        let begins = format!("name=\"{name}\" value=\"");
        let fields = self.body.split(&begins).skip(1);
        fields.filter_map(|field| field.split('"').next()).map(str::to_owned).collect()
    }

    pub(super) fn refusal(&self) -> String {
        let (_, told) = self.body.split_once("role=\"alert\">").unwrap_or(("", ""));
        told.split('<').next().unwrap_or("").replace("&#x60;", "`")
    }
}
