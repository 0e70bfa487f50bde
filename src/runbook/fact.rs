//! The values of facts: their types, and how what a person writes becomes one.

use std::time::Duration;

use chrono::{DateTime, Days, LocalResult, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Fact, FactDefault, FactKind};
use crate::clock::Timestamp;
use crate::locale::{Locale, Text};

/// The longest text of a fact, in bytes.
pub const LONGEST: usize = 16 * 1024;

/// A fact's value, typed as the runbook declares it; stored in the journal in this form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FactValue {
    Text(Text),
    Number(f64),
    Percent(f64),
    Datetime(Timestamp),
    /// In seconds.
    Duration(u64),
    Choice(String),
}

/// Where and when a fact is written: its language, the zone of a bare `HH:MM`, and the moment it is relative to.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    pub locale: &'a Locale,
    pub timezone: Tz,
    pub now: Timestamp,
}

/// Why what was written is no value of this fact, as a lowercase fragment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("`{fact}` is empty")]
    Empty { fact: String },
    #[error("`{fact}` is longer than {LONGEST} bytes")]
    TooLong { fact: String },
    #[error("`{fact}` contains a control character")]
    Control { fact: String },
    #[error("`{written}` is not {wanted}")]
    Kind { written: String, wanted: String },
    #[error("`{written}` does not exist in {timezone} on that day")]
    NoSuchTime { written: String, timezone: Tz },
}

/// Reads what a person wrote as this fact's value.
pub fn parse(fact: &Fact, written: &str, context: &Context<'_>) -> Result<FactValue, Error> {
    let id = || fact.id.as_str().to_owned();
    let written = written.trim();
    if written.is_empty() {
        return Err(Error::Empty { fact: id() });
    }
    if written.len() > LONGEST {
        return Err(Error::TooLong { fact: id() });
    }
    if written.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Error::Control { fact: id() });
    }
    let wrong = |wanted: &str| Error::Kind { written: written.to_owned(), wanted: wanted.to_owned() };
    match &fact.kind {
        FactKind::Text => Ok(FactValue::Text(Text::new(context.locale.clone(), lines(written)))),
        FactKind::Number => number(written).map(FactValue::Number).ok_or_else(|| wrong("a number")),
        FactKind::Percent => number(written.trim_end_matches(['%', '％']))
            .filter(|n| (0.0..=100.0).contains(n))
            .map(FactValue::Percent)
            .ok_or_else(|| wrong("a percentage from 0 to 100")),
        FactKind::Duration => humantime::parse_duration(written)
            .map(|span| FactValue::Duration(span.as_secs()))
            .map_err(|_| wrong("a duration such as `90s`, `5m` or `1h 30m`")),
        FactKind::Datetime { upcoming } => datetime(written, *upcoming, context),
        FactKind::Choice(choices) => choices
            .iter()
            .find(|(choice, title)| choice.as_str() == written || title.iter().any(|(_, text)| text == written))
            .map(|(choice, _)| FactValue::Choice(choice.clone()))
            .ok_or_else(|| {
                let known: Vec<_> = choices.keys().map(|choice| format!("`{choice}`")).collect();
                wrong(&format!("one of {}", known.join(", ")))
            }),
    }
}

/// The value a runbook prepared, as it reads at this moment.
pub fn prepared(fact: &Fact, context: &Context<'_>) -> Option<FactValue> {
    match fact.default.as_ref()? {
        FactDefault::Text(text) => Some(FactValue::Text(text.clone())),
        FactDefault::Written(written) => parse(fact, written, context).ok(),
    }
}

/// Line ends as a single line feed, so that a text means the same wherever it goes.
fn lines(written: &str) -> String {
    written.replace("\r\n", "\n").replace('\r', "\n")
}

fn number(written: &str) -> Option<f64> {
    written.trim().parse().ok().filter(|n: &f64| n.is_finite())
}

fn datetime(written: &str, upcoming: bool, context: &Context<'_>) -> Result<FactValue, Error> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(written) {
        return Ok(FactValue::Datetime(moment.with_timezone(&Utc)));
    }
    // With a space as people write it, with a `T` as browsers do.
    if let Ok(local) = NaiveDateTime::parse_from_str(&written.replacen('T', " ", 1), "%Y-%m-%d %H:%M") {
        return earliest(context.timezone, local)
            .map(FactValue::Datetime)
            .ok_or_else(|| Error::NoSuchTime { written: written.to_owned(), timezone: context.timezone });
    }
    let time = NaiveTime::parse_from_str(&written.replace('：', ":"), "%H:%M").map_err(|_| Error::Kind {
        written: written.to_owned(),
        wanted: "a time such as `14:05`, `2026-11-22 14:05` or RFC 3339".to_owned(),
    })?;
    occurrence(time, upcoming, context)
        .map(FactValue::Datetime)
        .ok_or_else(|| Error::NoSuchTime { written: written.to_owned(), timezone: context.timezone })
}

/// The latest past occurrence of a time of day, or the next.
fn occurrence(time: NaiveTime, upcoming: bool, context: &Context<'_>) -> Option<Timestamp> {
    let today = context.now.with_timezone(&context.timezone).date_naive();
    let days = [today.checked_sub_days(Days::new(1)), Some(today), today.checked_add_days(Days::new(1))];
    let mut moments = days.into_iter().flatten().filter_map(|day| earliest(context.timezone, day.and_time(time)));
    if upcoming { moments.find(|moment| *moment > context.now) } else { moments.rfind(|moment| *moment <= context.now) }
}

/// A local time as a moment; the earlier one where clocks were put back, none where it was skipped.
fn earliest(timezone: Tz, local: NaiveDateTime) -> Option<Timestamp> {
    match timezone.from_local_datetime(&local) {
        LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => Some(moment.with_timezone(&Utc)),
        LocalResult::None => None,
    }
}

impl FactValue {
    /// The value as a condition sees it, in the language the runbook is written in.
    pub fn as_condition(&self) -> super::condition::Value {
        use super::condition::Value;
        match self {
            Self::Text(text) => Value::Text(text.original().to_owned()),
            Self::Number(n) | Self::Percent(n) => Value::Number(*n),
            Self::Datetime(moment) => Value::Datetime(*moment),
            Self::Duration(seconds) => Value::Duration(Duration::from_secs(*seconds)),
            Self::Choice(choice) => Value::Text(choice.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::runbook::FactId;

    fn fact(kind: FactKind) -> Fact {
        let title = Text::new(Locale::english(), "A fact");
        Fact { id: FactId::new("fact"), title, kind, default: None, built_in: false }
    }

    fn read(kind: FactKind, written: &str) -> Result<FactValue, Error> {
        let now = "2026-11-22T01:30:00Z".parse().expect("a moment");
        let context = Context { locale: &Locale::english(), timezone: chrono_tz::Asia::Shanghai, now };
        parse(&fact(kind), written, &context)
    }

    fn moment(text: &str) -> FactValue {
        FactValue::Datetime(text.parse().expect("a moment"))
    }

    #[test]
    fn a_bare_time_is_the_latest_past_one_or_for_an_estimate_the_next() {
        let past = FactKind::Datetime { upcoming: false };
        let next = FactKind::Datetime { upcoming: true };
        // It is 09:30 in Shanghai.
        for (kind, written, expected) in [
            (past.clone(), "09:05", "2026-11-22T01:05:00Z"),
            (past.clone(), "23:50", "2026-11-21T15:50:00Z"),
            (next.clone(), "10:00", "2026-11-22T02:00:00Z"),
            (next, "09：00", "2026-11-23T01:00:00Z"),
            (past.clone(), "2026-11-20 08:00", "2026-11-20T00:00:00Z"),
            (past.clone(), "2026-11-20T08:00", "2026-11-20T00:00:00Z"),
            (past, "2026-11-22T09:00:00+08:00", "2026-11-22T01:00:00Z"),
        ] {
            assert_eq!(read(kind, written), Ok(moment(expected)), "{written}");
        }
    }

    #[test]
    fn values_are_read_as_their_kind_or_refused() {
        let choices = IndexMap::from([("cn".to_owned(), Text::new(Locale::english(), "Mainland"))]);
        let accepted = [
            (FactKind::Number, "12.5", FactValue::Number(12.5)),
            (FactKind::Percent, "40%", FactValue::Percent(40.0)),
            (FactKind::Duration, "1h 30m", FactValue::Duration(5400)),
            (FactKind::Choice(choices.clone()), "Mainland", FactValue::Choice("cn".to_owned())),
        ];
        for (kind, written, expected) in accepted {
            assert_eq!(read(kind, written), Ok(expected), "{written}");
        }
        let refused = [
            (FactKind::Number, "many"),
            (FactKind::Number, "inf"),
            (FactKind::Percent, "101"),
            (FactKind::Duration, "soon"),
            (FactKind::Datetime { upcoming: false }, "25:00"),
            (FactKind::Choice(choices), "hk"),
            (FactKind::Text, "   "),
            (FactKind::Text, "nul\0"),
        ];
        for (kind, written) in refused {
            assert!(read(kind, written).is_err(), "{written:?}");
        }
    }

    #[test]
    fn line_ends_are_one_kind() {
        let Ok(FactValue::Text(text)) = read(FactKind::Text, "one\r\ntwo\rthree") else { unreachable!("a text") };
        assert_eq!(text.original(), "one\ntwo\nthree");
    }
}
