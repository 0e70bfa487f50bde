//! Moments as the page shows them: always with date and zone, since a page is rendered once and read much later.

use chrono::Datelike;
use chrono_tz::Tz;
use serde::Serialize;

use crate::clock::{Timestamp, rfc3339};
use crate::notice::zone_name;
use crate::server::views::Language;

/// A moment exactly and in words, as a `time` element takes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Moment {
    exact: String,
    said: String,
}

/// Whose words and whose zone moments are told in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    pub(super) language: Language,
    pub(super) zone: Tz,
}

impl Calendar {
    /// `22 November 2026, 14:05 (UTC+8)`, `2026年11月22日 14:05（北京时间）`.
    pub(super) fn moment(self, at: Timestamp) -> Moment {
        Moment { exact: rfc3339(at), said: format!("{}{}", self.date(at), self.clock(at)) }
    }

    /// From one moment to a later one: the zone said once, and the date once where it is the same day.
    pub(super) fn range(self, from: Timestamp, to: Timestamp) -> [Moment; 2] {
        let local = |moment: Timestamp| moment.with_timezone(&self.zone).date_naive();
        let date = if local(from) == local(to) { String::new() } else { self.date(to) };
        let first = format!("{}{}", self.date(from), from.with_timezone(&self.zone).format("%H:%M"));
        [
            Moment { exact: rfc3339(from), said: first },
            Moment { exact: rfc3339(to), said: format!("{date}{}", self.clock(to)) },
        ]
    }

    /// `November 2026`, `2026年11月`.
    pub(super) fn month(self, at: Timestamp) -> String {
        let local = at.with_timezone(&self.zone);
        match self.language {
            Language::English => local.format("%B %Y").to_string(),
            Language::Chinese => format!("{}年{}月", local.year(), local.month()),
        }
    }

    fn date(self, at: Timestamp) -> String {
        let local = at.with_timezone(&self.zone);
        match self.language {
            Language::English => local.format("%-d %B %Y, ").to_string(),
            Language::Chinese => local.format("%Y年%-m月%-d日 ").to_string(),
        }
    }

    fn clock(self, at: Timestamp) -> String {
        let time = at.with_timezone(&self.zone).format("%H:%M");
        let zone = zone_name(&self.language.locale(), self.zone, at);
        match self.language {
            Language::English => format!("{time} ({zone})"),
            Language::Chinese => format!("{time}（{zone}）"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_says_its_day_and_its_zone_whenever_it_is_read() {
        let at = |moment: &str| moment.parse::<Timestamp>().expect("a moment");
        let (began, same, next) = (at("2026-11-22T06:05:00Z"), at("2026-11-22T07:10:00Z"), at("2026-11-22T16:00:00Z"));
        let said = |language| {
            let calendar = Calendar { language, zone: Tz::Asia__Shanghai };
            let range = |to| calendar.range(began, to).map(|moment| moment.said).join(" – ");
            [calendar.moment(began).said, range(same), range(next), calendar.month(began)].join(" | ")
        };
        insta::assert_snapshot!(said(Language::English), @"22 November 2026, 14:05 (UTC+8) | 22 November 2026, 14:05 – 15:10 (UTC+8) | 22 November 2026, 14:05 – 23 November 2026, 00:00 (UTC+8) | November 2026");
        insta::assert_snapshot!(said(Language::Chinese), @"2026年11月22日 14:05（北京时间） | 2026年11月22日 14:05 – 15:10（北京时间） | 2026年11月22日 14:05 – 2026年11月23日 00:00（北京时间） | 2026年11月");
    }
}
