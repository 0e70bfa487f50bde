//! Webhooks: Muster with its durable ledger beside Prometheus Alertmanager, into the same nginx; and what
//! that nginx can take at all, asked by `wrk`.
//!
//! nginx because it is neither side's own, counts what it was given, and costs each the same.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::Sizes;
use super::process::{Running, free_port, listens, until};
use super::report::{Figure, grouped, median, now, per_second};
use super::site::{Site, Via};

pub(crate) fn figures(sizes: &Sizes) -> Vec<Figure> {
    let Some(receiver) = Receiver::start() else {
        return vec![Figure::alone("webhooks", "no nginx: run benches/notices/install".to_owned(), "", None)];
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..sizes.rounds {
        ours.push(muster(&receiver, sizes.calls, sizes.sessions));
        theirs.extend(alertmanager(&receiver, sizes.calls));
    }
    let ours = median(ours);
    let what = format!("{} webhooks, {} rounds", grouped(sizes.calls), sizes.rounds);
    let mut figures = vec![Figure::alone(&what, format!("{ours:.0}/s"), "", None)];
    if theirs.is_empty() {
        figures.push(Figure::alone(
            "  beside Alertmanager",
            "not measured: it is not installed".to_owned(),
            "≥ 3",
            None,
        ));
    } else {
        figures.push(Figure::rates("  beside Alertmanager", ours, "", median(theirs), "≥ 3", Some(3.0)));
    }
    if let Some(raw) = wrk(&receiver, 16) {
        figures.push(Figure::rates("  beside wrk, which records nothing", ours, "", raw, "", None));
    }
    figures
}

fn muster(receiver: &Receiver, count: usize, sessions: usize) -> f64 {
    let url = receiver.url();
    let site = Site::new(Via::Webhook(&url), sessions);
    site.write_book(count, Via::Webhook(&url));
    site.run(&["contacts", "import", "book.csv"]);
    site.begin();
    site.draft();
    let before = receiver.count();
    let (cost, counts) = site.run(&["notice", "send", "everybody", "--recipients", &count.to_string()]);
    assert_eq!(counts["sent"], count, "{counts}");
    assert!(receiver.count() - before >= count, "nginx was given fewer");
    per_second(count, cost.time)
}

/// How many notifications a second Alertmanager gets out, each alert a group of its own, from the first to the last.
fn alertmanager(receiver: &Receiver, count: usize) -> Option<f64> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).ok()?;
    let config = format!(
        "route:\n  receiver: hook\n  group_by: ['...']\n  group_wait: 0s\n  group_interval: 1h\n  repeat_interval: 24h\n\
         receivers:\n- name: hook\n  webhook_configs:\n  - url: {}\n    send_resolved: false\n",
        receiver.url()
    );
    let file = folder.path().join("alertmanager.yml");
    std::fs::write(&file, config).ok()?;
    let port = free_port();
    let mut command = Command::new("prometheus-alertmanager");
    command.arg(format!("--config.file={}", file.display()));
    command.arg(format!("--storage.path={}", folder.path().display()));
    command
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .args(["--cluster.listen-address=", "--log.level=error"]);
    let _process = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?);
    if !until(Duration::from_secs(20), || listens(port)) {
        return None;
    }
    let before = receiver.count();
    let start = now();
    let numbers: Vec<usize> = (0..count).collect();
    for some in numbers.chunks(1000) {
        let alerts: Vec<_> = some
            .iter()
            .map(|n| {
                serde_json::json!({
                    "labels": { "alertname": "WithdrawalsFail", "customer": format!("c{n}"), "company": format!("Company {}", n / 10) },
                    "annotations": { "summary": "Withdrawal requests fail when they are submitted" },
                })
            })
            .collect();
        post(port, "/api/v2/alerts", &serde_json::Value::from(alerts).to_string())?;
    }
    let all = until(Duration::from_secs(300), || receiver.count() >= before + count);
    all.then(|| per_second(count, start.elapsed()))
}

/// What the receiver takes from a client that does nothing else, over so many connections.
fn wrk(receiver: &Receiver, connections: usize) -> Option<f64> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/notices/post.lua");
    let output = Command::new("wrk")
        .args(["-t", "1", "-c", &connections.to_string(), "-d", "5s", "-s", script, &receiver.url()])
        .env("BODY_BYTES", "1500")
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stdout);
    said.lines().find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok())
}

fn post(port: u16, path: &str, body: &str) -> Option<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.starts_with("HTTP/1.1 200").then_some(())
}

/// nginx, answering 200 to every call and counting them.
struct Receiver {
    port: u16,
    _process: Running,
    _folder: tempfile::TempDir,
}

impl Receiver {
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).ok()?;
        let port = free_port();
        let at = folder.path().display();
        let config = format!(
            "user root; worker_processes 1; daemon off; pid {at}/nginx.pid; error_log /dev/null crit;\n\
             events {{ worker_connections 1024; }}\n\
             http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {at}/body; proxy_temp_path {at}/proxy;\n\
             fastcgi_temp_path {at}/fastcgi; uwsgi_temp_path {at}/uwsgi; scgi_temp_path {at}/scgi;\n\
             server {{ listen 127.0.0.1:{port} backlog=1024; location = /count {{ stub_status; }} location / {{ return 200; }} }} }}\n"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, config).ok()?;
        let mut command = Command::new("/usr/sbin/nginx");
        command.arg("-p").arg(folder.path()).arg("-c").arg(&file);
        let process = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?);
        until(Duration::from_secs(5), || listens(port)).then_some(Self { port, _process: process, _folder: folder })
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// How many requests it was given so far.
    fn count(&self) -> usize {
        self.asked().unwrap_or_default()
    }

    fn asked(&self) -> Option<usize> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.write_all(b"GET /count HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let counts = answer.lines().find(|line| line.starts_with(' '))?;
        counts.split_whitespace().nth(2)?.parse().ok()
    }
}
