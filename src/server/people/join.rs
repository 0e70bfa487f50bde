//! Accepting a link: the first account, an invitation, a new password. Looking at it does nothing.

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::sign_in::{end_session_here, given};
use crate::app::Error;
use crate::app::people::{Acceptance, password};
use crate::server::auth::{Reader, cookie, see_other};
use crate::server::fields::Fields;

pub(super) async fn page(reader: Reader, Path(token): Path<String>) -> Response {
    show(&reader, &token, &Fields::default(), None).await
}

pub(super) async fn accept(reader: Reader, Path(token): Path<String>, headers: HeaderMap, fields: Fields) -> Response {
    if !reader.way.is_safe() {
        return show(&reader, &token, &fields, None).await;
    }
    let acceptance = Acceptance {
        person: Some(fields.value("person").to_owned()),
        name: fields.value("name").to_owned(),
        password: fields.value("password").to_owned(),
        locale: None,
    };
    match reader.app().accept(&token, &acceptance, &reader.place).await {
        Ok(session) => {
            end_session_here(&reader, &headers).await;
            given(see_other("/"), &cookie::given(&session, reader.way))
        }
        Err(error) => show(&reader, &token, &fields, Some(error)).await,
    }
}

async fn show(reader: &Reader, token: &str, fields: &Fields, refusal: Option<Error>) -> Response {
    let (invited, refusal) = match reader.app().invited(token).await {
        Ok(invited) => (Some(invited), refusal),
        Err(error) => (None, Some(error)),
    };
    let invited = invited.as_ref();
    let name = Some(fields.value("name")).filter(|name| !name.is_empty());
    let data = json!({
        "link": invited.map(|invited| json!({
            "path": format!("/join/{token}"),
            "person": invited.person.as_ref().map(|person| &person.0),
            "access": invited.access,
            "has_account": invited.has_account,
        })),
        "person": fields.value("person"),
        "name": name.or(invited.map(|invited| invited.name.as_str())).unwrap_or_default(),
        "shortest": password::SHORTEST,
        "is_open": !reader.way.is_safe(),
    });
    reader.frame("join.title").refused(refusal.as_ref()).fill("join", &data)
}
