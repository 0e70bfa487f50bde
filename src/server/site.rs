//! What every handler of the private listener shares.

use std::sync::Arc;

use super::live::Live;
use super::metrics::Metrics;
use super::trial::Trial;
use super::views::Views;
use crate::app::App;

/// One console at work.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) app: Arc<App>,
    pub(crate) views: Arc<Views>,
    pub(crate) live: Arc<Live>,
    pub(crate) metrics: Arc<Metrics>,
    /// A drill that is watched; whoever does not sign in is then one of its people.
    pub(crate) trial: Option<Arc<Trial>>,
}
