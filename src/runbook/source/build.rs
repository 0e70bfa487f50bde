//! Builds the tree from the parser's events, refusing what the format refuses.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_yaml::granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span, StructureStyle};

use super::encoding::hidden;
use super::{Content, Node, Reading, Scalar, Style};
use crate::problem::{Place, Problem};

/// Reading ends after so many faults of the writing.
const MAX_PROBLEMS: usize = 20;
/// Values in one file; a runbook of 20,000 steps has half of them.
const MAX_VALUES: usize = 400_000;
const MAX_BLOCK_DEPTH: usize = 64;
const MAX_FLOW_DEPTH: usize = 16;

/// Reads a text into a tree.
pub(super) fn tree(text: &str) -> Reading<'_> {
    let mut builder = Builder { text, open: Vec::new(), root: None, flow: 0, values: 0, problems: Vec::new() };
    let clear = builder.read();
    let Builder { root, problems, .. } = builder;
    Reading { text, root: root.filter(|_| clear), problems }
}

struct Builder<'s> {
    text: &'s str,
    open: Vec<Open<'s>>,
    root: Option<Node<'s>>,
    /// How many of the open collections are in brackets or braces.
    flow: usize,
    values: usize,
    problems: Vec<Problem>,
}

/// A list or map whose end has not been read.
struct Open<'s> {
    place: Place,
    flow: bool,
    items: Items<'s>,
}

enum Items<'s> {
    List(Vec<Node<'s>>),
    Map { entries: Vec<(Node<'s>, Node<'s>)>, key: Option<Node<'s>>, seen: HashSet<Cow<'s, str>> },
}

impl<'s> Builder<'s> {
    /// Reads to the end, and tells whether the structure is clear.
    fn read(&mut self) -> bool {
        let mut documents = 0;
        for event in Parser::new_from_str_with_options(self.text, options()) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    self.problems.push(syntax(self.text, &error));
                    return false;
                }
            };
            if matches!(event, Event::DocumentStart(..)) {
                documents += 1;
                if documents > 1 {
                    let message = "a second document starts here";
                    let help = "a runbook is one document: take out the `---`";
                    self.problems.push(Problem::error("several_documents", place(&span), message).help(help));
                    return false;
                }
            }
            self.event(event, &span);
            if self.values > MAX_VALUES {
                let message = format!("the file has more than {MAX_VALUES} values");
                self.problems.push(Problem::error("too_many_values", place(&span), message));
                return false;
            }
            if self.problems.len() >= MAX_PROBLEMS {
                return false;
            }
        }
        if self.root.is_none() {
            let start = Place { line: 1, column: 1, length: 1 };
            let help = "`muster new ID` writes a runbook to start from";
            self.problems.push(Problem::error("empty_file", start, "there is nothing in this file").help(help));
        }
        true
    }

    fn event(&mut self, event: Event<'s>, span: &Span) {
        match event {
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let help = "write the value out: runbooks are read aloud, from top to bottom";
                self.problems.push(Problem::error("alias", place(span), "aliases are not read").help(help));
                self.put(Node { place: place(span), bytes: 0..0, content: Content::Refused });
            }
            Event::Anchor(_, name) => {
                let message = format!("the anchor `&{name}` is not read");
                self.problems.push(Problem::error("anchor", place(span), message).help("take it out"));
            }
            Event::Scalar(text, style, _, tag) => {
                self.refuse_tag(tag.is_some(), span);
                self.scalar(text, style, span);
            }
            Event::SequenceStart(style, _, tag) => {
                self.refuse_tag(tag.is_some(), span);
                self.start(style, span, Items::List(Vec::new()));
            }
            Event::MappingStart(style, _, tag) => {
                self.refuse_tag(tag.is_some(), span);
                self.start(style, span, Items::Map { entries: Vec::new(), key: None, seen: HashSet::new() });
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => {}
        }
    }

    fn refuse_tag(&mut self, tagged: bool, span: &Span) {
        if tagged {
            let start = span.tag_start.unwrap_or(span.start);
            let length = span.start.index().saturating_sub(start.index()).max(1);
            let at = Place { line: start.line(), column: start.col() + 1, length };
            self.problems.push(Problem::error("tag", at, "tags are not read").help("take it out; quote what is text"));
        }
    }

    fn scalar(&mut self, text: Cow<'s, str>, style: ScalarStyle, span: &Span) {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        // An escape such as `\u202e` hides from whoever reads the bytes.
        let escaped = if style == Style::DoubleQuoted { text.chars().find_map(hidden) } else { None };
        if let Some((code, why)) = escaped {
            let message = format!("an escaped character {why}");
            self.problems.push(Problem::error(code, place(span), message).help("delete it"));
        }
        let bytes = span.start.byte_offset().unwrap_or(0)..span.end.byte_offset().unwrap_or(0);
        let content = Content::Scalar(Scalar::new(text, style, self.flow > 0));
        self.put(Node { place: place(span), bytes, content });
    }

    fn start(&mut self, style: StructureStyle, span: &Span, items: Items<'s>) {
        let flow = style == StructureStyle::Flow;
        self.flow += usize::from(flow);
        self.open.push(Open { place: place(span), flow, items });
    }

    fn end(&mut self, span: &Span) {
        let Some(Open { mut place, flow, items }) = self.open.pop() else { return };
        self.flow -= usize::from(flow);
        if flow && span.end.line() == place.line {
            place.length = (span.end.col() + 1).saturating_sub(place.column).max(1);
        }
        let content = match items {
            Items::List(items) => Content::List(items),
            Items::Map { entries, .. } => {
                if let (false, Some((key, _))) = (flow, entries.first()) {
                    place = key.place;
                }
                Content::Map(entries)
            }
        };
        self.put(Node { place, bytes: 0..0, content });
    }

    /// Puts a finished node where it belongs: into the innermost open collection, or at the root.
    fn put(&mut self, node: Node<'s>) {
        self.values += 1;
        match self.open.last_mut().map(|open| &mut open.items) {
            None => self.root = Some(node),
            Some(Items::List(items)) => items.push(node),
            Some(Items::Map { entries, key, seen }) => match key.take() {
                None => *key = Some(node),
                Some(key) => match refuse_key(&key, seen) {
                    None => entries.push((key, node)),
                    Some(problem) => self.problems.extend(problem),
                },
            },
        }
    }
}

/// Why a key cannot be read, if it cannot; nothing inside where that was said already.
fn refuse_key<'s>(key: &Node<'s>, seen: &mut HashSet<Cow<'s, str>>) -> Option<Option<Problem>> {
    let Content::Scalar(scalar) = &key.content else {
        let said = key.content == Content::Refused;
        let problem =
            || Problem::error("key_not_text", key.place, format!("a key is text, and this is {}", key.what()));
        return Some((!said).then(problem));
    };
    if scalar.style == Style::Plain && scalar.text == "<<" {
        let problem = Problem::error("merge_key", key.place, "merges are not read");
        return Some(Some(problem.help("write the entries out")));
    }
    if !seen.insert(scalar.text.clone()) {
        let problem =
            Problem::error("duplicate_key", key.place, format!("the key `{}` stands here twice", scalar.text));
        return Some(Some(problem.help("keep one of them")));
    }
    None
}

fn options() -> Options {
    let mut options = Options::default();
    options.disallow_directives = true;
    options.emit_unresolved_aliases = true;
    options.emit_anchor_events = true;
    options.flow_nesting_limit = MAX_FLOW_DEPTH;
    options.block_nesting_limit = MAX_BLOCK_DEPTH;
    options
}

/// The place a span covers, up to the end of its first line.
fn place(span: &Span) -> Place {
    let length = if span.start.line() == span.end.line() { span.end.col().saturating_sub(span.start.col()) } else { 1 };
    Place { line: span.start.line(), column: span.start.col() + 1, length: length.max(1) }
}

fn syntax(text: &str, error: &ScanError) -> Problem {
    let marker = error.marker();
    let at = Place { line: marker.line().max(1), column: marker.col() + 1, length: 1 };
    let problem = |code| Problem::error(code, at, error.info());
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => Problem::error("too_deep", at, "lists and maps are nested too deeply")
            .help("a runbook needs no more than ten levels"),
        ErrorKind::DirectiveDisallowed => {
            Problem::error("directive", at, "directives are not read").help("take the line out")
        }
        ErrorKind::TabInIndentation | ErrorKind::TabInBlockIndentation | ErrorKind::TabNotAllowed => {
            problem("syntax").help("indent with spaces")
        }
        ErrorKind::UnclosedQuotedScalar => problem("syntax").help("close the quotation"),
        ErrorKind::MappingValueNotAllowed | ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            problem("syntax")
                .help("quote text that contains `: `, and see that the line is indented like its neighbours")
        }
        ErrorKind::UnexpectedCharacter { character } if "@`%".contains(*character) => {
            problem("syntax").help("quote text that starts with this character")
        }
        _ if text.lines().nth(at.line - 1).is_some_and(|line| line.contains("{{")) => {
            problem("syntax").help("quote text with braces")
        }
        _ => problem("syntax"),
    }
}
