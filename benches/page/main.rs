//! The public page beside nginx serving the same bytes: `cargo bench --bench page [-- quick]`.

use std::io::Write as _;
use std::process::{Command, ExitCode};

#[path = "../notices/process.rs"]
mod process;
#[path = "../notices/report.rs"]
#[expect(dead_code, reason = "shared with the other figures, which use more of it")]
mod report;
mod servers;

use report::{Figure, median, table};
use servers::{Muster, Nginx};

/// Connections of `wrk`, and the seconds of a round.
const CONNECTIONS: &str = "64";

/// What is asked for: a name, and the headers of every request.
const ASKED: [(&str, &[&str]); 3] = [
    ("the first page, as it is", &[]),
    ("the first page, packed", &["Accept-Encoding: gzip"]),
    ("the first page, known already", &["If-None-Match: *"]),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` runs this too, and asks for no figures.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let (rounds, seconds) = if arguments.iter().any(|argument| argument == "quick") { (1, "2s") } else { (3, "5s") };
    let muster = Muster::start();
    let Some(nginx) = Nginx::serving(&muster) else {
        say("no nginx: run benches/notices/install");
        return ExitCode::from(2);
    };
    let mut figures = Vec::new();
    for (what, headers) in ASKED {
        say(&format!("measuring {what} …"));
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let (Some(muster), Some(nginx)) =
                (wrk(&muster.url(), headers, seconds), wrk(&nginx.url(), headers, seconds))
            else {
                say("no wrk: run benches/notices/install");
                return ExitCode::from(2);
            };
            ours.push(muster);
            theirs.push(nginx);
        }
        figures.push(Figure::rates(what, median(ours), "nginx", median(theirs), "≥ 0.5", Some(0.5)));
    }
    say(&format!("\n{}", table(&figures)));
    say("requests a second, medians of rounds taken in turns; the ratio is Muster's over nginx's");
    ExitCode::SUCCESS
}

/// Requests a second that a server answers; an answer of another kind than all others is a mistake.
fn wrk(url: &str, headers: &[&str], seconds: &str) -> Option<f64> {
    let mut command = Command::new("wrk");
    command.args(["-t", "1", "-c", CONNECTIONS, "-d", seconds]);
    for header in headers {
        command.args(["-H", header]);
    }
    let output = command.arg(url).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!said.contains("Socket errors") && !said.contains("Non-2xx"), "{url}: {said}");
    said.lines().find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok())
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
