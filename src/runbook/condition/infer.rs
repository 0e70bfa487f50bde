//! Walks an expression and tells what each part of it is, noting every fault on the way.

use std::collections::BTreeSet;
use std::ops::Range;

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, SelectExpr, SourceInfo, operators};
use cel::common::types::CelDouble;
use cel::parser::Expression;

use super::compile::{Fault, MAX_LEVELS, Members, SHORTER, too_deep};
use super::names::{self, Found, Speaks, Type};
use crate::runbook::measure;
use crate::runbook::near::suggestion;

const FUNCTIONS: [&str; 10] =
    ["size", "contains", "startsWith", "endsWith", "timestamp", "duration", "exists", "all", "exists_one", "filter"];

/// One walk over one expression.
pub(super) struct Inference<'a, 'n> {
    source: &'a str,
    places: &'a SourceInfo,
    speaks: &'a Speaks<'n>,
    /// What macros have bound, innermost last.
    bound: Vec<(String, Type)>,
    comprehensions: usize,
    pub(super) faults: Vec<Fault>,
    pub(super) roots: BTreeSet<&'static str>,
    pub(super) members: Members,
}

impl<'a, 'n> Inference<'a, 'n> {
    pub(super) fn new(source: &'a str, places: &'a SourceInfo, speaks: &'a Speaks<'n>) -> Self {
        Self {
            source,
            places,
            speaks,
            bound: Vec::new(),
            comprehensions: 0,
            faults: Vec::new(),
            roots: BTreeSet::new(),
            members: Members::new(),
        }
    }

    /// Notes a fault at some bytes of the expression.
    pub(super) fn fault(&mut self, code: &'static str, at: Range<usize>, message: String, help: Option<String>) {
        let characters = |byte: usize| self.source.get(..byte).unwrap_or(self.source).chars().count();
        self.faults.push(Fault { code, characters: characters(at.start)..characters(at.end), message, help });
    }

    /// The bytes of one node, as far as the parser kept them: of a select, the dot.
    fn bytes(&self, id: u64) -> Range<usize> {
        let (start, stop) = self.places.offset_for(id).unwrap_or((0, 0));
        start as usize..stop as usize + 1
    }

    /// Tells what an expression is.
    pub(super) fn infer(&mut self, expression: &Expression, level: usize) -> Type {
        if level > MAX_LEVELS {
            if !self.faults.iter().any(|fault| fault.code == "condition_too_deep") {
                self.fault("condition_too_deep", self.bytes(expression.id), too_deep(), Some(SHORTER.to_owned()));
            }
            return Type::Any;
        }
        match &expression.expr {
            Expr::Literal(literal) => literal_type(literal),
            Expr::Ident(name) => self.name(name, expression.id),
            Expr::Select(select) => self.select(select, expression.id),
            Expr::Call(call) => self.call(call, expression, level),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension, expression.id, level),
            Expr::List(list) => {
                let types: Vec<_> = list.elements.iter().map(|element| self.infer(element, level + 1)).collect();
                let first = types.iter().find(|t| **t != Type::Any).cloned().unwrap_or(Type::Any);
                for (element, found) in list.elements.iter().zip(&types) {
                    if !first.meets(found) {
                        let message = format!("a list holds values of one sort, and this is {}", found.name());
                        self.fault("condition_type", self.bytes(element.id), message, None);
                    }
                }
                Type::List(Box::new(first))
            }
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                let message = "a condition cannot build a map".to_owned();
                self.fault("condition_syntax", self.bytes(expression.id), message, None);
                Type::Any
            }
        }
    }

    fn name(&mut self, name: &str, id: u64) -> Type {
        if let Some((_, bound)) = self.bound.iter().rev().find(|(bound, _)| bound == name) {
            return bound.clone();
        }
        if let Some((root, found)) = names::root(self.speaks, name) {
            self.roots.insert(root);
            return found;
        }
        let at = self.bytes(id);
        if names::record(self.speaks, name).is_some() {
            let help = format!("write `{name}.` and what you mean of it");
            self.fault("unknown_name", at, format!("`{name}` alone says nothing"), Some(help));
        } else {
            let help = suggestion(name, names::all(self.speaks).iter().copied());
            self.fault("unknown_name", at, format!("there is no `{name}` to ask about"), help);
        }
        Type::Any
    }

    fn select(&mut self, select: &SelectExpr, id: u64) -> Type {
        let dot = self.bytes(id);
        if select.test {
            let at = self.bytes(select.operand.id).start..self.bytes(select.operand.id).end + 1 + select.field.len();
            let help = "compare with `null`, or with `''`: every name always has a value";
            self.fault("unknown_function", at, "`has` is not offered".to_owned(), Some(help.to_owned()));
            return Type::Any;
        }
        let field = dot.start + 1..dot.start + 1 + select.field.len();
        self.member(&select.operand, &select.field, field)
    }

    /// `facts.impact`, or `facts['impact']`.
    fn member(&mut self, operand: &Expression, field: &str, at: Range<usize>) -> Type {
        let Expr::Ident(name) = &operand.expr else {
            self.infer(operand, 1);
            self.fault("unknown_name", at, format!("nothing here has a part called `{field}`"), None);
            return Type::Any;
        };
        let Some(root) = names::record(self.speaks, name) else {
            if self.name(name, operand.id) != Type::Any {
                self.fault("unknown_name", at, format!("`{name}` has no part called `{field}`"), None);
            }
            return Type::Any;
        };
        self.roots.insert(root);
        self.members.entry(root).or_default().insert(field.to_owned());
        let names = match self.speaks {
            Speaks::Contact => return Type::Text,
            Speaks::Incident(names) => names,
        };
        if root == "facts" {
            if let Some(fact) = names.facts.get(field) {
                return Type::of_fact(fact);
            }
            let help = suggestion(field, names.facts.keys().map(|id| id.as_str()));
            self.fault("unknown_fact", at, format!("there is no fact `{field}`"), help);
            return Type::Any;
        }
        match (names.step)(field) {
            Found::Before(kind) => self.of_step(root, field, kind, at),
            Found::Later => {
                let message = format!("the step `{field}` does not come before this one");
                self.fault("step_not_before", at, message, Some("a condition can only ask what has been".to_owned()));
                Type::Any
            }
            Found::Beside => {
                let message = format!("the step `{field}` stands in a branch beside this one");
                let help = "branches do not wait for each other: ask after the `together` has ended";
                self.fault("sibling_branch", at, message, Some(help.to_owned()));
                Type::Any
            }
            Found::Unknown => {
                let help = (names.near)(field).map(|near| format!("did you mean `{near}`?"));
                self.fault("unknown_step", at, format!("there is no step `{field}`"), help);
                Type::Any
            }
        }
    }

    fn of_step(&mut self, root: &str, step: &str, kind: &super::super::StepKind, at: Range<usize>) -> Type {
        use super::super::StepKind;
        match (root, kind) {
            ("answers", StepKind::Decide { answers }) => Type::of_answers(step, answers),
            ("answers", _) => {
                let message = format!("the step `{step}` asks no question: it is a `{}`", kind.name());
                let help = format!("what became of it is `outcomes.{step}`");
                self.fault("unknown_step", at, message, Some(help));
                Type::Any
            }
            _ => Type::of_outcomes(step, kind),
        }
    }

    fn comprehension(&mut self, comprehension: &ComprehensionExpr, id: u64, level: usize) -> Type {
        let range = self.infer(&comprehension.iter_range, level + 1);
        let at = self.bytes(id);
        if self.comprehensions > 0 {
            let message = "a question about every item cannot stand inside another".to_owned();
            self.fault("nested_comprehension", at, message, None);
            return Type::Any;
        }
        let item = match range {
            Type::List(item) => *item,
            Type::Any => Type::Any,
            other => {
                let message = format!("only a list has items, and this is {}", other.name());
                self.fault("condition_type", at, message, None);
                Type::Any
            }
        };
        self.comprehensions += 1;
        self.bound.push((comprehension.iter_var.clone(), item));
        self.bound.push((comprehension.accu_var.clone(), Type::Any));
        self.infer(&comprehension.loop_step, level + 1);
        let result = self.infer(&comprehension.result, level + 1);
        self.bound.truncate(self.bound.len() - 2);
        self.comprehensions -= 1;
        result
    }

    fn call(&mut self, call: &CallExpr, expression: &Expression, level: usize) -> Type {
        let name = call.func_name.as_str();
        match (name, call.args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, sides) => {
                for side in sides {
                    let same = matches!(&side.expr, Expr::Call(inner) if inner.func_name == name);
                    let found = self.infer(side, level + usize::from(!same));
                    self.expect(side, &found, &Type::Bool);
                }
                Type::Bool
            }
            (operators::LOGICAL_NOT, [operand]) => {
                let found = self.infer(operand, level + 1);
                self.expect(operand, &found, &Type::Bool);
                Type::Bool
            }
            (operators::CONDITIONAL, [question, yes, no]) => {
                let found = self.infer(question, level + 1);
                self.expect(question, &found, &Type::Bool);
                let (yes, other) = (self.infer(yes, level + 1), self.infer(no, level + 1));
                self.expect(no, &other, &yes);
                yes
            }
            (operators::EQUALS | operators::NOT_EQUALS, [left, right]) => {
                self.compare(left, right, level, true);
                Type::Bool
            }
            (
                operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS,
                [left, right],
            ) => {
                self.compare(left, right, level, false);
                Type::Bool
            }
            (operators::IN, [item, list]) => self.is_in(item, list, level),
            (operators::INDEX, [operand, index]) => self.index(operand, index, level),
            (operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE, [left, right]) => {
                self.arithmetic(name, left, right, expression.id, level)
            }
            (operators::NEGATE, [operand]) => {
                let found = self.infer(operand, level + 1);
                self.expect(operand, &found, &Type::Number);
                Type::Number
            }
            _ => self.function(call, expression.id, level),
        }
    }

    /// Reports a value that is not what its place asks for.
    fn expect(&mut self, expression: &Expression, found: &Type, wanted: &Type) {
        if !found.meets(wanted) {
            let message = format!("this is {}, where {} is asked for", found.name(), wanted.name());
            self.fault("condition_type", self.bytes(expression.id), message, None);
        }
    }

    fn compare(&mut self, left: &Expression, right: &Expression, level: usize, equality: bool) {
        let (mine, other) = (self.infer(left, level + 1), self.infer(right, level + 1));
        let (subject, value) = if is_literal(left) { (right, left) } else { (left, right) };
        let (asked, given) = if is_literal(left) { (&other, &mine) } else { (&mine, &other) };
        if *given == Type::Null || *asked == Type::Null {
            if !(equality && (self.may_be_null(subject) || *asked == Type::Any)) {
                let at = self.bytes(value.id);
                let help = "only facts are `null` until stated; answers, outcomes, cause and status are `''`";
                self.fault("condition_type", at, "this is never `null`".to_owned(), Some(help.to_owned()));
            }
            return;
        }
        if !asked.meets(given) {
            let at = self.bytes(value.id);
            let message = format!("{} is compared with {}", asked.name(), given.name());
            let help = literal_help(asked, given);
            return self.fault("condition_type", at, message, help);
        }
        if let (Type::Word { what, .. }, false) = (asked, equality) {
            let message = format!("a {what} has no order");
            let help = (what == "severity").then(|| "compare `rank`: 1 is the highest".to_owned());
            return self.fault("condition_type", self.bytes(value.id), message, help);
        }
        if matches!(asked, Type::Bool | Type::List(_)) && !equality {
            return self.fault("condition_type", self.bytes(value.id), format!("{} has no order", asked.name()), None);
        }
        self.known_word(asked, value);
    }

    /// Only facts may be null.
    fn may_be_null(&self, expression: &Expression) -> bool {
        let operand = match &expression.expr {
            Expr::Select(select) => &select.operand,
            Expr::Call(call) if call.func_name == operators::INDEX => match call.args.first() {
                Some(operand) => operand,
                None => return false,
            },
            _ => return false,
        };
        matches!(&operand.expr, Expr::Ident(name) if name == "facts")
    }

    /// Reports a word that its set does not have.
    fn known_word(&mut self, asked: &Type, value: &Expression) {
        let (Type::Word { what, words }, Some(word)) = (asked, literal_text(value)) else { return };
        if !words.iter().any(|known| known == word) {
            let help = suggestion(word, words.iter().map(String::as_str).filter(|known| !known.is_empty()));
            let code = match what.split(' ').next().unwrap_or_default() {
                "severity" => "unknown_severity",
                "status" => "unknown_status",
                "cause" => "unknown_cause",
                "phase" => "unknown_phase",
                "choice" => "unknown_choice",
                "answer" => "unknown_answer",
                _ => "unknown_outcome",
            };
            let message = format!("there is no {what} called `{word}`");
            self.fault(code, self.bytes(value.id), message, help);
        }
    }

    fn is_in(&mut self, item: &Expression, list: &Expression, level: usize) -> Type {
        let asked = self.infer(item, level + 1);
        if let Expr::List(elements) = &list.expr {
            for element in &elements.elements {
                let given = self.infer(element, level + 2);
                if asked.meets(&given) {
                    self.known_word(&asked, element);
                } else {
                    let message = format!("{} is compared with {}", asked.name(), given.name());
                    self.fault("condition_type", self.bytes(element.id), message, literal_help(&asked, &given));
                }
            }
            return Type::Bool;
        }
        match self.infer(list, level + 1) {
            Type::List(of) => self.expect(item, &asked, &of),
            Type::Any => {}
            other => {
                let message = format!("`in` looks into a list, and this is {}", other.name());
                self.fault("condition_type", self.bytes(list.id), message, None);
            }
        }
        Type::Bool
    }

    fn index(&mut self, operand: &Expression, index: &Expression, level: usize) -> Type {
        if let (Expr::Ident(name), Some(field)) = (&operand.expr, literal_text(index))
            && names::record(self.speaks, name).is_some()
        {
            let at = self.bytes(index.id);
            return self.member(operand, field, at.start + 1..at.end.saturating_sub(1));
        }
        if !is_literal(index) {
            let help = "write the name or the number out";
            let message = "what stands in the brackets must be written out".to_owned();
            self.fault("dynamic_index", self.bytes(index.id), message, Some(help.to_owned()));
            return Type::Any;
        }
        match self.infer(operand, level + 1) {
            Type::List(item) => {
                self.expect(index, &literal_type_of(index), &Type::Number);
                *item
            }
            Type::Any => Type::Any,
            other => {
                let message = format!("only a list is counted into, and this is {}", other.name());
                self.fault("condition_type", self.bytes(index.id), message, None);
                Type::Any
            }
        }
    }

    fn arithmetic(&mut self, operator: &str, left: &Expression, right: &Expression, id: u64, level: usize) -> Type {
        let (mine, other) = (self.infer(left, level + 1), self.infer(right, level + 1));
        let sum = operator == operators::ADD;
        match (&mine, &other) {
            (Type::Any, found) | (found, Type::Any) => found.clone(),
            (Type::Number, Type::Number) => Type::Number,
            (Type::Text | Type::Word { .. }, Type::Text | Type::Word { .. }) if sum => Type::Text,
            (Type::Duration, Type::Duration) if sum || operator == operators::SUBSTRACT => Type::Duration,
            (Type::Datetime, Type::Duration) if sum || operator == operators::SUBSTRACT => Type::Datetime,
            (Type::Duration, Type::Datetime) if sum => Type::Datetime,
            (Type::Datetime, Type::Datetime) if operator == operators::SUBSTRACT => Type::Duration,
            (Type::Duration, Type::Number) if operator == operators::MULTIPLY || operator == operators::DIVIDE => {
                Type::Duration
            }
            _ => {
                let message = format!("{} and {} cannot be reckoned together", mine.name(), other.name());
                self.fault("condition_type", self.bytes(id), message, None);
                Type::Any
            }
        }
    }

    fn function(&mut self, call: &CallExpr, id: u64, level: usize) -> Type {
        let arguments: Vec<&Expression> = call.target.as_deref().into_iter().chain(&call.args).collect();
        let found: Vec<Type> = arguments.iter().map(|argument| self.infer(argument, level + 1)).collect();
        let at = self.bytes(id);
        match (call.func_name.as_str(), arguments.as_slice(), found.as_slice()) {
            ("size", [_], [Type::Text | Type::Word { .. } | Type::List(_) | Type::Any]) => Type::Number,
            ("contains" | "startsWith" | "endsWith", [subject, part], [whole, piece]) if call.target.is_some() => {
                self.expect(subject, whole, &Type::Text);
                self.expect(part, piece, &Type::Text);
                Type::Bool
            }
            ("timestamp", [moment], _) => match literal_text(moment).map(chrono::DateTime::parse_from_rfc3339) {
                Some(Ok(_)) => Type::Datetime,
                _ => self.unreadable(moment, "a moment such as `timestamp('2026-11-02T03:04:05+08:00')`"),
            },
            ("duration", [span], _) => match literal_text(span).map(measure::duration) {
                Some(Some(_)) => Type::Duration,
                _ => self.unreadable(span, "a duration such as `duration('1h 30m')`"),
            },
            (known, ..) if FUNCTIONS.contains(&known) => {
                self.fault("condition_type", at, format!("`{known}` is not asked like this"), None);
                Type::Any
            }
            (unknown, ..) => {
                let name = unknown.trim_matches(|c: char| !c.is_alphanumeric());
                let shown = if name.is_empty() { unknown } else { name };
                let help = suggestion(shown, FUNCTIONS);
                self.fault("unknown_function", at, format!("there is no function `{shown}`"), help);
                Type::Any
            }
        }
    }

    fn unreadable(&mut self, argument: &Expression, wanted: &str) -> Type {
        self.fault("condition_type", self.bytes(argument.id), format!("this should be {wanted}"), None);
        Type::Any
    }
}

fn is_literal(expression: &Expression) -> bool {
    matches!(expression.expr, Expr::Literal(_))
}

fn literal_text(expression: &Expression) -> Option<&str> {
    match &expression.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

fn literal_type_of(expression: &Expression) -> Type {
    match &expression.expr {
        Expr::Literal(literal) => literal_type(literal),
        _ => Type::Any,
    }
}

fn literal_type(literal: &LiteralValue) -> Type {
    match literal {
        LiteralValue::Boolean(_) => Type::Bool,
        LiteralValue::Double(_) | LiteralValue::Int(_) | LiteralValue::UInt(_) => Type::Number,
        LiteralValue::Null => Type::Null,
        LiteralValue::String(_) | LiteralValue::Bytes(_) => Type::Text,
    }
}

fn literal_help(asked: &Type, given: &Type) -> Option<String> {
    let help = match (asked, given) {
        (Type::Text | Type::Word { .. }, _) => "write text in quotes",
        (Type::Number, Type::Text) => "write numbers without quotes",
        (Type::Datetime, Type::Text) => "write timestamp('2026-11-02T03:04:05Z')",
        (Type::Duration, Type::Text | Type::Number) => "write duration('30m')",
        _ => return None,
    };
    Some(help.to_owned())
}

/// The expression with every number a double, and moments and durations reckoned out in seconds.
pub(super) fn in_doubles(expression: &Expression) -> Expression {
    let mut copy = expression.clone();
    convert(&mut copy);
    copy
}

fn double(value: f64) -> Expr {
    Expr::Literal(LiteralValue::Double(CelDouble::from(value)))
}

fn convert(expression: &mut Expression) {
    match &mut expression.expr {
        Expr::Literal(LiteralValue::Int(number)) => expression.expr = double(*number.inner() as f64),
        Expr::Literal(LiteralValue::UInt(number)) => expression.expr = double(*number.inner() as f64),
        Expr::Call(call) => {
            if let Some(value) = reckoned(call) {
                expression.expr = double(value);
                return;
            }
            let position = call.func_name == operators::INDEX;
            call.target.as_deref_mut().into_iter().for_each(convert);
            call.args.iter_mut().take(if position { 1 } else { usize::MAX }).for_each(convert);
            if call.func_name == "size" {
                let size = Expression { id: expression.id, expr: std::mem::take(&mut expression.expr) };
                let call = CallExpr { func_name: "double".to_owned(), target: None, args: vec![size] };
                expression.expr = Expr::Call(call);
            }
        }
        Expr::List(list) => list.elements.iter_mut().for_each(convert),
        Expr::Select(select) => convert(&mut select.operand),
        Expr::Comprehension(comprehension) => {
            let ComprehensionExpr { iter_range, accu_init, loop_cond, loop_step, result, .. } = comprehension.as_mut();
            [iter_range, accu_init, loop_cond, loop_step, result].into_iter().for_each(convert);
        }
        _ => {}
    }
}

/// `timestamp('…')` and `duration('…')` in seconds.
fn reckoned(call: &CallExpr) -> Option<f64> {
    let [argument] = call.args.as_slice() else { return None };
    let written = literal_text(argument)?;
    match call.func_name.as_str() {
        "timestamp" => chrono::DateTime::parse_from_rfc3339(written).ok().map(|moment| super::seconds(moment.to_utc())),
        "duration" => measure::duration(written).map(|span| span.as_secs_f64()),
        _ => None,
    }
}
