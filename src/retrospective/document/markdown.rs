//! Puts what people wrote into Markdown so that it stays what it was: text, not structure.

/// A text on one line, safe in a table cell or a list item; code spans stay.
pub(super) fn inline(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let code_is_closed = text.matches('`').count().is_multiple_of(2);
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before: Option<char> = None;
    let mut letters = text.chars().peekable();
    while let Some(next) = letters.next() {
        let after = letters.peek().copied();
        let inside_word = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        let special = match next {
            '\\' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '{' | '}' => true,
            '`' => !code_is_closed,
            '_' => !inside_word,
            '&' => after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '#'),
            '#' | '+' | '-' | '=' => before.is_none(),
            '.' | ')' => escaped.bytes().all(|b| b.is_ascii_digit()) && !escaped.is_empty(),
            _ => false,
        };
        if special && !matches!(next, '{' | '}') {
            escaped.push('\\');
        }
        escaped.push(next);
        before = Some(next);
    }
    escaped
}

/// Markdown that people wrote, fitted under a section: its headings below the section's, its code closed.
pub(super) fn block(text: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in text.trim().lines() {
        let bare = line.trim_start();
        let marker = ["```", "~~~"].into_iter().find(|marker| bare.starts_with(marker));
        match (fence, marker) {
            (None, Some(marker)) => fence = Some(marker),
            (Some(open), Some(marker)) if open == marker => fence = None,
            _ => {}
        }
        let is_heading = fence.is_none() && bare.starts_with('#') && bare.trim_start_matches('#').starts_with(' ');
        lines.push(match (fence, is_heading) {
            (None, true) => format!("#### {}", bare.trim_start_matches('#').trim_start()),
            (None, false) => line.replace("<!--", "&lt;!--").replace("![", "!\\["),
            (Some(_), _) => line.to_owned(),
        });
    }
    if let Some(open) = fence {
        lines.push(open.to_owned());
    }
    lines.join("\n")
}

/// A text as a quotation, every line marked, whatever it holds.
pub(super) fn quoted(text: &str) -> String {
    let quote = |line: &str| if line.trim().is_empty() { ">".to_owned() } else { format!("> {line}") };
    block(text).lines().map(quote).collect::<Vec<_>>().join("\n")
}

/// The events a statement rests on: `#12`, or `#12–#19`.
pub(super) fn cite(seqs: &[u64]) -> String {
    match seqs {
        [] => String::new(),
        [one] => format!("#{one}"),
        [first, second] if *second == first + 1 => format!("#{first} #{second}"),
        [first, .., last] => format!("#{first}–#{last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays_text() {
        for (written, shown) in [
            ("a | b\nc", "a \\| b c"),
            ("# not a heading", "\\# not a heading"),
            ("1. not a list", "1\\. not a list"),
            ("<script>", "\\<script\\>"),
            ("![x](http://e.test/p.png)", "!\\[x\\](http://e.test/p.png)"),
            ("run `a_b *c*`", "run `a_b \\*c\\*`"),
            ("one ` tick", "one \\` tick"),
            ("snake_case stays", "snake_case stays"),
        ] {
            assert_eq!(inline(written), shown, "{written}");
        }
    }

    #[test]
    fn a_section_cannot_break_the_document_around_it() {
        assert_eq!(block("# Big\n```\ncode"), "#### Big\n```\ncode\n```");
        assert_eq!(block("<!-- section: causes -->"), "&lt;!-- section: causes -->");
    }
}
