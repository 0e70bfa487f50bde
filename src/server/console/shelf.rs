//! Answers about runbooks and readiness.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;

use super::drills::Drills;
use super::{ready, runbooks};
use crate::app::{Access, Error};
use crate::server::auth::see_other;
use crate::server::desk::Desk;
use crate::server::fields::Fields;

pub(super) async fn page(desk: Desk) -> Response {
    let shelf = shelf(&desk).await;
    desk.answer(shelf, |view| desk.frame("runbooks.title").fill("runbooks", &view))
}

async fn shelf(desk: &Desk) -> Result<runbooks::Shelf, Error> {
    let app = Arc::clone(desk.app());
    let checked = aside(move || app.check_runbooks()).await?;
    let ready = desk.app().ready(&desk.locale).await?;
    Ok(runbooks::shelf(&checked, &ready, &desk.locale))
}

pub(super) async fn runbook(desk: Desk, Path(id): Path<String>, drills: Extension<Arc<Drills>>) -> Response {
    show(&desk, &drills, &id, None).await
}

/// One runbook, with why something about it was refused.
pub(super) async fn show(desk: &Desk, drills: &Drills, id: &str, refusal: Option<&Error>) -> Response {
    let path = format!("/runbooks/{id}");
    let view = view(desk, drills, id).await;
    desk.answer(view, |view| {
        desk.frame("runbooks.title").at(&path).about(view.title()).refused(refusal).fill("runbook", &view)
    })
}

async fn view(desk: &Desk, drills: &Drills, id: &str) -> Result<runbooks::View, Error> {
    let (app, named) = (Arc::clone(desk.app()), id.to_owned());
    let checked = aside(move || app.check_runbook(&named)).await?;
    let ready = desk.app().ready(&desk.locale).await?;
    Ok(runbooks::view(&checked, &ready, &drills.of(id), &desk.locale))
}

/// Something that takes a processor rather than the network, done where it keeps nobody waiting.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Error::Fault(error.to_string())))
}

pub(super) async fn ready(desk: Desk) -> Response {
    let found = async {
        let (app, locale) = (desk.app(), &desk.locale);
        Ok(ready::view(&app.ready(locale).await?, &app.roles(locale)?, &app.runbooks(locale)?))
    };
    desk.answer(found.await, |view| {
        let frame = desk.frame("ready.title");
        let frame = if desk.asked("done").is_some() { frame.said("ready.marked") } else { frame };
        frame.fill("ready", &view)
    })
}

pub(super) async fn ready_done(desk: Desk, fields: Fields) -> Response {
    let done = async {
        desk.may(Access::Respond)?;
        desk.app().ready_done(&desk.me.caller(None), fields.value("check")).await
    };
    desk.answer(done.await, |_| see_other(fields.back("/ready?done=1")))
}
