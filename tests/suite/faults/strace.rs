//! Runs the binary under `strace`, to see its writes or to put a fault in the place of one.

use std::fs;
use std::os::unix::process::ExitStatusExt;

use super::place::{MUSTER, Place, arguments};
use super::trace::{CALLS, Point, points};

/// How a run under a fault ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Killed,
    With(i32),
}

/// Runs a line as it is, and says at which points it wrote something.
pub(super) fn watch(place: &Place, line: &str, key: &str) -> Vec<Point> {
    let log = place.path().join("trace");
    let mut strace = place.command("strace");
    strace.args(["-f", "-y", "--seccomp-bpf", "-s", "0", "-o"]).arg(&log).arg("-e").arg(format!("trace={CALLS}"));
    let status = strace.arg("--").arg(MUSTER).args(arguments(line, key)).status().expect("strace runs");
    let told = || format!("muster {line}\n{}{}", place.printed("stdout"), place.printed("stderr"));
    assert_eq!(status.code(), Some(0), "{}", told());
    let trace = fs::read_to_string(&log).expect("a trace");
    fs::remove_file(log).expect("removed");
    points(&trace, place.path())
}

/// Runs a line with a fault in the place of one call: `signal=KILL`, `error=EIO`.
///
/// Without `--seccomp-bpf`: with it, strace 6.1 does not come to inject at any call but the first.
pub(super) fn inject(place: &Place, line: &str, key: &str, point: &Point, fault: &str) -> Ended {
    let Point { call, file, nth } = point;
    let log = place.path().join("trace");
    let mut strace = place.command("strace");
    strace.args(["-f", "-o"]).arg(&log).arg("-P").arg(place.path().join(file));
    strace.arg("-e").arg(format!("trace={call}")).arg("-e").arg(format!("inject={call}:{fault}:when={nth}"));
    let status = strace.arg("--").arg(MUSTER).args(arguments(line, key)).status().expect("strace runs");
    fs::remove_file(log).expect("removed");
    match status.code() {
        Some(code) => Ended::With(code),
        None => {
            assert_eq!(status.signal(), Some(9), "muster {line} at {point:?}");
            Ended::Killed
        }
    }
}
