//! The checker's tests: what is accepted, and one case for every problem code.

use super::{Checked, check};

mod accepted;

/// The example of the format's description.
pub(crate) const EXAMPLE: &str = include_str!("example.yaml");

/// Checks a text that must be sound, and returns its runbook.
fn sound(text: &str) -> crate::runbook::Runbook {
    let Checked { runbook, problems, .. } = check(text.as_bytes());
    runbook.unwrap_or_else(|| panic!("{problems:#?}"))
}
