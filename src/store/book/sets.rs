//! Sets of contacts that an incident has: the affected, each fallback's, and those reached by hand.

use std::collections::BTreeSet;

use super::{ContactId, ContactSet, Error, IncidentId, StagedSet, Store, Touch};

impl Store {
    /// Begins a set; nothing sees it until a commit uses it, in place of the one before.
    pub async fn stage_set(&self, _incident: IncidentId, _set: &ContactSet) -> Result<StagedSet, Error> {
        unimplemented!("store")
    }

    /// Adds contacts to a staged set, in chunks of any size; says how many were not in it yet.
    pub async fn add_to_set(&self, _set: StagedSet, _contacts: &[ContactId]) -> Result<u64, Error> {
        unimplemented!("store")
    }

    /// Throws away a staged set.
    pub async fn discard_set(&self, _set: StagedSet) -> Result<(), Error> {
        unimplemented!("store")
    }

    /// Up to `limit` members after this one, in the order of their ids.
    pub async fn set_members(
        &self,
        _incident: IncidentId,
        _set: &ContactSet,
        _after: Option<&ContactId>,
        _limit: usize,
    ) -> Result<Vec<ContactId>, Error> {
        unimplemented!("store")
    }

    /// Which of these contacts are in the set.
    pub async fn in_set(
        &self,
        _incident: IncidentId,
        _set: &ContactSet,
        _contacts: &[ContactId],
    ) -> Result<BTreeSet<ContactId>, Error> {
        unimplemented!("store")
    }

    /// Everyone reached by hand in an incident, oldest first.
    pub async fn touches(&self, _incident: IncidentId) -> Result<Vec<Touch>, Error> {
        unimplemented!("store")
    }
}
