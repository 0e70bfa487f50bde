//! The pages about people: signing in, accepting a link, one's own account, everybody's.

mod browser;
mod join;
mod language;
mod me;
mod sign_in;
mod team;

use axum::Router;
use axum::routing::get;

use super::desk::form;
use super::site::Site;

/// Everything here but signing in and accepting a link is for those who are signed in.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", form(sign_in::sign_out))
        .route("/join/{token}", get(join::page).post(join::accept))
        .route("/language", form(language::choose))
        .route("/me", get(me::page))
        .route("/me/password", form(me::password))
        .route("/me/end-session", form(me::end_session))
        .route("/me/end-sessions", form(me::end_sessions))
        .route("/me/make-token", form(me::make_token))
        .route("/me/revoke-token", form(me::revoke_token))
        .route("/people", get(team::page))
        .route("/people/invite", form(team::invite))
        .route("/people/withdraw", form(team::withdraw))
        .route("/people/amend", form(team::amend))
        .route("/people/close", form(team::close))
        .route("/people/sign-out", form(team::sign_out))
        .route("/people/revoke-token", form(team::revoke_token))
}
