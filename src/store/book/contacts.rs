//! The contacts themselves: written and read in chunks, so that a million never stand in memory.

use super::{Contact, ContactId, Error, Imported, Store};

impl Store {
    /// Adds or updates contacts, in chunks of any size; the same contacts again change nothing.
    pub async fn import_contacts(&self, _contacts: &[Contact]) -> Result<Imported, Error> {
        unimplemented!("store")
    }

    /// Up to `limit` contacts after this one, in the order of their ids without regard to case.
    pub async fn contacts_after(&self, _after: Option<&ContactId>, _limit: usize) -> Result<Vec<Contact>, Error> {
        unimplemented!("store")
    }

    /// The contacts with these ids that the book has, without regard to case.
    pub async fn contacts(&self, _ids: &[ContactId]) -> Result<Vec<Contact>, Error> {
        unimplemented!("store")
    }

    /// How many contacts the book has.
    pub async fn contact_count(&self) -> Result<u64, Error> {
        unimplemented!("store")
    }
}
