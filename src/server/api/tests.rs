//! That the description tells of every route and of nothing else, and that what is refused is a problem document.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

use super::{describe, router, routes};
use crate::app::{App, Outlet, Stop};
use crate::clock::Clock;
use crate::server::live::Live;
use crate::server::metrics::Metrics;
use crate::server::site::Site;
use crate::server::views::Views;
use crate::settings::{self, Overrides};

/// The interface of an installation where nothing has happened.
fn interface(folder: &tempfile::TempDir) -> Router {
    let config = folder.path().join("muster.toml");
    std::fs::write(&config, "store = \"sqlite:muster.db\"\n").expect("written");
    let overrides = Overrides { config: Some(config), ..Default::default() };
    let settings = settings::load(folder.path(), &overrides).expect("settings");
    let app = Arc::new(App::new(settings, Clock::System, Outlet::World));
    let views = Arc::new(Views::load(app.settings(), app.clock(), "console").expect("views"));
    let live = Arc::new(Live::new(Arc::clone(&app), Stop::default()));
    let metrics = Arc::new(Metrics::new());
    router().with_state(Site { app, views, live, metrics, trial: None })
}

async fn asked(router: &Router, method: &str, path: &str, language: &str) -> (StatusCode, String, Value) {
    let request = Request::builder().method(method).uri(path).header(header::ACCEPT_LANGUAGE, language);
    let response = router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let kind =
        parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
    (parts.status, kind, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test]
async fn every_route_is_described_and_nothing_else_is() {
    let described = describe::described();
    let paths = described["paths"].as_object().expect("paths");
    let told: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    assert_eq!(told, routes().iter().map(|(path, _)| *path).collect());
    let folder = tempfile::tempdir().expect("a folder");
    let interface = interface(&folder);
    for (path, methods) in paths {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let (status, _, _) = asked(&interface, method.as_str(), &path.replace("{id}", "INC-1"), "en").await;
            let is_told = methods.get(method.as_str().to_lowercase()).is_some();
            assert_eq!(status != StatusCode::METHOD_NOT_ALLOWED, is_told, "{method} {path}");
        }
    }
}

#[test]
fn every_answer_refers_to_what_is_described() {
    let document = describe::described();
    assert_eq!(document["openapi"], "3.1.0");
    let mut references = Vec::new();
    collect(&document, &mut references);
    let commands = document["components"]["schemas"]["Asked"]["oneOf"].as_array().expect("commands");
    let may_be_early = |command: &&Value| {
        let parts = command["allOf"].as_array().map_or(std::slice::from_ref(*command), Vec::as_slice);
        parts.iter().any(|part| part["properties"]["early"].is_object())
    };
    assert_eq!(commands.iter().filter(may_be_early).count(), commands.len());
    assert!(references.len() > 50, "{}", references.len());
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get("$ref") {
                references.push(reference.clone());
            }
            object.values().for_each(|value| collect(value, references));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

#[tokio::test]
async fn what_is_refused_is_a_problem_document_in_the_readers_language() {
    let folder = tempfile::tempdir().expect("a folder");
    let interface = interface(&folder);
    for (method, path, language, status, title, code, detail) in [
        ("GET", "/api/v1/nothing", "en", 404, "Not Found", "no_route", "there is nothing at `/api/v1/nothing`"),
        ("GET", "/api", "zh-CN", 404, "没有找到", "no_route", "`/api` 处没有内容"),
        (
            "DELETE",
            "/api/v1/incidents",
            "en",
            405,
            "Method Not Allowed",
            "method_not_allowed",
            "`DELETE` does nothing here",
        ),
        ("GET", "/api/v1/incidents", "en", 401, "Unauthorized", "not_signed_in", "nobody is signed in"),
        ("GET", "/api/v1/incidents/INC-1/events", "zh", 401, "尚未登录", "not_signed_in", "还没有登录"),
        ("POST", "/api/v1/incidents", "en", 401, "Unauthorized", "not_signed_in", "nobody is signed in"),
    ] {
        let (given, kind, problem) = asked(&interface, method, path, language).await;
        assert_eq!((given.as_u16(), kind.as_str()), (status, "application/problem+json"), "{method} {path}");
        let told = (&problem["title"], &problem["code"], &problem["detail"], &problem["status"], &problem["type"]);
        let wanted = (title.into(), code.into(), detail.into(), status.into(), "about:blank".into());
        assert_eq!(told, (&wanted.0, &wanted.1, &wanted.2, &wanted.3, &wanted.4), "{method} {path}");
        assert!(problem["help"].is_string(), "{method} {path}");
    }
}
