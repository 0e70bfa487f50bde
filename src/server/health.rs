//! `/healthz` and `/readyz`: whether the process is alive, and whether it can be worked with.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::site::Site;

/// How long the store is waited for; whoever asks has a limit of their own.
const PATIENCE: Duration = Duration::from_secs(3);

/// The process answers.
pub(crate) async fn alive() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "ok\n").into_response()
}

/// The store can be read and is written to, and a worker is at work; with 503 it says what is wrong.
pub(crate) async fn ready(State(site): State<Site>) -> Response {
    let problems = match tokio::time::timeout(PATIENCE, site.app.ailments()).await {
        Ok(ailments) => {
            ailments.into_iter().map(|ailment| json!({ "code": ailment.code, "message": ailment.message })).collect()
        }
        Err(_) => vec![json!({ "code": "store_unavailable", "message": "the store does not answer" })],
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": problems.is_empty(), "problems": problems }))).into_response()
}
