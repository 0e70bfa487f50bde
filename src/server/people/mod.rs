//! The pages about people: signing in, accepting a link, one's own account, everybody's.

mod browser;
mod join;
mod language;
mod me;
mod sign_in;
mod team;

use axum::Router;
use axum::routing::{get, post};

use super::site::Site;

/// Everything here but signing in and accepting a link is for those who are signed in.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/join/{token}", get(join::page).post(join::accept))
        .route("/language", post(language::choose))
        .route("/me", get(me::page))
        .route("/me/password", post(me::password))
        .route("/me/end-session", post(me::end_session))
        .route("/me/end-sessions", post(me::end_sessions))
        .route("/me/make-token", post(me::make_token))
        .route("/me/revoke-token", post(me::revoke_token))
        .route("/people", get(team::page))
        .route("/people/invite", post(team::invite))
        .route("/people/withdraw", post(team::withdraw))
        .route("/people/amend", post(team::amend))
        .route("/people/close", post(team::close))
        .route("/people/sign-out", post(team::sign_out))
        .route("/people/revoke-token", post(team::revoke_token))
}
