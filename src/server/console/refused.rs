//! A form that was refused: what is told about it where it came from, and what was written into it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::Error;
use crate::app::view::Moment;
use crate::locale::Locale;

/// What was refused; the page that the form came from is shown again with it.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    pub(crate) told: Told,
    pub(crate) form: Form,
}

/// What its reader is told.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Told {
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// Who was first, where somebody else was.
    pub(super) first: Option<First>,
    /// Whether something was written that is still there.
    pub(super) kept: bool,
}

/// Somebody who did the same, or something that forestalls it, before.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct First {
    pub(super) who: String,
    pub(super) at: Moment,
    pub(super) text: String,
}

/// Which form it was, and its fields.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Form {
    pub(super) command: String,
    pub(super) step: String,
    pub(super) fields: BTreeMap<String, String>,
}

/// Fields that people write, rather than the page.
const WRITTEN: [&str; 8] = ["reason", "note", "text", "evidence", "at", "contacts", "title", "impact"];

impl Form {
    pub(super) fn of(fields: &[(String, String)]) -> Self {
        let fields: BTreeMap<_, _> = fields.iter().cloned().collect();
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        Self { command: field("command"), step: field("step"), fields }
    }

    /// What was written as a fact.
    pub(super) fn fact(&self, name: &str) -> Option<&str> {
        self.fields.get(&format!("facts.{name}")).map(String::as_str)
    }

    fn is_written(&self) -> bool {
        let is_own = |name: &str| WRITTEN.contains(&name) || name.starts_with("facts.") || name.starts_with("roles.");
        self.fields.iter().any(|(name, value)| is_own(name) && !value.trim().is_empty())
    }
}

impl Told {
    /// What a page tells, as sentences: no commands to type, and no marks for what would be typed.
    pub(crate) fn on_page(message: &str, help: Option<&str>) -> Self {
        let help = help.and_then(untyped);
        Self { message: sentence(message), help: help.map(|help| sentence(&help)), first: None, kept: false }
    }
}

impl Refused {
    pub(super) fn new(error: &Error, locale: &Locale, fields: &[(String, String)], first: Option<First>) -> Self {
        let (message, help) = error.told(locale);
        let Told { message, help, .. } = Told::on_page(&message, help.as_deref());
        Self::saying(message, help, fields, first)
    }

    pub(super) fn saying(
        message: String,
        help: Option<String>,
        fields: &[(String, String)],
        first: Option<First>,
    ) -> Self {
        let form = Form::of(fields);
        Self { told: Told { message, help, first, kept: form.is_written() }, form }
    }
}

/// A message as a sentence; a name that it begins with stays as it is written.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).filter(|letter| *letter != '`').collect()
}

/// Advice without the commands to type that stand in it; none where it is nothing else.
fn untyped(help: &str) -> Option<String> {
    let separator = if help.contains('；') { "；" } else { "; " };
    let clauses = help.split(separator).filter_map(|clause| {
        let said = match clause.split_once("muster ") {
            Some((before, _)) => asked(before.trim_end_matches([' ', '`'])),
            None => clause,
        };
        let said = said.trim_end_matches([' ', ':', '：', '，', ',']);
        (!said.is_empty() && !said.starts_with("--")).then_some(said)
    });
    Some(clauses.collect::<Vec<_>>().join(separator)).filter(|said| !said.is_empty())
}

/// What still says something of a clause that goes on with a command: all before a colon, else up to the last comma.
fn asked(before: &str) -> &str {
    match before.ends_with([':', '：']) {
        true => before,
        false => before.rfind([',', '，']).map_or("", |at| &before[..at]),
    }
}

/// Whether a refusal with this code may come from somebody else having been quicker.
pub(super) fn was_forestalled(code: &str) -> bool {
    const CODES: [&str; 8] = [
        "hash_changed",
        "draft_voided",
        "cancelled",
        "no_obligation",
        "nothing_to_approve",
        "nothing_drafted",
        "phase_over",
        "running",
    ];
    code.starts_with("already_") || CODES.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_sentences() {
        for (message, help, told, advised) in [
            ("no such token", Some("it was revoked already"), "No such token", Some("It was revoked already")),
            ("`take_lead` has already ended", None, "take_lead has already ended", None),
            ("找不到 `INC-9`", Some("muster list --all 查看全部事件"), "找不到 INC-9", None),
        ] {
            let page = Told::on_page(message, help);
            assert_eq!((page.message.as_str(), page.help.as_deref()), (told, advised));
        }
    }

    #[test]
    fn a_page_advises_no_commands() {
        for (help, said) in [
            ("ask `dana`: muster approve close_form", Some("ask `dana`")),
            ("muster done reconcile --evidence URL", None),
            ("请 `dana` 执行：muster approve x", Some("请 `dana` 执行")),
            ("记录编号从 1 到 42，可用 muster timeline 查看", Some("记录编号从 1 到 42")),
            ("用 muster correct 改写；确实要保留的，请说明理由", Some("确实要保留的，请说明理由")),
            ("`muster start` declares one; `muster list --all` shows earlier ones", None),
            ("say why; it is kept in the journal", Some("say why; it is kept in the journal")),
        ] {
            assert_eq!(untyped(help).as_deref(), said, "{help}");
        }
    }
}
