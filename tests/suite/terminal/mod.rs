//! The walk on a terminal: `script` lends one, and the answers are typed into it.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

fn installation() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("runbooks")).expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("runbooks/whole.yaml", include_str!("../faults/whole.yaml"));
    write("muster.toml", "store = \"sqlite:muster.db\"\nlocale = \"en\"\nrunbooks = \"runbooks\"\n");
    folder
}

fn command(program: &str, folder: &TempDir) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder.path()).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", folder.path());
    command.env("USER", "kim").env("TERM", "dumb").env("NO_COLOR", "1");
    command
}

/// Runs `muster` on a terminal of its own and types these keys, one at a time; gives what stood there in the end.
fn typed(folder: &TempDir, keys: &[&str]) -> String {
    let mut script = command("script", folder)
        .args(["-qec", env!("CARGO_BIN_EXE_muster"), "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script runs");
    let mut keyboard = script.stdin.take().expect("a keyboard");
    for key in keys {
        sleep(Duration::from_millis(1500));
        // Once the walk has ended nobody reads any more.
        if keyboard.write_all(key.as_bytes()).and_then(|()| keyboard.flush()).is_err() {
            break;
        }
    }
    sleep(Duration::from_millis(1500));
    drop(keyboard);
    let output = script.wait_with_output().expect("script ends");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
#[ignore = "needs script: run tests/run"]
fn on_a_terminal_bare_muster_offers_ways_to_begin() {
    let seen = typed(&installation(), &["q\n"]);
    for way in ["start", "drill", "init"] {
        assert!(seen.contains(way), "{way} is not offered: {seen}");
    }
}

#[test]
#[ignore = "needs script: run tests/run"]
fn on_a_terminal_enter_does_the_next_step_n_notes_and_s_skips() {
    let folder = installation();
    let start = command(env!("CARGO_BIN_EXE_muster"), &folder).args(["start", "whole", "--severity", "high"]).output();
    assert!(start.expect("muster runs").status.success());
    let seen = typed(&folder, &["\n", "\n", "\n", "n\n", "reports come in\n", "s\n", "no time\n", "q\n"]);
    let timeline =
        command(env!("CARGO_BIN_EXE_muster"), &folder).args(["--json", "timeline"]).output().expect("muster runs");
    let timeline = String::from_utf8_lossy(&timeline.stdout).into_owned();
    assert!(timeline.contains("StepEnded"), "Enter ended no step: {seen}");
    assert!(timeline.contains("reports come in"), "no note was kept: {seen}");
    assert!(timeline.contains("no time"), "s skipped nothing: {seen}");
}
