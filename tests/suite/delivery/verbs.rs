//! What Postfix's sink can do wrong at each verb, and what becomes of the rows.

use super::fan::{Counts, Fan, Plan};
use super::sink::Sink;

/// What a fault comes to for every row of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Sent,
    /// Stays queued, to be tried again.
    Later,
    Failed,
    /// Stays queued; the notice is paused and people are told.
    Paused,
    Unknown,
    /// Some this, some that.
    Mixed,
}

const RECIPIENTS: u64 = 5;

const FAULTS: &[(&str, &str, Fate)] = &[
    ("no fault", "", Fate::Sent),
    ("a slow answer to the message", "-w 1", Fate::Sent),
    ("a slow reader", "-H 1", Fate::Sent),
    ("no 8BITMIME", "-8", Fate::Sent),
    ("no pipelining", "-p", Fate::Sent),
    ("450 at MAIL", "-r MAIL", Fate::Later),
    ("450 at RCPT", "-r RCPT", Fate::Later),
    ("450 at DATA", "-r DATA", Fate::Later),
    ("450 after the dot", "-r .", Fate::Later),
    ("451 at RCPT", "-r RCPT -b 451_4.7.1_greylisted", Fate::Later),
    ("452 at MAIL", "-r MAIL -b 452_4.3.1_no_room", Fate::Later),
    ("421 at connecting", "-Q CONNECT", Fate::Later),
    ("421 at MAIL", "-Q MAIL", Fate::Later),
    ("421 at RCPT", "-Q RCPT", Fate::Later),
    ("421 at DATA", "-Q DATA", Fate::Later),
    ("dropped at connecting", "-q CONNECT", Fate::Later),
    ("dropped at EHLO", "-q EHLO", Fate::Later),
    ("dropped at MAIL", "-q MAIL", Fate::Later),
    ("dropped at RCPT", "-q RCPT", Fate::Later),
    ("dropped at DATA", "-q DATA", Fate::Later),
    ("dropped after the dot", "-q .", Fate::Unknown),
    ("550 at RCPT", "-f RCPT", Fate::Failed),
    ("550 at connecting", "-f CONNECT", Fate::Paused),
    ("550 at MAIL", "-f MAIL", Fate::Paused),
    ("550 at DATA", "-f DATA", Fate::Paused),
    ("550 after the dot", "-f .", Fate::Paused),
];

/// What the rows of a notice came to, after one sending with `on_unknown = "hold"`.
fn fate(options: &str) -> (Fate, Counts) {
    let words: Vec<_> = options.split_whitespace().map(|word| word.replace('_', " ")).collect();
    let sink = Sink::with(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let plan = Plan { relay: sink.port, sessions: 2, recipients: RECIPIENTS, on_unknown: "hold", ..Plan::default() };
    let fan = Fan::new(&plan);
    fan.run(&fan.send());
    let counts = fan.counts();
    let timeline = fan.done("timeline");
    let paused =
        timeline["events"].as_array().is_some_and(|all| all.iter().any(|event| event["type"] == "NoticePaused"));
    let fate = match counts {
        Counts { sent: RECIPIENTS, .. } => Fate::Sent,
        Counts { failed: RECIPIENTS, .. } => Fate::Failed,
        Counts { unknown: RECIPIENTS, .. } => Fate::Unknown,
        Counts { sent: 0, failed: 0, unknown: 0, .. } if paused => Fate::Paused,
        Counts { sent: 0, failed: 0, unknown: 0, .. } => Fate::Later,
        Counts { .. } => Fate::Mixed,
    };
    (fate, counts)
}

#[test]
#[ignore = "needs postfix: run tests/run"]
fn each_fault_of_the_relay_at_each_verb_has_its_outcome_and_the_counts_add_up() {
    let mut wrong = Vec::new();
    for (name, options, expected) in FAULTS {
        let (fate, counts) = fate(options);
        assert_eq!(counts.all, RECIPIENTS, "{name}: {counts:?}");
        if fate != *expected {
            wrong.push(format!("{name} (`{options}`): {fate:?}, not {expected:?}: {counts:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
