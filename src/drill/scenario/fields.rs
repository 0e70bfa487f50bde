//! Reads the fields of a scenario's maps: each value typed, each fault with its place, none hiding another.

use std::time::Duration;

use indexmap::IndexMap;

use super::Span;
use crate::locale::{Locale, Text};
use crate::problem::{Place, Problem};
use crate::runbook::measure;
use crate::runbook::source::{Content, Node, Sort};

/// Every problem found so far, and the language of texts that name none.
pub(super) struct Faults {
    pub(super) problems: Vec<Problem>,
    pub(super) locale: Locale,
}

/// A map of the file, its keys known by name.
pub(super) struct Fields<'n, 's> {
    pub(super) place: Place,
    fields: IndexMap<String, &'n Node<'s>>,
}

impl Faults {
    pub(super) fn error(&mut self, code: &'static str, place: Place, message: impl Into<String>) {
        self.problems.push(Problem::error(code, place, message));
    }

    fn expected(&mut self, node: &Node<'_>, what: &str) {
        if !matches!(node.content, Content::Refused) {
            self.error("wrong_type", node.place, format!("expected {what}, found {}", node.what()));
        }
    }

    /// A map with only these keys; every other is a problem.
    pub(super) fn fields<'n, 's>(&mut self, node: &'n Node<'s>, known: &[&str]) -> Option<Fields<'n, 's>> {
        let fields = self.entries(node)?;
        for (key, value) in &fields {
            if !known.contains(&key.as_str()) {
                let place = self.key_place(node, key).unwrap_or(value.place);
                let problem = Problem::error("unknown_key", place, format!("`{key}` is not a key here"));
                self.problems.push(problem.help(format!("keys here: {}", known.join(", "))));
            }
        }
        Some(Fields { place: node.place, fields })
    }

    /// A map whose keys are names.
    pub(super) fn entries<'n, 's>(&mut self, node: &'n Node<'s>) -> Option<IndexMap<String, &'n Node<'s>>> {
        let Content::Map(pairs) = &node.content else {
            self.expected(node, "a map");
            return None;
        };
        let mut entries = IndexMap::new();
        for (key, value) in pairs {
            match key.scalar() {
                Some(name) => {
                    entries.insert(name.text.to_string(), value);
                }
                None => self.expected(key, "a name"),
            }
        }
        Some(entries)
    }

    /// Where a key of a map stands.
    pub(super) fn key_place(&self, node: &Node<'_>, name: &str) -> Option<Place> {
        let Content::Map(pairs) = &node.content else { return None };
        pairs.iter().find(|(key, _)| key.scalar().is_some_and(|s| s.text == name)).map(|(key, _)| key.place)
    }

    pub(super) fn list<'n, 's>(&mut self, node: &'n Node<'s>) -> &'n [Node<'s>] {
        match &node.content {
            Content::List(items) => items,
            Content::Scalar(_) | Content::Map(_) | Content::Refused => {
                self.expected(node, "a list");
                &[]
            }
        }
    }

    /// A value that is written as text: a number must be quoted.
    pub(super) fn string(&mut self, node: &Node<'_>) -> Option<String> {
        match node.scalar() {
            Some(scalar) if scalar.sort == Sort::Text => Some(scalar.text.to_string()),
            _ => {
                self.expected(node, "text");
                None
            }
        }
    }

    /// A name or word, whatever YAML takes it for.
    pub(super) fn word(&mut self, node: &Node<'_>) -> Option<String> {
        match node.scalar() {
            Some(scalar) if scalar.sort != Sort::Null => Some(scalar.text.to_string()),
            _ => {
                self.expected(node, "a word");
                None
            }
        }
    }

    pub(super) fn boolean(&mut self, node: &Node<'_>) -> Option<bool> {
        match node.scalar().map(|scalar| scalar.sort) {
            Some(Sort::Bool(value)) => Some(value),
            _ => {
                self.expected(node, "true or false");
                None
            }
        }
    }

    /// A text in the scenario's language, or a map from locale to text; the first is the one that is typed.
    pub(super) fn text(&mut self, node: &Node<'_>) -> Option<Text> {
        if !matches!(node.content, Content::Map(_)) {
            return Some(Text::new(self.locale.clone(), self.string(node)?.trim_end()));
        }
        let mut text = Text::default();
        for (tag, value) in self.entries(node)? {
            match tag.parse::<Locale>() {
                Ok(locale) => {
                    if let Some(words) = self.string(value) {
                        text.set(locale, words.trim_end());
                    }
                }
                Err(error) => {
                    let place = self.key_place(node, &tag).unwrap_or(value.place);
                    self.error("bad_locale", place, error.to_string());
                }
            }
        }
        Some(text)
    }

    /// A fact's value: text in any form, or a number or word as it is written.
    pub(super) fn fact(&mut self, node: &Node<'_>) -> Option<Text> {
        match node.scalar() {
            Some(scalar) if scalar.sort != Sort::Null => Some(Text::new(self.locale.clone(), scalar.text.trim_end())),
            _ => self.text(node),
        }
    }

    pub(super) fn duration(&mut self, node: &Node<'_>) -> Option<Duration> {
        let written = self.word(node)?;
        let span = measure::duration(&written);
        if span.is_none() {
            self.error("bad_duration", node.place, format!("`{written}` is not a duration such as `90s` or `1h 30m`"));
        }
        span
    }

    /// `2m`, or `1m..4m`.
    pub(super) fn span(&mut self, node: &Node<'_>) -> Option<Span> {
        let written = self.word(node)?;
        let (least, most) = written.split_once("..").unwrap_or((&written, &written));
        match (measure::duration(least), measure::duration(most)) {
            (Some(least), Some(most)) if least <= most => Some(Span { least, most }),
            _ => {
                let message = format!("`{written}` is not a duration such as `5m`, or a span such as `1m..4m`");
                self.error("bad_duration", node.place, message);
                None
            }
        }
    }
}

impl<'n, 's> Fields<'n, 's> {
    pub(super) fn get(&self, key: &str) -> Option<&'n Node<'s>> {
        self.fields.get(key).copied()
    }

    /// A field that must be there.
    pub(super) fn need(&self, faults: &mut Faults, key: &str) -> Option<&'n Node<'s>> {
        let node = self.get(key);
        if node.is_none() {
            faults.error("missing_key", self.place, format!("`{key}` is missing here"));
        }
        node
    }
}
