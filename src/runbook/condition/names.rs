//! What a condition may name, and what each name is.

use indexmap::IndexMap;

use super::super::{AnswerId, Fact, FactId, FactKind, StepKind};
use super::About;
use crate::locale::Text;
use crate::runbook::keys;

/// Whether a condition asks an incident or a contact.
pub(in crate::runbook) enum Speaks<'a> {
    Incident(Names<'a>),
    Contact,
}

impl Speaks<'_> {
    pub(super) fn about(&self) -> About {
        match self {
            Self::Incident(_) => About::Incident,
            Self::Contact => About::Contact,
        }
    }
}

/// The names of one runbook, as they look from where a condition stands.
pub(in crate::runbook) struct Names<'a> {
    pub(in crate::runbook) severities: &'a [String],
    pub(in crate::runbook) facts: &'a IndexMap<FactId, Fact>,
    /// Finds a step by its id.
    pub(in crate::runbook) step: &'a dyn Fn(&str) -> Found<'a>,
    /// The step that a misspelt id may have meant.
    pub(in crate::runbook) near: &'a dyn Fn(&str) -> Option<String>,
}

/// A step as a condition sees it from its place.
#[derive(Clone, Copy)]
pub(in crate::runbook) enum Found<'a> {
    Before(&'a StepKind),
    /// It, or the step itself, comes only later.
    Later,
    /// It stands in a branch that runs beside this one.
    Beside,
    Unknown,
}

/// What a value is to the checker.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    /// Already reported, or bound by a macro.
    Any,
    Null,
    Bool,
    Number,
    Text,
    /// Text of a closed set, which is called this.
    Word {
        what: String,
        words: Vec<String>,
    },
    Datetime,
    Duration,
    List(Box<Type>),
}

impl Type {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::Null => "null",
            Self::Bool => "true or false",
            Self::Number => "a number",
            Self::Text | Self::Word { .. } => "text",
            Self::Datetime => "a moment",
            Self::Duration => "a duration",
            Self::List(_) => "a list",
        }
    }

    /// Whether values of both may be compared at all.
    pub(super) fn meets(&self, other: &Self) -> bool {
        use Type::{Any, Text, Word};
        match (self, other) {
            (Any, _) | (_, Any) | (Text | Word { .. }, Text | Word { .. }) => true,
            (Self::List(mine), Self::List(theirs)) => mine.meets(theirs),
            _ => self == other,
        }
    }

    pub(super) fn of_fact(fact: &Fact) -> Self {
        match &fact.kind {
            FactKind::Text => Self::Text,
            FactKind::Number | FactKind::Percent => Self::Number,
            FactKind::Datetime { .. } => Self::Datetime,
            FactKind::Duration => Self::Duration,
            FactKind::Choice(choices) => {
                Self::Word { what: format!("choice of `{}`", fact.id), words: choices.keys().cloned().collect() }
            }
        }
    }

    pub(super) fn of_answers(step: &str, answers: &IndexMap<AnswerId, Text>) -> Self {
        let words = answers.keys().map(|answer| answer.as_str().to_owned());
        Self::Word { what: format!("answer of `{step}`"), words: words.chain([String::new()]).collect() }
    }

    pub(super) fn of_outcomes(step: &str, kind: &StepKind) -> Self {
        let words = kind.outcomes().iter().chain(&["not_applicable", ""]);
        Self::Word { what: format!("outcome of `{step}`"), words: words.map(|&word| word.to_owned()).collect() }
    }
}

/// A name that stands alone, and what it is.
pub(super) fn root(speaks: &Speaks<'_>, name: &str) -> Option<(&'static str, Type)> {
    let word = |what: &str, words: &[&str], empty: bool| Type::Word {
        what: what.to_owned(),
        words: words.iter().copied().chain(empty.then_some("")).map(str::to_owned).collect(),
    };
    Some(match (speaks, name) {
        (Speaks::Incident(names), "severity") => {
            ("severity", Type::Word { what: "severity".to_owned(), words: names.severities.to_vec() })
        }
        (Speaks::Incident(_), "rank") => ("rank", Type::Number),
        (Speaks::Incident(_), "cause") => ("cause", word("cause", keys::CAUSES, true)),
        (Speaks::Incident(_), "status") => ("status", word("status", keys::STATUSES, true)),
        (Speaks::Incident(_), "phase") => ("phase", word("phase", &["pre", "mid", "post"], false)),
        (Speaks::Contact, "tags") => ("tags", Type::List(Box::new(Type::Text))),
        (Speaks::Contact, "emails") => ("emails", Type::List(Box::new(Type::Text))),
        (Speaks::Contact, name) => {
            let known = ["id", "org", "name", "kind", "locale", "phone", "webhook", "duty"];
            (known.into_iter().find(|known| *known == name)?, Type::Text)
        }
        _ => return None,
    })
}

/// A name that has parts: `facts`, `answers`, `outcomes`; `attributes`.
pub(super) fn record(speaks: &Speaks<'_>, name: &str) -> Option<&'static str> {
    let known: &[&str] = match speaks {
        Speaks::Incident(_) => &["facts", "answers", "outcomes"],
        Speaks::Contact => &["attributes"],
    };
    known.iter().copied().find(|known| *known == name)
}

/// Every name that may open an expression.
pub(super) fn all(speaks: &Speaks<'_>) -> &'static [&'static str] {
    match speaks {
        Speaks::Incident(_) => &["severity", "rank", "cause", "status", "phase", "facts", "answers", "outcomes"],
        Speaks::Contact => {
            &["id", "org", "name", "kind", "locale", "tags", "emails", "phone", "webhook", "duty", "attributes"]
        }
    }
}
