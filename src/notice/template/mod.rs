//! Notice templates: `<name>.<locale>.md.hbs`, read once, checked, rendered into a bounded buffer.
//!
//! Front matter (`subject`, `preheader`, `short`) and text are never escaped for HTML; the Markdown
//! body takes its values escaped for Markdown, and the layout of mail takes them escaped for HTML.

mod part;
mod scan;
mod walk;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io;

use handlebars::Handlebars;
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use self::part::{Part, Parts, Sort, take_apart};
use self::walk::Walk;
use super::data::{self, Data};
use super::{body, inert, personal};
use crate::locale::Locale;
use crate::problem::Problem;
use crate::runbook::Runbook;

/// Characters a notice's short form may have.
pub const MOST_SHORT: usize = 70;
const MOST_PREHEADER: usize = 140;
/// A rendering that grows past this has run away.
const MOST_RENDERED: usize = 256 * 1024;
const LAYOUT: &str = "layout.html.hbs";

/// Every notice template at hand, and the layout of mail.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    sources: IndexMap<String, String>,
}

/// A template's parts, rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rendered {
    pub(super) subject: String,
    pub(super) preheader: String,
    pub(super) short: String,
    pub(super) markdown: String,
}

/// A template that was found, in the language that serves a reader best.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) file: &'a str,
    pub(super) source: &'a str,
}

impl Templates {
    /// Takes in templates by file name (`investigating.en.md.hbs`, `layout.html.hbs`), later ones over earlier.
    /// What is wrong with one is found when it is checked or rendered.
    pub fn new(sources: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { sources: sources.into_iter().collect() }
    }

    /// The languages a template is written in.
    pub fn locales(&self, name: &str) -> Vec<Locale> {
        let written = self.sources.keys().filter_map(|file| match Sort::of(file)? {
            Sort::Notice { name: known, locale } => (known == name).then_some(locale),
            Sort::Piece { .. } | Sort::Layout => None,
        });
        written.collect()
    }

    /// The names of all notice templates, each once, in order of the alphabet.
    pub fn names(&self) -> BTreeSet<String> {
        let named = self.sources.keys().filter_map(|file| match Sort::of(file)? {
            Sort::Notice { name, .. } => Some(name),
            Sort::Piece { .. } | Sort::Layout => None,
        });
        named.collect()
    }

    /// The template for a reader: in their language, else in English, else in any.
    pub(super) fn find(&self, name: &str, reader: &Locale) -> Option<Found<'_>> {
        let locales = self.locales(name);
        let locale = reader.best(&locales).or_else(|| Locale::english().best(&locales)).or(locales.first())?;
        let wanted = Sort::Notice { name: name.to_owned(), locale: locale.clone() };
        let (file, source) = self.sources.iter().find(|(file, _)| Sort::of(file).as_ref() == Some(&wanted))?;
        Some(Found { file, source })
    }

    fn piece(&self, name: &str, locale: &Locale) -> Option<&str> {
        let wanted = Sort::Piece { name: name.to_owned(), locale: locale.clone() };
        self.sources
            .iter()
            .find(|(file, _)| Sort::of(file).as_ref() == Some(&wanted))
            .map(|(_, source)| source.as_str())
    }

    /// Renders a checked template.
    pub(super) fn render(&self, found: &Found<'_>, head: &Data, values: &Data) -> Result<Rendered, Error> {
        let failed = |reason: String| Error { file: found.file.to_owned(), reason };
        let parts = take_apart(found.source).map_err(|problems| failed(problems[0].message.clone()))?;
        let text = registry(handlebars::no_escape);
        let line = |part: Part<'_>| render(&text, part.text, head).map(|line| inert::one_line(&line)).map_err(failed);
        let mut markdown =
            registry(|value| if personal::is_token(value) { value.to_owned() } else { body::escape(value) });
        if let Some(Sort::Notice { locale, .. } | Sort::Piece { locale, .. }) = Sort::of(found.file) {
            for (file, source) in &self.sources {
                if let Some(Sort::Piece { name, locale: known }) = Sort::of(file)
                    && known == locale
                {
                    markdown.register_partial(&name, source).map_err(|e| failed(e.reason().to_string()))?;
                }
            }
        }
        Ok(Rendered {
            subject: line(parts.subject)?,
            preheader: inert::shorten(&line(parts.preheader)?, MOST_PREHEADER),
            short: inert::shorten(&line(parts.short)?, MOST_SHORT),
            markdown: render(&markdown, parts.body.text, values).map_err(failed)?.trim().to_owned(),
        })
    }

    /// Sets a body in the layout of mail.
    pub(super) fn lay_out(&self, frame: &data::Frame) -> Result<String, Error> {
        let failed = |reason: String| Error { file: LAYOUT.to_owned(), reason };
        let source = self.sources.get(LAYOUT).ok_or_else(|| failed("there is no such file".to_owned()))?;
        render(&registry(handlebars::html_escape), source, frame).map_err(failed)
    }

    /// The problems of the layout of mail.
    pub(super) fn check_layout(&self) -> Vec<Problem> {
        self.sources.get(LAYOUT).map_or_else(Vec::new, |source| check_template(LAYOUT, source, self, None))
    }
}

/// A template that could not be rendered.
#[derive(Debug, thiserror::Error)]
#[error("failed to render `{file}`: {reason}")]
pub(super) struct Error {
    pub(super) file: String,
    pub(super) reason: String,
}

fn registry(escape: impl Fn(&str) -> String + Send + Sync + 'static) -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.set_prevent_indent(true);
    registry.register_escape_fn(escape);
    registry
}

fn render(registry: &Handlebars<'_>, source: &str, values: &impl Serialize) -> Result<String, String> {
    let mut buffer = Bounded(Vec::new());
    registry.render_template_to_write(source, values, &mut buffer).map_err(|error| {
        let at = error.line_no.map_or_else(String::new, |line| format!("line {line}: "));
        format!("{at}{}", error.reason())
    })?;
    String::from_utf8(buffer.0).map_err(|error| error.to_string())
}

/// A buffer that refuses to grow without end.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_RENDERED {
            return Err(io::Error::other(format!("the text grows past {MOST_RENDERED} bytes")));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Finds every problem of one template; `runbook` adds the facts that its templates may read.
pub fn check_template(file: &str, source: &str, templates: &Templates, runbook: Option<&Runbook>) -> Vec<Problem> {
    let (mut problems, _) = examine(file, source, templates, runbook);
    problems.sort_by_key(|problem| problem.place);
    problems.into_iter().map(|problem| problem.in_file(file)).collect()
}

/// Finds what keeps a template of any sort from being read: its nesting, its blocks, its tags.
pub fn check_syntax(source: &str) -> Option<Problem> {
    walk::parse(&Part { text: source, line: 1, column: 1 }).err().map(|problem| *problem)
}

/// The names of the values a template reads.
pub(super) fn reads(found: &Found<'_>, templates: &Templates, runbook: &Runbook) -> BTreeSet<String> {
    examine(found.file, found.source, templates, Some(runbook)).1
}

fn examine(
    file: &str,
    source: &str,
    templates: &Templates,
    runbook: Option<&Runbook>,
) -> (Vec<Problem>, BTreeSet<String>) {
    let whole = Part { text: source, line: 1, column: 1 };
    let Some(sort) = Sort::of(file) else {
        let problem =
            Problem::error("template_name", whole.place(1, 1, 1), format!("`{file}` is not a template's name"));
        let problem = problem.help("name it `<name>.<locale>.md.hbs`, such as `update.en.md.hbs`");
        return (vec![problem], BTreeSet::new());
    };
    let (shape, unescaped): (Value, _) = match sort {
        Sort::Layout => (data::Frame::shape(), Some("body")),
        Sort::Notice { .. } | Sort::Piece { .. } => (Data::shape(runbook), None),
    };
    let pieces = |name: &str| match &sort {
        Sort::Layout => None,
        Sort::Notice { locale, .. } | Sort::Piece { locale, .. } => {
            templates.piece(name, locale).map(|text| Part { text, line: 1, column: 1 })
        }
    };
    let mut walk = Walk::new(&shape, &pieces, unescaped);
    match &sort {
        Sort::Layout | Sort::Piece { .. } => walk.part(&whole),
        Sort::Notice { .. } => match take_apart(source) {
            Ok(parts) => walk_notice(&mut walk, &parts),
            Err(problems) => walk.problems = problems,
        },
    }
    (walk.problems, walk.names)
}

fn walk_notice(walk: &mut Walk<'_>, parts: &Parts<'_>) {
    for part in [parts.subject, parts.preheader, parts.short, parts.body] {
        walk.part(&part);
    }
    let fixed = literal_characters(parts.short.text);
    if fixed > MOST_SHORT {
        let place = parts.short.place(1, 1, parts.short.text.chars().count());
        let message = format!("`short` has {fixed} characters before any value, more than {MOST_SHORT}");
        walk.problems.push(Problem::error("short_too_long", place, message));
    }
    if !parts.subject.text.trim_end().ends_with("] {{title}}") {
        let place = parts.subject.place(1, 1, parts.subject.text.chars().count());
        let message = "the subject changes by more than its prefix, so mail programs break the thread";
        walk.problems.push(
            Problem::warning("subject_breaks_thread", place, message).help("write it as `[{{status}}] {{title}}`"),
        );
    }
}

/// Characters outside of `{{…}}`.
fn literal_characters(text: &str) -> usize {
    let mut count = 0;
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once("{{") {
        count += before.chars().count();
        rest = tag.split_once("}}").map_or("", |(_, after)| after);
    }
    count + rest.chars().count()
}
