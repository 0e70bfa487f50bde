//! Who reads a page, signed in or not: which page, in which language, by which way they came.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri, Query};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::json;

use super::{Signed, Way, language, refuse, signed, way};
use crate::app::people::Place;
use crate::app::{App, Error};
use crate::locale::Locale;
use crate::server::api::Problem;
use crate::server::console::Refused;
use crate::server::frame::Frame;
use crate::server::site::Site;
use crate::server::views::Language;

/// Whoever asks for a page. As an argument of a handler it lets everyone in.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) site: Site,
    pub(crate) signed: Option<Signed>,
    pub(crate) language: Language,
    pub(crate) locale: Locale,
    /// The page as its address names it, with what stands behind the question mark.
    pub(crate) path: String,
    /// What stands there, by name.
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) place: Place,
    pub(crate) way: Way,
    /// What was refused of a form of the page that is asked for.
    pub(crate) refused: Option<Refused>,
    /// The host that the request names.
    host: String,
}

impl Reader {
    /// Somebody of whom nothing but the request is known.
    pub(super) fn stranger(parts: &Parts, site: &Site) -> Self {
        Self::of(parts, site, None)
    }

    fn of(parts: &Parts, site: &Site, signed: Option<Signed>) -> Self {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
        let language = signed.as_ref().map_or_else(|| language(parts, site), |signed| signed.language);
        Self {
            site: site.clone(),
            signed,
            language,
            locale: language.locale(),
            path: path(uri),
            query: query(uri),
            place: way::place(parts, site),
            way: Way::of(parts, site),
            refused: None,
            host: way::host(parts).map(|host| host.to_string()).unwrap_or_default(),
        }
    }

    /// The same reader on the page that a form of theirs came from, with what was refused of it.
    pub(crate) fn again(&self, page: &Uri, refused: Refused) -> Self {
        Self { path: path(page), query: query(page), refused: Some(refused), ..self.clone() }
    }

    pub(crate) fn app(&self) -> &Arc<App> {
        &self.site.app
    }

    /// What the address says under this name.
    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// The address under which somebody else reaches what is under this path.
    pub(crate) fn console(&self, path: &str) -> String {
        self.app().console_address(path).unwrap_or_else(|| format!("http://{}{path}", self.host))
    }

    /// A page for them, its title in the words of this key.
    pub(crate) fn frame(&self, title: &'static str) -> Frame<'_> {
        Frame::new(self, title)
    }

    /// What was found or done as its page says it; the same page for everything that went wrong.
    pub(crate) fn answer<T>(&self, found: Result<T, Error>, page: impl FnOnce(T) -> Response) -> Response {
        match found {
            Ok(found) => page(found),
            Err(error) => self.refuse(&error),
        }
    }

    pub(crate) fn refuse(&self, error: &Error) -> Response {
        self.tell(Problem::of(error, self.language))
    }

    /// Says on a page of its own what went wrong.
    pub(crate) fn tell(&self, problem: Problem) -> Response {
        let title = match problem.status() {
            StatusCode::NOT_FOUND => "refused.missing",
            StatusCode::FORBIDDEN => "refused.forbidden",
            _ => "refused.title",
        };
        self.frame(title).alone(problem).fill("refused", &json!({}))
    }
}

impl FromRequestParts<Site> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        if let Some(known) = parts.extensions.remove::<Self>() {
            return Ok(known);
        }
        let signed = signed(parts, site).await.map_err(|error| refuse(parts, site, &error))?;
        Ok(Self::of(parts, site, signed))
    }
}

fn path(uri: &Uri) -> String {
    uri.path_and_query().map_or("/", |path| path.as_str()).to_owned()
}

fn query(uri: &Uri) -> BTreeMap<String, String> {
    Query::try_from_uri(uri).map(|Query(query)| query).unwrap_or_default()
}
