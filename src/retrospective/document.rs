//! The document: six sections in one language and edition, written as Markdown, HTML or JSON.

use super::{Edition, Error, Figures, Finding, Sources};
use crate::incident::IncidentNumber;
use crate::locale::Locale;

/// One of the six steps, as Markdown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Section {
    /// `goals`, `process`, `results`, `causes`, `patterns` or `document`.
    pub id: String,
    pub title: String,
    pub text: String,
}

/// The sections' ids, in order; `retro edit` takes these.
pub const SECTIONS: [&str; 6] = ["goals", "process", "results", "causes", "patterns", "document"];

/// A retrospective, ready to be printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub incident: IncidentNumber,
    pub edition: Edition,
    pub locale: Locale,
    pub sections: Vec<Section>,
    pub figures: Figures,
    pub findings: Vec<Finding>,
    pub follow_ups: Vec<serde_json::Value>,
}

pub(super) fn write(_sources: &Sources<'_>, _edition: Edition, _locale: &Locale) -> Result<Document, Error> {
    unimplemented!("retrospective")
}

impl Document {
    pub fn markdown(&self) -> &str {
        unimplemented!("retrospective")
    }

    /// One self-contained HTML file.
    pub fn html(&self) -> String {
        unimplemented!("retrospective")
    }

    /// As `retro --format json` prints it.
    pub fn json(&self) -> serde_json::Value {
        unimplemented!("retrospective")
    }

    /// The timeline's picture alone.
    pub fn timeline_svg(&self) -> &str {
        unimplemented!("retrospective")
    }

    /// Whether nothing in it blames a person without a reason to keep the phrase.
    pub fn may_be_published(&self) -> bool {
        unimplemented!("retrospective")
    }
}
