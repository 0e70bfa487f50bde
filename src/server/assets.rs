//! Style sheets, scripts and pictures of the console, named by their content so that browsers may keep them for good.

use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::site::Site;

pub(crate) async fn asset(State(site): State<Site>, Path(name): Path<String>, RawQuery(query): RawQuery) -> Response {
    let (Some(text), Some(kind)) = (site.views.asset(&name), kind(&name)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let version = query.as_deref().and_then(|query| query.strip_prefix("v=")).unwrap_or_default();
    let is_current = site.views.is_current(&name, version);
    let keep = if is_current { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)];
    (headers, text.to_owned()).into_response()
}

/// What a file is, by its name.
fn kind(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}
