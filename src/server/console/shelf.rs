//! Answers about runbooks and readiness.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::{Extension, Form};

use super::desk::{Desk, aside};
use super::drills::Drills;
use super::{ready, runbooks};
use crate::app::{Access, Error};
use crate::server::auth::{Reader, Signed, local_path, refuse_reader, see_other};
use crate::server::site::Site;

pub(super) async fn page(State(site): State<Site>, me: Signed, reader: Reader) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    match shelf(&desk).await {
        Ok(view) => desk.frame("runbooks.title", "/runbooks").fill("runbooks", &view),
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

async fn shelf(desk: &Desk<'_>) -> Result<runbooks::Shelf, Error> {
    let app = Arc::clone(desk.app());
    let checked = aside(move || app.check_runbooks()).await?;
    let ready = desk.app().ready(&desk.reader.locale).await?;
    Ok(runbooks::shelf(&checked, &ready, &desk.reader.locale))
}

pub(super) async fn runbook(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Path(id): Path<String>,
    Extension(drills): Extension<Arc<Drills>>,
) -> Response {
    show(&Desk { site: &site, me: &me, reader: &reader }, &drills, &id, None).await
}

/// One runbook, with why something about it was refused.
pub(super) async fn show(desk: &Desk<'_>, drills: &Drills, id: &str, refusal: Option<&Error>) -> Response {
    let path = format!("/runbooks/{id}");
    match view(desk, drills, id).await {
        Ok(view) => {
            let frame = desk.frame("runbooks.title", &path).about(view.title()).refused(refusal);
            frame.fill("runbook", &view)
        }
        Err(error) => refuse_reader(desk.site, desk.reader, &error),
    }
}

async fn view(desk: &Desk<'_>, drills: &Drills, id: &str) -> Result<runbooks::View, Error> {
    let (app, named) = (Arc::clone(desk.app()), id.to_owned());
    let checked = aside(move || app.check_runbook(&named)).await?;
    let ready = desk.app().ready(&desk.reader.locale).await?;
    Ok(runbooks::view(&checked, &ready, &drills.of(id), &desk.reader.locale))
}

pub(super) async fn ready(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    match desk.app().ready(&reader.locale).await {
        Ok(checks) => {
            let frame = desk.frame("ready.title", "/ready");
            let frame = if asked.contains_key("done") { frame.said("ready.marked") } else { frame };
            frame.fill("ready", &ready::view(&checks, &reader.locale))
        }
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

pub(super) async fn ready_done(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(fields): Form<HashMap<String, String>>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    let done = match desk.may(Access::Respond) {
        Ok(()) => desk.app().ready_done(&me.caller(None), fields.get("check").map_or("", String::as_str)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => see_other(fields.get("back").and_then(|back| local_path(back)).unwrap_or("/ready?done=1")),
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}
