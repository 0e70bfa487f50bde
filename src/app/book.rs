//! Walking the contact book: a chunk at a time, so that a million contacts never stand in memory.

use super::Result;
use crate::contact::{Contact, ContactId};
use crate::store::Store;

/// How many contacts stand in memory at a time.
pub(super) const CHUNK: usize = 1000;

/// A walk through the whole book, in the order of ids.
pub(super) struct Walk<'s> {
    store: &'s Store,
    last: Option<ContactId>,
}

impl<'s> Walk<'s> {
    pub(super) fn new(store: &'s Store) -> Self {
        Self { store, last: None }
    }

    /// The next contacts; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Contact>>> {
        let contacts = self.store.contacts_after(self.last.as_ref(), CHUNK).await?;
        let Some(newest) = contacts.last() else { return Ok(None) };
        self.last = Some(newest.id.clone());
        Ok(Some(contacts))
    }
}
