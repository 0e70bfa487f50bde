//! Where somebody who is signed in works: what every page for them begins with, and where its forms are sent.

use std::ops::Deref;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{MethodRouter, post};

use super::auth::{Reader, Signed, refuse, see_other};
use super::site::Site;
use crate::app::{Access, Error, Refusal};

/// Somebody who is signed in, at a page.
///
/// As an argument of a handler it lets nobody else in: they are sent to sign in, and from there back.
pub(crate) struct Desk {
    pub(crate) me: Signed,
    pub(crate) reader: Reader,
}

impl Desk {
    pub(crate) fn may(&self, access: Access) -> Result<(), Error> {
        self.me.may(access).map_err(Error::Access)
    }
}

impl Deref for Desk {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl FromRequestParts<Site> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let reader = Reader::from_request_parts(parts, site).await?;
        match reader.signed.clone() {
            Some(me) => Ok(Self { me, reader }),
            None => Err(refuse(parts, site, &Error::Access(Refusal::NotSignedIn))),
        }
    }
}

/// Where a form is sent that stands on the page above it: whoever opens that address, by a link or anew after the form
/// was refused, comes to the page.
pub(crate) fn form<H: Handler<T, Site>, T: 'static>(handler: H) -> MethodRouter<Site> {
    post(handler).get(page_above)
}

async fn page_above(OriginalUri(uri): OriginalUri) -> Response {
    let page = uri.path().trim_end_matches('/').rsplit_once('/').map_or("", |(page, _)| page);
    see_other(if page.is_empty() { "/" } else { page })
}
