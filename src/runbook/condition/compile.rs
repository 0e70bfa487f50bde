//! From an expression's text to a condition: limits, syntax, and what the checks found.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use cel::Program;
use indexmap::IndexMap;

use super::infer::Inference;
use super::names::{Found, Names, Speaks, Type};
use super::{About, Compiled, Condition};

const MAX_CHARACTERS: usize = 1_000;
pub(super) const MAX_LEVELS: usize = 20;

/// What is wrong with an expression, and which of its characters are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::runbook) struct Fault {
    pub(in crate::runbook) code: &'static str,
    pub(in crate::runbook) characters: Range<usize>,
    pub(in crate::runbook) message: String,
    pub(in crate::runbook) help: Option<String>,
}

/// Compiles an expression and checks all of it.
///
/// # Errors
/// Every fault found, in the order of the expression.
pub(in crate::runbook) fn compile(source: &str, speaks: &Speaks<'_>) -> Result<Condition, Vec<Fault>> {
    if let Some(fault) = too_much(source) {
        return Err(vec![fault]);
    }
    let program = Program::compile(source).map_err(|errors| vec![syntax(source, &errors)])?;
    let mut inference = Inference::new(source, program.source_info(), speaks);
    let root = inference.infer(program.expression(), 1);
    if !matches!(root, Type::Bool | Type::Any) {
        let message = format!("a condition is true or false, and this is {}", root.name());
        inference.fault("not_a_condition", 0..source.len(), message, None);
    }
    let Inference { mut faults, members, roots, .. } = inference;
    if faults.is_empty() {
        let expression = super::infer::in_doubles(program.expression());
        let compiled = Some(Compiled { expression, roots, members });
        return Ok(Condition { source: source.into(), about: speaks.about(), compiled: Arc::new(compiled.into()) });
    }
    faults.sort_by_key(|fault| fault.characters.start);
    Err(faults)
}

/// Compiles an expression that passed every check before; none if it never can have.
pub(super) fn again(source: &str, about: About) -> Option<Compiled> {
    if too_much(source).is_some() {
        return None;
    }
    let program = Program::compile(source).ok()?;
    let facts = IndexMap::new();
    let names = Names { severities: &[], facts: &facts, step: &|_| Found::Unknown, near: &|_| None };
    let speaks = match about {
        About::Incident => Speaks::Incident(names),
        About::Contact => Speaks::Contact,
    };
    let mut inference = Inference::new(source, program.source_info(), &speaks);
    // What its names stand for was checked against the runbook; here only the names themselves are wanted.
    inference.infer(program.expression(), 1);
    let Inference { members, roots, .. } = inference;
    Some(Compiled { expression: super::infer::in_doubles(program.expression()), roots, members })
}

/// Refuses what would cost too much before the parser sees it: it recurses with every level.
fn too_much(source: &str) -> Option<Fault> {
    let characters = source.chars().count();
    let fault =
        |code, at: Range<usize>, message| Some(Fault { code, characters: at, message, help: Some(SHORTER.to_owned()) });
    if characters > MAX_CHARACTERS {
        let message = format!("the condition has {characters} characters, and at most {MAX_CHARACTERS} are read");
        return fault("condition_too_long", 0..characters, message);
    }
    let mut depth = 0usize;
    let mut choices = 0usize;
    let mut quote = None;
    for (at, c) in source.chars().enumerate() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, '?') => choices += 1,
            _ => {}
        }
        if depth > MAX_LEVELS || choices > MAX_LEVELS {
            return fault("condition_too_deep", at..at + 1, too_deep());
        }
    }
    None
}

pub(super) const SHORTER: &str = "ask less at once: a `decide` step can hold part of the question";

pub(super) fn too_deep() -> String {
    format!("the condition is nested more than {MAX_LEVELS} levels deep")
}

/// The first syntax error; later ones mostly follow from it.
fn syntax(source: &str, errors: &cel::ParseErrors) -> Fault {
    let total = source.chars().count();
    let first = errors.errors.first();
    let (line, column) = first.map_or((1, 1), |error| error.pos);
    let before: usize = source.split_inclusive('\n').take(line.max(1) as usize - 1).map(|l| l.chars().count()).sum();
    let at = (before + (column.max(1) as usize) - 1).min(total.saturating_sub(1));
    let message = first.map_or("", |error| error.msg.as_str());
    let message = message.strip_prefix("Syntax error: ").unwrap_or(message);
    let message = message.split(" expecting {").next().unwrap_or(message);
    let message = match message.split_once("input '<EOF>'") {
        Some(_) => "the condition ends too early".to_owned(),
        None => format!("the condition cannot be read: {message}"),
    };
    let single = source.contains('=') && !["==", "!=", "<=", ">="].iter().any(|op| source.contains(op));
    let help = if single {
        Some("equality is written `==`".to_owned())
    } else if source.contains(" and ") || source.contains(" or ") {
        Some("`and` is written `&&`, `or` is written `||`".to_owned())
    } else {
        Some("for example: rank == 1 && answers.recent_change == 'changed'".to_owned())
    };
    Fault { code: "condition_syntax", characters: at..at + 1, message, help }
}

pub(super) type Members = BTreeMap<&'static str, BTreeSet<String>>;
