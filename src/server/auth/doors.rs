//! The doors of the private listener: which requests come in at all, and what every answer says to the browser.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::refused::is_interface;
use super::way::{self, Named};
use super::{Reader, language, slow};
use crate::server::api::{Problem, Trouble};
use crate::server::site::Site;

/// What a request's body may be long where its route says nothing else.
const LONGEST_BODY: usize = 2 * 1024 * 1024;

/// What everything may ask that has no name for us: whether we are there and well, with nothing about anybody.
const FOR_ANYONE: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// What every answer tells the browser. Nothing comes from elsewhere, nothing runs that is written in a page, nobody
/// shows a page of ours in theirs.
const SAID: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; \
         manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Everything behind the doors.
pub(crate) fn guarded(router: Router, site: &Site) -> Router {
    router
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(middleware::from_fn(slow::hurried))
        .layer(same_origin(site))
        .layer(middleware::from_fn_with_state(site.clone(), told_why))
        .layer(middleware::from_fn_with_state(site.clone(), known_name))
        .layer(middleware::map_response(said))
}

/// Writes of a browser come from our own pages; programs with a token send neither of the headers this goes by.
fn same_origin(site: &Site) -> CsrfLayer {
    let layer = CsrfLayer::new();
    match &site.app.settings().console.url {
        Some(url) => layer.clone().add_trusted_origin(url).unwrap_or(layer),
        None => layer,
    }
}

/// Tells whoever was led here by another site why nothing was done.
async fn told_why(State(site): State<Site>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    match response.extensions().get::<ProtectionError>() {
        None => response,
        Some(_) => {
            let problem = Problem::new(&Trouble::Forged, language(&parts, &site));
            match is_interface(&parts.uri) {
                true => problem.into_response(),
                false => Reader::stranger(&parts, &site).tell(problem),
            }
        }
    }
}

/// Refuses a name that is not ours: a page of somebody's whose name server leads here could read all answers.
async fn known_name(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (parts, body) = match FOR_ANYONE.contains(&request.uri().path()) {
        true => return next.run(request).await,
        false => request.into_parts(),
    };
    let stranger = match way::host(&parts) {
        Some(host) => Named::of(&host, site.app.settings()) == Named::Stranger,
        // No host at all is a client of old, no browser; a host that is none is nobody's.
        None => parts.headers.contains_key(header::HOST),
    };
    if !stranger {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let problem = Problem::new(&Trouble::StrangeHost, language(&parts, &site));
    if is_interface(&parts.uri) {
        return problem.into_response();
    }
    // As bare text: under this name there is nothing that a page is made of, and nowhere it could lead.
    let (message, help) = problem.told();
    let text = format!("{message}\n{}\n", help.unwrap_or_default());
    (problem.status(), [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// Adds what every answer says; an answer that says otherwise itself is left alone.
async fn said(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in SAID {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // What a signed-in person sees stays out of caches and of the next one's back button.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
