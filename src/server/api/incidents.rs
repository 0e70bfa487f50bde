//! `/api/v1/incidents`: what is going on, declaring one, one shown whole.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::{Problem, Trouble};
use super::read::{About, Asked, Object, key};
use crate::app::Access;
use crate::app::view::{List, Show, Started};
use crate::server::auth::Signed;
use crate::server::request::{Declaration, declare};
use crate::server::site::Site;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Closed ones, too.
    #[serde(default)]
    all: bool,
}

/// Lists incidents, the newest first.
#[utoipa::path(get, path = "/api/v1/incidents", tag = "incidents", params(Which), responses((status = 200, body = List)))]
pub(super) async fn list(
    State(site): State<Site>,
    signed: Signed,
    Asked(which): Asked<Which>,
) -> Result<Json<List>, Problem> {
    site.app.list(which.all, &signed.locale).await.map(Json).map_err(|error| signed.problem(&error))
}

/// Declares an incident.
#[utoipa::path(
    post, path = "/api/v1/incidents", tag = "incidents", request_body = Declaration,
    responses((status = 201, body = Started, headers(("Location" = String, description = "where it is shown"))))
)]
pub(super) async fn start(
    State(site): State<Site>,
    signed: Signed,
    headers: HeaderMap,
    Object(body): Object,
) -> Result<Response, Problem> {
    signed.needs(Access::Respond)?;
    let caller = signed.caller(key(&signed, &headers)?);
    let declaration = Declaration::read(body).map_err(|why| signed.trouble(&Trouble::Unreadable(why.to_string())))?;
    let started = declare(&site.app, caller, declaration).await.map_err(|error| signed.problem(&error))?;
    site.live.tell();
    let location = format!("/api/v1/incidents/{}", started.incident);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(started)).into_response())
}

/// Shows an incident as it stands.
#[utoipa::path(
    get, path = "/api/v1/incidents/{id}", tag = "incidents",
    params(("id" = String, Path, description = "`INC-7`, `7`, or the id inside")),
    responses((status = 200, body = Show))
)]
pub(super) async fn show(State(site): State<Site>, about: About) -> Result<Json<Show>, Problem> {
    let About { signed, incident } = about;
    site.app.show(incident, &signed.locale).await.map(Json).map_err(|error| signed.problem(&error))
}
