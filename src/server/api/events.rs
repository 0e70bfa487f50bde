//! `/api/v1/incidents/{id}/events`: the journal told, once or as it grows.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::negotiate;
use super::problem::{Problem, Trouble};
use super::read::{About, Asked};
use crate::app::view::Timeline;
use crate::server::auth::Signed;
use crate::server::site::Site;

const JSON: &str = "application/json";
const STREAM: &str = "text/event-stream";
/// Proxies that hold answers back until there is more of them are asked to let these through.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Since {
    /// Only what came after this sequence number.
    after: Option<u64>,
    /// The same for those who can't send the header `Last-Event-ID`.
    last_event_id: Option<u64>,
}

/// Tells the events of an incident: those there are as JSON, or as `text/event-stream` also those to come.
///
/// An event's `id` is its sequence number, `event` its type, `data` an object as in the JSON. A stream resumes after
/// `Last-Event-ID`, which browsers send by themselves.
#[utoipa::path(
    get, path = "/api/v1/incidents/{id}/events", tag = "incidents",
    params(
        ("id" = String, Path, description = "`INC-7`, `7`, or the id inside"),
        ("Last-Event-ID" = Option<u64>, Header, description = "the newest event seen; before the query's"),
        Since
    ),
    responses((status = 200, content((Timeline = "application/json"), (String = "text/event-stream"))))
)]
pub(super) async fn events(
    State(site): State<Site>,
    About { signed, incident }: About,
    Asked(since): Asked<Since>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = match last_seen(&signed, &headers)? {
        Some(seen) => seen,
        None => since.last_event_id.or(since.after).unwrap_or(0),
    };
    if negotiate::best(&headers, &[JSON, STREAM]) == Some(STREAM) {
        let body = site.live.events(incident, signed.language, after);
        let headers = [(header::CONTENT_TYPE, STREAM), (header::CACHE_CONTROL, "no-store"), UNBUFFERED];
        return Ok((headers, body).into_response());
    }
    let events = site.app.events_after(incident, after, &signed.locale).await;
    let events = events.map_err(|error| signed.problem(&error))?;
    Ok(Json(Timeline { events }).into_response())
}

fn last_seen(signed: &Signed, headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(header) = headers.get("last-event-id").filter(|header| !header.is_empty()) else { return Ok(None) };
    let seen = header.to_str().ok().and_then(|seen| seen.parse().ok());
    let wrong =
        || Trouble::BadHeader {
            name: "Last-Event-ID", why: "is the number of an event", chinese: "应为记录的编号"
        };
    seen.map(Some).ok_or_else(|| signed.trouble(&wrong()))
}
