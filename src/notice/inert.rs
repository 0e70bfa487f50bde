//! Makes what people typed harmless before it is shown: one kind of line end, no control characters, no tricks of direction.

/// Opens and closes a personal placeholder; no value may hold them (see [`super::personal`]).
pub(super) const TOKEN_OPENS: char = '\u{E000}';
pub(super) const TOKEN_CLOSES: char = '\u{E001}';

/// Whether a character overrides the direction of the text around it (Unicode bidi controls).
pub(super) fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The value with every line end as `\n`, tabs as spaces, and without characters that nobody can see.
pub(super) fn clean(value: &str) -> String {
    let ends = |c: char| matches!(c, '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    value
        .replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\n' => Some('\n'),
            '\t' => Some(' '),
            c if ends(c) => Some('\n'),
            c if c.is_control() || turns_direction(c) => None,
            TOKEN_OPENS | TOKEN_CLOSES | '\u{FEFF}' => None,
            c => Some(c),
        })
        .collect()
}

/// The value on one line, spaces folded.
pub(super) fn one_line(value: &str) -> String {
    clean(value).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most so many characters, the last an ellipsis where something was cut.
pub(super) fn shorten(line: &str, most: usize) -> String {
    if line.chars().count() <= most {
        return line.to_owned();
    }
    let mut kept: String = line.chars().take(most.saturating_sub(1)).collect();
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_one_kind_and_invisible_characters_go() {
        for (typed, kept) in [
            ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
            ("nul\0 bell\u{7} tab\t.", "nul bell tab ."),
            ("\u{202E}desrever\u{202C}", "desrever"),
            ("\u{E000}name\u{E001}", "name"),
        ] {
            assert_eq!(clean(typed), kept, "{typed:?}");
        }
    }

    #[test]
    fn a_crlf_in_a_subject_is_folded_to_one_line() {
        assert_eq!(one_line("Down\r\nBcc: everyone@example.com"), "Down Bcc: everyone@example.com");
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        assert_eq!(shorten("出金申请提交失败", 5), "出金申请…");
        assert_eq!(shorten("short", 5), "short");
    }
}
