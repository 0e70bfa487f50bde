//! The public page by the real binary: served while other processes tell the public, and written as files.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use muster::clock::Stopwatch;
use serde_json::Value;
use tempfile::TempDir;

const RUNBOOK: &str = "\
muster: 1
id: logins
title: Logins fail
locales: [en, zh-Hans]
components: [logins]
severities:
  high: { means: Nobody can log in, first_notice: 10h, update_every: 24h, mail_every: 48h }
facts:
  impact: Logins fail
  unaffected: Sessions that are open go on
  workaround: none
pre:
  - gather: first_facts
    facts: [impact, unaffected, workaround]
  - notice: first
    status: investigating
mid:
  - task: mend
post:
  - task: tidy
translations:
  zh-Hans: { title: 登录失败, impact: 无法登录, unaffected: 已登录的会话不受影响, workaround: 无, high.means: 全部客户无法登录 }
";

const SETTINGS: &str = "\
store = \"sqlite:muster.db\"
locale = \"en\"
timezone = \"UTC\"
runbooks = \"runbooks\"
[page]
title = \"Example Status\"
url = \"https://status.example.com\"
contact = \"support@example.com\"
";

struct Site(TempDir);

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("runbooks")).expect("a folder");
        std::fs::write(folder.path().join("runbooks/logins.yaml"), RUNBOOK).expect("a file");
        std::fs::write(folder.path().join("muster.toml"), SETTINGS).expect("a file");
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command.arg("--json").args(line.split(' ')).current_dir(self.0.path()).env_clear();
        command.env("HOME", self.path("home")).env("USER", "kim").stdin(Stdio::null());
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command(line).output().expect("muster runs")
    }

    fn done(&self, line: &str) -> Value {
        let output = self.run(line);
        assert!(output.status.success(), "muster {line}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// An incident that the public is told of.
    fn tell(&self, number: u32) {
        self.done("start logins --severity high");
        for line in ["done first_facts", "notice draft first", "notice send first --recipients 0"] {
            self.done(&format!("{line} --incident INC-{number}"));
        }
    }
}

/// `muster serve`, ended with the test.
struct Serving {
    child: Child,
    page: String,
}

impl Serving {
    fn start(site: &Site) -> Self {
        let mut command = site.command("serve --listen 127.0.0.1:0 --public-listen 127.0.0.1:0");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("muster starts");
        let mut said = String::new();
        let mut lines = BufReader::new(child.stdout.take().expect("its output"));
        // One object, over several lines.
        let listening: Value = loop {
            assert!(lines.read_line(&mut said).expect("a line") > 0, "it ended: {said}");
            if let Ok(listening) = serde_json::from_str(&said) {
                break listening;
            }
        };
        let page = listening["page"].as_str().expect("a page").trim_start_matches("http://").to_owned();
        Self { child, page }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.page).expect("a connection");
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_page_follows_what_other_processes_tell_the_public() {
    let site = Site::new();
    let serving = Serving::start(&site);
    assert!(serving.get("/?lang=en").contains("All services are working"));
    assert!(serving.get("/incidents/INC-1").starts_with("HTTP/1.1 404 "));
    site.tell(1);
    let watch = Stopwatch::start();
    while !serving.get("/?lang=en").contains("Major outage") {
        assert!(watch.elapsed() < Duration::from_secs(60), "the page never changed");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(serving.get("/incidents/INC-1?lang=zh-Hans").contains("无法登录"));
    for path in ["/api/v1/incidents", "/metrics", "/healthz"] {
        assert!(serving.get(path).starts_with("HTTP/1.1 404 "), "{path}");
    }
}

#[test]
fn the_page_as_files_holds_every_file_that_it_links_to() {
    let site = Site::new();
    site.tell(1);
    let exported = site.done("page export out");
    let files: Vec<&str> =
        exported["files"].as_array().expect("files").iter().map(|file| file.as_str().expect("a name")).collect();
    assert!(files.contains(&"incidents/INC-1/index.html") && files.contains(&"zh-Hans/index.html"), "{files:?}");
    let mut followed = 0;
    for page in files.iter().filter(|file| file.ends_with(".html") && !file.ends_with("404.html")) {
        let page = site.path("out").join(page);
        let text = std::fs::read_to_string(&page).expect("a page");
        for link in text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let link = link.replace("&#x3D;", "=");
            if link.starts_with('#') || link.starts_with("data:") {
                continue;
            }
            let target = link.split(['?', '#']).next().unwrap_or_default();
            let target = page.parent().unwrap_or(Path::new("")).join(target);
            assert!(target.is_file(), "{} links to {link}", page.display());
            followed += 1;
        }
    }
    assert!(followed > 30, "{followed} links");
}

#[test]
fn an_export_leaves_alone_what_no_export_wrote() {
    let site = Site::new();
    std::fs::create_dir(site.path("out")).expect("a folder");
    std::fs::write(site.path("out/index.html"), "ours").expect("a file");
    let refused = site.run("page export out");
    assert_eq!(refused.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&refused.stderr).expect("JSON");
    assert_eq!(told["error"]["code"], "in_the_way");
    assert_eq!(std::fs::read_to_string(site.path("out/index.html")).expect("a file"), "ours");
    assert_eq!(std::fs::read_dir(site.path("out")).expect("a folder").count(), 1);
}
