//! The language somebody reads in: of their account where they have one, else of their browser.

use axum::response::Response;

use super::sign_in::given;
use crate::app::people::Via;
use crate::server::auth::{Reader, cookie, see_other};
use crate::server::fields::Fields;
use crate::server::views::Language;

pub(super) async fn choose(reader: Reader, fields: Fields) -> Response {
    let back = see_other(fields.back("/"));
    let Some(language) = Language::tagged(fields.value("to")) else { return back };
    let kept = match reader.signed.as_ref().filter(|signed| matches!(signed.via, Via::Session(_))) {
        Some(signed) => reader.app().choose_locale(signed, Some(language.locale())).await,
        None => Ok(()),
    };
    reader.answer(kept, |()| given(back, &cookie::language(language, reader.way)))
}
