//! Answers about drills: playing one, what it came to, and the document it wrote.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form};
use serde::Serialize;

use super::desk::Desk;
use super::drills::{Busy, Drill, Drills, State as Played};
use super::{drilled, shelf};
use crate::app::{Access, Error};
use crate::server::auth::{Reader, Signed, refuse_reader, see_other};
use crate::server::site::Site;

pub(super) async fn play(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Path(id): Path<String>,
    Extension(drills): Extension<Arc<Drills>>,
    Form(fields): Form<HashMap<String, String>>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    let severity = fields.get("severity").filter(|severity| !severity.is_empty()).cloned();
    let played = match desk.may(Access::Respond).and_then(|()| desk.app().shelved(&id)) {
        Ok(()) => drills.play(desk.app(), &id, severity).await.map_err(|Busy| Error::too_many_drills()),
        Err(error) => Err(error),
    };
    match played {
        Ok(drill) => see_other(&format!("/runbooks/{id}/drills/{}", drill.number)),
        Err(error @ Error::NotFound { .. }) => refuse_reader(&site, &reader, &error),
        Err(error) => shelf::show(&desk, &drills, &id, Some(&error)).await,
    }
}

/// The page's data with what the runbook is called.
#[derive(Serialize)]
struct With {
    runbook_title: String,
    #[serde(flatten)]
    view: drilled::View,
}

pub(super) async fn page(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Path((id, number)): Path<(String, String)>,
    Extension(drills): Extension<Arc<Drills>>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    let path = format!("/runbooks/{id}/drills/{number}");
    let drill = match found(&drills, &id, &number) {
        Ok(drill) => drill,
        Err(error) => return refuse_reader(&site, &reader, &error),
    };
    let title = desk.app().runbook(&id).map(|runbook| runbook.title.get(&reader.locale).to_owned());
    let runbook_title = title.unwrap_or(id);
    let frame = desk.frame("drilled.title", &path).about(runbook_title.clone());
    frame.fill("drilled", &With { runbook_title, view: drilled::view(&drill, &reader.locale) })
}

pub(super) async fn document(
    State(site): State<Site>,
    _: Signed,
    reader: Reader,
    Path((id, number, document)): Path<(String, String, String)>,
    Extension(drills): Extension<Arc<Drills>>,
) -> Response {
    let wanted = document.strip_prefix("retrospective.").and_then(|rest| rest.strip_suffix(".html"));
    let text = found(&drills, &id, &number).and_then(|drill| match drill.state() {
        Played::Played(played) => {
            let text = played.documents.iter().find(|(locale, _)| Some(locale.as_str()) == wanted);
            text.map(|(_, text)| text.clone()).ok_or_else(|| Error::not_kept("document", &document))
        }
        Played::UnderWay | Played::Failed(_) | Played::TooLong => Err(Error::not_kept("document", &document)),
    });
    match text {
        Ok(text) => download(&format!("drill-{id}-{document}"), "text/html; charset=utf-8", text),
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

fn found(drills: &Drills, id: &str, number: &str) -> Result<Arc<Drill>, Error> {
    let drill = number.parse().ok().and_then(|number| drills.find(id, number));
    drill.ok_or_else(|| Error::not_kept("drill", number))
}

/// A file to be kept, whatever the browser would make of it otherwise.
pub(super) fn download(name: &str, kind: &'static str, text: String) -> Response {
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c)).collect();
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], text).into_response()
}
