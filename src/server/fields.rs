//! A form as a browser sends it: its fields as they stand, and by their names.

use std::ops::Deref;

use axum::Form;
use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::response::Response;

use super::api::{Problem, Trouble};
use super::auth::{Reader, local_path};
use super::site::Site;

/// The fields of a form, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What was written; nothing where there is no such field.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The page to go on to once it is done, where the form names one of this console.
    pub(crate) fn back<'a>(&'a self, otherwise: &'a str) -> &'a str {
        self.get("back").and_then(local_path).unwrap_or(otherwise)
    }
}

impl Deref for Fields {
    type Target = [(String, String)];

    fn deref(&self) -> &[(String, String)] {
        &self.0
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl FromRequest<Site> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request<Body>, site: &Site) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        match Form::from_request(Request::from_parts(parts.clone(), body), site).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(rejection) => {
                let reader = Reader::from_request_parts(&mut parts, site).await?;
                Err(reader.tell(Problem::new(&trouble(&rejection), reader.language)))
            }
        }
    }
}

fn trouble(rejection: &FormRejection) -> Trouble {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Trouble::LongForm,
        _ => Trouble::Unreadable(rejection.body_text()),
    }
}
