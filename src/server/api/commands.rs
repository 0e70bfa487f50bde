//! `/api/v1/incidents/{id}/commands`: every command of the command line, its options as fields.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

use super::problem::{Problem, Trouble};
use super::read::{About, Object, key};
use crate::app::Access;
use crate::server::request::{self, Answer, Request};
use crate::server::site::Site;

/// Carries out a command.
///
/// With an `Idempotency-Key` the same request again is carried out once and gives the same answer; the same key with
/// another request is refused. Answers as the command line does with `--json`.
#[utoipa::path(
    post, path = "/api/v1/incidents/{id}/commands", tag = "incidents", request_body = request::Asked,
    params(("id" = String, Path, description = "`INC-7`, `7`, or the id inside")),
    responses((status = 200, body = Answer))
)]
pub(super) async fn command(
    State(site): State<Site>,
    About { signed, incident }: About,
    headers: HeaderMap,
    Object(body): Object,
) -> Result<Json<Answer>, Problem> {
    // Asked before the body is looked into: who may only watch learns nothing of what would be right.
    signed.needs(Access::Respond)?;
    let unreadable = |why: request::Unreadable| signed.trouble(&Trouble::Unreadable(why.to_string()));
    let request = Request::read(body).map_err(unreadable)?;
    if request.is_approval() {
        signed.needs(Access::Approve)?;
    }
    let caller = signed.caller(key(&signed, &headers)?);
    let answer = request::carry_out(&site.app, caller, incident, request).await;
    site.live.tell();
    let answer = answer.map_err(|error| signed.problem(&error))?;
    match &answer {
        Answer::Drafted(draft) if !answer.is_done() => Err(signed.trouble(&Trouble::NotDrafted(draft.clone()))),
        _ => Ok(Json(answer.told(&signed.locale))),
    }
}
