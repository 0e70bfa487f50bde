//! Looks at a template before it is parsed: the parser recurses, so what nests too deeply must never reach it.

use super::part::Part;
use crate::problem::Problem;

/// Larger than any notice, small enough to read at once.
const MOST_BYTES: usize = 64 * 1024;
const DEEPEST_BLOCK: usize = 16;
const DEEPEST_EXPRESSION: usize = 6;

/// Finds what must not be handed to the parser.
pub(super) fn scan(part: &Part<'_>) -> Option<Problem> {
    let place = |at: usize| {
        let before = &part.text[..at];
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        part.place(before.matches('\n').count() + 1, column, 2)
    };
    if part.text.len() > MOST_BYTES {
        let message = format!("the template has {} bytes, more than {MOST_BYTES}", part.text.len());
        return Some(Problem::error("template_too_large", part.place(1, 1, 1), message));
    }
    let too_deep = |at, what: &str, most| {
        let message = format!("{what} nest more than {most} deep");
        Some(Problem::error("nested_too_deep", place(at), message))
    };
    let mut depth = 0_usize;
    for (at, _) in part.text.match_indices("{{") {
        let inside = &part.text[at + 2..];
        if inside.starts_with("{{") {
            return Some(Problem::error("raw_block", place(at), "raw blocks (`{{{{`) are not supported"));
        }
        let inside = inside.trim_start_matches('~').trim_start();
        if inside.starts_with('#') {
            depth += 1;
        } else if inside.starts_with('/') {
            depth = depth.saturating_sub(1);
        }
        if depth > DEEPEST_BLOCK {
            return too_deep(at, "blocks", DEEPEST_BLOCK);
        }
        let tag = inside.split("}}").next().unwrap_or_default();
        if deepest_bracket(tag) > DEEPEST_EXPRESSION {
            return too_deep(at, "expressions", DEEPEST_EXPRESSION);
        }
    }
    None
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
