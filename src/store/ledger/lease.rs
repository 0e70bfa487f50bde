//! Leasing rows: each is given to one worker at a time, and comes back if that worker goes away.

use std::time::Duration;

use super::{Batch, DeliveryId, Error, Lease, Store};
use crate::clock::Timestamp;
use crate::settings::OnUnknown;

impl Store {
    /// Gives out up to `limit` rows that are due, for `lease_for`. Rows that are superseded, suppressed
    /// or cancelled are settled on the way, and so are those whose worker went away while sending.
    pub async fn lease(
        &self,
        _limit: usize,
        _now: Timestamp,
        _lease_for: Duration,
        _on_unknown: OnUnknown,
    ) -> Result<Batch, Error> {
        unimplemented!("store")
    }

    /// Marks rows as being sent, durably; gives back those that may really go out now: not the ones
    /// whose lease has ended, or whose notice was cancelled or paused meanwhile.
    pub async fn begin_sending(&self, _rows: &[(DeliveryId, Lease)]) -> Result<Vec<DeliveryId>, Error> {
        unimplemented!("store")
    }

    /// Keeps rows for longer; gives back those that are still the worker's.
    pub async fn extend(&self, _rows: &[(DeliveryId, Lease)], _until: Timestamp) -> Result<Vec<DeliveryId>, Error> {
        unimplemented!("store")
    }
}
