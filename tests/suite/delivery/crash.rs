//! Workers killed and stopped during a fan-out: every row is sent once, or twice at most where nobody could know.

use std::time::Duration;

use muster::clock::Stopwatch;

use super::fan::{Fan, Plan};
use super::proxy::{Proxy, Whims};
use super::sink::Sink;

const SESSIONS: usize = 8;

/// Waits until the relay has taken so many different messages.
pub(super) fn until_taken(proxy: &Proxy, messages: u64) {
    let start = Stopwatch::start();
    while proxy.seen.different() < messages {
        assert!(start.elapsed() < Duration::from_secs(300), "only {} messages", proxy.seen.different());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
#[ignore = "needs postfix: run tests/run"]
fn kill_9_during_a_fan_out_of_100_000_loses_no_row() {
    const RECIPIENTS: u64 = 100_000;
    let sink = Sink::start();
    let proxy = Proxy::before(sink.port, Whims::default());
    let fan = Fan::new(&Plan { relay: proxy.port, sessions: SESSIONS, recipients: RECIPIENTS, ..Plan::default() });
    let mut kills = 0;
    let mut line = fan.send();
    for part in 1..=5 {
        let mut worker = fan.spawn(&line);
        until_taken(&proxy, part * RECIPIENTS / 6);
        worker.kill();
        kills += 1;
        assert_eq!(fan.counts().all, RECIPIENTS, "the counts add up after kill {kills}");
        line = "deliver --drain".to_owned();
    }
    fan.done("deliver --drain");
    let counts = fan.counts();
    assert_eq!((counts.sent, counts.all), (RECIPIENTS, RECIPIENTS), "{counts:?}");
    assert_eq!(proxy.seen.different(), RECIPIENTS, "the relay took every message");
    let most = kills * SESSIONS as u64;
    assert!(proxy.seen.doubled() <= most, "{} doubled, at most {most} may be", proxy.seen.doubled());
}

#[test]
#[ignore = "needs postfix: run tests/run"]
fn a_worker_stopped_past_its_lease_is_refused_when_it_goes_on() {
    const RECIPIENTS: u64 = 3_000;
    let sink = Sink::start();
    let proxy = Proxy::before(sink.port, Whims::default());
    let fan = Fan::new(&Plan { relay: proxy.port, sessions: SESSIONS, recipients: RECIPIENTS, ..Plan::default() });
    let stopped = fan.spawn(&fan.send());
    until_taken(&proxy, RECIPIENTS / 10);
    // Stopped in the middle of a commit it would hold SQLite's lock, and nobody could take over: that is another fault.
    stopped.stop();
    while !fan.can_be_written() {
        stopped.signal("-CONT");
        std::thread::sleep(Duration::from_millis(7));
        stopped.stop();
    }
    // Another worker takes over what the lease no longer covers, and finishes it.
    let other = fan.run("deliver --drain");
    assert_eq!(other.status.code(), Some(0), "{}", String::from_utf8_lossy(&other.stderr));
    let counts = fan.counts();
    assert_eq!((counts.sent, counts.all), (RECIPIENTS, RECIPIENTS), "{counts:?}");
    let before = proxy.seen.doubled();
    stopped.signal("-CONT");
    let (code, told) = stopped.ended();
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(fan.counts(), counts, "what it still had in hand counts no more");
    assert_eq!(proxy.seen.different(), RECIPIENTS);
    let most = SESSIONS as u64;
    assert!(proxy.seen.doubled() <= most, "{} doubled ({before} before it went on)", proxy.seen.doubled());
}

#[test]
#[ignore = "needs postfix: run tests/run"]
fn a_relay_that_hangs_up_at_random_gets_every_message_and_few_twice() {
    const RECIPIENTS: u64 = 2_000;
    let sink = Sink::start();
    let proxy = Proxy::before(sink.port, Whims { within: 37, after: 101 });
    let fan = Fan::new(&Plan { relay: proxy.port, sessions: SESSIONS, recipients: RECIPIENTS, ..Plan::default() });
    fan.run(&fan.send());
    fan.done("deliver --drain");
    let counts = fan.counts();
    assert_eq!(proxy.seen.different(), RECIPIENTS, "{counts:?}");
    assert_eq!((counts.sent, counts.all), (RECIPIENTS, RECIPIENTS), "{counts:?}");
    let in_doubt = proxy.seen.hung_up_after();
    assert!(in_doubt > 10 && proxy.seen.doubled() <= in_doubt, "{} doubled of {in_doubt}", proxy.seen.doubled());
}

#[test]
#[ignore = "needs postfix: run tests/run"]
fn with_hold_a_message_in_doubt_is_not_sent_twice() {
    const RECIPIENTS: u64 = 400;
    let sink = Sink::start();
    let proxy = Proxy::before(sink.port, Whims { within: 0, after: 20 });
    let plan = Plan { relay: proxy.port, recipients: RECIPIENTS, on_unknown: "hold", ..Plan::default() };
    let fan = Fan::new(&plan);
    fan.run(&fan.send());
    fan.run("deliver --drain");
    let counts = fan.counts();
    assert_eq!(counts.unknown, proxy.seen.hung_up_after(), "{counts:?}");
    assert_eq!((counts.sent + counts.unknown, counts.all), (RECIPIENTS, RECIPIENTS), "{counts:?}");
    assert_eq!((proxy.seen.doubled(), proxy.seen.different()), (0, RECIPIENTS));
}
