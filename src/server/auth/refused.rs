//! What is answered to those who may not, and to any other error: a page or a problem document.

use axum::extract::OriginalUri;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{Reader, language, local_path};
use crate::app::{Error, Refusal};
use crate::server::api::Problem;
use crate::server::frame::Frame;
use crate::server::site::Site;
use crate::server::views::Language;

/// What an error answers, to a page as a page and to the interface as a problem.
pub(crate) fn refuse(parts: &Parts, site: &Site, error: &Error) -> Response {
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    if uri.path().starts_with("/api/") {
        return Problem::of(error, language(parts, site)).into_response();
    }
    match error {
        Error::Access(Refusal::NotSignedIn) => to_sign_in(parts, uri),
        _ => page(site, error, language(parts, site)),
    }
}

/// To the page where one signs in, and from there back to what was wanted.
fn to_sign_in(parts: &Parts, uri: &Uri) -> Response {
    let back = match parts.method {
        Method::GET | Method::HEAD => uri.path_and_query().map(|path| path.as_str()),
        // What was sent is lost, but not where it was written.
        _ => parts.headers.get(header::REFERER).and_then(|header| header.to_str().ok()).and_then(path_of),
    };
    let back = back.and_then(local_path).filter(|back| *back != "/");
    let to = match back {
        Some(back) => format!("/sign-in?{}", query("back", back)),
        None => "/sign-in".to_owned(),
    };
    see_other(&to)
}

/// The path of a whole address.
fn path_of(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    rest.find('/').map(|at| &rest[at..])
}

fn query(key: &str, value: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
    let written =
        value.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    format!("{key}={}", written.collect::<String>())
}

/// Sends a browser on, after a form that did something.
pub(crate) fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// The same for a reader who is known already.
pub(crate) fn refuse_reader(site: &Site, reader: &Reader, error: &Error) -> Response {
    page(site, error, reader.language)
}

fn page(site: &Site, error: &Error, language: Language) -> Response {
    let frame = Frame::of_nobody(site, language, "refused.title").refused(Some(error));
    frame.fill("refused", &json!({}))
}

/// Says when to come back (RFC 9110, 10.2.3).
pub(crate) fn say_when(error: &Error, response: &mut Response) {
    if let Error::Access(Refusal::Throttled { wait }) = error {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    }
}
