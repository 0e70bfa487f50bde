//! Reads the whole runbook: its head, its declarations, its phases, then what joins them.

use indexmap::IndexMap;

use super::checker::Checker;
use super::order;
use super::scalars::Approve;
use super::steps::StepReader;
use crate::runbook::source::{Content, Node, Sort};
use crate::runbook::{Cause, Gate, Phase, Runbook, RunbookId, keys};

/// Reads everything; what is returned can be trusted only if no problem is an error.
pub(super) fn read<'s>(checker: &mut Checker<'s>, root: &Node<'s>) -> Option<Runbook> {
    let fields = checker.fields(root, "a runbook", &[keys::TOP])?;
    if let Some(node) = fields.get("locales") {
        checker.read_locales(node);
    }
    if let Some(node) = fields.get("translations") {
        checker.read_translations(node);
    }
    if let Some(node) = fields.get("muster") {
        version(checker, node);
    }
    let id = fields.get("id").and_then(|node| runbook_id(checker, node));
    let title = fields.get("title").and_then(|node| checker.text(node, &["title"]));
    let summary = fields.get("summary").and_then(|node| checker.text(node, &["summary"]));
    let cause = fields.get("cause").and_then(|node| checker.one_of(node, "the cause", keys::CAUSES));
    let cause = cause.and_then(|word| Cause::ALL.into_iter().find(|cause| cause.as_str() == word));
    let components = fields.get("components").map(|node| components(checker, node)).unwrap_or_default();
    let severities = checker.severities(fields.get("severities"));
    let roles = checker.read_roles(fields.get("roles"));
    let facts = checker.read_facts(fields.get("facts"));
    let audiences = checker.read_audiences(fields.get("audiences"));
    let fallbacks = checker.read_fallbacks(fields.get("fallbacks"));
    let ready = checker.read_ready(fields.get("ready"));
    let approve = fields.get("approve").and_then(|node| checker.approve(node)).and_then(by);
    let mut reader = StepReader::new(checker, &facts, &audiences, &fallbacks, approve);
    for phase in Phase::ALL {
        if let Some(node) = fields.get(phase.as_str()) {
            reader.phase(phase, node);
        }
    }
    let read = reader.finish();
    let (steps, lists) = order::check(checker, read, &severities, &facts, &audiences);
    checker.leftover_translations();
    Some(Runbook {
        id: id?,
        title: title?,
        summary,
        locales: checker.locales.clone(),
        cause,
        components,
        severities,
        roles,
        facts,
        audiences,
        fallbacks,
        ready,
        steps,
        lists,
        mentions: Vec::new(),
        hash: String::new(),
        source: "".into(),
    })
}

/// The approval that an `approve` asks for.
pub(super) fn by(approve: Approve) -> Option<Gate> {
    match approve {
        Approve::None => None,
        Approve::By(gate) => Some(gate),
    }
}

fn version(checker: &mut Checker<'_>, node: &Node<'_>) {
    let Some(scalar) = node.scalar() else {
        if node.content != Content::Refused {
            checker.error("unsupported_version", node.place, "the format's version is `1`", None);
        }
        return;
    };
    if scalar.sort != Sort::Number || scalar.text != "1" {
        let message = format!("this Muster reads version 1 of the format, not `{}`", scalar.text);
        checker.error("unsupported_version", node.place, message, Some("write `muster: 1`".to_owned()));
    }
}

fn runbook_id<'s>(checker: &mut Checker<'s>, node: &Node<'s>) -> Option<RunbookId> {
    let id = checker.words(node)?;
    let sound = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if sound {
        return Some(RunbookId::new(id));
    }
    let help = Some("start with a-z, go on with a-z, 0-9 and `-`".to_owned());
    checker.error("bad_id", node.place, format!("`{id}` cannot be a runbook's id"), help);
    None
}

fn components<'s>(checker: &mut Checker<'s>, node: &Node<'s>) -> Vec<String> {
    let Some(items) = checker.list(node, "`components`") else { return Vec::new() };
    let items = checker.distinct(items);
    items.into_iter().filter_map(|item| checker.words(item).map(str::to_owned)).collect()
}

/// Keeps declarations by their id, in the order of the file.
pub(super) fn by_id<K: std::hash::Hash + Eq, V>(values: Vec<V>, id: impl Fn(&V) -> K) -> IndexMap<K, V> {
    values.into_iter().map(|value| (id(&value), value)).collect()
}
