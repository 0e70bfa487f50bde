//! Who asks, and whether they may: the session's cookie or an API token, and what keeps strangers' requests out.

pub(crate) mod cookie;
mod doors;
mod reader;
mod refused;
mod slow;
mod way;

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;

pub(crate) use doors::guarded;
pub(crate) use reader::Reader;
pub(crate) use refused::{refuse, see_other};
pub(crate) use way::{Way, local_path};

use super::site::Site;
use super::views::Language;
use crate::app::{self, Caller, Refusal, SignedIn};
use crate::locale::Locale;

/// Somebody who is signed in, and the language they read.
///
/// As an argument of a handler it lets nobody else in: pages send them to sign in, the interface answers 401.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    who: SignedIn,
    pub(crate) language: Language,
    pub(crate) locale: Locale,
}

impl Signed {
    /// As whom they act.
    pub(crate) fn caller(&self, key: Option<String>) -> Caller {
        self.who.acting(self.locale.clone(), key)
    }
}

impl Deref for Signed {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.who
    }
}

impl FromRequestParts<Site> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        match signed(parts, site).await {
            Ok(Some(signed)) => Ok(signed),
            Ok(None) => Err(refuse(parts, site, &app::Error::Access(Refusal::NotSignedIn))),
            Err(error) => Err(refuse(parts, site, &error)),
        }
    }
}

async fn signed(parts: &Parts, site: &Site) -> Result<Option<Signed>, app::Error> {
    let who = match bearer(parts) {
        Some(token) => site.app.whose(token).await?,
        None => match cookie::session(&parts.headers, Way::of(parts, site)) {
            Some(token) => site.app.who(token).await?,
            None => None,
        },
    };
    let who = who.or_else(|| site.trial.as_ref().map(|trial| trial.visitor()));
    Ok(who.map(|who| {
        let language = who.chosen.as_ref().map_or_else(|| language(parts, site), Language::of);
        Signed { who, language, locale: language.locale() }
    }))
}

/// The token of an `Authorization` header (RFC 6750, 2.1).
fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, token) = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The language of somebody of whom only the request is known.
fn language(parts: &Parts, site: &Site) -> Language {
    if let Some(chosen) = cookie::chosen(&parts.headers) {
        return chosen;
    }
    let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
    accepted.and_then(Language::accepted).unwrap_or_else(|| Language::of(&site.app.settings().locale))
}
