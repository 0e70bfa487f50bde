//! `/api/v1/deliveries`: the ledger, a page at a time.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::{Problem, Trouble};
use super::read::{Asked, most};
use crate::app::view::{DeliveryPage, DeliveryState};
use crate::app::{Fallback, Ledger};
use crate::server::auth::Signed;
use crate::server::site::Site;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Of this incident alone: `INC-7`, `7`, or the id inside.
    incident: Option<String>,
    /// Of this notice alone.
    notice: Option<String>,
    /// In this state alone.
    #[param(inline)]
    state: Option<DeliveryState>,
    /// Only rows after the one with this number: the `next` of the page before.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// How many at most; 100 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Lists the ledger in the order in which its rows came to be: what became of each notice to each recipient.
#[utoipa::path(
    get, path = "/api/v1/deliveries", tag = "telling", params(Page), responses((status = 200, body = DeliveryPage))
)]
pub(super) async fn list(
    State(site): State<Site>,
    signed: Signed,
    Asked(page): Asked<Page>,
) -> Result<Json<DeliveryPage>, Problem> {
    let problem = |error| signed.problem(&error);
    let most = most(&signed, page.limit)?;
    if page.after.is_some_and(i64::is_negative) {
        return Err(signed.trouble(&Trouble::BadQuery("`after` is the number of a row".to_owned())));
    }
    let incident = match page.incident.as_deref() {
        Some(named) => Some(site.app.which(Some(named), Fallback::NotClosed).await.map_err(problem)?),
        None => None,
    };
    let asked = Ledger { incident, notice: page.notice, state: page.state, after: page.after };
    site.app.deliveries(&asked, most).await.map(Json).map_err(problem)
}
