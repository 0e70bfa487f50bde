//! What is answered to those who may not, and to any other error: a page or a problem document.

use axum::extract::OriginalUri;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::{Reader, language, local_path};
use crate::app::{Error, Refusal};
use crate::server::api::Problem;
use crate::server::site::Site;

/// What an error answers, to a page as a page and to the interface as a problem.
pub(crate) fn refuse(parts: &Parts, site: &Site, error: &Error) -> Response {
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
    match error {
        _ if is_interface(uri) => Problem::of(error, language(parts, site)).into_response(),
        Error::Access(Refusal::NotSignedIn) => to_sign_in(parts, uri),
        _ => Reader::stranger(parts, site).refuse(error),
    }
}

/// Whether an address is the interface's, which programs ask.
pub(super) fn is_interface(uri: &Uri) -> bool {
    uri.path() == "/api" || uri.path().starts_with("/api/")
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
