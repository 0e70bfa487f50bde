//! A template file taken apart: its name, its front matter, its body, each with its place in the file.

use crate::locale::Locale;
use crate::problem::{Place, Problem};

/// What a template file is, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sort {
    /// `<name>.<locale>.md.hbs`
    Notice { name: String, locale: Locale },
    /// `_<name>.<locale>.md.hbs`: a piece that notices include; no front matter.
    Piece { name: String, locale: Locale },
    /// `layout.html.hbs`
    Layout,
}

impl Sort {
    pub(super) fn of(file: &str) -> Option<Self> {
        let file = file.rsplit('/').next()?;
        if file == "layout.html.hbs" {
            return Some(Self::Layout);
        }
        let (name, locale) = file.strip_suffix(".md.hbs")?.rsplit_once('.')?;
        let locale = locale.parse().ok()?;
        Some(match name.strip_prefix('_') {
            Some(piece) => Self::Piece { name: piece.to_owned(), locale },
            None => Self::Notice { name: name.to_owned(), locale },
        })
    }
}

/// A stretch of a template file; line and column of its first character count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) text: &'a str,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Part<'_> {
    /// The place of a line and column that count within this part.
    pub(super) fn place(&self, line: usize, column: usize, length: usize) -> Place {
        let column = if line <= 1 { self.column + column.max(1) - 1 } else { column };
        Place { line: self.line + line.max(1) - 1, column, length }
    }

    /// The place of a name at or after a line and column; that of these where it isn't there.
    pub(super) fn find(&self, line: usize, column: usize, name: &str) -> Place {
        let mut from = 0;
        for (index, text) in self.text.split_inclusive('\n').enumerate() {
            if index + 1 == line {
                from += text.char_indices().nth(column.max(1) - 1).map_or(text.len(), |(at, _)| at);
                break;
            }
            from += text.len();
        }
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let rest = self.text.get(from..).unwrap_or_default();
        let found = rest.match_indices(name).map(|(at, _)| from + at).find(|at| {
            let (before, after) = (&self.text[..*at], &self.text[at + name.len()..]);
            !word(before.chars().next_back()) && !word(after.chars().next())
        });
        let Some(at) = found else { return self.place(line, column, 1) };
        let before = &self.text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.place(line, column, name.chars().count())
    }
}

/// The parts of a notice's file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) subject: Part<'a>,
    pub(super) preheader: Part<'a>,
    pub(super) short: Part<'a>,
    pub(super) body: Part<'a>,
}

/// Takes a notice's file apart: `---`, a line for each of `subject`, `preheader` and `short`, `---`, the body.
pub(super) fn take_apart(source: &str) -> Result<Parts<'_>, Vec<Problem>> {
    let mut lines = Lines { source, from: 0, line: 0 };
    if lines.next().is_none_or(|first| first.text.trim_end() != "---") {
        let place = Place { line: 1, column: 1, length: 3 };
        return Err(vec![front_matter(place, "the file does not begin with `---` and its front matter")]);
    }
    let (mut found, mut problems, mut closed) = ([None, None, None], Vec::new(), false);
    for line in lines.by_ref() {
        if line.text.trim_end() == "---" {
            closed = true;
            break;
        }
        if !line.text.trim().is_empty() {
            take_key(line, &mut found, &mut problems);
        }
    }
    if !closed {
        problems
            .push(front_matter(Place { line: 1, column: 1, length: 3 }, "the front matter is not closed with `---`"));
    }
    let body = Part { text: &source[lines.from..], line: lines.line + 1, column: 1 };
    let missing: Vec<&str> = KEYS.iter().zip(&found).filter(|(_, part)| part.is_none()).map(|(key, _)| *key).collect();
    for key in &missing {
        let place = Place { line: 1, column: 1, length: 3 };
        problems.push(front_matter(place, &format!("the front matter has no `{key}`")));
    }
    match (found, problems.is_empty()) {
        ([Some(subject), Some(preheader), Some(short)], true) => Ok(Parts { subject, preheader, short, body }),
        _ => Err(problems),
    }
}

const KEYS: [&str; 3] = ["subject", "preheader", "short"];

fn front_matter(place: Place, message: &str) -> Problem {
    Problem::error("front_matter", place, message)
        .help("begin with `---`, a line each for `subject: …`, `preheader: …` and `short: …`, and `---`")
}

/// Takes a `key: value` line; the value may stand in double quotes.
fn take_key<'a>(line: Part<'a>, found: &mut [Option<Part<'a>>; 3], problems: &mut Vec<Problem>) {
    let text = line.text.trim_end();
    let Some((key, value)) = text.split_once(':') else {
        problems.push(front_matter(line.place(1, 1, text.chars().count()), "not a line of the form `key: value`"));
        return;
    };
    let place = line.place(1, 1, key.chars().count());
    let Some(slot) = KEYS.iter().position(|known| *known == key.trim()) else {
        problems.push(front_matter(place, &format!("unknown key `{}`", key.trim())));
        return;
    };
    if found[slot].is_some() {
        problems.push(front_matter(place, &format!("`{}` stands twice", key.trim())));
        return;
    }
    let mut value = value.trim_start();
    let mut column = text[..text.len() - value.len()].chars().count() + 1;
    if let Some(inside) = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')) {
        value = inside;
        column += 1;
    }
    if value.is_empty() {
        problems.push(front_matter(place, &format!("`{}` is empty", key.trim())));
    }
    found[slot] = Some(Part { text: value, line: line.line, column });
}

/// The lines of a file, each as a part.
struct Lines<'a> {
    source: &'a str,
    from: usize,
    line: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let text = self.source[self.from..].split_inclusive('\n').next()?;
        self.from += text.len();
        self.line += 1;
        Some(Part { text, line: self.line, column: 1 })
    }
}
