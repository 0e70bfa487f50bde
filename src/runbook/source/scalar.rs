//! One scalar: what it says, how it is written, and what YAML 1.2's core schema takes it for.

use std::borrow::Cow;
use std::ops::Range;

use crate::problem::Place;

/// A value without parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar<'s> {
    /// The text after YAML's escapes.
    pub text: Cow<'s, str>,
    pub sort: Sort,
    pub style: Style,
    /// Whether it stands inside brackets or braces.
    pub flow: bool,
}

/// What a scalar is to YAML 1.2: only plain ones are anything but text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Null,
    Bool(bool),
    Number,
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// After `|` or `>`.
    Block,
}

impl<'s> Scalar<'s> {
    pub(super) fn new(text: Cow<'s, str>, style: Style, flow: bool) -> Self {
        let sort = if style == Style::Plain { sort(&text) } else { Sort::Text };
        Self { text, sort, style, flow }
    }

    /// What a YAML 1.1 reader would make of text that YAML 1.2 reads as it stands.
    pub fn older_reading(&self) -> Option<&'static str> {
        if self.style != Style::Plain || self.sort != Sort::Text {
            return None;
        }
        match self.text.as_ref() {
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some("true"),
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some("false"),
            text if self.flow && text.contains('?') => Some("the start of a key, at the `?`"),
            text if is_clock_time(text) => Some("a number in base 60"),
            text if is_date(text) => Some("a date"),
            text if is_spaced_number(text) => Some("a number"),
            _ => None,
        }
    }

    /// The place of some of the text's characters; of the whole where the writing is too winding to tell.
    pub(super) fn within(&self, written: &str, place: Place, characters: Range<usize>) -> Place {
        if self.style == Style::Block || written.contains(['\n', '\r']) {
            return place;
        }
        let starts = self.character_starts(written);
        let at = |index: usize| starts.get(index).copied().unwrap_or_else(|| starts.last().copied().unwrap_or(0));
        let (from, to) = (at(characters.start), at(characters.end));
        Place { line: place.line, column: place.column + from, length: to.saturating_sub(from).max(1) }
    }

    /// At which written character each character of the text begins, and where the last ends.
    fn character_starts(&self, written: &str) -> Vec<usize> {
        let written: Vec<char> = written.chars().collect();
        let quotes = usize::from(self.style != Style::Plain);
        let end = written.len().saturating_sub(quotes);
        let mut starts = Vec::with_capacity(end + 1);
        let mut at = quotes;
        while at < end {
            starts.push(at);
            at += match (self.style, written[at]) {
                (Style::SingleQuoted, '\'') => 2,
                (Style::DoubleQuoted, '\\') => match written.get(at + 1) {
                    Some('x') => 4,
                    Some('u') => 6,
                    Some('U') => 10,
                    _ => 2,
                },
                _ => 1,
            };
        }
        starts.push(end);
        starts
    }
}

/// The core schema of YAML 1.2, section 10.3.2.
fn sort(text: &str) -> Sort {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Sort::Null,
        "true" | "True" | "TRUE" => Sort::Bool(true),
        "false" | "False" | "FALSE" => Sort::Bool(false),
        _ if is_number(text) => Sort::Number,
        _ => Sort::Text,
    }
}

fn is_number(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("0o") {
        return !digits.is_empty() && digits.bytes().all(|b| (b'0'..=b'7').contains(&b));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    all_digits(whole)
        && all_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && all_digits(exponent))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// `12:30`, which YAML 1.1 reads as 750.
fn is_clock_time(text: &str) -> bool {
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default();
    let mut rest = parts.peekable();
    rest.peek().is_some()
        && (1..=2).contains(&first.len())
        && all_digits(first)
        && rest.all(|part| part.len() <= 2 && !part.is_empty() && all_digits(part))
}

/// `2026-11-02`, alone or before a time.
fn is_date(text: &str) -> bool {
    let day = text.get(..10).unwrap_or_default().as_bytes();
    day.len() == 10
        && day.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() })
        && text[10..].bytes().all(|b| b.is_ascii_digit() || b"T:.+-Zt z".contains(&b))
}

/// `1_000`, which YAML 1.1 reads as 1000.
fn is_spaced_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.contains('_')
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}
