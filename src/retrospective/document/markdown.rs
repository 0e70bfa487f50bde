//! Puts what people wrote into Markdown so that it stays what it was: text, not structure.

/// More runs of events than this are cited as one stretch.
const MOST_CITED: usize = 6;
/// What follows the text of a link.
const LINKS: [&str; 3] = ["](", "][", "]:"];

/// A text on one line, safe in a table cell or a list item; code spans stay.
pub(super) fn inline(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let code_is_closed = text.matches('`').count().is_multiple_of(2);
    let is_task = ["[ ]", "[x]", "[X]"].iter().any(|mark| text.starts_with(mark));
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before: Option<char> = None;
    for (at, next) in text.char_indices() {
        let rest = &text[at + next.len_utf8()..];
        let after = rest.chars().next();
        let inside_word = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        let special = match next {
            '\\' | '*' | '<' | '>' | '|' | '~' | '{' | '}' => true,
            // Brackets are only brackets, unless they make a link, a footnote or a task of it.
            '[' => (is_task && at == 0) || after == Some('^') || LINKS.iter().any(|link| rest.contains(link)),
            ']' => matches!(after, Some('(' | '[' | ':')),
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

/// The events a statement rests on: `#12`, `#12 #15`, or `#12–#19` where they stand together.
pub(super) fn cite(seqs: &[u64]) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for seq in seqs {
        match runs.last_mut() {
            Some((_, last)) if *seq <= *last + 1 => *last = (*last).max(*seq),
            _ => runs.push((*seq, *seq)),
        }
    }
    if let (true, Some((first, _)), Some((_, last))) = (runs.len() > MOST_CITED, runs.first(), runs.last()) {
        return format!("#{first}–#{last}");
    }
    let cited = runs.iter().map(|(first, last)| match last - first {
        0 => format!("#{first}"),
        1 => format!("#{first} #{last}"),
        _ => format!("#{first}–#{last}"),
    });
    cited.collect::<Vec<_>>().join(" ")
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
            ("[Drill] [Investigating] Login", "[Drill] [Investigating] Login"),
            ("[ ] not a task", "\\[ ] not a task"),
            ("one ` tick", "one \\` tick"),
            ("snake_case stays", "snake_case stays"),
        ] {
            assert_eq!(inline(written), shown, "{written}");
        }
    }

    #[test]
    fn events_are_cited_in_runs() {
        for (seqs, shown) in [
            (&[12][..], "#12"),
            (&[12, 13], "#12 #13"),
            (&[12, 13, 14, 20], "#12–#14 #20"),
            (&[1, 3, 5, 7, 9, 11, 13], "#1–#13"),
        ] {
            assert_eq!(cite(seqs), shown);
        }
    }

    #[test]
    fn a_section_cannot_break_the_document_around_it() {
        assert_eq!(block("# Big\n```\ncode"), "#### Big\n```\ncode\n```");
        assert_eq!(block("<!-- section: causes -->"), "&lt;!-- section: causes -->");
    }
}
