//! Moments and spans as people read them, in the incident's zone.

use std::time::Duration;

use chrono::{DateTime, Datelike, Offset, Timelike};
use chrono_tz::Tz;

use super::words::Language;
use crate::clock::Timestamp;
use crate::locale::Locale;

/// How the moments of one notice are written: for whom, where, and seen from when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    pub(super) language: Language,
    pub(super) zone: Tz,
    pub(super) now: Timestamp,
}

impl Calendar {
    /// A moment with its date and zone: `22 November, 14:05 (UTC+8)`, `11月22日 14:05（北京时间）`.
    pub(super) fn dated(self, moment: Timestamp) -> String {
        let local = moment.with_timezone(&self.zone);
        format!("{}{}", self.date(local), self.clock(local))
    }

    /// A moment with its zone, and its date unless that is today.
    pub(super) fn soon(self, moment: Timestamp) -> String {
        let local = moment.with_timezone(&self.zone);
        if local.date_naive() == self.now.with_timezone(&self.zone).date_naive() {
            self.clock(local)
        } else {
            self.dated(moment)
        }
    }

    /// From one moment to a later one, the date and zone said once where they are the same.
    pub(super) fn range(self, from: Timestamp, about: bool, to: Timestamp) -> String {
        let (first, last) = (from.with_timezone(&self.zone), to.with_timezone(&self.zone));
        let last = if first.date_naive() == last.date_naive() { self.clock(last) } else { self.dated(to) };
        let first = format!("{}{}", self.date(first), hours(first));
        let first = if about { self.language.about(&first) } else { first };
        match self.language {
            Language::English => format!("from {first} to {last}"),
            Language::Chinese => format!("{first} 至 {last}"),
        }
    }

    /// A span in words, in whole minutes; `1 hour 20 minutes`, `1 小时 20 分钟`.
    pub(super) fn span(self, span: Duration) -> String {
        let minutes = span.as_secs().div_ceil(60);
        self.language.span(minutes / 1440, minutes / 60 % 24, minutes % 60)
    }

    fn clock(self, local: DateTime<Tz>) -> String {
        let zone = zone(self.language, local);
        match self.language {
            Language::English => format!("{} ({zone})", hours(local)),
            Language::Chinese => format!("{}（{zone}）", hours(local)),
        }
    }

    fn date(self, local: DateTime<Tz>) -> String {
        let this_year = self.now.with_timezone(&self.zone).year() == local.year();
        match (self.language, this_year) {
            (Language::English, true) => local.format("%-d %B, ").to_string(),
            (Language::English, false) => local.format("%-d %B %Y, ").to_string(),
            (Language::Chinese, true) => local.format("%-m月%-d日 ").to_string(),
            (Language::Chinese, false) => local.format("%Y年%-m月%-d日 ").to_string(),
        }
    }
}

fn hours(local: DateTime<Tz>) -> String {
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// The zone as readers of the language name it; the offset where it has no such name.
fn zone(language: Language, local: DateTime<Tz>) -> String {
    let named = match (language, local.timezone()) {
        (Language::Chinese, Tz::Asia__Shanghai | Tz::Asia__Chongqing | Tz::Asia__Harbin | Tz::PRC) => Some("北京时间"),
        (Language::Chinese, Tz::Asia__Hong_Kong) => Some("香港时间"),
        (Language::Chinese, Tz::Asia__Taipei) => Some("台北时间"),
        (Language::Chinese, Tz::Asia__Singapore) => Some("新加坡时间"),
        (Language::Chinese, Tz::Asia__Tokyo) => Some("东京时间"),
        _ => None,
    };
    named.map_or_else(|| offset(local), str::to_owned)
}

/// The zone of a moment as readers of a language name it: `UTC+8`, `北京时间`.
pub fn zone_name(locale: &Locale, zone_of: Tz, moment: Timestamp) -> String {
    zone(Language::of(locale), moment.with_timezone(&zone_of))
}

fn offset(local: DateTime<Tz>) -> String {
    let seconds = local.offset().fix().local_minus_utc();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs() / 60);
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(moment: &str) -> Timestamp {
        moment.parse().expect("a moment")
    }

    fn calendar(language: Language, zone: Tz) -> Calendar {
        Calendar { language, zone, now: at("2026-11-22T06:10:00Z") }
    }

    #[test]
    fn a_moment_carries_its_zone_and_its_date_unless_it_is_today() {
        for (zone, moment, english, chinese) in [
            (Tz::Asia__Shanghai, "2026-11-22T06:05:59Z", "14:05 (UTC+8)", "14:05（北京时间）"),
            (Tz::Asia__Shanghai, "2026-11-22T16:05:00Z", "23 November, 00:05 (UTC+8)", "11月23日 00:05（北京时间）"),
            (Tz::UTC, "2025-12-31T23:59:00Z", "31 December 2025, 23:59 (UTC)", "2025年12月31日 23:59（UTC）"),
            (Tz::Asia__Kolkata, "2026-11-22T06:05:00Z", "11:35 (UTC+5:30)", "11:35（UTC+5:30）"),
            (Tz::America__New_York, "2026-11-22T06:05:00Z", "01:05 (UTC-5)", "01:05（UTC-5）"),
        ] {
            assert_eq!(calendar(Language::English, zone).soon(at(moment)), english);
            assert_eq!(calendar(Language::Chinese, zone).soon(at(moment)), chinese);
        }
    }

    #[test]
    fn a_range_says_once_what_both_ends_share() {
        let (from, to) = (at("2026-11-22T06:05:00Z"), at("2026-11-22T08:00:00Z"));
        let english = calendar(Language::English, Tz::Asia__Shanghai);
        let chinese = calendar(Language::Chinese, Tz::Asia__Shanghai);
        assert_eq!(english.range(from, false, to), "from 22 November, 14:05 to 16:00 (UTC+8)");
        assert_eq!(chinese.range(from, true, to), "约 11月22日 14:05 至 16:00（北京时间）");
        assert_eq!(
            english.range(from, false, at("2026-11-22T17:00:00Z")),
            "from 22 November, 14:05 to 23 November, 01:00 (UTC+8)"
        );
    }

    #[test]
    fn a_span_is_said_in_its_two_largest_units() {
        for (seconds, english, chinese) in [
            (0, "0 minutes", "0 分钟"),
            (61, "2 minutes", "2 分钟"),
            (4800, "1 hour 20 minutes", "1 小时 20 分钟"),
            (7200, "2 hours", "2 小时"),
            (90_060, "1 day 1 hour", "1 天 1 小时"),
            (86_400 + 300, "1 day", "1 天"),
        ] {
            let span = Duration::from_secs(seconds);
            assert_eq!(calendar(Language::English, Tz::UTC).span(span), english);
            assert_eq!(calendar(Language::Chinese, Tz::UTC).span(span), chinese);
        }
    }
}
