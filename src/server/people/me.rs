//! One's own account: password, sessions, tokens.

use std::time::Duration;

use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::browser::label;
use super::sign_in::given;
use crate::app::people::{NewToken, Token, Via, password as rules};
use crate::app::{Access, Error};
use crate::server::auth::{Reader, Signed, cookie, see_other};
use crate::server::frame::Frame;
use crate::server::site::Site;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Deserialize)]
pub(super) struct Done {
    done: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    old: String,
    #[serde(default)]
    new: String,
}

#[derive(Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    id: String,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    name: String,
    access: Access,
    /// Days until it ends; none: until it is revoked.
    #[serde(default)]
    days: String,
}

pub(super) async fn page(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Query(Done { done }): Query<Done>,
) -> Response {
    show(&site, &me, &reader, Told { done: done.as_deref(), ..Told::default() }).await
}

pub(super) async fn password(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(asked): Form<NewPassword>,
) -> Response {
    let done = site.app.change_password(&me, &asked.old, &asked.new, &reader.place).await;
    answer(&site, &me, &reader, done, "password").await
}

pub(super) async fn end_session(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(named): Form<Named>,
) -> Response {
    let done = site.app.end_own_session(&me, &named.id).await;
    answer(&site, &me, &reader, done, "session").await
}

pub(super) async fn end_sessions(State(site): State<Site>, me: Signed, reader: Reader) -> Response {
    match site.app.end_own_sessions(&me).await {
        Ok(_) => given(see_other("/sign-in"), &cookie::taken(reader.way)),
        Err(error) => show(&site, &me, &reader, Told { refusal: Some(error), ..Told::default() }).await,
    }
}

pub(super) async fn make_token(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(wanted): Form<Wanted>,
) -> Response {
    let lasts = wanted.days.parse().ok().map(|days: u16| DAY * u32::from(days));
    let asked = NewToken { name: wanted.name, access: wanted.access, lasts };
    let told = match site.app.make_token(&me, &asked).await {
        // Shown in the answer itself, so that no address and no later page holds it.
        Ok(token) => Told { token: Some(token), ..Told::default() },
        Err(error) => Told { refusal: Some(error), ..Told::default() },
    };
    show(&site, &me, &reader, told).await
}

pub(super) async fn revoke_token(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(named): Form<Named>,
) -> Response {
    let done = site.app.revoke_token(&me, &named.id).await;
    answer(&site, &me, &reader, done, "token").await
}

/// What the page says besides what there is.
#[derive(Default)]
struct Told<'a> {
    done: Option<&'a str>,
    refusal: Option<Error>,
    token: Option<Token>,
}

async fn answer(site: &Site, me: &Signed, reader: &Reader, done: Result<(), Error>, what: &str) -> Response {
    match done {
        Ok(()) => see_other(&format!("/me?done={what}")),
        Err(error) => show(site, me, reader, Told { refusal: Some(error), ..Told::default() }).await,
    }
}

async fn show(site: &Site, me: &Signed, reader: &Reader, told: Told<'_>) -> Response {
    let frame = Frame::new(site, reader, "me.title", "/me").done(told.done);
    let (sessions, tokens) = match (site.app.own_sessions(me).await, site.app.own_tokens(me).await) {
        (Ok(sessions), Ok(tokens)) => (sessions, tokens),
        (Err(error), _) | (_, Err(error)) => {
            return frame.refused(Some(&error)).fill("me", &json!({ "me": null, "token": null }));
        }
    };
    let sessions: Vec<Value> =
        sessions.into_iter().map(|session| json!({ "browser": label(&session.browser), "session": session })).collect();
    let accesses: Vec<Access> = Access::ALL.into_iter().filter(|access| *access <= me.access).collect();
    let data = json!({
        "me": {
            "person": me.person.0,
            "name": me.name,
            "access": me.access,
            "sessions": sessions,
            "tokens": tokens,
            "accesses": accesses,
            "has_password": matches!(me.via, Via::Session(_)),
            "shortest": rules::SHORTEST,
        },
        "token": told.token.as_ref().map(Token::reveal),
    });
    frame.refused(told.refusal.as_ref()).fill("me", &data)
}
