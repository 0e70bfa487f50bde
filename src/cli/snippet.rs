//! Problems as readable snippets of the file they stand in, the marks under the right characters in any script.

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, MietteError, MietteSpanContents, Report,
    Severity, SourceCode, SourceSpan, SpanContents,
};
use unicode_width::UnicodeWidthChar;

use super::render::text::clean;
use crate::problem::{Level, Place, Problem};

/// The longest part of a line that is shown, in characters.
const LONGEST: usize = 160;
/// How much of it stands before the mark where the line is cut.
const BEFORE: usize = 60;

/// How snippets are drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) columns: usize,
    pub(crate) colour: bool,
}

/// Draws one problem; without its file's text, the message and the place alone.
pub(crate) fn draw(problem: &Problem, source: Option<&str>, look: Look) -> String {
    let level = match problem.level {
        Level::Error => Severity::Error,
        Level::Warning => Severity::Warning,
    };
    let mut diagnostic = MietteDiagnostic::new(clean(&problem.message)).with_code(problem.code).with_severity(level);
    if let Some(help) = &problem.help {
        diagnostic = diagnostic.with_help(clean(help));
    }
    let excerpt = source.and_then(|source| Excerpt::around(source, problem.place, &problem.file));
    let report = match excerpt {
        Some(excerpt) => {
            let label = LabeledSpan::new_primary_with_span(None, excerpt.marked);
            Report::new(diagnostic.with_label(label)).with_source_code(excerpt)
        }
        None => {
            let Place { line, column, .. } = problem.place;
            let at = if line == 0 { problem.file.clone() } else { format!("{}:{line}:{column}", problem.file) };
            diagnostic.message = format!("{at}: {}", diagnostic.message);
            Report::new(diagnostic)
        }
    };
    let theme = if look.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(look.columns)
        .with_context_lines(1)
        .without_syntax_highlighting();
    let mut drawn = String::new();
    match handler.render_report(&mut drawn, report.as_ref()) {
        Ok(()) => drawn,
        Err(_) => format!("{}: {}\n", problem.code, clean(&problem.message)),
    }
}

/// The lines around a problem, shortened where they are long, that still know their place in the file.
#[derive(Debug)]
struct Excerpt {
    text: String,
    file: String,
    /// The number of the first line, from 0.
    first_line: usize,
    place: Place,
    marked: SourceSpan,
}

impl Excerpt {
    fn around(source: &str, place: Place, file: &str) -> Option<Self> {
        let line = place.line.checked_sub(1)?;
        let first_line = line.saturating_sub(1);
        let mut text = String::new();
        let mut marked = None;
        for (number, content) in source.split('\n').enumerate().skip(first_line).take(3) {
            let content = content.strip_suffix('\r').unwrap_or(content);
            let column = if number == line { place.column.saturating_sub(1) } else { 0 };
            let shown = Window::of(content, column);
            if number == line {
                let start = text.len() + shown.offset(column);
                let end = text.len() + shown.offset(column + place.length.max(1));
                marked = Some(SourceSpan::from((start, (end - start).max(usize::from(end > start)))));
            }
            text.push_str(&shown.text);
            text.push('\n');
        }
        Some(Self { text, file: clean(file), first_line, place, marked: marked? })
    }
}

/// The part of a line that is shown.
struct Window {
    text: String,
    /// Characters left out before it, and the marks put in their stead.
    skipped: usize,
    mark: usize,
}

impl Window {
    fn of(line: &str, column: usize) -> Self {
        let length = line.chars().take(column + LONGEST + 1).count();
        let skipped = if length > LONGEST { column.saturating_sub(BEFORE) } else { 0 };
        let mut text: String = line.chars().skip(skipped).take(LONGEST).map(visible).collect();
        if length > skipped + LONGEST {
            text.push('…');
        }
        if skipped > 0 {
            text.insert(0, '…');
        }
        Self { text, skipped, mark: usize::from(skipped > 0) }
    }

    /// The byte at which a character of the line, counted from 0, stands in the shown text.
    fn offset(&self, column: usize) -> usize {
        let nth = column.saturating_sub(self.skipped) + self.mark;
        self.text.char_indices().nth(nth).map_or(self.text.len(), |(at, _)| at)
    }
}

/// One visible character for each, so that marks keep their place: a tab is a space, what cannot be seen a mark.
fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() || (c.width() == Some(0) && !is_combining(c)) => '\u{fffd}',
        c => clean(c.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(c),
    }
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}')
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Without context miette asks where the mark itself stands: that is the place in the file.
        let (line, column) = if before == 0 && after == 0 {
            (self.place.line.saturating_sub(1), self.place.column.saturating_sub(1))
        } else {
            (self.first_line, 0)
        };
        let whole = SourceSpan::from((0, self.text.len()));
        let bytes = self.text.as_bytes();
        if span.offset() + span.len() > bytes.len() {
            return Err(MietteError::OutOfBounds);
        }
        let lines = self.text.matches('\n').count();
        Ok(Box::new(MietteSpanContents::new_named(self.file.clone(), bytes, whole, line, column, lines)))
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    const PLAIN: Look = Look { columns: 100, colour: false };

    fn drawn(source: &str, line: usize, column: usize, length: usize) -> String {
        let place = Place { line, column, length };
        let problem = Problem::error("unknown_name", place, "nothing is called `stat`")
            .help("did you mean `status`?")
            .in_file("runbooks/crm.yaml");
        draw(&problem, Some(source), PLAIN)
    }

    /// The display column at which the line of marks begins and how wide it is, less the gutter.
    fn mark(drawn: &str) -> (usize, usize) {
        let line = drawn.lines().find(|line| line.contains('─') && !line.contains(['[', '╰'])).expect("marks");
        let line = line.split_once('·').expect("a gutter").1.strip_prefix(' ').expect("a space");
        let start = line.len() - line.trim_start().len();
        (start, line.trim().width())
    }

    #[test]
    fn a_snippet_names_the_file_line_and_column() {
        insta::assert_snapshot!(drawn("title: Anything\nwhen: stat == 'resolved'\npre: []\n", 2, 7, 4), @r"
        unknown_name

          × nothing is called `stat`
           ╭─[runbooks/crm.yaml:2:7]
         1 │ title: Anything
         2 │ when: stat == 'resolved'
           ·       ────
         3 │ pre: []
           ╰────
          help: did you mean `status`?
        ");
    }

    #[test]
    fn marks_stay_under_their_characters_in_any_mix_of_scripts() {
        for (line, marked) in [
            ("when: stat", "stat"),
            ("标题：stat", "stat"),
            ("title: 出金 stat 不可用", "stat"),
            ("title: 出金 stat 不可用", "不可用"),
            ("\ttitle: 全角（stat）", "stat"),
            ("café e\u{301}té 出金: stat", "stat"),
            ("名：「stat」，end", "「stat」"),
        ] {
            let at = line.find(marked).expect("it is there");
            let column = line[..at].chars().count() + 1;
            let (start, columns) = mark(&drawn(line, 1, column, marked.chars().count()));
            assert_eq!(start, line[..at].replace('\t', " ").width(), "{line}");
            assert_eq!(columns, marked.width(), "{line}");
        }
    }

    #[test]
    fn a_very_long_line_is_cut_around_its_mark() {
        let line = format!("{}stat{}", "出金".repeat(4000), "x".repeat(100_000));
        let drawn = drawn(&line, 1, 8001, 4);
        assert!(drawn.len() < 2_000, "{}", drawn.len());
        assert!(drawn.contains("[runbooks/crm.yaml:1:8001]"), "{drawn}");
        assert_eq!(mark(&drawn), (1 + 2 * BEFORE, 4));
    }

    #[test]
    fn places_at_the_end_or_outside_of_a_file_do_not_break_it() {
        for (source, line, column) in [("", 1, 1), ("a", 1, 2), ("a\n", 2, 1), ("a", 9, 9), ("a", 0, 0)] {
            let drawn = drawn(source, line, column, 1);
            assert!(drawn.contains("nothing is called `stat`"), "{drawn}");
        }
    }

    #[test]
    fn control_characters_of_a_file_do_not_reach_the_terminal() {
        let drawn = drawn("x: \u{1b}[31m\u{202e}stat", 1, 4, 1);
        assert!(!drawn.contains(['\u{1b}', '\u{202e}']), "{drawn:?}");
    }
}
