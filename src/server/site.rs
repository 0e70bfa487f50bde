//! What every handler of the private listener shares.

use std::sync::Arc;

use super::live::Live;
use super::metrics::Metrics;
use super::views::Views;
use crate::app::{App, SignedIn};

/// One console at work.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) app: Arc<App>,
    pub(crate) views: Arc<Views>,
    pub(crate) live: Arc<Live>,
    pub(crate) metrics: Arc<Metrics>,
    /// Who everybody is that did not sign in: in a trial alone.
    pub(crate) visitor: Option<SignedIn>,
}
