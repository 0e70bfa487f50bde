//! Text folded for finding names: lower case, half width, without invisible characters; every place still known.

use std::ops::Range;

/// A folded text that knows where each of its bytes came from.
#[derive(Debug)]
pub(super) struct Folded<'a> {
    text: &'a str,
    folded: String,
    /// For every byte of the folded text, the byte of the original its character begins at; and the end.
    origin: Vec<usize>,
}

impl<'a> Folded<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut folded = String::with_capacity(text.len());
        let mut origin = Vec::with_capacity(text.len() + 1);
        for (at, next) in text.char_indices() {
            if is_invisible(next) {
                continue;
            }
            let next = half_width(next);
            if next.is_whitespace() {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                    origin.push(at);
                }
                continue;
            }
            for lower in next.to_lowercase() {
                folded.push(lower);
                origin.resize(folded.len(), at);
            }
        }
        origin.push(text.len());
        Self { text, folded, origin }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.folded
    }

    pub(super) fn before(&self, at: usize) -> Option<char> {
        self.folded[..at].chars().next_back()
    }

    pub(super) fn after(&self, at: usize) -> Option<char> {
        self.folded[at..].chars().next()
    }

    /// The original text that a range of the folded text came from.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        let end = self.folded[..range.end].char_indices().next_back().map_or(0, |(at, _)| {
            let last = self.origin[at];
            last + self.text[last..].chars().next().map_or(0, char::len_utf8)
        });
        self.origin[range.start]..end
    }

    /// The original's first letter of a range.
    pub(super) fn first_letter(&self, range: &Range<usize>) -> Option<char> {
        self.text[self.origin[range.start]..].chars().next().map(half_width)
    }

    /// The range with what belongs to a name: `@`, `mailto:`, `Mr.` and the like.
    pub(super) fn extend(&self, range: Range<usize>) -> Range<usize> {
        let before = &self.folded[..range.start];
        let prefix =
            ["mailto:", "mr. ", "ms. ", "mrs. ", "dr. ", "mr ", "ms ", "mrs ", "dr ", "@"].into_iter().find(|prefix| {
                before.ends_with(prefix) && !before.trim_end_matches(prefix).ends_with(char::is_alphanumeric)
            });
        range.start - prefix.map_or(0, str::len)..range.end
    }
}

/// Full-width letters, digits and signs as their half-width likes.
fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '’' | 'ʼ' => '\'',
        other => other,
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Whether a character is written without spaces around words.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Folds a name itself.
pub(super) fn fold(name: &str) -> String {
    Folded::new(name.trim()).folded
}
