//! Commits: events, head, answer and rows in one transaction, or none of them.

use super::{Commit, Error, Store};

impl Store {
    /// The number the next incident gets; taken only once its declaration commits.
    pub async fn next_number(&self) -> Result<crate::incident::IncidentNumber, Error> {
        unimplemented!("store")
    }

    /// Commits what was decided. [`Error::Conflict`] if the incident has moved on since,
    /// [`Error::KeyTaken`] if the key was used meanwhile; then nothing is changed.
    pub async fn commit(&self, _commit: Commit<'_>) -> Result<(), Error> {
        unimplemented!("store")
    }
}
