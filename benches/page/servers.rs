//! The two servers: the real binary with incidents to show, and nginx with what that binary answered.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::process::{Running, free_port, listens, until};

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

/// How many incidents are shown; each open, with its notice in full.
const INCIDENTS: usize = 3;

/// `muster serve` with a public page.
pub(crate) struct Muster {
    port: u16,
    _process: Running,
    _folder: tempfile::TempDir,
}

impl Muster {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        std::fs::create_dir(folder.path().join("runbooks")).expect("a folder");
        let runbook = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/runbooks/crm-withdrawals.yaml"));
        let unapproved: String =
            runbook.expect("the runbook").split_inclusive('\n').filter(|line| !line.starts_with("approve:")).collect();
        std::fs::write(folder.path().join("runbooks/crm-withdrawals.yaml"), unapproved).expect("a file");
        std::fs::write(folder.path().join("muster.toml"), SETTINGS).expect("a file");
        for number in 1..=INCIDENTS {
            let incident = format!("INC-{number}");
            run(folder.path(), &["start", "crm-withdrawals", "--severity", "sev1"]);
            for words in [
                &["done", "take_lead"][..],
                &["done", "first_facts"],
                &["notice", "draft", "first_notice"],
                &["notice", "send", "first_notice", "--recipients", "0"],
            ] {
                run(folder.path(), &[words, &["--incident", &incident]].concat());
            }
        }
        let (console, port) = (free_port(), free_port());
        let mut command = command(folder.path());
        command.args(["serve", "--listen", &format!("127.0.0.1:{console}")]);
        command.args(["--public-listen", &format!("127.0.0.1:{port}")]);
        let process = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("muster starts"));
        assert!(until(Duration::from_secs(20), || listens(port)), "muster serves the page");
        Self { port, _process: process, _folder: folder }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Its answer to one request: the head, and the body.
    fn answer(&self, header: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        let request = format!("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{header}\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
        (String::from_utf8_lossy(&answer[..end]).into_owned(), answer[end + 4..].to_vec())
    }
}

/// nginx with the same page as files, and the same headers.
pub(crate) struct Nginx {
    port: u16,
    _process: Running,
    _folder: tempfile::TempDir,
}

impl Nginx {
    pub(crate) fn serving(muster: &Muster) -> Option<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).ok()?;
        let (head, plain) = muster.answer("");
        let (_, packed) = muster.answer("Accept-Encoding: gzip\r\n");
        std::fs::create_dir(folder.path().join("page")).ok()?;
        std::fs::write(folder.path().join("page/index.html"), plain).ok()?;
        std::fs::write(folder.path().join("page/index.html.gz"), packed).ok()?;
        // nginx makes these itself.
        let own = ["etag", "date", "content-length", "content-type", "connection"];
        let headers: String = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| !own.contains(name))
            .map(|(name, value)| format!("add_header {name} \"{value}\";\n"))
            .collect();
        let (port, at) = (free_port(), folder.path().display());
        let config = format!(
            "user root; worker_processes auto; daemon off; pid {at}/nginx.pid; error_log /dev/null crit;\n\
             events {{ worker_connections 1024; }}\n\
             http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {at}/body; proxy_temp_path {at}/proxy;\n\
             fastcgi_temp_path {at}/fastcgi; uwsgi_temp_path {at}/uwsgi; scgi_temp_path {at}/scgi;\n\
             types {{ text/html html; }} charset utf-8; sendfile on; tcp_nopush on; gzip_static on; open_file_cache max=100;\n\
             server {{ listen 127.0.0.1:{port} backlog=1024 reuseport; root {at}/page; {headers} }} }}\n"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, config).ok()?;
        let mut command = Command::new("/usr/sbin/nginx");
        command.arg("-p").arg(folder.path()).arg("-c").arg(&file);
        let process = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?);
        until(Duration::from_secs(5), || listens(port)).then_some(Self { port, _process: process, _folder: folder })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/index.html", self.port)
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.current_dir(folder).env_clear().env("HOME", folder.join("home")).env("USER", "kim").stdin(Stdio::null());
    command
}

fn run(folder: &Path, words: &[&str]) {
    let output = command(folder).arg("--json").args(words).output().expect("muster runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "muster {words:?}: {told}");
}
