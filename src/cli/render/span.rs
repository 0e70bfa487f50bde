//! Spans of time and moments as a person reads them: `2m`, `5m late`, `09:41`.

use std::time::Duration;

use chrono_tz::Tz;

use crate::cli::words::Words;
use crate::clock::{self, Timestamp};

/// A span in its two largest units, such as `1h 5m`; seconds only below two minutes.
pub(crate) fn span(words: Words, span: Duration) -> String {
    let seconds = span.as_secs();
    let units = [(seconds / 86_400, 'd'), (seconds / 3600 % 24, 'h'), (seconds / 60 % 60, 'm'), (seconds % 60, 's')];
    let first = units.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    units
        .iter()
        .enumerate()
        .skip(first)
        .take(2)
        .filter(|(index, (count, unit))| *index == first || (*count > 0 && (*unit != 's' || seconds < 120)))
        .map(|(_, (count, unit))| words.unit(*count, *unit))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A deadline seen from now: `due in 2m` or `5m late`.
pub(crate) fn deadline(words: Words, now: Timestamp, at: Timestamp) -> String {
    if at >= now {
        words.due_in(&span(words, clock::between(now, at)))
    } else {
        words.late_by(&span(words, clock::between(at, now)))
    }
}

/// A moment on the reader's clock: the time alone today, with the date otherwise.
pub(crate) fn moment(zone: Tz, now: Timestamp, at: Timestamp) -> String {
    let (today, at) = (now.with_timezone(&zone).date_naive(), at.with_timezone(&zone));
    let format = if at.date_naive() == today { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    at.format(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_keep_to_two_units() {
        for (seconds, english, chinese) in [
            (0, "0s", "0 秒"),
            (59, "59s", "59 秒"),
            (90, "1m 30s", "1 分钟 30 秒"),
            (150, "2m", "2 分钟"),
            (3600, "1h", "1 小时"),
            (3_900, "1h 5m", "1 小时 5 分钟"),
            (90_000, "1d 1h", "1 天 1 小时"),
            (86_460, "1d", "1 天"),
        ] {
            assert_eq!(span(Words::English, Duration::from_secs(seconds)), english);
            assert_eq!(span(Words::Chinese, Duration::from_secs(seconds)), chinese);
        }
    }

    #[test]
    fn a_moment_of_another_day_carries_its_date() {
        let now = "2026-11-22T01:00:00Z".parse().expect("a moment");
        let zone = chrono_tz::Asia::Shanghai;
        assert_eq!(moment(zone, now, "2026-11-22T00:30:00Z".parse().expect("a moment")), "08:30");
        assert_eq!(moment(zone, now, "2026-11-21T15:30:00Z".parse().expect("a moment")), "2026-11-21 23:30");
    }
}
