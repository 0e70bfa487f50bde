//! Reading requests: the incident a path names, the query, a JSON body, the idempotency key.

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::problem::{Problem, Trouble};
use crate::app::{Access, Error, Fallback};
use crate::incident::IncidentId;
use crate::server::auth::Signed;
use crate::server::site::Site;

/// What a body may hold: a list of all contacts that are affected may be long.
pub(super) const LONGEST: usize = 2 * 1024 * 1024;
const LONGEST_KEY: usize = 200;
const A_PAGE: usize = 100;
const LONGEST_PAGE: u32 = 1000;

impl Signed {
    /// What an error answers to whoever asked.
    pub(super) fn problem(&self, error: &Error) -> Problem {
        Problem::of(error, self.language)
    }

    pub(super) fn trouble(&self, trouble: &Trouble) -> Problem {
        Problem::new(trouble, self.language)
    }

    /// Refuses whoever may not do what needs this access.
    pub(super) fn needs(&self, access: Access) -> Result<(), Problem> {
        self.may(access).map_err(|refusal| self.problem(&Error::Access(refusal)))
    }
}

/// Somebody who asks about one incident: `INC-7`, `7`, or its id.
pub(super) struct About {
    pub(super) signed: Signed,
    pub(super) incident: IncidentId,
}

impl FromRequestParts<Site> for About {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let signed = Signed::from_request_parts(parts, site).await?;
        let named: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, site).await;
        let named = match &named {
            Ok(Path(named)) => named.as_str(),
            // What is no text names nothing.
            Err(_) => "",
        };
        match site.app.which(Some(named), Fallback::NotClosed).await {
            Ok(incident) => Ok(Self { signed, incident }),
            Err(error) => Err(signed.problem(&error).into_response()),
        }
    }
}

/// What stands behind the question mark.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Site> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Problem> {
        let read = Query::from_request_parts(parts, site).await;
        let wrong = |rejection: axum::extract::rejection::QueryRejection| {
            Problem::new(&Trouble::BadQuery(reason(&rejection)), super::reader(&parts.headers))
        };
        read.map(|Query(asked)| Self(asked)).map_err(wrong)
    }
}

/// Why it could not be read, without what the library says before it.
fn reason(rejection: &dyn std::error::Error) -> String {
    let mut innermost = rejection;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// A JSON object that somebody sent.
pub(super) struct Object(pub(super) Map<String, Value>);

impl FromRequest<Site> for Object {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, _: &Site) -> Result<Self, Problem> {
        let language = super::reader(request.headers());
        let refused = |trouble| Problem::new(&trouble, language);
        if !is_json(request.headers()) {
            return Err(refused(Trouble::NotJson));
        }
        let announced =
            request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length: usize| length > LONGEST) {
            return Err(refused(Trouble::TooLarge { most: LONGEST }));
        }
        let bytes = match axum::body::to_bytes(request.into_body(), LONGEST).await {
            Ok(bytes) => bytes,
            Err(error) if is_too_long(&error) => return Err(refused(Trouble::TooLarge { most: LONGEST })),
            Err(error) => return Err(refused(Trouble::Unreadable(error.to_string()))),
        };
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(_) => Err(refused(Trouble::Unreadable("it is no JSON object".to_owned()))),
            Err(error) => Err(refused(Trouble::Unreadable(error.to_string()))),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.to_string() == "length limit exceeded" {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The key under which the same request again gives the same answer; none where the caller wants none.
pub(super) fn key(signed: &Signed, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let fits =
        |key: &&str| (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let key = key.to_str().ok().filter(fits).ok_or_else(|| {
        signed.trouble(&Trouble::BadHeader {
            name: "Idempotency-Key",
            why: "holds 1 to 200 ASCII characters",
            chinese: "应为 1 到 200 个 ASCII 字符",
        })
    })?;
    Ok(Some(key.to_owned()))
}

/// How many of a list are on a page.
pub(super) fn most(signed: &Signed, asked: Option<u32>) -> Result<usize, Problem> {
    match asked {
        None => Ok(A_PAGE),
        Some(asked @ 1..=LONGEST_PAGE) => Ok(asked as usize),
        Some(_) => Err(signed.trouble(&Trouble::BadQuery(format!("`limit` is 1 to {LONGEST_PAGE}")))),
    }
}
