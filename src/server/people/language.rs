//! The language somebody reads in: of their account where they have one, else of their browser.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::sign_in::given;
use crate::app::people::Via;
use crate::server::auth::{Reader, cookie, local_path, refuse_reader, see_other};
use crate::server::site::Site;
use crate::server::views::Language;

#[derive(Deserialize)]
pub(super) struct Chosen {
    to: String,
    #[serde(default)]
    back: String,
}

pub(super) async fn choose(State(site): State<Site>, reader: Reader, Form(chosen): Form<Chosen>) -> Response {
    let back = see_other(local_path(&chosen.back).unwrap_or("/"));
    let Some(language) = Language::tagged(&chosen.to) else { return back };
    if let Some(signed) = reader.signed.as_ref().filter(|signed| matches!(signed.via, Via::Session(_)))
        && let Err(error) = site.app.choose_locale(signed, Some(language.locale())).await
    {
        return refuse_reader(&site, &reader, &error);
    }
    given(back, &cookie::language(language, reader.way))
}
