//! Signing in: one password hashed as accounts keep it, beside the reference implementation; and what a flood of them takes.

use std::io::Write as _;
use std::process::{Command, Stdio};

use muster::app::people::Passwords;
use tokio::runtime::Runtime;

use super::pair::{in_turns, span};
use super::report::Figure;

const PASSWORD: &str = "correct horse battery";
const ROUNDS: usize = 40;
/// As many at once as are let in: two that are worked at, 64 that wait.
const FLOOD: usize = 66;
/// What two at once need by their parameters.
const BY_PARAMETERS: f64 = 38.0;

pub(crate) fn figures() -> Vec<Figure> {
    let runtime = Runtime::new().expect("a runtime");
    let passwords = Passwords::default();
    let hash = || drop(runtime.block_on(passwords.hash(PASSWORD)).expect("hashed"));
    let pair = in_turns(ROUNDS, hash, reference);
    let taken = flood(&runtime, &passwords);
    vec![
        Figure {
            what: "sign-in: a password by argon2id, 19 MiB, 2 passes, 1 lane".to_owned(),
            muster: span(pair.muster),
            beside: format!("argon2 in C, process and all {}", span(pair.peer)),
            ratio: Some(pair.ratio()),
            aim: "",
            met: None,
        },
        Figure {
            what: format!("sign-in: memory that {FLOOD} at once take more"),
            muster: format!("{taken:.1} MiB"),
            beside: format!("two by their parameters {BY_PARAMETERS} MiB"),
            ratio: Some(taken / BY_PARAMETERS),
            aim: "≤ 1.25",
            met: Some(taken / BY_PARAMETERS <= 1.25),
        },
    ]
}

/// The same work by the program of the reference implementation.
fn reference() {
    let mut argon2 = Command::new("argon2")
        .args(["sixteen-of-salt!", "-id", "-t", "2", "-k", "19456", "-p", "1", "-r"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("argon2 is installed, as a package of that name");
    argon2.stdin.take().expect("its input").write_all(PASSWORD.as_bytes()).expect("it reads");
    assert!(argon2.wait().expect("it ends").success());
}

/// By how many MiB this process grows at most while so many hash at once.
fn flood(runtime: &Runtime, passwords: &Passwords) -> f64 {
    let before = kibibytes("VmRSS");
    // The kernel begins to look for the highest anew.
    std::fs::write("/proc/self/clear_refs", "5").expect("Linux keeps the highest");
    let hashes = futures_util::future::join_all((0..FLOOD).map(|_| passwords.hash(PASSWORD)));
    let hashes = runtime.block_on(hashes);
    assert!(hashes.iter().all(Result::is_ok), "all were let in");
    (kibibytes("VmHWM") - before) / 1024.0
}

fn kibibytes(of: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix(of)?.strip_prefix(':')).expect("it is there");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
