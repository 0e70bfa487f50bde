//! Reads single values: words, ids, durations, rates, counts, approvals; and references to roles.

use std::collections::HashSet;
use std::time::Duration;

use super::checker::{Checker, is_id};
use crate::runbook::source::{Content, Node, Sort};
use crate::runbook::{Gate, Rate, RoleId, keys, measure};

/// What an `approve` says.
pub(super) enum Approve {
    None,
    By(Gate),
}

impl<'s> Checker<'s> {
    /// Text, whatever it says; a number, a boolean or nothing must be quoted to be text.
    pub(super) fn words<'n>(&mut self, node: &'n Node<'s>) -> Option<&'n str> {
        let scalar = match &node.content {
            Content::Scalar(scalar) if scalar.sort == Sort::Text => scalar,
            Content::Refused => return None,
            Content::Scalar(scalar)
                if scalar.sort != Sort::Null || !scalar.text.is_empty() && !node.bytes.is_empty() =>
            {
                let message = format!("text is expected, and `{}` is {}", scalar.text, node.what());
                self.error("not_text", node.place, message, Some(format!("quote it: \"{}\"", scalar.text)));
                return None;
            }
            Content::Scalar(_) => {
                self.error("not_text", node.place, "text is expected, and nothing is here", None);
                return None;
            }
            _ => {
                self.error("not_text", node.place, format!("text is expected, and this is {}", node.what()), None);
                return None;
            }
        };
        if scalar.text.trim().is_empty() {
            self.error("empty_text", node.place, "text is expected, and this is empty", None);
            return None;
        }
        Some(scalar.text.trim_end())
    }

    /// One of a few words.
    pub(super) fn one_of(&mut self, node: &Node<'s>, what: &str, known: &[&'static str]) -> Option<&'static str> {
        let word = self.words(node)?;
        let found = known.iter().copied().find(|known| *known == word);
        if found.is_none() {
            let help = self.suggestion(word, known.iter().copied());
            self.error("unknown_word", node.place, format!("{what} cannot be `{word}`"), help);
        }
        found
    }

    /// An id declared elsewhere.
    pub(super) fn reference<'n>(&mut self, node: &'n Node<'s>, what: &str) -> Option<&'n str> {
        let id = self.words(node)?;
        if is_id(id) {
            return Some(id);
        }
        self.bad_id(id, what, node.place);
        None
    }

    /// One value or a list of them, none of them twice.
    pub(super) fn one_or_more<'n>(&mut self, node: &'n Node<'s>, what: &str) -> Vec<&'n Node<'s>> {
        let items = match &node.content {
            Content::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        if items.is_empty() {
            self.error("empty_list", node.place, format!("{what} names at least one"), None);
        }
        self.distinct(items)
    }

    /// The items of a list, without those that stand in it twice.
    pub(super) fn distinct<'n>(&mut self, items: &'n [Node<'s>]) -> Vec<&'n Node<'s>> {
        let mut kept = Vec::with_capacity(items.len());
        let mut seen = HashSet::new();
        for item in items {
            match item.scalar().map(|scalar| scalar.text.as_ref()) {
                Some(text) if !seen.insert(text) => {
                    self.error("duplicate_item", item.place, format!("`{text}` stands in this list twice"), None);
                }
                _ => kept.push(item),
            }
        }
        kept
    }

    pub(super) fn role(&mut self, node: &Node<'s>) -> Option<RoleId> {
        let id = self.reference(node, "a role")?;
        if let Some(role) = self.roles.get(id) {
            return Some(role.clone());
        }
        let mut known: Vec<_> = self.roles.iter().map(RoleId::as_str).collect();
        known.sort_unstable();
        let help = self.suggestion(id, known);
        self.error("unknown_role", node.place, format!("there is no role `{id}`"), help);
        None
    }

    /// A duration that is longer than nothing.
    pub(super) fn duration(&mut self, node: &Node<'s>) -> Option<Duration> {
        let written = self.measure(node)?;
        match measure::duration(&written) {
            Some(span) if !span.is_zero() => return Some(span),
            Some(_) => self.error("bad_duration", node.place, "this must be longer than nothing", None),
            None => {
                let help = Some("write `90s`, `5m`, `1h 30m` or `3d`".to_owned());
                self.error("bad_duration", node.place, format!("`{written}` is not a duration"), help);
            }
        }
        None
    }

    pub(super) fn rate(&mut self, node: &Node<'s>) -> Option<Rate> {
        let written = self.measure(node)?;
        let rate = measure::rate(&written);
        if rate.is_none() {
            let help = Some("write how many in which time, such as `60/h`".to_owned());
            self.error("bad_rate", node.place, format!("`{written}` is not a rate"), help);
        }
        rate
    }

    /// A measure as it is written; a bare number lacks its unit, which the caller says.
    fn measure(&mut self, node: &Node<'s>) -> Option<String> {
        match &node.content {
            Content::Scalar(scalar) if scalar.sort == Sort::Number => Some(scalar.text.as_ref().to_owned()),
            _ => self.words(node).map(str::to_owned),
        }
    }

    /// A whole number, at least this.
    pub(super) fn count(&mut self, node: &Node<'s>, least: u32) -> Option<u32> {
        let number =
            node.scalar().filter(|scalar| scalar.sort == Sort::Number).and_then(|s| s.text.parse::<u32>().ok());
        let found = number.filter(|number| (least..=1_000).contains(number));
        if found.is_none() && node.content != Content::Refused {
            let message = format!("a whole number from {least} to 1000 is expected");
            self.error("bad_count", node.place, message, None);
        }
        found
    }

    /// `approve`: a role, `{ by, quorum, within }`, or `none`.
    pub(super) fn approve(&mut self, node: &Node<'s>) -> Option<Approve> {
        if !matches!(node.content, Content::Map(_)) {
            if node.scalar().is_some_and(|scalar| scalar.sort == Sort::Text && scalar.text == "none") {
                return Some(Approve::None);
            }
            let by = match &node.content {
                Content::List(_) => {
                    let help = Some("write `approve: { by: [lead, product] }`".to_owned());
                    self.error("bad_approve", node.place, "several roles stand under `by`", help);
                    return None;
                }
                _ => vec![self.role(node)?],
            };
            return Some(Approve::By(Gate { by, quorum: 1, within: None }));
        }
        let fields = self.fields(node, "`approve`", &[keys::APPROVE])?;
        let by = self.roles_of(fields.get("by")?);
        let quorum = fields.get("quorum").and_then(|node| self.count(node, 1)).unwrap_or(1);
        let within = fields.get("within").and_then(|node| self.duration(node));
        Some(Approve::By(Gate { by, quorum, within }))
    }

    /// One role or several.
    pub(super) fn roles_of(&mut self, node: &Node<'s>) -> Vec<RoleId> {
        let nodes = self.one_or_more(node, "`by`");
        nodes.into_iter().filter_map(|node| self.role(node)).collect()
    }

    /// A name that settings or library know: of a template, an action, a probe.
    pub(super) fn outside_name<'n>(&mut self, node: &'n Node<'s>, what: &str) -> Option<&'n str> {
        let name = self.words(node)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if name.bytes().all(plain) && name.len() <= 64 {
            return Some(name);
        }
        let help = Some("use a-z, 0-9, `_` and `-`".to_owned());
        self.error("bad_name", node.place, format!("`{name}` cannot name {what}"), help);
        None
    }
}
