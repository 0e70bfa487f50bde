//! Settling rows: what became of each, in one commit for many.

use super::{Error, SettleReport, Settlement, Store};

impl Store {
    /// Records what happened to leased rows; a row whose lease has ended is refused and counted.
    pub async fn settle(&self, _settlements: &[Settlement]) -> Result<SettleReport, Error> {
        unimplemented!("store")
    }
}
