//! Retries: what the verdict on one try means for the row, and when it is tried again. Pure.

use std::time::Duration;

use super::Verdict;
use crate::clock::{Timestamp, after, between};
use crate::settings::OnUnknown;

/// The pause after the first try; every further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
/// No pause is longer, jitter apart: a customer waits for news of an outage.
const LONGEST_PAUSE: Duration = Duration::from_secs(10 * 60);
/// However long an endpoint asks to be left alone, it is asked again after this.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);
/// News this old helps nobody: the row fails instead of being tried for ever.
const GIVE_UP_AFTER: Duration = Duration::from_secs(48 * 60 * 60);
/// A message in doubt is sent again at most this often, however the connection dies.
const RESENDS_IN_DOUBT: u32 = 2;

/// What is to become of a row after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Sent {
        reply: String,
    },
    Failed {
        reply: String,
        suppress: bool,
    },
    Again {
        at: Timestamp,
        reply: String,
    },
    /// No try at all: there is room for it then.
    Deferred {
        at: Timestamp,
        reply: String,
    },
    Suppressed {
        reply: String,
    },
    /// In doubt; with a moment it is sent again then.
    Unknown {
        again_at: Option<Timestamp>,
        reply: String,
    },
    /// The row goes back as it was, and its notice waits for a person.
    Stall {
        reason: String,
    },
}

/// What a decision depends on besides the verdict.
#[derive(Debug, Clone, Copy)]
pub struct Try<'a> {
    /// The row's own name; its jitter follows from it.
    pub delivery: &'a str,
    /// How often it was tried before this.
    pub attempts: u32,
    /// When it was first tried.
    pub since: Timestamp,
    pub now: Timestamp,
    pub on_unknown: OnUnknown,
}

/// Decides what a verdict means for a row.
pub fn decide(verdict: Verdict, tried: &Try<'_>) -> Decision {
    match verdict {
        Verdict::Sent { detail } => Decision::Sent { reply: detail },
        Verdict::Failed { reason, suppress } => Decision::Failed { reply: reason, suppress },
        Verdict::Disabled { reason } => Decision::Failed { reply: reason, suppress: true },
        Verdict::Suppressed { reason } => Decision::Suppressed { reply: reason },
        Verdict::Stalled { reason } => Decision::Stall { reason },
        Verdict::Later { reason, .. } if between(tried.since, tried.now) >= GIVE_UP_AFTER => {
            Decision::Failed { reply: format!("gave up after two days: {reason}"), suppress: false }
        }
        Verdict::Later { reason, retry_after } => {
            let asked = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER);
            let at = after(tried.now, pause(tried.delivery, tried.attempts).max(asked));
            Decision::Again { at, reply: reason }
        }
        // However often: a limit says nothing about whether the news is still worth telling.
        Verdict::Limited { reason, wait } => {
            Decision::Deferred { at: after(tried.now, wait.min(LONGEST_RETRY_AFTER)), reply: reason }
        }
        Verdict::Unknown { reason } => {
            let resend = tried.on_unknown == OnUnknown::Resend && tried.attempts < RESENDS_IN_DOUBT;
            let again_at = resend.then(|| after(tried.now, pause(tried.delivery, tried.attempts)));
            Decision::Unknown { again_at, reply: reason }
        }
    }
}

/// The pause after a try: it doubles, and is spread by up to a quarter either way so that rows
/// refused together do not come back together. The same row and try give the same pause.
pub fn pause(delivery: &str, attempts: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << attempts.min(16)).min(LONGEST_PAUSE);
    let spread = f64::from(hash(delivery, attempts)) / f64::from(u32::MAX);
    doubled.mul_f64(0.75 + 0.5 * spread)
}

/// FNV-1a over the row's name and the try, its halves folded together.
fn hash(delivery: &str, attempts: u32) -> u32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in delivery.bytes().chain(attempts.to_le_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // The last bytes barely reach the high bits, so they are mixed in once more.
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    ((hash >> 32) ^ hash) as u32
}

/// Reads a `Retry-After` header (RFC 9110, 10.2.3): seconds, or a date. Anything odd counts as absent.
pub fn retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|b| b.is_ascii_digit()) {
        return Some(header.parse().map_or(LONGEST_RETRY_AFTER, Duration::from_secs).min(LONGEST_RETRY_AFTER));
    }
    let date = chrono::DateTime::parse_from_rfc2822(header).ok()?.to_utc();
    Some(between(now, date).min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(seconds: i64) -> Timestamp {
        chrono::DateTime::from_timestamp(1_790_000_000 + seconds, 0).expect("a moment")
    }

    fn tried(attempts: u32, on_unknown: OnUnknown) -> Try<'static> {
        Try { delivery: "d-1", attempts, since: moment(0), now: moment(60), on_unknown }
    }

    fn later(retry_after: Option<u64>) -> Verdict {
        Verdict::Later { reason: "451 busy".into(), retry_after: retry_after.map(Duration::from_secs) }
    }

    #[test]
    fn what_cannot_be_tried_again_is_settled() {
        let decide = |verdict| decide(verdict, &tried(0, OnUnknown::Resend));
        assert_eq!(decide(Verdict::Sent { detail: "250 ok".into() }), Decision::Sent { reply: "250 ok".into() });
        assert_eq!(
            decide(Verdict::Failed { reason: "550 5.1.1".into(), suppress: true }),
            Decision::Failed { reply: "550 5.1.1".into(), suppress: true }
        );
        assert_eq!(
            decide(Verdict::Disabled { reason: "410 Gone".into() }),
            Decision::Failed { reply: "410 Gone".into(), suppress: true }
        );
        assert_eq!(decide(Verdict::Stalled { reason: "535".into() }), Decision::Stall { reason: "535".into() });
    }

    #[test]
    fn pauses_grow_to_a_limit_and_differ_between_rows() {
        let seconds: Vec<u64> = (0..9).map(|attempts| pause("d-1", attempts).as_secs()).collect();
        for (attempts, seconds) in seconds.iter().enumerate() {
            let middle = (10 << attempts).min(600);
            assert!((middle * 3 / 4..=middle * 5 / 4).contains(seconds), "try {attempts}: {seconds} s");
        }
        assert_eq!(pause("d-1", 3), pause("d-1", 3));
        let spread: std::collections::BTreeSet<u128> =
            (0..100).map(|row| pause(&format!("d-{row}"), 3).as_millis()).collect();
        assert!(spread.len() > 90, "rows come back together: {} moments for 100 rows", spread.len());
        assert!(pause("d-1", u32::MAX) <= LONGEST_PAUSE.mul_f64(1.25));
    }

    #[test]
    fn an_endpoints_wish_is_honoured_and_capped() {
        let at = |retry_after| match decide(later(retry_after), &tried(0, OnUnknown::Resend)) {
            Decision::Again { at, .. } => between(moment(60), at).as_secs(),
            other => panic!("{other:?}"),
        };
        assert!(at(None) < 13);
        assert!(at(Some(1)) < 13, "asking for less than our own pause shortens nothing");
        assert_eq!(at(Some(120)), 120);
        assert_eq!(at(Some(86_400)), 3_600);
    }

    #[test]
    fn a_limit_defers_for_as_long_as_it_takes_and_never_gives_up() {
        let old = Try { now: moment(72 * 3_600), ..tried(40, OnUnknown::Hold) };
        for (wait, deferred) in [(60, 60), (86_400, 3_600)] {
            let limited = Verdict::Limited { reason: "45009".into(), wait: Duration::from_secs(wait) };
            let at = after(old.now, Duration::from_secs(deferred));
            assert_eq!(decide(limited, &old), Decision::Deferred { at, reply: "45009".into() });
        }
    }

    #[test]
    fn news_that_is_two_days_old_is_given_up() {
        let old = Try { now: moment(48 * 3_600), ..tried(9, OnUnknown::Resend) };
        let Decision::Failed { reply, suppress: false } = decide(later(None), &old) else { panic!("still tried") };
        assert_eq!(reply, "gave up after two days: 451 busy");
    }

    #[test]
    fn a_message_in_doubt_is_sent_again_twice_at_most_or_never() {
        let again =
            |attempts, policy| match decide(Verdict::Unknown { reason: "lost".into() }, &tried(attempts, policy)) {
                Decision::Unknown { again_at, .. } => again_at.is_some(),
                other => panic!("{other:?}"),
            };
        assert_eq!([0, 1, 2, 9].map(|attempts| again(attempts, OnUnknown::Resend)), [true, true, false, false]);
        assert_eq!([0, 1].map(|attempts| again(attempts, OnUnknown::Hold)), [false, false]);
    }

    #[test]
    fn odd_retry_after_headers_count_as_absent() {
        let now = chrono::DateTime::parse_from_rfc3339("2026-11-22T03:00:00Z").expect("a moment").to_utc();
        for (header, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 22 Nov 2026 03:02:00 GMT", Some(120)),
            ("Sun, 22 Nov 2026 02:00:00 GMT", Some(0)),
            ("99999999999999999999", Some(3_600)),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(retry_after(header, now).map(|wait| wait.as_secs()), seconds, "{header:?}");
        }
    }
}
