//! What was promised: the severity at the declaration and after each change, with the targets it sets.

use super::data::Cited;
use super::markdown::cite;
use crate::clock::Timestamp;
use crate::incident::event::{Event, Recorded};
use crate::retrospective::Sources;
use crate::retrospective::words::{Words, say};

/// When and by which event a severity was taken; none for the declaration's.
type Changed = Option<(Timestamp, u64)>;

/// The severities an incident went through, in order, the declaration's first.
pub(super) fn severities(events: &[Recorded]) -> Vec<(String, Changed)> {
    let severities = events.iter().filter_map(|recorded| match &recorded.event {
        Event::IncidentDeclared(declared) => Some((declared.severity.to_string(), None)),
        Event::SeverityChanged { to, .. } => Some((to.to_string(), Some((recorded.at, recorded.seq)))),
        _ => None,
    });
    severities.collect()
}

/// The severity that set the moment of the first notice.
pub(super) fn first_notice_severity(events: &[Recorded]) -> String {
    let mut severity = String::new();
    for recorded in events {
        match &recorded.event {
            Event::IncidentDeclared(declared) => severity = declared.severity.to_string(),
            Event::SeverityChanged { to, first_notice_due: Some(_), .. } => severity = to.to_string(),
            Event::NoticeFirstSent { .. } => break,
            _ => {}
        }
    }
    severity
}

/// Each severity with what it means: `sev2 (…), from 20:00 sev1 (…)`.
pub(super) fn severity_line(sources: &Sources<'_>, words: &Words) -> String {
    let mut line = String::new();
    for (severity, changed) in severities(sources.events) {
        let meant = words.severity(sources.runbook, &severity);
        match changed.map(|(at, _)| words.time(at)) {
            Some(at) => line += &say!(words, "，{at} 起为 {meant}", ", from {at} {meant}"),
            None => line += &meant,
        }
    }
    line
}

/// What each severity promises, with the event that brought it.
pub(super) fn targets(sources: &Sources<'_>, words: &Words) -> Vec<Cited> {
    let mut targets = Vec::new();
    let first_seq = sources.events.first().map(|recorded| recorded.seq);
    for (severity, changed) in severities(sources.events) {
        let Some((level, _)) = sources.runbook.severity(&severity) else { continue };
        let (first, every) = (words.duration(level.first_notice), words.duration(level.update_every));
        let text = match changed {
            None => say!(
                words,
                "宣告时级别为 {severity}：{first}内发出第一封通知，此后至少每 {every}更新一次。",
                "Declared at {severity}: the first notice within {first}, then an update at least every {every}."
            ),
            Some((at, _)) => {
                let at = words.time(at);
                say!(
                    words,
                    "{at} 调整为 {severity}：若尚未通知，{first}内发出第一封；此后至少每 {every}更新一次。",
                    "From {at} at {severity}: the first notice within {first} if none had left, and an update at least every {every}."
                )
            }
        };
        let seq = changed.map(|(_, seq)| seq).or(first_seq);
        targets.push(Cited { text, cite: cite(seq.as_slice()) });
    }
    targets
}
