//! Delivery's figures, each beside a peer in the same run: `cargo bench --bench notices [-- quick] [NAME…]`.

use std::io::Write as _;
use std::process::ExitCode;

mod hooks;
mod mail;
mod many;
mod process;
mod report;
mod site;

use report::{Figure, table};

/// How much is measured.
pub(crate) struct Sizes {
    mails: usize,
    calls: usize,
    curve: Vec<usize>,
    sessions: usize,
    rounds: usize,
}

/// Something to be measured by its name.
type Bench = (&'static str, fn(&Sizes) -> Vec<Figure>);

const BENCHES: [Bench; 3] = [("mail", mail::figures), ("webhooks", hooks::figures), ("many", many::figures)];

impl Sizes {
    fn full() -> Self {
        Self { mails: 100_000, calls: 20_000, curve: vec![1_000, 10_000, 100_000, 1_000_000], sessions: 32, rounds: 3 }
    }

    fn quick() -> Self {
        Self { mails: 10_000, calls: 2_000, curve: vec![1_000, 10_000], sessions: 32, rounds: 1 }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` runs this too, and asks for no figures.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let mut named: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|argument| !argument.starts_with("--")).collect();
    let sizes = if named.contains(&"quick") { Sizes::quick() } else { Sizes::full() };
    named.retain(|name| *name != "quick");
    if let Some(unknown) = named.iter().find(|name| !BENCHES.iter().any(|(known, _)| known == *name)) {
        let known: Vec<_> = BENCHES.iter().map(|(name, _)| *name).collect();
        say(&format!("there is no bench `{unknown}`; there are: {}, and `quick` for small sizes", known.join(", ")));
        return ExitCode::from(2);
    }
    let mut figures = Vec::new();
    for (name, bench) in BENCHES.iter().filter(|(name, _)| named.is_empty() || named.contains(name)) {
        say(&format!("measuring {name} …"));
        figures.extend(bench(&sizes));
    }
    say(&format!("\n{}", table(&figures)));
    say("rates are medians of one run, taken in turns; the ratio is Muster's over its peer's");
    ExitCode::SUCCESS
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
