//! What every runbook has without declaring it: severities, roles, audiences and the contract facts.

use super::{Audience, Fact, Role, Severity};
use crate::locale::Locale;

/// The three levels of a runbook that declares none, highest first.
pub fn severities(_first: &Locale) -> Vec<Severity> {
    unimplemented!("runbook")
}

/// The parts everyone knows: lead, comms, ops, dev, support, product.
pub fn roles(_first: &Locale) -> Vec<Role> {
    unimplemented!("runbook")
}

/// The facts that the notice contract draws on.
pub fn facts(_first: &Locale) -> Vec<Fact> {
    unimplemented!("runbook")
}

/// The status page, the affected, the uncovered and the staff.
pub fn audiences() -> Vec<Audience> {
    unimplemented!("runbook")
}
