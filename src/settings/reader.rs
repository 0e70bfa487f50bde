//! Reads TOML tables value by value, and collects every problem with its place on the way.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Place, Problem, distance};

/// Keys that would hold a secret, in whatever table they stand.
const SECRET_KEYS: [&str; 7] = ["password", "secret", "token", "api_key", "apikey", "access_token", "private_key"];

/// The text being read and what was found wrong with it so far.
pub(super) struct Reader<'i> {
    text: &'i str,
    problems: Vec<Problem>,
}

/// One table, under the name people know it by (`mail`, `webhooks.wecom-ops`).
#[derive(Clone)]
pub(super) struct Section<'t, 'i> {
    pub(super) name: String,
    pub(super) span: Range<usize>,
    table: &'t DeTable<'i>,
}

/// A value and where it stands.
pub(super) struct Written<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

impl<'i> Reader<'i> {
    pub(super) fn new(text: &'i str) -> Self {
        Self { text, problems: Vec::new() }
    }

    /// The problems in the order of the file.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.place);
        self.problems
    }

    pub(super) fn report(&mut self, code: &'static str, span: Range<usize>, message: impl Into<String>) {
        let problem = Problem::error(code, place(self.text, span), message);
        self.problems.push(problem);
    }

    pub(super) fn report_with_help(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let problem = Problem::error(code, place(self.text, span), message).help(help);
        self.problems.push(problem);
    }

    /// Reports a key that is not there, at the table that should have it.
    pub(super) fn missing(&mut self, section: &Section<'_, '_>, key: &str, help: &str) {
        self.report_with_help("missing_key", section.span.clone(), format!("`{}` has no `{key}`", section.name), help);
    }

    /// Takes a table whose keys are all known, and reports those that are not.
    pub(super) fn section<'t>(
        &mut self,
        name: impl Into<String>,
        span: Range<usize>,
        table: &'t DeTable<'i>,
        known: &[&str],
    ) -> Section<'t, 'i> {
        let section = Section { name: name.into(), span, table };
        for key in table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                self.unknown(&section, key, known);
            }
        }
        section
    }

    fn unknown(&mut self, section: &Section<'_, '_>, key: &Spanned<std::borrow::Cow<'_, str>>, known: &[&str]) {
        let written = key.get_ref().as_ref();
        if SECRET_KEYS.contains(&written.to_ascii_lowercase().as_str()) {
            let (environment, file) = (format!("{written}_env"), format!("{written}_file"));
            let help = match (known.contains(&environment.as_str()), known.contains(&file.as_str())) {
                (true, true) => format!(
                    "keep it in an environment variable and name that in `{environment}`, or in a file named in `{file}`"
                ),
                _ => "keep it in an environment variable, and name that variable here".to_owned(),
            };
            let message = format!("`{}` would put a secret into this file", section.path(written));
            return self.report_with_help("secret_in_settings", key.span(), message, help);
        }
        let help = match nearest(written, known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        self.report_with_help("unknown_key", key.span(), format!("`{}` is not a setting", section.path(written)), help);
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, section: &Section<'_, 'i>, key: &str) -> Option<Written<String>> {
        let value = section.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(section, key, value, "a text in quotes");
            return None;
        };
        if text.trim().is_empty() {
            self.report("invalid_value", value.span(), format!("`{}` is empty", section.path(key)));
            return None;
        }
        Some(Written { value: text.to_owned(), span: value.span() })
    }

    /// A text that reads as something narrower; what the parser says against it is reported.
    pub(super) fn parsed<T>(
        &mut self,
        section: &Section<'_, 'i>,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, Refused>,
    ) -> Option<T> {
        let written = self.text(section, key)?;
        match parse(&written.value) {
            Ok(value) => Some(value),
            Err(refused) => {
                self.refuse(written.span, refused);
                None
            }
        }
    }

    pub(super) fn refuse(&mut self, span: Range<usize>, refused: Refused) {
        match refused.help {
            Some(help) => self.report_with_help(refused.code, span, refused.message, help),
            None => self.report(refused.code, span, refused.message),
        }
    }

    /// A whole number within bounds.
    pub(super) fn number(&mut self, section: &Section<'_, 'i>, key: &str, bounds: Range<u32>) -> Option<u32> {
        let value = section.get(key)?;
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong_type(section, key, value, "a whole number");
            return None;
        };
        match u32::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) if bounds.contains(&number) => Some(number),
            _ => {
                let message =
                    format!("`{}` must be between {} and {}", section.path(key), bounds.start, bounds.end - 1);
                self.report("invalid_value", value.span(), message);
                None
            }
        }
    }

    /// A list of texts; one text alone counts as a list of one.
    pub(super) fn texts(&mut self, section: &Section<'_, 'i>, key: &str) -> Vec<Written<String>> {
        let Some(value) = section.get(key) else { return Vec::new() };
        if let Some(text) = value.get_ref().as_str() {
            return vec![Written { value: text.to_owned(), span: value.span() }];
        }
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(section, key, value, "a list of texts");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in array.iter() {
            match item.get_ref().as_str() {
                Some(text) => texts.push(Written { value: text.to_owned(), span: item.span() }),
                None => self.wrong_type(section, key, item, "a list of texts"),
            }
        }
        texts
    }

    /// The table under a key, its own keys not yet looked at.
    pub(super) fn table<'t>(
        &mut self,
        section: &Section<'t, 'i>,
        key: &str,
    ) -> Option<(&'t DeTable<'i>, Range<usize>)> {
        let (written, value) = section.table.get_key_value(key)?;
        match value.get_ref().as_table() {
            Some(table) => Some((table, written.span())),
            None => {
                self.wrong_type(section, key, value, "a table");
                None
            }
        }
    }

    /// The tables under a key whose names are the operator's own, in the order of the file.
    pub(super) fn named<'t>(
        &mut self,
        section: &Section<'t, 'i>,
        key: &str,
        known: &[&str],
    ) -> Vec<(String, Section<'t, 'i>)> {
        let Some((tables, _)) = self.table(section, key) else { return Vec::new() };
        let mut entries: Vec<_> = tables.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        let mut sections = Vec::new();
        for (name, value) in entries {
            let path = format!("{key}.{}", name.get_ref());
            match value.get_ref().as_table() {
                Some(table) => {
                    sections.push((name.get_ref().to_string(), self.section(path, name.span(), table, known)));
                }
                None => self.report("wrong_type", value.span(), format!("`{path}` must be a table")),
            }
        }
        sections
    }

    fn wrong_type(&mut self, section: &Section<'_, '_>, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let message = format!("`{}` must be {wanted}, not {}", section.path(key), article(value.get_ref().type_str()));
        self.report("wrong_type", value.span(), message);
    }
}

impl<'t, 'i> Section<'t, 'i> {
    pub(super) fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'i>>> {
        self.table.get(key)
    }

    /// Its keys in the order of the file.
    pub(super) fn keys(&self) -> Vec<&'t str> {
        let mut keys: Vec<_> = self.table.keys().collect();
        keys.sort_by_key(|key| key.span().start);
        keys.into_iter().map(|key| key.get_ref().as_ref()).collect()
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where a key stands, or the table if it does not.
    pub(super) fn span_of(&self, key: &str) -> Range<usize> {
        self.table.get_key_value(key).map_or(self.span.clone(), |(written, _)| written.span())
    }

    /// A key by its full name.
    pub(super) fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}

/// Why a value cannot be what it should be.
pub(super) struct Refused {
    code: &'static str,
    message: String,
    help: Option<String>,
}

impl Refused {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { code: "invalid_value", message: message.into(), help: None }
    }

    pub(super) fn coded(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, ..Self::new(message) }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The message and the help.
    pub(super) fn into_parts(self) -> (String, Option<String>) {
        (self.message, self.help)
    }
}

/// The place of a range of bytes, counted in characters.
pub(super) fn place(text: &str, span: Range<usize>) -> Place {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let marked = text[start..end].lines().next().unwrap_or_default();
    Place {
        line: text[..start].matches('\n').count() + 1,
        column: text[line_start..start].chars().count() + 1,
        length: marked.chars().count(),
    }
}

fn article(kind: &str) -> String {
    match kind {
        "array" => "a list".to_owned(),
        "integer" => "an integer".to_owned(),
        "string" => "a text".to_owned(),
        other => format!("a {other}"),
    }
}

/// The known word that was probably meant: at most a third of it is written otherwise.
pub(super) fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    let (distance, best) = known.iter().map(|word| (distance(written, word), *word)).min()?;
    (distance <= best.chars().count().max(written.chars().count()).div_ceil(3)).then_some(best)
}
