//! Signing in and out.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use crate::app::Error;
use crate::server::auth::{Reader, cookie, local_path, see_other};
use crate::server::frame::Frame;
use crate::server::site::Site;

#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    back: String,
}

#[derive(Deserialize)]
pub(super) struct Attempt {
    #[serde(default)]
    person: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    back: String,
}

pub(super) async fn page(State(site): State<Site>, Query(Back { back }): Query<Back>, reader: Reader) -> Response {
    let back = local_path(&back).unwrap_or("/");
    if reader.signed.is_some() {
        return see_other(back);
    }
    show(&site, &reader, "", back, None).await
}

pub(super) async fn sign_in(
    State(site): State<Site>,
    reader: Reader,
    headers: HeaderMap,
    Form(attempt): Form<Attempt>,
) -> Response {
    let back = local_path(&attempt.back).unwrap_or("/");
    if !reader.way.is_safe() {
        return show(&site, &reader, &attempt.person, back, None).await;
    }
    match site.app.sign_in(&attempt.person, &attempt.password, &reader.place).await {
        Ok(token) => {
            // A session that somebody planted here, or another person's, ends where a new one begins.
            end_session_here(&site, &reader, &headers).await;
            given(see_other(back), &cookie::given(&token, reader.way))
        }
        Err(error) => show(&site, &reader, &attempt.person, back, Some(&error)).await,
    }
}

pub(super) async fn sign_out(State(site): State<Site>, reader: Reader, headers: HeaderMap) -> Response {
    end_session_here(&site, &reader, &headers).await;
    given(see_other("/sign-in"), &cookie::taken(reader.way))
}

/// Ends the session whose cookie a request brings along.
pub(super) async fn end_session_here(site: &Site, reader: &Reader, headers: &HeaderMap) {
    if let Some(token) = cookie::session(headers, reader.way) {
        // If it can't be ended now it ends by itself; the browser forgets it in any case.
        let _ = site.app.sign_out(token).await;
    }
}

pub(super) fn given(mut response: Response, cookie: &axum::http::HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    response
}

async fn show(site: &Site, reader: &Reader, person: &str, back: &str, refusal: Option<&Error>) -> Response {
    // Whoever comes before anybody has an account is told where to begin.
    let is_first = !site.app.has_accounts().await.unwrap_or(true);
    let data = json!({
        "person": person,
        "back": back,
        "is_first": is_first,
        "is_open": !reader.way.is_safe(),
    });
    Frame::new(site, reader, "sign_in.title", "/sign-in").refused(refusal).fill("sign_in", &data)
}
