//! A machine's clock that jumps under a worker: nothing falls due early, nothing is dated back, and mail still leaves.

use std::path::PathBuf;
use std::time::Duration;

use muster::clock::Stopwatch;
use serde_json::Value;

use super::fan::{Fan, Plan, Worker};
use super::sink::Sink;

/// What stands between a program and the machine's clock; Debian's `faketime` brings it.
fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").expect("libraries").flatten();
    let found = folders.map(|entry| entry.path().join("faketime/libfaketime.so.1")).find(|file| file.is_file());
    found.expect("libfaketime is installed")
}

/// A worker that stays, on a clock that can be set while it runs.
struct Jumping {
    _worker: Worker,
    offset: PathBuf,
}

impl Jumping {
    fn start(fan: &Fan) -> Self {
        let offset = fan.path().join("offset");
        std::fs::write(&offset, "+0").expect("an offset");
        let worker = fan.spawn_with(
            "deliver --stay",
            &[
                ("LD_PRELOAD", library().as_os_str()),
                ("FAKETIME_TIMESTAMP_FILE", offset.as_os_str()),
                ("FAKETIME_NO_CACHE", "1".as_ref()),
                ("FAKETIME_DONT_FAKE_MONOTONIC", "1".as_ref()),
            ],
        );
        Self { _worker: worker, offset }
    }

    /// Sets the clock, and lets the worker look at it a few times.
    fn jump(&self, offset: &str) {
        std::fs::write(&self.offset, offset).expect("an offset");
        std::thread::sleep(Duration::from_secs(5));
    }
}

fn events(fan: &Fan) -> Vec<Value> {
    fan.done("timeline")["events"].as_array().cloned().expect("events")
}

fn of_type(events: &[Value], name: &str) -> usize {
    events.iter().filter(|event| event["type"] == name).count()
}

#[test]
#[ignore = "needs faketime and postfix: run tests/run"]
fn a_days_jump_either_way_fires_nothing_early_and_dates_nothing_back() {
    const RECIPIENTS: u64 = 40;
    let sink = Sink::start();
    let fan = Fan::new(&Plan { relay: sink.port, recipients: RECIPIENTS, ..Plan::default() });
    let before = events(&fan).len();
    let worker = Jumping::start(&fan);
    // It has looked at its clock before that jumps.
    worker.jump("+0");
    // Deadlines of ten and twenty hours are open: on the machine's own clock all of them would be missed at once.
    worker.jump("+1d");
    assert_eq!(events(&fan).len(), before, "{:?}", events(&fan).last());
    worker.jump("-1d");
    assert_eq!(events(&fan).len(), before, "{:?}", events(&fan).last());
    // On a clock a day behind nothing queued now would be due before tomorrow.
    fan.done(&fan.send());
    let waited = Stopwatch::start();
    while of_type(&events(&fan), "NoticeSettled") == 0 {
        assert!(waited.elapsed() < Duration::from_secs(60), "{:?}", fan.counts());
        std::thread::sleep(Duration::from_millis(200));
    }
    worker.jump("+0");
    let counts = fan.counts();
    assert_eq!((counts.sent, counts.all), (RECIPIENTS, RECIPIENTS), "{counts:?}");
    let events = events(&fan);
    let moments: Vec<_> = events.iter().map(|event| event["at"].as_str().expect("a moment")).collect();
    assert!(moments.is_sorted(), "{moments:?}");
    let missed = events.iter().filter(|event| event["type"].as_str().is_some_and(|name| name.contains("Missed")));
    assert_eq!(missed.count(), 0, "nothing was late");
}
