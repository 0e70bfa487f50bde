//! What a check carries along: the problems so far, the ids declared, and the maps being read.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::texts::Translations;
use crate::locale::Locale;
use crate::problem::{Place, Problem};
use crate::runbook::keys::Key;
use crate::runbook::near;
use crate::runbook::source::{Content, Node};
use crate::runbook::{Mention, Named, RoleId};

/// A file with more misspelt names than this gets no help with the rest.
const MOST_SUGGESTIONS: usize = 50;
/// A map with more unknown keys than this is not gone through to its end.
const MOST_UNKNOWN_KEYS: usize = 20;

/// One check over one file.
pub(super) struct Checker<'s> {
    pub(super) text: &'s str,
    /// Whether a check let this very text through before.
    pub(super) checked_before: bool,
    pub(super) problems: Vec<Problem>,
    pub(super) mentions: Vec<Mention>,
    pub(super) locales: Vec<Locale>,
    pub(super) translations: Translations<'s>,
    /// Every role that may be named, once they are read.
    pub(super) roles: HashSet<RoleId>,
    /// How many more times a misspelt name is compared with all known ones: that takes its time.
    pub(super) suggestions: Rc<Cell<usize>>,
    /// Ids that must be distinct, with what declares them.
    declared: HashMap<String, Declared>,
}

/// What declares an id.
struct Declared {
    sort: &'static str,
    place: Place,
    /// Whether it changes what is built in, rather than adding to it.
    changes: bool,
}

/// The entries of one map, its keys already checked.
pub(super) struct Fields<'n, 's> {
    pub(super) place: Place,
    entries: &'n [(Node<'s>, Node<'s>)],
}

impl<'n, 's> Fields<'n, 's> {
    pub(super) fn get(&self, name: &str) -> Option<&'n Node<'s>> {
        self.entries.iter().find(|(key, _)| key.scalar().is_some_and(|key| key.text == name)).map(|(_, value)| value)
    }
}

impl<'s> Checker<'s> {
    pub(super) fn new(text: &'s str, checked_before: bool, problems: Vec<Problem>) -> Self {
        Self {
            text,
            checked_before,
            problems,
            mentions: Vec::new(),
            locales: vec![Locale::english()],
            translations: Translations::default(),
            roles: HashSet::new(),
            suggestions: Rc::new(Cell::new(MOST_SUGGESTIONS)),
            declared: HashMap::new(),
        }
    }

    pub(super) fn error(&mut self, code: &'static str, place: Place, message: impl Into<String>, help: Option<String>) {
        self.problems.push(Problem { help, ..Problem::error(code, place, message) });
    }

    pub(super) fn warning(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem::warning(code, place, message).help(help));
    }

    /// Notes that a name must be known to something outside the runbook.
    pub(super) fn mention(&mut self, of: Named, name: &str, place: Place) {
        self.mentions.push(Mention { of, name: name.to_owned(), place });
    }

    /// Opens a map whose keys are these, and reports those that are unknown or missing.
    pub(super) fn fields<'n>(&mut self, node: &'n Node<'s>, what: &str, keys: &[&[Key]]) -> Option<Fields<'n, 's>> {
        let entries = self.map(node, what)?;
        let place = entries.first().map_or(node.place, |(key, _)| key.place);
        let fields = Fields { place, entries };
        let known = || keys.iter().flat_map(|keys| keys.iter());
        let mut unknown = 0;
        for (key, _) in entries {
            let Some(name) = key.scalar().map(|scalar| scalar.text.as_ref()) else { continue };
            if known().any(|known| known.name == name) {
                continue;
            }
            unknown += 1;
            if unknown > MOST_UNKNOWN_KEYS {
                self.error("unknown_key", key.place, format!("{what} has still more keys that are not known"), None);
                break;
            }
            let help = self.suggestion(name, known().map(|key| key.name));
            self.error("unknown_key", key.place, format!("{what} has no key `{name}`"), help);
        }
        for key in known().filter(|key| key.required && fields.get(key.name).is_none()) {
            let message = format!("{what} needs the key `{}`", key.name);
            self.error("missing_key", place, message, Some(key.about.to_owned()));
        }
        Some(fields)
    }

    /// The name that a misspelt one may have meant, as help; none once too many were misspelt.
    pub(super) fn suggestion<'k>(
        &self,
        wrong: &str,
        known: impl IntoIterator<Item = &'k str> + Clone,
    ) -> Option<String> {
        if spend(&self.suggestions) { near::suggestion(wrong, known) } else { None }
    }

    /// A map's entries.
    pub(super) fn map<'n>(&mut self, node: &'n Node<'s>, what: &str) -> Option<&'n [(Node<'s>, Node<'s>)]> {
        match &node.content {
            Content::Map(entries) => Some(entries),
            Content::Refused => None,
            _ => {
                let message = format!("{what} is a map, and this is {}", node.what());
                self.error("not_a_map", node.place, message, Some("write `key: value` lines".to_owned()));
                None
            }
        }
    }

    /// A list's items.
    pub(super) fn list<'n>(&mut self, node: &'n Node<'s>, what: &str) -> Option<&'n [Node<'s>]> {
        match &node.content {
            Content::List(items) => Some(items),
            Content::Refused => None,
            _ => {
                let message = format!("{what} is a list, and this is {}", node.what());
                self.error("not_a_list", node.place, message, Some("write `[a, b]`, or `- a` lines".to_owned()));
                None
            }
        }
    }

    /// Notes a new id, which no other part of the runbook may declare.
    pub(super) fn declare(&mut self, id: &str, sort: &'static str, place: Place) {
        self.note(id, Declared { sort, place, changes: false });
    }

    /// Notes an id that may be built in: the built-in fact `affected` and the built-in audience
    /// `affected` may both be changed.
    pub(super) fn redeclare(&mut self, id: &str, sort: &'static str, place: Place, built_in: bool) {
        self.note(id, Declared { sort, place, changes: built_in });
    }

    fn note(&mut self, id: &str, declared: Declared) {
        match self.declared.get(id) {
            Some(first) if first.changes && declared.changes => {}
            Some(first) => {
                let help =
                    Some(format!("a {} has it at line {}: give one of them another", first.sort, first.place.line));
                self.error("duplicate_id", declared.place, format!("the id `{id}` is taken"), help);
            }
            None => {
                self.declared.insert(id.to_owned(), declared);
            }
        }
    }

    /// The id that a key of a map declares, such as a role's.
    pub(super) fn key_id(&mut self, key: &Node<'s>, what: &str) -> Option<String> {
        let id = key.scalar().map(|scalar| scalar.text.as_ref().to_owned())?;
        if is_id(&id) {
            return Some(id);
        }
        self.bad_id(&id, what, key.place);
        None
    }

    pub(super) fn bad_id(&mut self, id: &str, what: &str, place: Place) {
        let help = Some("start with a-z, go on with a-z, 0-9 and `_`".to_owned());
        self.error("bad_id", place, format!("`{id}` cannot be {what}"), help);
    }
}

/// Whether it is an id of the format, `[a-z][a-z0-9_]*`.
pub(super) fn is_id(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Takes one of the comparisons that are left, if any is.
pub(super) fn spend(left: &Cell<usize>) -> bool {
    let before = left.get();
    left.set(before.saturating_sub(1));
    before > 0
}
