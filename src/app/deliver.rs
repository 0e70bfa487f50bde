//! Delivering: one pass over what is due, or until every row is terminal.

use super::view::DeliveryCounts;
use super::{App, Progress, Result};

impl App {
    /// One pass over what is due, or until every row is terminal.
    pub async fn deliver(&self, _drain: bool, _progress: Progress<'_>) -> Result<DeliveryCounts> {
        unimplemented!("app")
    }
}
