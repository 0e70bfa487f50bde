//! Facts as people write them: read into typed values, prepared wording included.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::event::FactValue;
use super::state::Incident;
use crate::clock::{Timestamp, rfc3339};
use crate::locale::{Locale, Text};
use crate::runbook::{Fact, FactDefault, FactKind};

/// What a reading of a fact needs besides what was written.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    /// The language a text is written in.
    pub locale: &'a Locale,
    /// Where a bare `HH:MM` is meant.
    pub timezone: Tz,
    pub now: Timestamp,
}

/// Why something written is no value of its fact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{written}` is not {expected}")]
pub struct Error {
    written: String,
    pub expected: String,
}

/// Reads what a person wrote, typed as the runbook declares the fact.
pub fn read(kind: &FactKind, written: &str, reading: &Reading<'_>) -> Result<FactValue, Error> {
    let trimmed = written.trim();
    let refuse = |expected: String| Error { written: written.to_owned(), expected };
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    match kind {
        FactKind::Text => Ok(FactValue::Text(Text::new(reading.locale.clone(), written))),
        FactKind::Number => {
            number(trimmed).map(FactValue::Number).ok_or_else(|| refuse("a number such as `12` or `0.5`".to_owned()))
        }
        FactKind::Percent => number(trimmed.strip_suffix(['%', '％']).unwrap_or(trimmed).trim_end())
            .filter(|percent| (0.0..=100.0).contains(percent))
            .map(FactValue::Percent)
            .ok_or_else(|| refuse("a percentage from 0 to 100, such as `40%`".to_owned())),
        FactKind::Datetime { upcoming } => datetime(trimmed, *upcoming, reading)
            .map(FactValue::Datetime)
            .ok_or_else(|| refuse("a time such as `14:30` or `2026-03-01T14:30:00+08:00`".to_owned())),
        FactKind::Duration => humantime::parse_duration(trimmed)
            .map(|duration: Duration| FactValue::Duration(duration.as_secs()))
            .map_err(|_| refuse("a duration such as `90s`, `5m` or `1h 30m`".to_owned())),
        FactKind::Choice(choices) => {
            if choices.contains_key(trimmed) {
                return Ok(FactValue::Choice(trimmed.to_owned()));
            }
            let known: Vec<String> = choices.keys().map(|choice| format!("`{choice}`")).collect();
            Err(refuse(format!("one of {}", known.join(", "))))
        }
    }
}

/// Reads RFC 3339, or `HH:MM` as its latest past occurrence, or its next one.
fn datetime(written: &str, upcoming: bool, reading: &Reading<'_>) -> Option<Timestamp> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(written) {
        return Some(moment.with_timezone(&Utc));
    }
    let time = NaiveTime::parse_from_str(&written.replace('：', ":"), "%H:%M").ok()?;
    let today = reading.now.with_timezone(&reading.timezone).date_naive();
    let days = [today.checked_sub_days(Days::new(1)), Some(today), today.checked_add_days(Days::new(1))];
    // A time that a change of clocks skips does not occur that day; one that occurs twice is taken early.
    let occurrences = days.into_iter().flatten().filter_map(|day| {
        reading.timezone.from_local_datetime(&day.and_time(time)).earliest().map(|moment| moment.with_timezone(&Utc))
    });
    if upcoming {
        occurrences.filter(|moment| *moment > reading.now).min()
    } else {
        occurrences.filter(|moment| *moment <= reading.now).max()
    }
}

/// The prepared value of a fact, as it would count once confirmed.
pub fn prepared(fact: &Fact, incident: &Incident, now: Timestamp) -> Option<FactValue> {
    if fact.built_in && fact.id.as_str() == "started_at" && fact.default.is_none() {
        return Some(FactValue::Datetime(incident.declared_at));
    }
    match fact.default.as_ref()? {
        FactDefault::Text(text) => Some(FactValue::Text(text.clone())),
        FactDefault::Written(written) => {
            let reading = Reading { locale: &incident.locale, timezone: incident.timezone, now };
            read(&fact.kind, written, &reading).ok()
        }
    }
}

/// Whether a value is one that its fact may have; says what was expected if not.
pub fn fits(kind: &FactKind, value: &FactValue) -> Result<(), &'static str> {
    let (fits, expected) = match kind {
        FactKind::Text => (matches!(value, FactValue::Text(_)), "a text"),
        FactKind::Number => (matches!(value, FactValue::Number(number) if number.is_finite()), "a number"),
        FactKind::Percent => (
            matches!(value, FactValue::Percent(percent) if (0.0..=100.0).contains(percent)),
            "a percentage from 0 to 100",
        ),
        FactKind::Datetime { .. } => (matches!(value, FactValue::Datetime(_)), "a time"),
        FactKind::Duration => (matches!(value, FactValue::Duration(_)), "a duration"),
        FactKind::Choice(choices) => {
            (matches!(value, FactValue::Choice(choice) if choices.contains_key(choice)), "one of its choices")
        }
    };
    if fits { Ok(()) } else { Err(expected) }
}

/// A value as a system operation is handed it.
pub fn written(value: &FactValue) -> String {
    match value {
        FactValue::Text(text) => text.original().to_owned(),
        FactValue::Number(number) | FactValue::Percent(number) => number.to_string(),
        FactValue::Datetime(moment) => rfc3339(*moment),
        FactValue::Duration(seconds) => humantime::format_duration(Duration::from_secs(*seconds)).to_string(),
        FactValue::Choice(choice) => choice.clone(),
    }
}
