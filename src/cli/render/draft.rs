//! A notice as it is approved: its texts by language, the difference from the last, who gets it, what is wrong with it.

use similar::{ChangeTag, TextDiff};

use super::Out;
use super::out::{paint, style};
use super::span::moment;
use super::text::{clean, one_line};
use crate::app::view::{DraftView, MessageView, NoticeProblem};
use crate::cli::session::Here;
use crate::cli::words::Words;
use crate::problem::Level;

/// Shows everything that a person needs to see before approving.
pub(crate) fn show(out: &mut Out, words: Words, here: Here, draft: &DraftView) {
    for message in &draft.messages {
        text(out, message);
        difference(out, words, message, draft);
    }
    if draft.notice.is_some() {
        facts(out, words, here, draft);
    }
    problems(out, words, &draft.problems);
}

/// A notice's text in one language.
pub(crate) fn text(out: &mut Out, message: &MessageView) {
    let rule = "─".repeat(4);
    out.line("");
    out.line(paint(style::DIM, format!("{rule} {} {rule}", message.locale)));
    out.line(paint(style::STRONG, one_line(&message.subject)));
    out.line("");
    out.paragraph(0, message.text.trim());
}

fn difference(out: &mut Out, words: Words, message: &MessageView, draft: &DraftView) {
    let Some(last) = draft.details.last.get(&message.locale) else { return };
    out.line("");
    if last.trim() == message.text.trim() {
        out.line(paint(style::DIM, words.no_difference()));
        return;
    }
    out.line(paint(style::STRONG, words.difference()));
    let (old, new) = (clean(last), clean(&message.text));
    for change in TextDiff::from_lines(old.as_str(), new.as_str()).iter_all_changes() {
        let line = change.value().trim_end();
        match change.tag() {
            ChangeTag::Delete if !line.is_empty() => out.line(paint(style::BAD, format!("  - {line}"))),
            ChangeTag::Insert if !line.is_empty() => out.line(paint(style::GOOD, format!("  + {line}"))),
            ChangeTag::Delete | ChangeTag::Insert | ChangeTag::Equal => {}
        }
    }
}

fn facts(out: &mut Out, words: Words, here: Here, draft: &DraftView) {
    let details = &draft.details;
    out.line("");
    out.line(words.goes_to(details.counted, &details.audience));
    if let Some(left_out) = words.left_out(draft.left_out) {
        out.line(paint(style::WARN, left_out));
    }
    if let Some(at) = draft.next_update_at {
        out.line(words.next_update_by(&moment(here.zone, here.now, at.0)));
    }
    if let Some(hash) = &draft.hash {
        out.line(paint(style::DIM, words.hash_is(hash)));
    }
    let counts: Vec<String> = details
        .counts
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(state, count)| format!("{} {count}", words.a_count_word(state)))
        .collect();
    if let Some(state) = details.state {
        let mut line = words.notice_state(state).to_owned();
        if !counts.is_empty() {
            line.push_str(&words.in_brackets(&words.listed(&counts)));
        }
        out.line(line);
    }
}

/// What keeps it from being drafted, then what whoever approves should consider.
pub(crate) fn problems(out: &mut Out, words: Words, problems: &[NoticeProblem]) {
    for (level, heading, look) in
        [(Level::Error, words.not_drafted(), style::BAD), (Level::Warning, words.to_be_considered(), style::WARN)]
    {
        let found: Vec<&NoticeProblem> = problems.iter().filter(|problem| problem.severity == level).collect();
        if found.is_empty() {
            continue;
        }
        out.line("");
        out.line(paint(style::STRONG, heading));
        for problem in found {
            let message = problem.told(&words.locale());
            out.line(paint(look, format!("  {}", one_line(&message))));
            // A command is never cut: it is there to be copied.
            if let Some(help) = &problem.help {
                out.line(paint(style::LINK, format!("    {}", one_line(help))));
            }
        }
    }
}
