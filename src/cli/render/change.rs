//! What a command changed: each event as a sentence, then what is open now.

use super::Out;
use super::out::{paint, style};
use crate::app::view::Change;
use crate::cli::error::Error;
use crate::cli::words::Words;

/// Shows a change as JSON or as sentences.
pub(crate) fn show(out: &mut Out, words: Words, change: &Change) -> Result<(), Error> {
    if out.json {
        return Ok(out.object(change)?);
    }
    if change.events.is_empty() {
        out.line(words.nothing_changed());
    }
    for event in &change.events {
        let text = if event.text.is_empty() { &event.r#type } else { &event.text };
        let mark = paint(style::GOOD, "✓");
        out.line(format!("{mark} {}", super::text::one_line(text)));
    }
    let open: Vec<String> = change.open.iter().map(|step| paint(style::STRONG, step)).collect();
    match open.is_empty() {
        true => out.line(words.nothing_open(&change.incident.to_string())),
        false => out.line(words.open_now(&words.listed(&open))),
    }
    Ok(())
}
