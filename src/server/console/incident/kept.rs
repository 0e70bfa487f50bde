//! What was written into a form that was refused, so that it stands there again.

use std::collections::BTreeMap;

use serde::Serialize;

/// Which form it was, and its fields.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) command: String,
    pub(super) step: String,
    pub(super) fields: BTreeMap<String, String>,
}

/// What was written into a form of one step.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct OfStep {
    command: String,
    reason: String,
    note: String,
    evidence: String,
}

/// What was written into a form of no step.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct OfPage {
    note: String,
    update: String,
}

impl Kept {
    fn field(&self, name: &str) -> String {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn of_step(&self, step: &str) -> OfStep {
        if self.step != step {
            return OfStep::default();
        }
        OfStep {
            command: self.command.clone(),
            reason: self.field("reason"),
            note: self.field("note"),
            evidence: self.field("evidence"),
        }
    }

    pub(super) fn of_page(&self) -> OfPage {
        let text = |command: &str| if self.command == command { self.field("text") } else { String::new() };
        OfPage { note: text("note"), update: text("update") }
    }

    /// What was written as a fact.
    pub(super) fn fact(&self, name: &str) -> Option<&str> {
        self.fields.get(&format!("facts.{name}")).map(String::as_str)
    }
}
