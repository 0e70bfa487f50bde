//! A notice as customers see it: in which languages, and what is another in it than in the last.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::app::view::MessageView;
use crate::locale::Locale;

#[derive(Serialize)]
pub(super) struct Tab {
    lang: String,
    name: String,
    current: bool,
}

/// A line that came or went since the last notice.
#[derive(Serialize)]
pub(super) struct Line {
    added: bool,
    text: String,
}

/// The language that was asked for, else the reader's, else the first.
pub(super) fn chosen<'m>(messages: &'m [MessageView], lang: Option<&str>, reader: &Locale) -> Option<&'m MessageView> {
    let named = messages.iter().find(|message| Some(message.locale.as_str()) == lang);
    let best = reader.best(messages.iter().map(|message| &message.locale));
    named.or_else(|| messages.iter().find(|message| Some(&message.locale) == best)).or(messages.first())
}

pub(super) fn tab(each: &MessageView, message: Option<&MessageView>) -> Tab {
    Tab {
        lang: each.locale.to_string(),
        name: each.locale.own_name().to_owned(),
        current: message.is_some_and(|message| message.locale == each.locale),
    }
}

/// What came and what went; none where nothing did.
pub(super) fn difference(last: &str, text: &str) -> Option<Vec<Line>> {
    let changes = TextDiff::from_lines(last, text);
    let changed = changes.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
    let line = |change: similar::Change<&str>| Line {
        added: change.tag() == ChangeTag::Insert,
        text: change.value().trim_end().to_owned(),
    };
    let lines: Vec<Line> = changed.map(line).filter(|line| !line.text.is_empty()).collect();
    (!lines.is_empty()).then_some(lines)
}
