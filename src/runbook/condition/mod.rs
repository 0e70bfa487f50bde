//! Conditions: CEL expressions over an incident or a contact, checked before anything runs.
//!
//! Numbers, moments and durations all reach CEL as doubles (moments and durations in seconds), so
//! that no arithmetic fails over an integer meeting a fraction; the checker keeps them apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, OnceLock};

use cel::parser::Expression;
use cel::{Context, Env, Value as Cel};

use crate::clock::Timestamp;
use crate::contact::Contact;

mod compile;
mod infer;
mod names;
#[cfg(test)]
mod tests;

pub(super) use compile::compile;
pub(super) use names::{Found, Names, Speaks};

/// The standard functions; built once, because every answer needs them.
static FUNCTIONS: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A condition that passed every check; two are equal when they are written the same.
#[derive(Clone)]
pub struct Condition {
    source: Arc<str>,
    about: About,
    /// By its check, or else when it is first asked; none if it never passed one.
    compiled: Arc<OnceLock<Option<Compiled>>>,
}

/// What a condition asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Incident,
    Contact,
}

/// An expression, and the names it speaks.
#[derive(Debug)]
struct Compiled {
    expression: Expression,
    /// `severity`, `facts`, `tags`, …
    roots: BTreeSet<&'static str>,
    /// The part after the dot of `facts.impact`, by its root.
    members: BTreeMap<&'static str, BTreeSet<String>>,
}

/// What a condition of an incident may speak about, at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IncidentScope {
    pub severity: String,
    /// 1 is the highest.
    pub rank: i64,
    /// Empty until classified.
    pub cause: String,
    /// Empty until the public was told.
    pub status: String,
    pub phase: String,
    /// Null until stated.
    pub facts: BTreeMap<String, Value>,
    /// Empty until answered.
    pub answers: BTreeMap<String, String>,
    /// Empty until ended; also `not_applicable`.
    pub outcomes: BTreeMap<String, String>,
}

/// A fact's value as a condition sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    Number(f64),
    Datetime(Timestamp),
    Duration(std::time::Duration),
}

/// Why a condition could not be answered; it then counts as false.
#[derive(Debug, thiserror::Error)]
#[error("the condition `{condition}` cannot be answered: {reason}")]
pub struct Error {
    condition: String,
    reason: String,
}

impl Condition {
    /// A condition that was checked when its runbook was, and is compiled only if it is asked.
    pub(in crate::runbook) fn checked_before(source: &str, speaks: &Speaks<'_>) -> Self {
        Self { source: source.into(), about: speaks.about(), compiled: Arc::default() }
    }

    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Asks the condition of an incident.
    ///
    /// # Errors
    /// If a part of it has no answer yet, such as an unstated number compared with another.
    pub fn holds(&self, scope: &IncidentScope) -> Result<bool, Error> {
        self.ask(|root, members| match root {
            "severity" => text(&scope.severity),
            "rank" => number(scope.rank as f64),
            "cause" => text(&scope.cause),
            "status" => text(&scope.status),
            "phase" => text(&scope.phase),
            "facts" => record(members, |id| scope.facts.get(id).map_or(Cel::Null, cel_value)),
            "answers" => record(members, |id| text(scope.answers.get(id).map_or("", String::as_str))),
            "outcomes" => record(members, |id| text(scope.outcomes.get(id).map_or("", String::as_str))),
            _ => Cel::Null,
        })
    }

    /// Asks the condition of a contact.
    ///
    /// # Errors
    /// If it asks for something the contact has none of, such as a second address.
    pub fn selects(&self, contact: &Contact) -> Result<bool, Error> {
        self.ask(|root, members| match root {
            "id" => text(contact.id.as_str()),
            "org" => text(&contact.org),
            "name" => text(&contact.name),
            "kind" => text(&contact.kind),
            "locale" => text(contact.locale.as_ref().map_or("", |locale| locale.as_str())),
            "tags" => texts(&contact.tags),
            "emails" => texts(&contact.emails),
            "phone" => text(&contact.phone),
            "webhook" => text(&contact.webhook),
            "duty" => text(&contact.duty),
            "attributes" => record(members, |column| text(contact.attributes.get(column).map_or("", String::as_str))),
            _ => Cel::Null,
        })
    }

    /// Answers with the values of just those names that the expression speaks.
    fn ask(&self, value: impl Fn(&str, &BTreeSet<String>) -> Cel) -> Result<bool, Error> {
        let none = BTreeSet::new();
        let compiled = self.compiled.get_or_init(|| compile::again(&self.source, self.about));
        let Some(compiled) = compiled else { return Err(self.unanswered("it cannot be read".to_owned())) };
        let mut context = Context::with_env(FUNCTIONS.clone());
        for root in &compiled.roots {
            let members = compiled.members.get(root).unwrap_or(&none);
            context.add_variable_from_value(*root, value(root, members));
        }
        let reason = match context.resolve(&compiled.expression) {
            Ok(Cel::Bool(answer)) => return Ok(answer),
            Ok(_) => "it is neither true nor false".to_owned(),
            Err(error) => error.to_string(),
        };
        Err(self.unanswered(reason))
    }

    fn unanswered(&self, reason: String) -> Error {
        Error { condition: self.source.as_ref().to_owned(), reason }
    }
}

fn text(text: &str) -> Cel {
    Cel::String(Arc::new(text.to_owned()))
}

fn number(number: f64) -> Cel {
    Cel::Float(number)
}

fn texts(list: &[String]) -> Cel {
    Cel::List(Arc::new(list.iter().map(|item| text(item)).collect()))
}

fn record(members: &BTreeSet<String>, value: impl Fn(&str) -> Cel) -> Cel {
    members.iter().map(|member| (member.clone(), value(member))).collect::<HashMap<String, Cel>>().into()
}

fn cel_value(value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Text(words) => text(words),
        Value::Number(amount) => number(*amount),
        Value::Datetime(moment) => number(seconds(*moment)),
        Value::Duration(span) => number(span.as_secs_f64()),
    }
}

/// A moment as conditions reckon with it: seconds since 1970.
fn seconds(moment: Timestamp) -> f64 {
    moment.timestamp_millis() as f64 / 1000.0
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Condition({:?})", self.source)
    }
}
