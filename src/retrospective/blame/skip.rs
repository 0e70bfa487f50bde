//! What the wording lint does not read: code, logs, quotations and links.

use std::ops::Range;

/// The text with everything that is not read blanked out; positions stay as they were.
pub(super) fn mask(text: &str) -> String {
    let mut read = text.to_owned();
    for range in skipped(text) {
        let blank = "\0".repeat(range.len());
        read.replace_range(range, &blank);
    }
    read
}

fn skipped(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut fence: Option<&str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let whole = start..start + line.len();
        let bare = line.trim_start();
        let marker = ["```", "~~~"].into_iter().find(|marker| bare.starts_with(marker));
        match (fence, marker) {
            (Some(open), Some(close)) if open == close => {
                fence = None;
                ranges.push(whole.clone());
            }
            (Some(_), _) => ranges.push(whole.clone()),
            (None, Some(open)) => {
                fence = Some(open);
                ranges.push(whole.clone());
            }
            (None, None) if bare.starts_with('>') || is_log(bare) => ranges.push(whole.clone()),
            (None, None) => inline(text, whole.clone(), &mut ranges),
        }
        start = whole.end;
    }
    ranges
}

/// Code spans, quotations and links within one line.
fn inline(text: &str, line: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let mut at = line.start;
    while let Some(next) = text[at..line.end].chars().next() {
        let rest = &text[at..line.end];
        let length = code_span(rest).or_else(|| quotation(rest)).or_else(|| link(rest));
        match length {
            Some(length) => {
                ranges.push(at..at + length);
                at += length;
            }
            None => at += next.len_utf8(),
        }
    }
}

fn code_span(text: &str) -> Option<usize> {
    let ticks = text.len() - text.trim_start_matches('`').len();
    if ticks == 0 {
        return None;
    }
    let fence = &text[..ticks];
    text[ticks..].find(fence).map(|close| ticks + close + ticks)
}

fn quotation(text: &str) -> Option<usize> {
    let pairs =
        [('“', '”'), ('「', '」'), ('『', '』'), ('"', '"'), ('《', '》'), ('‘', '’'), ('«', '»'), ('＂', '＂')];
    let open = text.chars().next()?;
    let (_, close) = pairs.into_iter().find(|(start, _)| *start == open)?;
    let body = &text[open.len_utf8()..];
    body.find(close).map(|at| open.len_utf8() + at + close.len_utf8())
}

fn link(text: &str) -> Option<usize> {
    let is_link = ["https://", "http://", "mailto:", "ftp://"]
        .into_iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    let ends = |c: char| c.is_whitespace() || !c.is_ascii() || matches!(c, ')' | '>' | ']' | '"');
    is_link.then(|| text.find(ends).unwrap_or(text.len()))
}

/// Whether a line was written by a machine: a level, a stack frame, a prompt, or a moment followed by either.
fn is_log(line: &str) -> bool {
    let line = line.trim_end();
    let levels = ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL", "PANIC"];
    let is_level = |word: &str| levels.contains(&word.trim_matches(['[', ']', ':', '(', ')', '|']));
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let stamped = first.trim_start_matches('[').starts_with(|c: char| c.is_ascii_digit())
        && first.matches(':').count() >= 2
        || (first.len() >= 10 && first.as_bytes()[..10].iter().all(|b| b.is_ascii_digit() || *b == b'-' || *b == b'/'));
    let pairs = line.split_whitespace().filter(|word| is_pair(word)).count();
    is_level(first)
        || pairs >= 3
        || line.starts_with("$ ")
        || line.starts_with("Traceback ")
        || (line.starts_with("at ") && line.ends_with(')') && line.contains('('))
        || (stamped && (words.take(3).any(is_level) || pairs >= 2))
}

/// Whether a word is a `key=value` of structured logs.
fn is_pair(word: &str) -> bool {
    word.split_once('=').is_some_and(|(key, value)| {
        !key.is_empty() && !value.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
    })
}
