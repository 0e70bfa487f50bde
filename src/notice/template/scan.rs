//! Looks at a template before it is parsed: the parser recurses, so what nests too deeply must never reach it.

use super::part::Part;
use crate::problem::{Place, Problem};

/// Larger than any notice, small enough to read at once.
const MOST_BYTES: usize = 64 * 1024;
const DEEPEST_BLOCK: usize = 16;
const DEEPEST_EXPRESSION: usize = 6;

/// Finds what must not be handed to the parser.
pub(super) fn scan(part: &Part<'_>) -> Option<Problem> {
    if part.text.len() > MOST_BYTES {
        let message = format!("the template has {} bytes, more than {MOST_BYTES}", part.text.len());
        return Some(Problem::error("template_too_large", part.place(1, 1, 1), message));
    }
    let too_deep = |at, what: &str, most| {
        let message = format!("{what} nest more than {most} deep");
        Some(Problem::error("nested_too_deep", place(part, at, 2), message))
    };
    let mut depth = 0_usize;
    for (at, tag) in tags(part.text) {
        if tag.starts_with("{{") {
            return Some(Problem::error("raw_block", place(part, at, 2), "raw blocks (`{{{{`) are not supported"));
        }
        match Tag::of(tag) {
            Tag::Opens(_) => depth += 1,
            Tag::Closes => depth = depth.saturating_sub(1),
            Tag::Other => {}
        }
        if depth > DEEPEST_BLOCK {
            return too_deep(at, "blocks", DEEPEST_BLOCK);
        }
        if deepest_bracket(tag) > DEEPEST_EXPRESSION {
            return too_deep(at, "expressions", DEEPEST_EXPRESSION);
        }
    }
    None
}

/// Says why a template that the parser refuses cannot be read, where that shows without parsing.
pub(super) fn diagnose(part: &Part<'_>) -> Option<Problem> {
    let mut open = Vec::new();
    for (at, tag) in tags(part.text) {
        if tag.len() == part.text.len() - at - 2 && !tag.contains("}}") {
            let message = "`{{` is never closed with `}}`";
            return Some(Problem::error("unclosed_tag", place(part, at, 2), message));
        }
        match Tag::of(tag) {
            Tag::Opens(name) => open.push((at, name)),
            Tag::Closes => drop(open.pop()),
            Tag::Other => {}
        }
    }
    let (at, name) = open.pop()?;
    let message = format!("`{{{{#{name} …}}}}` is never closed");
    let problem = Problem::error("unclosed_block", place(part, at, name.chars().count() + 3), message);
    Some(problem.help(format!("close it with `{{{{/{name}}}}}`")))
}

/// What a tag does to the nesting of blocks.
enum Tag<'a> {
    Opens(&'a str),
    Closes,
    Other,
}

impl<'a> Tag<'a> {
    fn of(tag: &'a str) -> Self {
        let tag = tag.trim_start_matches('~').trim_start();
        if let Some(block) = tag.strip_prefix('#') {
            return Self::Opens(block.split(|c: char| c.is_whitespace() || c == '}').next().unwrap_or_default());
        }
        if tag.starts_with('/') { Self::Closes } else { Self::Other }
    }
}

/// Every `{{` with its offset, and the text from behind it to the first `}}`, or to the end.
fn tags(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("{{").map(|(at, _)| {
        let inside = &text[at + 2..];
        (at, inside.split("}}").next().unwrap_or_default())
    })
}

fn place(part: &Part<'_>, at: usize, length: usize) -> Place {
    let before = &part.text[..at];
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    part.place(before.matches('\n').count() + 1, column, length)
}

fn deepest_bracket(tag: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for c in tag.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
