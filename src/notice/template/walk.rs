//! Walks a parsed template: every name it reads, and everything it does that a notice's template must not.

use std::collections::BTreeSet;

use handlebars::TemplateErrorReason;
use handlebars::template::{BlockParam, HelperTemplate, Parameter, Template, TemplateElement};
use serde_json::Value;

use super::part::Part;
use crate::problem::{Place, Problem};

/// Helpers that a template may use; each only reads.
const HELPERS: [&str; 13] = ["if", "unless", "each", "with", "eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not"];
const DEEPEST_LOOP: usize = 2;

/// What a piece's name stands for.
pub(super) type Pieces<'a> = dyn Fn(&str) -> Option<Part<'a>> + 'a;

/// The rules of one walk, and what it found.
pub(super) struct Walk<'a> {
    /// The data a template reads, with every field there.
    pub(super) shape: &'a Value,
    pub(super) pieces: &'a Pieces<'a>,
    /// The only name that may stand in a triple brace, where one may.
    pub(super) unescaped: Option<&'static str>,
    pub(super) names: BTreeSet<String>,
    pub(super) problems: Vec<Problem>,
    /// Names of the pieces being walked, outermost first.
    inside: Vec<String>,
    scopes: Vec<Scope<'a>>,
}

/// What names mean inside a block.
struct Scope<'a> {
    here: &'a Value,
    params: Vec<(String, &'a Value)>,
    is_loop: bool,
}

const LEAF: &Value = &Value::Null;

impl<'a> Walk<'a> {
    pub(super) fn new(shape: &'a Value, pieces: &'a Pieces<'a>, unescaped: Option<&'static str>) -> Self {
        let root = Scope { here: shape, params: Vec::new(), is_loop: false };
        Self {
            shape,
            pieces,
            unescaped,
            names: BTreeSet::new(),
            problems: Vec::new(),
            inside: Vec::new(),
            scopes: vec![root],
        }
    }

    /// Parses a part and walks it.
    pub(super) fn part(&mut self, part: &Part<'_>) {
        match parse(part) {
            Ok(template) => self.template(part, &template, (1, 1)),
            Err(problem) => self.problems.push(*problem),
        }
    }

    /// `above` is where the block that holds this template stands; an `else if` has no place of its own.
    fn template(&mut self, part: &Part<'_>, template: &Template, above: (usize, usize)) {
        for (index, element) in template.elements.iter().enumerate() {
            let at = match template.mapping.get(index) {
                Some(place) => (place.0, place.1),
                None => above,
            };
            self.element(part, element, at);
        }
    }

    fn element(&mut self, part: &Part<'_>, element: &TemplateElement, at: (usize, usize)) {
        match element {
            TemplateElement::RawString(_) | TemplateElement::Comment(_) => {}
            TemplateElement::Expression(expression) => self.expression(part, expression, at),
            TemplateElement::HtmlExpression(expression) => {
                if expression.name.as_name() != self.unescaped {
                    let problem =
                        Problem::error("unescaped", part.place(at.0, at.1, 3), "a value may not go in unescaped");
                    self.problems.push(problem.help("use two braces: `{{name}}`"));
                }
                self.expression(part, expression, at);
            }
            TemplateElement::HelperBlock(block) => self.block(part, block, at),
            TemplateElement::DecoratorExpression(_) | TemplateElement::DecoratorBlock(_) => {
                self.refuse("decorator", part.place(at.0, at.1, 2), "decorators (`{{*…}}`) are not supported");
            }
            TemplateElement::PartialExpression(partial) if partial.params.is_empty() && partial.hash.is_empty() => {
                match &partial.name {
                    Parameter::Name(name) => self.piece(part, name, at),
                    Parameter::Path(path) => self.piece(part, raw(path), at),
                    _ => {
                        self.refuse(
                            "dynamic_partial",
                            part.place(at.0, at.1, 2),
                            "a piece must be named, not computed",
                        );
                    }
                }
            }
            TemplateElement::PartialExpression(_) | TemplateElement::PartialBlock(_) => {
                self.refuse("dynamic_partial", part.place(at.0, at.1, 2), "a piece takes no arguments and no block");
            }
            _ => self.refuse("template_syntax", part.place(at.0, at.1, 2), "this is not supported"),
        }
    }

    fn refuse(&mut self, code: &'static str, place: Place, message: &str) {
        self.problems.push(Problem::error(code, place, message));
    }

    fn piece(&mut self, part: &Part<'_>, name: &str, at: (usize, usize)) {
        let place = part.find(at.0, at.1, name);
        if self.inside.iter().any(|outer| outer == name) {
            self.refuse("recursive_partial", place, &format!("the piece `{name}` includes itself"));
            return;
        }
        let Some(piece) = (self.pieces)(name) else {
            let problem =
                Problem::error("unknown_partial", place, format!("there is no piece `{name}` in this language"));
            self.problems.push(problem.help(format!("write it as `_{name}.<locale>.md.hbs`")));
            return;
        };
        self.inside.push(name.to_owned());
        let before = self.problems.len();
        self.part(&piece);
        self.inside.pop();
        // What is wrong inside the piece is said at the place that includes it; its own file says where.
        for problem in &mut self.problems[before..] {
            problem.message = format!("in the piece `{name}`: {}", problem.message);
            problem.place = place;
        }
    }

    /// `{{name}}` or `{{helper …}}`; also what stands in round brackets.
    fn expression(&mut self, part: &Part<'_>, expression: &HelperTemplate, at: (usize, usize)) {
        if expression.params.is_empty() && expression.hash.is_empty() {
            self.value(part, &expression.name, at);
        } else {
            self.helper(part, expression, at);
        }
    }

    /// A helper's name and everything it is given.
    fn helper(&mut self, part: &Part<'_>, helper: &HelperTemplate, at: (usize, usize)) {
        let name = helper.name.as_name().unwrap_or_default().to_owned();
        if name == "lookup" {
            self.refuse(
                "lookup",
                part.find(at.0, at.1, &name),
                "`lookup` is not supported: its names cannot be checked",
            );
        } else if !HELPERS.contains(&name.as_str()) {
            let problem =
                Problem::error("unknown_helper", part.find(at.0, at.1, &name), format!("unknown helper `{name}`"));
            self.problems.push(problem.help(format!("use one of {}", HELPERS.join(", "))));
        }
        for given in helper.params.iter().chain(helper.hash.values()) {
            self.value(part, given, at);
        }
    }

    fn value(&mut self, part: &Part<'_>, value: &Parameter, at: (usize, usize)) -> &'a Value {
        match value {
            Parameter::Name(name) => self.name(part, name, at),
            Parameter::Path(path) => self.name(part, raw(path), at),
            Parameter::Literal(_) => LEAF,
            Parameter::Subexpression(inner) => {
                if let TemplateElement::Expression(expression) = inner.as_element() {
                    self.expression(part, expression, at);
                }
                LEAF
            }
            _ => LEAF,
        }
    }

    fn block(&mut self, part: &Part<'_>, block: &HelperTemplate, at: (usize, usize)) {
        let name = block.name.as_name().unwrap_or_default();
        if block.params.is_empty() && block.hash.is_empty() {
            let message = format!("`{name}` opens a block without saying of what");
            self.refuse("unknown_helper", part.find(at.0, at.1, name), &message);
        } else {
            self.helper(part, block, at);
        }
        let before = self.problems.len();
        let scope = match (name, block.params.first()) {
            ("each", Some(given)) => Some(self.each(part, given, block.block_param.as_ref(), at)),
            ("with", Some(given)) => {
                let here = self.value(part, given, at);
                Some(Scope { here, params: named(block.block_param.as_ref(), [here, LEAF]), is_loop: false })
            }
            _ => None,
        };
        self.problems.truncate(before);
        let scoped = scope.is_some();
        self.scopes.extend(scope);
        if self.scopes.iter().filter(|scope| scope.is_loop).count() > DEEPEST_LOOP {
            let message = format!("loops nest more than {DEEPEST_LOOP} deep");
            self.refuse("nested_too_deep", part.place(at.0, at.1, 2), &message);
        } else if let Some(template) = &block.template {
            self.template(part, template, at);
        }
        if scoped {
            self.scopes.pop();
        }
        if let Some(inverse) = &block.inverse {
            self.template(part, inverse, at);
        }
    }

    fn each(
        &mut self,
        part: &Part<'_>,
        given: &Parameter,
        params: Option<&BlockParam>,
        at: (usize, usize),
    ) -> Scope<'a> {
        let here = match self.value(part, given, at) {
            Value::Array(items) => items.first().unwrap_or(LEAF),
            Value::Object(fields) => fields.values().next().unwrap_or(LEAF),
            _ => LEAF,
        };
        Scope { here, params: named(params, [here, LEAF]), is_loop: true }
    }

    /// Looks a name up as rendering will, and says where it is not found.
    fn name(&mut self, part: &Part<'_>, name: &str, at: (usize, usize)) -> &'a Value {
        let place = part.find(at.0, at.1, name);
        if name.split(['/', '.']).next() == Some("") || name.contains("..") {
            if name != "." {
                let problem = Problem::error("parent_path", place, "`../` is not supported");
                self.problems.push(problem.help("name the value from the top: `@root.name`"));
                return LEAF;
            }
            return self.here();
        }
        if matches!(name, "@index" | "@first" | "@last" | "@key") {
            if !self.scopes.iter().any(|scope| scope.is_loop) {
                self.refuse("unknown_name", place, &format!("`{name}` means something only inside `each`"));
            }
            return LEAF;
        }
        let found = self.look_up(name);
        found.unwrap_or_else(|| {
            let problem = Problem::error("unknown_name", place, format!("`{name}` is not something a notice knows"));
            self.problems.push(match self.nearest(name) {
                Some(known) => problem.help(format!("did you mean `{known}`?")),
                None => problem,
            });
            LEAF
        })
    }

    fn here(&self) -> &'a Value {
        self.scopes.last().map_or(LEAF, |scope| scope.here)
    }

    fn look_up(&mut self, name: &str) -> Option<&'a Value> {
        let mut segments = name.split(['.', '/']).map(|s| s.trim_start_matches('[').trim_end_matches(']')).peekable();
        let mut value = match segments.peek().copied() {
            Some("@root") => {
                segments.next();
                self.shape
            }
            Some("this") => {
                segments.next();
                self.here()
            }
            Some(first) => match self.param(first) {
                Some(value) => {
                    segments.next();
                    value
                }
                None => self.here(),
            },
            None => return None,
        };
        let from_top = std::ptr::eq(value, self.shape);
        for (index, segment) in segments.enumerate() {
            let fields = value.as_object()?;
            // Without a runbook nobody can say which facts there are.
            value = if fields.is_empty() { LEAF } else { fields.get(segment)? };
            if from_top && index == 0 {
                self.names.insert(segment.to_owned());
            }
        }
        Some(value)
    }

    fn param(&self, name: &str) -> Option<&'a Value> {
        let mut params = self.scopes.iter().rev().flat_map(|scope| &scope.params);
        params.find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// A known name that differs in little, or the same one counted from the top.
    fn nearest(&self, name: &str) -> Option<String> {
        let fields = self.shape.as_object()?;
        if fields.contains_key(name) {
            return Some(format!("@root.{name}"));
        }
        let similar = |known: &str| similar::TextDiff::from_chars(name, known).ratio();
        let best = fields.keys().max_by(|a, b| similar(a).total_cmp(&similar(b)))?;
        (similar(best) > 0.6).then(|| best.clone())
    }
}

/// Binds the names of `as |item index|`.
fn named<'a>(params: Option<&BlockParam>, values: [&'a Value; 2]) -> Vec<(String, &'a Value)> {
    let name = |parameter: &Parameter| parameter.as_name().unwrap_or_default().to_owned();
    match params {
        Some(BlockParam::Single(only)) => vec![(name(only), values[0])],
        Some(BlockParam::Pair((first, second))) => vec![(name(first), values[0]), (name(second), values[1])],
        _ => Vec::new(),
    }
}

fn raw(path: &handlebars::Path) -> &str {
    match path {
        handlebars::Path::Relative((_, raw)) | handlebars::Path::Local((_, _, raw)) => raw,
    }
}

/// Parses a part, once it is known to be no deeper than the parser bears.
pub(super) fn parse(part: &Part<'_>) -> Result<Template, Box<Problem>> {
    if let Some(problem) = super::scan::scan(part) {
        return Err(Box::new(problem));
    }
    let told = |error| super::scan::diagnose(part).unwrap_or_else(|| unreadable(part, &error));
    Template::compile(part.text).map_err(|error| Box::new(told(error)))
}

/// What the parser refuses, in words that do not need its grammar.
fn unreadable(part: &Part<'_>, error: &handlebars::TemplateError) -> Problem {
    let (line, column) = error.pos().unwrap_or((1, 1));
    let message = match error.reason() {
        TemplateErrorReason::MismatchingClosedHelper(opened, closed) => {
            format!("`{{{{/{closed}}}}}` closes a block that `{{{{#{opened} …}}}}` opened")
        }
        _ => "this cannot be read as part of a template".to_owned(),
    };
    Problem::error("template_syntax", part.place(line, column, 1), message)
}
