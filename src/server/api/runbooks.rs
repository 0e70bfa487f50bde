//! `/api/v1/runbooks`: what an incident can be declared by.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::app::view::RunbookHead;
use crate::server::auth::Signed;
use crate::server::site::Site;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Runbooks {
    runbooks: Vec<RunbookLine>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunbookLine {
    id: String,
    title: String,
    summary: Option<String>,
    /// The highest first.
    severities: Vec<SeverityLine>,
    /// Whether it is one that Muster ships.
    shipped: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SeverityLine {
    id: String,
    /// When it is this severe.
    means: String,
}

impl From<RunbookHead> for RunbookLine {
    fn from(head: RunbookHead) -> Self {
        let severities = head.severities.into_iter().map(|(id, means)| SeverityLine { id, means });
        Self {
            id: head.id,
            title: head.title,
            summary: head.summary,
            severities: severities.collect(),
            shipped: head.file.is_none(),
        }
    }
}

/// Lists the runbooks at hand; those with errors are left out.
#[utoipa::path(get, path = "/api/v1/runbooks", tag = "library", responses((status = 200, body = Runbooks)))]
pub(super) async fn list(State(site): State<Site>, signed: Signed) -> Result<Json<Runbooks>, Problem> {
    let heads = site.app.runbooks(&signed.locale).map_err(|error| signed.problem(&error))?;
    Ok(Json(Runbooks { runbooks: heads.into_iter().map(Into::into).collect() }))
}
