//! What each fuzz target does with its input, and what must hold of it; `tests/suite/fuzz.rs` replays the seeds here.

mod relay;
mod replies;
mod runbooks;
mod templates;

use muster::contact::import;

pub(crate) use relay::relay;
pub(crate) use replies::reply;
pub(crate) use runbooks::{condition, runbook};
pub(crate) use templates::template;

/// A contact book: every row is taken or refused with its place, and no id is taken twice.
pub(crate) fn contacts(data: &[u8]) {
    let mut ids = std::collections::BTreeSet::new();
    for row in import::read(data) {
        match row {
            Ok(contact) => {
                assert!(!contact.id.as_str().is_empty(), "a contact without an id");
                assert!(ids.insert(contact.id.as_str().to_lowercase()), "`{}` is taken twice", contact.id);
                for address in &contact.emails {
                    assert!(!address.contains(['\r', '\n', '\0']), "{address:?} would split a header");
                }
            }
            Err(refused) => assert!(!refused.reason.is_empty(), "refused without a reason"),
        }
    }
}
