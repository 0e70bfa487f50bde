//! A problem of a file with the lines around it, the marked part told apart.

use serde::Serialize;

use crate::problem::{Level, Problem};

/// The longest part of a line that is shown, in characters, and how much of it stands before the mark.
const LONGEST: usize = 160;
const BEFORE: usize = 60;

/// A problem as a page shows it.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Shown {
    code: &'static str,
    is_error: bool,
    message: String,
    help: Option<String>,
    file: String,
    line: usize,
    column: usize,
    lines: Vec<Line>,
}

/// A line of the file, in three parts where it holds the mark.
#[derive(Debug, PartialEq, Serialize)]
struct Line {
    number: usize,
    before: String,
    marked: String,
    after: String,
}

/// A problem with the line it stands in and one on either side.
pub(crate) fn shown(problem: &Problem, source: Option<&str>) -> Shown {
    let place = problem.place;
    let around = place.line.saturating_sub(1)..=place.line.saturating_add(1);
    let lines = source.unwrap_or_default().split('\n').enumerate().map(|(index, text)| (index + 1, text));
    let lines =
        lines.skip_while(|(number, _)| !around.contains(number)).take_while(|(number, _)| around.contains(number));
    let line = |(number, text): (usize, &str)| {
        let text = text.strip_suffix('\r').unwrap_or(text);
        let column = if number == place.line { place.column.saturating_sub(1) } else { 0 };
        let skipped = if text.chars().nth(LONGEST).is_some() { column.saturating_sub(BEFORE) } else { 0 };
        let mut shown: Vec<char> = text.chars().skip(skipped).take(LONGEST).map(visible).collect();
        if text.chars().nth(skipped + LONGEST).is_some() {
            shown.push('…');
        }
        let (from, to) = match number == place.line {
            true => (column - skipped, column - skipped + place.length.max(1)),
            false => (shown.len(), shown.len()),
        };
        let part =
            |from: usize, to: usize| shown[from.min(shown.len())..to.min(shown.len())].iter().collect::<String>();
        let cut = if skipped > 0 { "…" } else { "" };
        Line { number, before: format!("{cut}{}", part(0, from)), marked: part(from, to), after: part(to, shown.len()) }
    };
    Shown {
        code: problem.code,
        is_error: problem.level == Level::Error,
        message: problem.message.clone(),
        help: problem.help.clone(),
        file: problem.file.clone(),
        line: place.line,
        column: place.column,
        lines: lines.map(line).collect(),
    }
}

/// What could turn a line around or can't be seen is shown as a mark.
fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Place;

    fn lines(source: &str, line: usize, column: usize, length: usize) -> Vec<String> {
        let problem = Problem::error("code", Place { line, column, length }, "wrong");
        let shown = shown(&problem, Some(source));
        shown.lines.iter().map(|l| format!("{} {}[{}]{}", l.number, l.before, l.marked, l.after)).collect()
    }

    #[test]
    fn the_mark_stands_under_its_characters_in_any_script() {
        let source = "muster: 1\r\ntitle: 出金 stat\nwhen: a\nlast";
        assert_eq!(lines(source, 2, 8, 2), ["1 muster: 1[]", "2 title: [出金] stat", "3 when: a[]"]);
        assert_eq!(lines(source, 1, 1, 6), ["1 [muster]: 1", "2 title: 出金 stat[]"]);
        assert_eq!(lines(source, 4, 5, 1), ["3 when: a[]", "4 last[]"]);
        assert_eq!(lines(source, 9, 1, 1), Vec::<String>::new());
        assert_eq!(lines("a\u{202e}b", 1, 3, 1), ["1 a\u{fffd}[b]"]);
    }

    #[test]
    fn a_long_line_is_cut_around_its_mark() {
        let source = format!("{}MARK{}", "x".repeat(1000), "y".repeat(1000));
        let shown = lines(&source, 1, 1001, 4);
        assert!(
            shown[0].starts_with("1 …xxx") && shown[0].contains("x[MARK]y") && shown[0].ends_with('…'),
            "{shown:?}"
        );
        assert!(shown[0].chars().count() < LONGEST + 10, "{shown:?}");
    }
}
