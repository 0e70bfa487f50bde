//! Preparing rows: written in chunks while a notice is drafted, outside any decision.

use super::{Error, NewDelivery, NewNotice, Store};
use crate::incident::NoticeId;

impl Store {
    /// Adds prepared rows to a notice, in chunks of any size; the same recipient twice is one row.
    pub async fn prepare(&self, _notice: &NewNotice, _rows: &[NewDelivery]) -> Result<(), Error> {
        unimplemented!("store")
    }

    /// Throws away the rows of a notice that was never queued.
    pub async fn discard(&self, _notice: NoticeId) -> Result<(), Error> {
        unimplemented!("store")
    }
}
