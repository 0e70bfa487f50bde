//! Answers about drills: playing one, what it came to, and the document it wrote.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::drills::{Busy, Drill, Drills, State as Played};
use super::{drilled, shelf};
use crate::app::{Access, Error};
use crate::server::auth::see_other;
use crate::server::desk::Desk;
use crate::server::fields::Fields;

pub(super) async fn play(
    desk: Desk,
    Path(id): Path<String>,
    drills: Extension<Arc<Drills>>,
    fields: Fields,
) -> Response {
    let severity = Some(fields.value("severity")).filter(|severity| !severity.is_empty()).map(str::to_owned);
    let played = match desk.may(Access::Respond).and_then(|()| desk.app().shelved(&id)) {
        Ok(()) => drills.play(desk.app(), &id, severity).await.map_err(|Busy| Error::too_many_drills()),
        Err(error) => Err(error),
    };
    match played {
        Ok(drill) => see_other(&format!("/runbooks/{id}/drills/{}", drill.number)),
        Err(error @ Error::NotFound { .. }) => desk.refuse(&error),
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
    desk: Desk,
    Path((id, number)): Path<(String, String)>,
    drills: Extension<Arc<Drills>>,
) -> Response {
    desk.answer(found(&drills, &id, &number), |drill| {
        let title = desk.app().runbook(&id).map(|runbook| runbook.title.get(&desk.locale).to_owned());
        let runbook_title = title.unwrap_or(id);
        let frame = desk.frame("drilled.title").about(runbook_title.clone());
        frame.fill("drilled", &With { runbook_title, view: drilled::view(&drill, &desk.locale) })
    })
}

pub(super) async fn document(
    desk: Desk,
    Path((id, number, document)): Path<(String, String, String)>,
    drills: Extension<Arc<Drills>>,
) -> Response {
    let wanted = document.strip_prefix("retrospective.").and_then(|rest| rest.strip_suffix(".html"));
    let text = found(&drills, &id, &number).and_then(|drill| match drill.state() {
        Played::Played(played) => {
            let text = played.documents.iter().find(|(locale, _)| Some(locale.as_str()) == wanted);
            text.map(|(_, text)| text.clone()).ok_or_else(|| Error::not_kept("document", &document))
        }
        Played::UnderWay | Played::Failed(_) | Played::TooLong => Err(Error::not_kept("document", &document)),
    });
    desk.answer(text, |text| download(&format!("drill-{id}-{document}"), "text/html; charset=utf-8", text))
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
