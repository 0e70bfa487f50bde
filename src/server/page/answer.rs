//! From a request to its answer: a look into the set, in the reader's language; only unsubscribing asks anyone else.

use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, Request, Response, StatusCode, Uri};
use hyper::body::Incoming;

use super::PageSite;
use super::set::{Payload, Set, guarded};
use super::unsubscribe;
use crate::server::views::Language;

/// Below this the links of mails lead.
const UNSUBSCRIBE: &str = "/unsubscribe/";

pub(super) async fn answer(site: &PageSite, request: Request<Incoming>) -> Response<Payload> {
    let language = language(request.uri(), request.headers(), site.language);
    match request.uri().path().strip_prefix(UNSUBSCRIBE) {
        Some(token) if !token.is_empty() => {
            let token = token.to_owned();
            unsubscribe::answer(site, &token, language, request).await
        }
        Some(_) | None => look(&site.current(), request.method(), request.uri(), request.headers(), language),
    }
}

/// What the set has for a request.
pub(super) fn look(
    set: &Set,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    language: Language,
) -> Response<Payload> {
    let path = uri.path();
    let found = set.find(path, language);
    if found.is_some() && method != Method::GET && method != Method::HEAD {
        return refused("GET, HEAD");
    }
    if let Some(resource) = found {
        return resource.answer(headers, StatusCode::OK);
    }
    let shorter = path.trim_end_matches('/');
    if !shorter.is_empty() && shorter.len() < path.len() && set.holds(shorter) {
        return moved(shorter, path.len() - shorter.len(), uri.query());
    }
    match set.missing(language) {
        Some(resource) => resource.answer(headers, StatusCode::NOT_FOUND),
        None => plain(StatusCode::NOT_FOUND),
    }
}

/// The reader's language: the one asked for, else the best of those they read, else the installation's.
fn language(uri: &Uri, headers: &HeaderMap, otherwise: Language) -> Language {
    let asked = uri.query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("lang=")));
    let accepted = || {
        let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        Language::accepted(header)
    };
    asked.and_then(Language::tagged).or_else(accepted).unwrap_or(otherwise)
}

/// The same without the slashes at its end; relative, since the page may stand below any path.
fn moved(path: &str, slashes: usize, query: Option<&str>) -> Response<Payload> {
    let last = path.rsplit('/').next().unwrap_or_default();
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    let target = format!("{}{last}{query}", "../".repeat(slashes));
    let mut response = plain(StatusCode::PERMANENT_REDIRECT);
    if let Ok(target) = HeaderValue::from_str(&target) {
        response.headers_mut().insert(header::LOCATION, target);
    }
    response
}

/// The answer to a method that is not for this path.
pub(super) fn refused(allowed: &'static str) -> Response<Payload> {
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// An answer that its status says all of.
pub(super) fn plain(status: StatusCode) -> Response<Payload> {
    let mut response = Response::new(Payload::none());
    *response.status_mut() = status;
    *response.headers_mut() = guarded();
    response
}
