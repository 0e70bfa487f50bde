//! A Muster that serves, in a folder of its own on free ports, with a team and a contact book.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use muster::clock::Stopwatch;
use serde_json::Value;

use crate::cli::environment::TestEnvironment;

const SETTINGS: &str = "\
store = \"sqlite:muster.db\"
locale = \"en\"
timezone = \"UTC\"
runbooks = \"runbooks\"

[mail]
relay = \"file:outbox\"
from = \"Status <status@example.com>\"

[page]
title = \"Example Status\"
url = \"https://status.example.com\"
contact = \"support@example.com\"

[people.dana]
name = \"Dana\"
roles = [\"lead\", \"product\"]

[people.kim]
name = \"Kim\"
roles = [\"comms\", \"ops\"]
";

const RUNBOOK: &str = include_str!("../faults/whole.yaml");

const CONTACTS: &str = "\
id,org,name,kind,locale,emails,phone,tags
ann,Acme,Ann,customer,en,ann@acme.example,555-0101,withdrawals
bo,博远,薄先生,customer,zh-Hans,bo@boyuan.example,,withdrawals
cy,Acme,Cy,customer,en,,555-0102,withdrawals
";

/// What a start may take on a busy machine.
const START: Duration = Duration::from_secs(60);

/// A folder, and the process that serves from it once begun.
pub(super) struct Site {
    pub(super) environment: TestEnvironment,
    serving: Option<Child>,
    /// Where the console is.
    pub(super) console: String,
    /// Where the public page is.
    pub(super) page: String,
    /// The link that makes the first account, if there is none yet.
    pub(super) first_link: Option<String>,
}

impl Site {
    /// Nobody has an account yet; the contact book is read.
    pub(super) fn new() -> Self {
        let environment = TestEnvironment::empty();
        environment.write("muster.toml", SETTINGS);
        environment.write("runbooks/whole.yaml", RUNBOOK);
        environment.write("contacts.csv", CONTACTS);
        environment.done("contacts import contacts.csv");
        Self { environment, serving: None, console: String::new(), page: String::new(), first_link: None }
    }

    /// Serves from now on; where it served before, on the same ports again.
    pub(super) fn serve(&mut self) {
        let listen = |at: &str| at.strip_prefix("http://").unwrap_or("127.0.0.1:0").to_owned();
        let line = format!("--json serve --listen {} --public-listen {}", listen(&self.console), listen(&self.page));
        let (serving, listening) = begun(self.environment.command(&line));
        self.serving = Some(serving);
        let text = |key: &str| listening[key].as_str().map(str::to_owned);
        self.console = text("console").expect("a console");
        self.page = text("page").expect("a page");
        self.first_link = text("first_link");
    }

    /// A link with which somebody makes an account that may everything.
    pub(super) fn invites(&self, handle: &str) -> String {
        let invited = self.environment.json(&format!("people invite {handle} --access administer"));
        let path = invited["url"].as_str().expect("a link");
        let at = path.find("/join/").expect("a link to join");
        format!("{}{}", self.console, &path[at..])
    }

    /// The server goes away, as when its machine does.
    pub(super) fn stop(&mut self) {
        if let Some(mut serving) = self.serving.take() {
            let _ = serving.kill();
            let _ = serving.wait();
        }
    }

    /// What a `GET` without a session answers: status and text.
    pub(super) fn read(&self, url: &str) -> (u16, String) {
        let output = Command::new("curl").args(["-s", "-m", "20", "-w", "\n%{http_code}", url]).output();
        let text = String::from_utf8_lossy(&output.expect("curl runs").stdout).into_owned();
        let (body, status) = text.rsplit_once('\n').expect("a status");
        (status.parse().unwrap_or_default(), body.to_owned())
    }

    /// Waits until the worker has nothing more to send of a notice.
    pub(super) fn waits_until_sent(&self, step: &str) {
        let watch = Stopwatch::start();
        loop {
            let shown = self.environment.json("show INC-1");
            let notices = shown["notices"].as_array().expect("notices");
            let of_step = notices.iter().rev().find(|notice| notice["step"] == step);
            if of_step.is_some_and(|notice| notice["state"] == "settled") {
                return;
            }
            assert!(watch.elapsed() < START, "`{step}` was not sent: {shown:#}");
            std::thread::sleep(Duration::from_millis(250));
        }
    }

    /// How many mails went to an address.
    pub(super) fn mails_to(&self, address: &str) -> usize {
        let outbox = std::fs::read_dir(self.environment.path().join("outbox")).expect("an outbox");
        let to = |file: &std::fs::DirEntry| file.file_name().to_string_lossy().contains(address);
        outbox.map(|file| file.expect("a file")).filter(to).count()
    }

    /// Where the newest mail to Ann lets her unsubscribe, on the page.
    pub(super) fn unsubscribe_path(&self) -> String {
        let outbox = std::fs::read_dir(self.environment.path().join("outbox")).expect("an outbox");
        let mails = outbox.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a mail"));
        let mail = mails.into_iter().find(|mail| mail.contains("ann@acme.example")).expect("a mail to Ann");
        let mail = mail.replace("\r\n ", "");
        let (_, link) = mail.split_once("List-Unsubscribe: <https://status.example.com").expect("a link");
        link.split('>').next().unwrap_or_default().to_owned()
    }
}

/// A process that serves, and what it says of where it listens.
fn begun(mut command: Command) -> (Child, Value) {
    let mut serving = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("muster starts");
    let lines = BufReader::new(serving.stdout.take().expect("its output")).lines();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let _ = tell.send(line);
        }
    });
    (serving, first_object(&told))
}

/// The first object that the lines make.
fn first_object(told: &mpsc::Receiver<String>) -> Value {
    let mut said = String::new();
    loop {
        said += &told.recv_timeout(START).unwrap_or_else(|_| panic!("it did not say where it listens: {said}"));
        if let Ok(object) = serde_json::from_str(&said) {
            return object;
        }
    }
}

/// A drill to watch: `muster try` in an empty folder.
pub(super) struct Trial {
    process: Child,
    /// Where its console is.
    pub(super) console: String,
    _folder: TestEnvironment,
}

impl Trial {
    pub(super) fn new() -> Self {
        let folder = TestEnvironment::empty();
        let mut command = folder.command("--json try --listen 127.0.0.1:0");
        // It needs no settings.
        command.env_remove("MUSTER_CONFIG");
        let (process, watching) = begun(command);
        let url = watching["url"].as_str().expect("a page").to_owned();
        Self { process, console: url.trim_end_matches("/try").to_owned(), _folder: folder }
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop();
    }
}
