//! Counting the ledger: how many rows stand where, and what the journal should hear of it.

use indexmap::IndexMap;

use super::{Counts, Delivery, DeliveryId, Error, Store, Untold};
use crate::clock::Timestamp;
use crate::contact::ContactId;
use crate::incident::{IncidentId, NoticeId};

impl Store {
    /// How many rows of a notice are in which state.
    pub async fn counts(&self, _notice: NoticeId) -> Result<Counts, Error> {
        unimplemented!("store")
    }

    /// The same over every notice that was queued.
    pub async fn counts_all(&self) -> Result<Counts, Error> {
        unimplemented!("store")
    }

    /// How many rows `RowChange::ResendNotice` would queue again.
    pub async fn resendable(&self, _notice: NoticeId) -> Result<u64, Error> {
        unimplemented!("store")
    }

    /// Queued notices of which the journal has yet to hear something.
    pub async fn untold(&self) -> Result<Vec<Untold>, Error> {
        unimplemented!("store")
    }

    /// When a row of the ledger next wants to be sent; none when nothing is pending.
    pub async fn next_delivery(&self) -> Result<Option<Timestamp>, Error> {
        unimplemented!("store")
    }

    /// When each of these contacts was last sent mail about an incident.
    pub async fn last_mailed(
        &self,
        _incident: IncidentId,
        _contacts: &[ContactId],
    ) -> Result<IndexMap<ContactId, Timestamp>, Error> {
        unimplemented!("store")
    }

    /// A notice's rows in their order, a page at a time.
    pub async fn deliveries(
        &self,
        _notice: NoticeId,
        _after: Option<DeliveryId>,
        _limit: usize,
    ) -> Result<Vec<Delivery>, Error> {
        unimplemented!("store")
    }
}
