//! The runbook that `muster new` writes: short, instructive, and free of problems.

use crate::locale::Locale;

/// The text of a new runbook, written in the given language.
pub fn skeleton(_id: &str, _locale: &Locale) -> String {
    unimplemented!("runbook")
}
