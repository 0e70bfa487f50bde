//! Signing in and out.

use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde_json::json;

use crate::app::Error;
use crate::server::auth::{Reader, cookie, local_path, see_other};
use crate::server::fields::Fields;

pub(super) async fn page(reader: Reader) -> Response {
    let back = reader.asked("back").and_then(local_path).unwrap_or("/");
    if reader.signed.is_some() {
        return see_other(back);
    }
    show(&reader, "", back, None).await
}

pub(super) async fn sign_in(reader: Reader, headers: HeaderMap, fields: Fields) -> Response {
    let (person, back) = (fields.value("person"), fields.back("/"));
    if !reader.way.is_safe() {
        return show(&reader, person, back, None).await;
    }
    match reader.app().sign_in(person, fields.value("password"), &reader.place).await {
        Ok(token) => {
            // A session that somebody planted here, or another person's, ends where a new one begins.
            end_session_here(&reader, &headers).await;
            given(see_other(back), &cookie::given(&token, reader.way))
        }
        Err(error) => show(&reader, person, back, Some(&error)).await,
    }
}

pub(super) async fn sign_out(reader: Reader, headers: HeaderMap) -> Response {
    end_session_here(&reader, &headers).await;
    given(see_other("/sign-in"), &cookie::taken(reader.way))
}

/// Ends the session whose cookie a request brings along.
pub(super) async fn end_session_here(reader: &Reader, headers: &HeaderMap) {
    if let Some(token) = cookie::session(headers, reader.way) {
        // If it can't be ended now it ends by itself; the browser forgets it in any case.
        let _ = reader.app().sign_out(token).await;
    }
}

pub(super) fn given(mut response: Response, cookie: &axum::http::HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    response
}

async fn show(reader: &Reader, person: &str, back: &str, refusal: Option<&Error>) -> Response {
    // Whoever comes before anybody has an account is told where to begin.
    let is_first = !reader.app().has_accounts().await.unwrap_or(true);
    let data = json!({
        "person": person,
        "back": back,
        "is_first": is_first,
        "is_open": !reader.way.is_safe(),
    });
    reader.frame("sign_in.title").refused(refusal).fill("sign_in", &data)
}
