//! `/api/v1/contacts`: the contact book, a page at a time.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;
use super::read::{Asked, most};
use crate::app::view::ContactPage;
use crate::server::auth::Signed;
use crate::server::site::Site;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Only contacts in which this is found.
    text: Option<String>,
    /// Only contacts after the one with this id: the `next` of the page before.
    after: Option<String>,
    /// How many at most; 100 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Lists the contact book in the order of its ids.
#[utoipa::path(
    get, path = "/api/v1/contacts", tag = "telling", params(Page), responses((status = 200, body = ContactPage))
)]
pub(super) async fn list(
    State(site): State<Site>,
    signed: Signed,
    Asked(page): Asked<Page>,
) -> Result<Json<ContactPage>, Problem> {
    let most = most(&signed, page.limit)?;
    let contacts = site.app.contact_page(page.text.as_deref(), page.after.as_deref(), most).await;
    contacts.map(Json).map_err(|error| signed.problem(&error))
}
