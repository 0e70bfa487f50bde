//! Accepting a link: the first account, an invitation, a new password. Looking at it does nothing.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::sign_in::{end_session_here, given};
use crate::app::Error;
use crate::app::people::{Acceptance, password};
use crate::server::auth::{Reader, cookie, see_other};
use crate::server::frame::Frame;
use crate::server::site::Site;

#[derive(Deserialize, Default)]
pub(super) struct Answer {
    #[serde(default)]
    person: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

pub(super) async fn page(State(site): State<Site>, Path(token): Path<String>, reader: Reader) -> Response {
    show(&site, &reader, &token, &Answer::default(), None).await
}

pub(super) async fn accept(
    State(site): State<Site>,
    Path(token): Path<String>,
    reader: Reader,
    headers: HeaderMap,
    Form(answer): Form<Answer>,
) -> Response {
    if !reader.way.is_safe() {
        return show(&site, &reader, &token, &answer, None).await;
    }
    let acceptance = Acceptance {
        person: Some(answer.person.clone()),
        name: answer.name.clone(),
        password: answer.password.clone(),
        locale: None,
    };
    match site.app.accept(&token, &acceptance, &reader.place).await {
        Ok(session) => {
            end_session_here(&site, &reader, &headers).await;
            given(see_other("/"), &cookie::given(&session, reader.way))
        }
        Err(error) => show(&site, &reader, &token, &answer, Some(error)).await,
    }
}

async fn show(site: &Site, reader: &Reader, token: &str, answer: &Answer, refusal: Option<Error>) -> Response {
    let (invited, refusal) = match site.app.invited(token).await {
        Ok(invited) => (Some(invited), refusal),
        Err(error) => (None, Some(error)),
    };
    let data = json!({
        "link": invited.as_ref().map(|invited| json!({
            "path": format!("/join/{token}"),
            "person": invited.person.as_ref().map(|person| &person.0),
            "access": invited.access,
            "has_account": invited.has_account,
        })),
        "person": answer.person,
        "name": if answer.name.is_empty() { invited.as_ref().map(|invited| invited.name.as_str()).unwrap_or_default() } else { &answer.name },
        "shortest": password::SHORTEST,
        "is_open": !reader.way.is_safe(),
    });
    let path = format!("/join/{token}");
    Frame::new(site, reader, "join.title", &path).refused(refusal.as_ref()).fill("join", &data)
}
