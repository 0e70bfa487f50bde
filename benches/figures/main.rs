//! Muster's figures, each beside a peer or a limit measured in the same run: `cargo bench [-- NAME…]`.

use std::io::Write as _;
use std::process::ExitCode;

mod check;
mod commands;
mod faults;
mod journal;
mod pair;
mod replay;
#[path = "../notices/report.rs"]
#[expect(dead_code, reason = "shared with the other figures, which use more of it")]
mod report;
mod retrospective;
mod sign_in;
mod start_up;
mod store;

use report::{Figure, table};

/// Something to be measured by its name.
type Bench = (&'static str, fn() -> Vec<Figure>);

const BENCHES: [Bench; 7] = [
    ("check", check::figures),
    ("commands", commands::figures),
    ("replay", replay::figures),
    ("retrospective", retrospective::figures),
    ("start-up", start_up::figures),
    ("sign-in", sign_in::figures),
    ("faults", faults::figures),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` runs this too, and asks for no figures.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let named: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    if let Some(unknown) = named.iter().find(|name| !BENCHES.iter().any(|(known, _)| known == *name)) {
        let known: Vec<_> = BENCHES.iter().map(|(name, _)| *name).collect();
        say(&format!("there is no bench `{unknown}`; there are: {}", known.join(", ")));
        return ExitCode::from(2);
    }
    let mut figures = Vec::new();
    for (name, bench) in BENCHES.iter().filter(|(name, _)| named.is_empty() || named.iter().any(|n| *n == name)) {
        say(&format!("measuring {name} …"));
        figures.extend(bench());
    }
    say(&format!("\n{}", table(&figures)));
    say("medians of one run; the ratio is Muster's time over its peer's. Again: cargo bench -- NAME");
    ExitCode::SUCCESS
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
