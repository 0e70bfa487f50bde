//! What every handler of the private listener shares.

use std::sync::Arc;

use super::live::Live;
use super::views::Views;
use crate::app::{App, SignedIn};

/// One console at work.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) app: Arc<App>,
    pub(crate) views: Arc<Views>,
    pub(crate) live: Arc<Live>,
    /// Who everybody is that did not sign in: in a trial alone.
    pub(crate) visitor: Option<SignedIn>,
}
