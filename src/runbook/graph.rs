//! The picture of a runbook, as a Mermaid flowchart.

use super::Runbook;
use crate::locale::Locale;

/// Draws the runbook's steps and conditions as Mermaid text.
pub fn mermaid(_runbook: &Runbook, _locale: &Locale) -> String {
    unimplemented!("runbook")
}
