//! One's own account: password, sessions, tokens.

use std::time::Duration;

use axum::response::Response;
use serde_json::{Value, json};

use super::browser::label;
use super::sign_in::given;
use crate::app::people::{NewToken, Token, Via, password as rules};
use crate::app::{Access, Error};
use crate::server::auth::{cookie, see_other};
use crate::server::desk::Desk;
use crate::server::fields::Fields;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) async fn page(desk: Desk) -> Response {
    show(&desk, Ok(None)).await
}

pub(super) async fn password(desk: Desk, fields: Fields) -> Response {
    let (old, new) = (fields.value("old"), fields.value("new"));
    let done = desk.app().change_password(&desk.me, old, new, &desk.place).await;
    tell(&desk, done, "password").await
}

pub(super) async fn end_session(desk: Desk, fields: Fields) -> Response {
    let done = desk.app().end_own_session(&desk.me, fields.value("id")).await;
    tell(&desk, done, "session").await
}

pub(super) async fn end_sessions(desk: Desk) -> Response {
    match desk.app().end_own_sessions(&desk.me).await {
        Ok(_) => given(see_other("/sign-in"), &cookie::taken(desk.way)),
        Err(error) => show(&desk, Err(&error)).await,
    }
}

pub(super) async fn make_token(desk: Desk, fields: Fields) -> Response {
    let made = async {
        let access = fields.value("access").parse().map_err(|_| Error::bad_form("the token has no access"))?;
        // Days until it ends; none: until it is revoked.
        let lasts = fields.value("days").parse().ok().map(|days: u16| DAY * u32::from(days));
        desk.app().make_token(&desk.me, &NewToken { name: fields.value("name").to_owned(), access, lasts }).await
    };
    let made = made.await;
    show(&desk, made.as_ref().map(Some)).await
}

pub(super) async fn revoke_token(desk: Desk, fields: Fields) -> Response {
    let done = desk.app().revoke_token(&desk.me, fields.value("id")).await;
    tell(&desk, done, "token").await
}

async fn tell(desk: &Desk, done: Result<(), Error>, what: &str) -> Response {
    match done {
        Ok(()) => see_other(&format!("/me?done={what}")),
        Err(error) => show(desk, Err(&error)).await,
    }
}

/// The page with what was refused, or with a token that was made: in the answer itself, so that no address and no
/// later page holds it.
async fn show(desk: &Desk, told: Result<Option<&Token>, &Error>) -> Response {
    let me = match own(desk).await {
        Ok(me) => me,
        Err(error) => return desk.refuse(&error),
    };
    let data = json!({ "me": me, "token": told.ok().flatten().map(Token::reveal) });
    desk.frame("me.title").at("/me").done(desk.asked("done")).refused(told.err()).fill("me", &data)
}

async fn own(desk: &Desk) -> Result<Value, Error> {
    let me = &desk.me;
    let sessions = desk.app().own_sessions(me).await?.into_iter();
    let sessions: Vec<Value> =
        sessions.map(|session| json!({ "browser": label(&session.browser), "session": session })).collect();
    let accesses: Vec<Access> = Access::ALL.into_iter().filter(|access| *access <= me.access).collect();
    Ok(json!({
        "person": me.person.0,
        "name": me.name,
        "access": me.access,
        "sessions": sessions,
        "tokens": desk.app().own_tokens(me).await?,
        "accesses": accesses,
        "has_password": matches!(me.via, Via::Session(_)),
        "shortest": rules::SHORTEST,
    }))
}
