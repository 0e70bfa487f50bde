//! A disk that fills up during a fan-out: sending stops while what was sent can still be recorded.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::fan::{Fan, Plan};
use super::proxy::{Proxy, Whims};
use super::sink::Sink;

const MIB: usize = 1024 * 1024;

/// A small file system in memory, with a real end.
struct Disk(TempDir);

impl Disk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        mounting("mount", &["-t", "tmpfs", "-o", "size=40m"], folder.path());
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it up to so many bytes.
    fn leave(&self, free: usize) {
        let filler = self.path().join("filler");
        let block = vec![1; 64 * 1024];
        let mut file = std::fs::File::create(&filler).expect("a file");
        while std::io::Write::write_all(&mut file, &block).is_ok() {}
        let full = file.metadata().expect("its size").len();
        file.set_len(full.saturating_sub(free as u64)).expect("smaller");
    }

    fn make_room(&self) {
        std::fs::remove_file(self.path().join("filler")).expect("removed");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

/// Mounting is root's; others ask for it as `tests/run` asks for packages.
fn mounting(program: &str, options: &[&str], folder: &Path) {
    let run = |line: &[&str]| {
        let mut command = Command::new(line[0]);
        command.args(&line[1..]).args(options).arg("tmpfs").arg(folder);
        command.status().is_ok_and(|status| status.success())
    };
    assert!(run(&[program]) || run(&["sudo", "-n", program]), "{program} {}", folder.display());
}

#[test]
#[ignore = "needs postfix and root: run tests/run"]
fn a_full_disk_stops_the_sending_before_a_result_could_be_lost() {
    const RECIPIENTS: u64 = 5_000;
    let (disk, sink) = (Disk::new(), Sink::start());
    let proxy = Proxy::before(sink.port, Whims::default());
    let fan = Fan::within(disk.path(), &Plan { relay: proxy.port, recipients: RECIPIENTS, ..Plan::default() });
    // The room that is kept for results, and a little more.
    disk.leave(4 * MIB + MIB);
    let ran = fan.run(&fan.send());
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(4), "{told}");
    assert!(told.contains("full") && told.contains("muster.db"), "{told}");
    let counts = fan.counts();
    assert!(counts.sent > 0 && counts.sent < RECIPIENTS, "{counts:?}");
    assert_eq!(
        (proxy.seen.different(), proxy.seen.doubled()),
        (counts.sent, 0),
        "every result is recorded: {counts:?}"
    );

    let again = fan.run("deliver");
    assert_eq!(again.status.code(), Some(4), "{}", String::from_utf8_lossy(&again.stderr));
    assert_eq!(proxy.seen.different(), counts.sent, "nothing more is sent while the disk is full");

    disk.make_room();
    fan.done("deliver --drain");
    let counts = fan.counts();
    assert_eq!((counts.sent, counts.all), (RECIPIENTS, RECIPIENTS), "{counts:?}");
    assert_eq!((proxy.seen.different(), proxy.seen.doubled()), (RECIPIENTS, 0));
}
