//! Addresses that mail is no longer sent to.

use std::collections::BTreeSet;

use super::{Error, Store, Suppression};
use crate::clock::Timestamp;

/// An address as suppression compares it: trimmed and in lower case.
pub fn normalise(address: &str) -> String {
    address.trim().to_lowercase()
}

impl Store {
    /// Suppresses an address; false if it was already.
    pub async fn suppress(&self, _address: &str, _reason: &str, _at: Timestamp) -> Result<bool, Error> {
        unimplemented!("store")
    }

    /// Which of these addresses are suppressed, normalised.
    pub async fn suppressed(&self, _addresses: &[String]) -> Result<BTreeSet<String>, Error> {
        unimplemented!("store")
    }

    /// Up to `limit` suppressed addresses after this one, in their order.
    pub async fn suppressions(&self, _after: Option<&str>, _limit: usize) -> Result<Vec<Suppression>, Error> {
        unimplemented!("store")
    }
}
