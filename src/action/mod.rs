//! Actions: carries out the operations and probes that the settings name, from durable rows.

use indexmap::IndexMap;

use crate::settings::{Action, Probe};

/// What an action or a probe came to; the detail is bounded and holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Result {
    pub worked: bool,
    pub detail: String,
}

/// The values that placeholders such as `{facts.region}` stand for.
pub type Values = IndexMap<String, String>;

/// Carries out an action once.
pub async fn run(_action: &Action, _values: &Values, _allow: &crate::delivery::guard::Guard) -> Result {
    unimplemented!("action")
}

/// Asks a probe once.
pub async fn probe(_probe: &Probe, _values: &Values, _allow: &crate::delivery::guard::Guard) -> Result {
    unimplemented!("action")
}
