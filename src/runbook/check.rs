//! Checks a runbook's text against every rule of the format, all problems at once.

use super::{Mention, Runbook};
use crate::problem::Problem;

/// What a check found, and the runbook if nothing it found is an error.
#[derive(Debug)]
pub struct Checked {
    pub runbook: Option<Runbook>,
    /// What the runbook names that lies outside it, also where the runbook itself has errors.
    pub mentions: Vec<Mention>,
    /// In the order of the file.
    pub problems: Vec<Problem>,
}

/// Checks a runbook as its file's bytes stand.
pub fn check(_bytes: &[u8]) -> Checked {
    unimplemented!("runbook")
}

/// Reads the text an incident keeps; what a check let through once, it lets through again.
pub fn pinned(_source: &str) -> Result<Runbook, Vec<Problem>> {
    unimplemented!("runbook")
}
