//! The retrospective's own words in Chinese and English: moments, spans, lists, the names of states.

use std::time::Duration;

use chrono_tz::Tz;

use crate::clock::Timestamp;
use crate::incident::Outcome;
use crate::incident::event::FactValue;
use crate::locale::Locale;
use crate::runbook::{Cause, FactKind, Phase, Runbook, Status};

/// How one reader is spoken to: the language, the zone, and the day that needs no date.
#[derive(Debug, Clone)]
pub struct Words {
    pub locale: Locale,
    pub timezone: Tz,
    /// Moments of this day are written without a date.
    pub day: Option<chrono::NaiveDate>,
}

/// Writes a sentence in the reader's language: `say!(words, "中文 {x}", "English {x}")`.
macro_rules! say {
    ($words:expr, $zh:literal, $en:literal) => {
        if $words.is_chinese() { format!($zh) } else { format!($en) }
    };
}
pub(super) use say;

impl Words {
    pub fn is_chinese(&self) -> bool {
        self.locale.is_chinese()
    }

    /// Picks the wording of the reader's language.
    pub fn pick<'a>(&self, chinese: &'a str, english: &'a str) -> &'a str {
        if self.is_chinese() { chinese } else { english }
    }

    /// `03:10`, with the date where it is another day: `13 March, 03:10`, `3月13日 03:10`.
    pub fn time(&self, moment: Timestamp) -> String {
        let local = moment.with_timezone(&self.timezone);
        let format = match self.day == Some(local.date_naive()) {
            true => "%H:%M",
            false => self.pick("%-m月%-d日 %H:%M", "%-d %B, %H:%M"),
        };
        local.format(format).to_string()
    }

    /// The full date and time with the zone, as notices write it: `12 March 2026, 19:42 (UTC+8)`.
    pub fn moment(&self, moment: Timestamp) -> String {
        let local = moment.with_timezone(&self.timezone);
        let (date, zone) = (local.format(self.pick("%Y年%-m月%-d日 %H:%M", "%-d %B %Y, %H:%M")), self.zone(moment));
        say!(self, "{date}（{zone}）", "{date} ({zone})")
    }

    /// The zone as the reader's language names it.
    pub fn zone(&self, moment: Timestamp) -> String {
        crate::notice::zone_name(&self.locale, self.timezone, moment)
    }

    pub fn span(&self, seconds: u64) -> String {
        let (days, hours, minutes, rest) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        let units = [
            (days, self.pick(" 天", " d")),
            (hours, self.pick(" 小时", " h")),
            (minutes, self.pick(" 分", " min")),
            (rest, self.pick(" 秒", " s")),
        ];
        let parts: Vec<String> = units
            .iter()
            .filter(|(count, _)| *count > 0)
            .take(2)
            .map(|(count, unit)| format!("{count}{unit}"))
            .collect();
        match parts.len() {
            0 => format!("0{}", self.pick(" 秒", " s")),
            1 if parts[0].ends_with(" 分") => format!("{}钟", parts[0]),
            _ => parts.join(" "),
        }
    }

    pub fn duration(&self, duration: Duration) -> String {
        self.span(duration.as_secs())
    }

    /// `a、b、c`, or `a, b, c`.
    pub fn list<S: AsRef<str>>(&self, items: impl IntoIterator<Item = S>) -> String {
        let items: Vec<String> = items.into_iter().map(|item| item.as_ref().to_owned()).collect();
        items.join(self.pick("、", ", "))
    }

    /// `1 recipient`, `3 recipients`: an English count with its noun.
    pub fn many(&self, count: u64, noun: &str) -> String {
        if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
    }

    /// What became of deliveries: `16 sent, 5 without an address`.
    pub fn deliveries(&self, counts: &[(&str, u64)]) -> String {
        let told = counts.iter().map(|(state, count)| match (*state, self.is_chinese()) {
            ("no_address", true) => format!("没有邮箱地址 {count}"),
            ("no_address", false) => format!("{count} without an address"),
            (state, true) => format!("{} {count}", self.delivery(state)),
            (state, false) => format!("{count} {}", self.delivery(state)),
        });
        self.list(told)
    }

    /// Whether what people wrote is in the other language alone.
    pub fn is_foreign(&self, text: &str) -> bool {
        let chinese = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
        let words = text.split_whitespace().filter(|word| word.is_ascii()).count();
        match self.is_chinese() {
            true => words > 3 && chinese < words,
            false => chinese > 1,
        }
    }

    /// A title in quotation marks.
    pub fn quoted(&self, title: &str) -> String {
        format!("“{title}”")
    }

    pub fn phase(&self, phase: Phase) -> &'static str {
        let chinese = self.is_chinese();
        match phase {
            Phase::Pre if chinese => "事前",
            Phase::Mid if chinese => "事中",
            Phase::Post if chinese => "事后",
            Phase::Pre => "Pre",
            Phase::Mid => "Mid",
            Phase::Post => "Post",
        }
    }

    pub fn cause(&self, cause: Cause) -> &'static str {
        let chinese = self.is_chinese();
        match cause {
            Cause::Platform if chinese => "平台",
            Cause::Human if chinese => "人为",
            Cause::System if chinese => "系统",
            Cause::Platform => "platform",
            Cause::Human => "human",
            Cause::System => "system",
        }
    }

    pub fn status(&self, status: Status) -> &'static str {
        let chinese = self.is_chinese();
        match status {
            Status::Investigating if chinese => "调查中",
            Status::Identified if chinese => "已定位",
            Status::Monitoring if chinese => "观察中",
            Status::Resolved if chinese => "已解决",
            Status::Investigating => "investigating",
            Status::Identified => "identified",
            Status::Monitoring => "monitoring",
            Status::Resolved => "resolved",
        }
    }

    pub fn outcome(&self, outcome: Outcome) -> &'static str {
        let chinese = self.is_chinese();
        match outcome {
            Outcome::Done if chinese => "完成",
            Outcome::Worked if chinese => "奏效",
            Outcome::Failed if chinese => "未奏效",
            Outcome::Skipped if chinese => "跳过",
            Outcome::Done => "done",
            Outcome::Worked => "worked",
            Outcome::Failed => "failed",
            Outcome::Skipped => "skipped",
        }
    }

    /// The name of a ledger state.
    pub fn delivery<'a>(&self, state: &'a str) -> &'a str {
        if !self.is_chinese() {
            return state;
        }
        match state {
            "sent" => "已送出",
            "failed" => "未送达",
            "suppressed" => "已停发",
            "expired" => "已过期",
            "unknown" => "结果不明",
            "queued" => "排队中",
            "sending" => "发送中",
            "prepared" => "待发",
            other => other,
        }
    }

    /// A fact's value as a sentence would say it.
    pub fn fact(&self, runbook: &Runbook, fact: &str, value: &FactValue) -> String {
        match value {
            FactValue::Text(text) => text.get(&self.locale).to_owned(),
            FactValue::Number(number) => number.to_string(),
            FactValue::Percent(percent) => format!("{percent}%"),
            FactValue::Datetime(moment) => self.time(*moment),
            FactValue::Duration(seconds) => self.span(*seconds),
            FactValue::Choice(choice) => match runbook.facts.get(fact).map(|fact| &fact.kind) {
                Some(FactKind::Choice(choices)) => {
                    choices.get(choice).map_or(choice.as_str(), |text| text.get(&self.locale)).to_owned()
                }
                _ => choice.clone(),
            },
        }
    }

    /// A fact's title.
    pub fn fact_title(&self, runbook: &Runbook, fact: &str) -> String {
        runbook.facts.get(fact).map_or_else(|| fact.to_owned(), |known| known.title.get(&self.locale).to_owned())
    }

    /// A severity with what it means.
    pub fn severity(&self, runbook: &Runbook, severity: &str) -> String {
        match runbook.severity(severity) {
            Some((level, _)) if self.is_chinese() => format!("{severity}（{}）", level.means.get(&self.locale)),
            Some((level, _)) => format!("{severity} ({})", level.means.get(&self.locale)),
            None => severity.to_owned(),
        }
    }
}
