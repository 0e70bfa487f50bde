//! `/api/v1/followups`: the actions that came out of incidents.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;
use super::read::Asked;
use crate::app::Fallback;
use crate::app::view::FollowUps;
use crate::server::auth::Signed;
use crate::server::site::Site;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Of {
    /// Of this incident alone: `INC-7`, `7`, or the id inside.
    incident: Option<String>,
}

/// Lists follow-ups of all incidents, or of one.
#[utoipa::path(get, path = "/api/v1/followups", tag = "learning", params(Of), responses((status = 200, body = FollowUps)))]
pub(super) async fn list(
    State(site): State<Site>,
    signed: Signed,
    Asked(of): Asked<Of>,
) -> Result<Json<FollowUps>, Problem> {
    let problem = |error| signed.problem(&error);
    let incident = match of.incident.as_deref() {
        Some(named) => Some(site.app.which(Some(named), Fallback::NotClosed).await.map_err(problem)?),
        None => None,
    };
    site.app.follow_ups(incident, &signed.locale).await.map(Json).map_err(problem)
}
