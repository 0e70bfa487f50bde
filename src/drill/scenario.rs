//! A drill's story: who plays, what they know, what happens when, and what goes wrong.

use crate::problem::Problem;
use crate::runbook::Runbook;

/// A checked scenario.
#[derive(Debug, Clone)]
pub struct Scenario {}

/// What reading a scenario found, and the scenario if nothing it found is an error.
#[derive(Debug)]
pub struct Checked {
    pub scenario: Option<Scenario>,
    /// In the order of the file.
    pub problems: Vec<Problem>,
}

/// Checks a scenario's text against its format and the runbook it plays.
pub fn check(_bytes: &[u8], _runbook: &Runbook) -> Checked {
    unimplemented!("drill")
}
