//! Nudges: a word to one of the team outside any notice, kept in its ledger row as text.

use serde::{Deserialize, Serialize};

use crate::incident::PersonId;
use crate::incident::event::Message;
use crate::incident::nudge::Matter;
use crate::locale::Locale;
use crate::notice::body;

/// What a nudge says, to whom and about what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nudge {
    pub person: PersonId,
    /// It is worth sending while any of these still waits for them.
    pub matters: Vec<Matter>,
    /// One line, such as `[To approve] INC-7 Withdrawals fail`.
    pub subject: String,
    /// One short line for small screens and robots.
    pub short: String,
    /// What to do next, in plain lines.
    pub text: String,
}

impl Nudge {
    /// The form in which the ledger keeps it.
    pub fn to_row(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a nudge back; none if this version did not write it.
    pub fn from_row(row: &str) -> Option<Self> {
        serde_json::from_str(row).ok()
    }

    /// The nudge as a message, like those of notices; nothing in it means anything to whatever shows it.
    pub fn message(&self, locale: &Locale) -> Message {
        let blocks: Vec<&str> = self.text.split("\n\n").filter(|block| !block.trim().is_empty()).collect();
        let markdown =
            |blocks: &[&str]| blocks.iter().map(|block| body::escape(block)).collect::<Vec<_>>().join("\n\n");
        Message {
            locale: locale.clone(),
            subject: self.subject.clone(),
            preheader: self.short.clone(),
            short: self.short.clone(),
            // Some robots show nothing but this.
            markdown: format!("**{}**\n\n{}", body::escape(&self.subject), markdown(&blocks)),
            text: self.text.clone(),
            html: format!(
                "<!doctype html><html lang=\"{locale}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
                 <body>{}</body></html>",
                escape(&self.subject),
                body::html(&markdown(&blocks)),
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

    fn nudge() -> Nudge {
        Nudge {
            person: PersonId("dana".into()),
            matters: Vec::new(),
            subject: "[Late] INC-7 <late> **all**".into(),
            short: "INC-7: late".into(),
            text: "Dana, late: <@all> [click](https://evil.example)\nmuster done pay_out\n\n<script>".into(),
        }
    }

    #[test]
    fn a_nudge_survives_its_row_and_is_inert_in_html_and_markdown() {
        assert_eq!(Nudge::from_row(&nudge().to_row()), Some(nudge()));
        assert_eq!(Nudge::from_row("late\nmore"), None);
        let message = nudge().message(&Locale::english());
        assert!(!message.html.contains("<script>") && !message.html.contains("href"), "{}", message.html);
        assert_eq!(
            body::robot(&message.markdown).trim(),
            "**［Late］ INC-7 ＜late＞ ＊＊all＊＊**\n\nDana, late: ＜@all＞ ［click］(https://evil.example)\n\
             muster done pay_out\n\n＜script＞"
        );
    }
}
