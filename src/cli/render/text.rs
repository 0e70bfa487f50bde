//! Text measured in display columns: a CJK character is two, a combining mark none.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns a text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Makes people's text safe to print: control and bidirectional-override characters are shown as a mark.
/// Line breaks and tabs stay.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\t' || !is_unsafe(c) { c } else { '\u{fffd}' }).collect()
}

/// The same on one line.
pub(crate) fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Cuts a text to at most so many columns, with `…` where something is missing.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        let next = c.width().unwrap_or(0);
        if used + next + 1 > columns {
            break;
        }
        kept.push(c);
        used += next;
    }
    kept.push('…');
    kept
}

/// Fills a text up with spaces to so many columns.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Breaks a text into lines of at most so many columns: at spaces, and between CJK characters,
/// never before closing punctuation. Line breaks in the text stay.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    text.split('\n').flat_map(|line| wrap_line(line, columns.max(2))).collect()
}

fn wrap_line(line: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut current = String::new();
    for piece in pieces(line) {
        if !current.is_empty() && width(&current) + width(piece.trim_end()) > columns {
            lines.push(current.trim_end().to_owned());
            current.clear();
            if piece.trim().is_empty() {
                continue;
            }
        }
        for part in split_long(piece, columns) {
            if !current.is_empty() && width(&current) + width(part.trim_end()) > columns {
                lines.push(std::mem::take(&mut current).trim_end().to_owned());
            }
            current.push_str(part);
        }
    }
    lines.push(current.trim_end().to_owned());
    lines
}

/// The places a line may break at: after a run of spaces, and after a CJK character that no closing mark follows.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let Some(&(next_at, next)) = chars.peek() else { break };
        let after_space = c == ' ' && next != ' ';
        let beside_wide = (is_wide(c) && !opens(c) && next != ' ') || (is_wide(next) && c != ' ' && !opens(c));
        if at >= start && (after_space || beside_wide) && !closes(next) {
            pieces.push(&line[start..next_at]);
            start = next_at;
        }
    }
    pieces.push(&line[start..]);
    pieces
}

/// Cuts a piece that alone is wider than a line, such as a long address.
fn split_long(piece: &str, columns: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, c) in piece.char_indices() {
        let next = c.width().unwrap_or(0);
        if used + next > columns && c != ' ' {
            parts.push(&piece[start..at]);
            (start, used) = (at, 0);
        }
        used += next;
    }
    parts.push(&piece[start..]);
    parts
}

fn is_wide(c: char) -> bool {
    c.width() == Some(2)
}

fn closes(c: char) -> bool {
    matches!(c, '，' | '。' | '、' | '；' | '：' | '？' | '！' | '）' | '」' | '』' | '”' | '’' | '》' | '】' | '…')
}

fn opens(c: char) -> bool {
    matches!(c, '（' | '「' | '『' | '“' | '‘' | '《' | '【')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cjk_character_takes_two_columns() {
        for (text, columns) in [("", 0), ("abc", 3), ("出金", 4), ("CRM 出金", 8), ("é", 1), ("e\u{301}", 1)] {
            assert_eq!(width(text), columns, "{text}");
        }
    }

    #[test]
    fn cutting_never_passes_the_limit_and_says_that_it_cut() {
        for (text, columns, cut_to) in [
            ("short", 5, "short"),
            ("longer", 5, "long…"),
            ("出金申请", 8, "出金申请"),
            ("出金申请", 7, "出金申…"),
            ("出金申请", 6, "出金…"),
        ] {
            assert_eq!(cut(text, columns), cut_to);
        }
    }

    #[test]
    fn text_of_people_cannot_steer_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\u{202e}c\r"), "a\u{fffd}[31mb\u{fffd}c\u{fffd}");
        assert_eq!(one_line("a\n  b\tc"), "a b c");
    }

    #[test]
    fn lines_break_at_spaces_and_between_cjk_but_not_before_a_full_stop() {
        assert_eq!(wrap("Deposits work as usual", 10), ["Deposits", "work as", "usual"]);
        assert_eq!(wrap("出金申请提交失败。", 8), ["出金申请", "提交失", "败。"]);
        assert_eq!(wrap("CRM 出金不可用", 8), ["CRM 出金", "不可用"]);
        assert_eq!(wrap("https://example.com/x", 10), ["https://ex", "ample.com/", "x"]);
        assert_eq!(wrap("one\n\ntwo", 10), ["one", "", "two"]);
    }
}
