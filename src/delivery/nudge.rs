//! Nudges: a word to one of the team outside any notice, kept in its ledger row as text.

use serde::{Deserialize, Serialize};

use crate::incident::event::Message;
use crate::locale::Locale;

/// What a nudge says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nudge {
    /// One line, such as `INC-7: your approval is waited for`.
    pub subject: String,
    /// What to do next, in plain lines.
    pub text: String,
}

impl Nudge {
    /// The form in which the ledger keeps it.
    pub fn to_row(&self) -> String {
        serde_json::json!({ "subject": self.subject, "text": self.text }).to_string()
    }

    /// Reads a nudge back; a row that holds plain text is one whose first line is its subject.
    pub fn from_row(row: &str) -> Self {
        serde_json::from_str(row).unwrap_or_else(|_| Self {
            subject: row.lines().next().unwrap_or_default().to_owned(),
            text: row.to_owned(),
        })
    }

    /// The nudge as a message, like those of notices.
    pub fn message(&self, locale: &Locale) -> Message {
        let paragraphs: Vec<String> = self
            .text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| format!("<p>{}</p>", escape(line)))
            .collect();
        Message {
            locale: locale.clone(),
            subject: self.subject.clone(),
            preheader: String::new(),
            short: self.subject.clone(),
            markdown: self.text.clone(),
            text: self.text.clone(),
            html: format!(
                "<!doctype html><html lang=\"{locale}\"><meta charset=\"utf-8\"><title>{}</title><body>{}</body></html>",
                escape(&self.subject),
                paragraphs.concat()
            ),
        }
    }
}

/// Escapes a text for HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nudge_survives_its_row_and_is_inert_in_html() {
        let nudge = Nudge { subject: "INC-7 <late>".into(), text: "Approve\n\n<script>".into() };
        assert_eq!(Nudge::from_row(&nudge.to_row()), nudge);
        assert_eq!(Nudge::from_row("late\nmore").subject, "late");
        let html = nudge.message(&Locale::english()).html;
        assert!(html.contains("<p>&lt;script&gt;</p>") && !html.contains("<script>"), "{html}");
    }
}
