//! The interface for other systems, `/api/v1`: each route translates a request into one of the conductor's and back.

mod commands;
mod contacts;
mod deliveries;
mod describe;
mod events;
mod follow_ups;
mod incidents;
mod negotiate;
mod problem;
mod read;
mod retrospective;
mod runbooks;

use axum::Router;
use axum::extract::OriginalUri;
use axum::http::{HeaderMap, Method};
use axum::routing::{MethodRouter, any, get, post};

pub(crate) use problem::{Problem, Trouble};

use super::site::Site;
use super::views::Language;

/// Every route of the interface; the description says the same of each, and a test compares them.
fn routes() -> Vec<(&'static str, MethodRouter<Site>)> {
    vec![
        ("/api/v1/openapi.json", get(describe::document)),
        ("/api/v1/incidents", get(incidents::list).post(incidents::start)),
        ("/api/v1/incidents/{id}", get(incidents::show)),
        ("/api/v1/incidents/{id}/commands", post(commands::command)),
        ("/api/v1/incidents/{id}/events", get(events::events)),
        ("/api/v1/incidents/{id}/retrospective", get(retrospective::retrospective)),
        ("/api/v1/runbooks", get(runbooks::list)),
        ("/api/v1/deliveries", get(deliveries::list)),
        ("/api/v1/contacts", get(contacts::list)),
        ("/api/v1/followups", get(follow_ups::list)),
    ]
}

pub(crate) fn router() -> Router<Site> {
    let known = routes().into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods));
    known.method_not_allowed_fallback(not_allowed).route("/api", any(missing)).route("/api/{*rest}", any(missing))
}

async fn missing(OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Problem {
    Problem::new(&Trouble::NoRoute(uri.path().to_owned()), reader(&headers))
}

async fn not_allowed(method: Method, headers: HeaderMap) -> Problem {
    Problem::new(&Trouble::NotAllowed(method), reader(&headers))
}

/// The language of someone who may not be signed in.
fn reader(headers: &HeaderMap) -> Language {
    let header = headers.get(axum::http::header::ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
    header.and_then(Language::accepted).unwrap_or(Language::English)
}

#[cfg(test)]
mod tests;
