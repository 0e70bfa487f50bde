//! Unsubscribing by the link of a mail: asking shows what it would do, and only a press of the button does it.
//!
//! Mail programs press it by a POST of their own (RFC 8058); link scanners, which only ask, change nothing.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header::{self, HeaderValue};
use axum::http::{Method, Request, Response, StatusCode};
use hyper::body::{Bytes, Incoming};
use serde::Serialize;

use super::answer::{plain, refused};
use super::set::{Payload, guarded};
use super::{PageSite, pages};
use crate::app::{Error, Kind};
use crate::server::views::Language;

/// A form of one field; mail programs may send it in parts with long boundaries.
const LARGEST: usize = 4096;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// No token is longer.
const LONGEST: usize = 512;

/// How far it has come; the template says it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    Ask,
    Done,
    Already,
    Unknown,
    Later,
}

#[derive(Debug, Serialize)]
struct Unsubscribing {
    stage: Stage,
    asks: bool,
    address: String,
}

pub(super) async fn answer(
    site: &PageSite,
    token: &str,
    language: Language,
    request: Request<Incoming>,
) -> Response<Payload> {
    if token.len() > LONGEST {
        return page(site, language, StatusCode::NOT_FOUND, Stage::Unknown, String::new());
    }
    let named = match *request.method() {
        Method::GET | Method::HEAD => site.app.unsubscription(token).await.map(|named| (named, false)),
        Method::POST => {
            // What it says makes no difference: the link is the proof, and pressing the button the wish.
            match tokio::time::timeout(PATIENCE, to_bytes(Body::new(request.into_body()), LARGEST)).await {
                Ok(Ok(_)) => site.app.unsubscribe(token).await.map(|named| (named, true)),
                Ok(Err(_)) => return plain(StatusCode::PAYLOAD_TOO_LARGE),
                Err(_) => return plain(StatusCode::REQUEST_TIMEOUT),
            }
        }
        _ => return refused("GET, HEAD, POST"),
    };
    match named {
        Ok((named, done)) => {
            let stage = match (named.already, done) {
                (_, true) => Stage::Done,
                (true, false) => Stage::Already,
                (false, false) => Stage::Ask,
            };
            page(site, language, StatusCode::OK, stage, masked(&named.address))
        }
        Err(error) => failed(site, language, &error),
    }
}

fn failed(site: &PageSite, language: Language, error: &Error) -> Response<Payload> {
    match error.kind() {
        Kind::NotFound | Kind::Refused => page(site, language, StatusCode::NOT_FOUND, Stage::Unknown, String::new()),
        Kind::StoreUnavailable | Kind::Fault => {
            let mut response = page(site, language, StatusCode::SERVICE_UNAVAILABLE, Stage::Later, String::new());
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
            response
        }
    }
}

fn page(site: &PageSite, language: Language, status: StatusCode, stage: Stage, address: String) -> Response<Payload> {
    let own = Unsubscribing { asks: matches!(stage, Stage::Ask), stage, address };
    let Ok(text) = pages::unsubscribe(&site.press(), language, own) else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut response = Response::new(Payload::new(Bytes::from(text)));
    *response.status_mut() = status;
    let mut headers = guarded();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.as_str()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    headers.insert(header::HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    *response.headers_mut() = headers;
    response
}

/// An address as its owner knows it again and nobody else learns it: mails are forwarded, links with them.
fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    if domain.is_empty() { format!("{first}…") } else { format!("{first}…@{domain}") }
}
