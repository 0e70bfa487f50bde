//! `/api/v1/incidents/{id}/retrospective`: the document as it stands, as JSON, Markdown or HTML.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::negotiate;
use super::problem::{Problem, Trouble};
use super::read::{About, Asked};
use crate::locale::Locale;
use crate::retrospective::Edition;
use crate::server::site::Site;

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Form {
    Json,
    Md,
    Html,
}

const FORMS: [(&str, Form); 3] =
    [("application/json", Form::Json), ("text/markdown", Form::Md), ("text/html", Form::Html)];

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum EditionName {
    #[default]
    Internal,
    Public,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Instead of what `Accept` likes best.
    #[param(inline)]
    format: Option<Form>,
    #[serde(default)]
    #[param(inline, required = false)]
    edition: EditionName,
    /// The language to write it in; the reader's own where none is named.
    #[param(value_type = Option<String>)]
    locale: Option<String>,
}

/// Writes the retrospective as of now; before the incident is resolved it says that it is unfinished.
#[utoipa::path(
    get, path = "/api/v1/incidents/{id}/retrospective", tag = "incidents",
    params(("id" = String, Path, description = "`INC-7`, `7`, or the id inside"), Wanted),
    responses((
        status = 200,
        content((super::describe::Retrospective = "application/json"), (String = "text/markdown"), (String = "text/html"))
    ))
)]
pub(super) async fn retrospective(
    State(site): State<Site>,
    About { signed, incident }: About,
    Asked(wanted): Asked<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let locale: Locale = match wanted.locale.as_deref().map(str::parse) {
        None => signed.locale.clone(),
        Some(Ok(locale)) => locale,
        Some(Err(error)) => {
            let error: crate::locale::Error = error;
            return Err(signed.trouble(&Trouble::BadQuery(error.to_string())));
        }
    };
    let edition = match wanted.edition {
        EditionName::Internal => Edition::Internal,
        EditionName::Public => Edition::Public,
    };
    let document = site.app.retrospective(incident, edition, &locale).await;
    let document = document.map_err(|error| signed.problem(&error))?;
    let liked = || {
        let best = negotiate::best(&headers, &FORMS.map(|(kind, _)| kind));
        FORMS.iter().find(|(kind, _)| Some(*kind) == best).map_or(Form::Json, |(_, form)| *form)
    };
    Ok(match wanted.format.unwrap_or_else(liked) {
        Form::Json => Json(document.json()).into_response(),
        Form::Md => ([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], document.markdown()).into_response(),
        Form::Html => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], document.html()).into_response(),
    })
}
