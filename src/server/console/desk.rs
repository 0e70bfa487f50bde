//! The pages of peace time and of learning: their addresses, and what all of them have in common.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Extension, Router};

use super::drills::Drills;
use super::{book, commands, drill, home, incident, learn, notice, plan, shelf, start, trial};
use crate::app::{Access, App, Error};
use crate::server::auth::{Reader, Signed};
use crate::server::frame::Frame;
use crate::server::site::Site;

/// What a contact book may be long that is handed in here; a form makes up to nine bytes of a Chinese character's three.
const LONGEST_BOOK: usize = 48 * 1024 * 1024;

/// Everything here is for those who are signed in.
pub(crate) fn routes() -> Router<Site> {
    let import = get(book::import_page).post(book::import).layer(DefaultBodyLimit::max(LONGEST_BOOK));
    Router::new()
        .route("/", get(home::page))
        .route("/start", get(start::page).post(start::start))
        .route("/incidents", get(home::all))
        .route("/incidents/{id}", get(incident::page))
        .route("/incidents/{id}/commands", post(commands::command))
        .route("/incidents/{id}/notices/{step}", get(notice::page))
        .route("/incidents/{id}/notices/{step}/mail/{locale}", get(notice::mail))
        .route("/follow-ups", get(plan::page).post(plan::add))
        .route("/contacts", get(book::page))
        .route("/contacts/import", import)
        .route("/contacts/suppressed", get(book::suppressed).post(book::change_suppressed))
        .route("/ready", get(shelf::ready).post(shelf::ready_done))
        .route("/runbooks", get(shelf::page))
        .route("/runbooks/{id}", get(shelf::runbook))
        .route("/runbooks/{id}/drill", post(drill::play))
        .route("/runbooks/{id}/drills/{number}", get(drill::page))
        .route("/runbooks/{id}/drills/{number}/{document}", get(drill::document))
        .route("/incidents/{id}/reach/{step}", get(learn::reach))
        .route("/incidents/{id}/retrospective", get(learn::page))
        .route("/incidents/{id}/retrospective.md", get(learn::markdown))
        .route("/incidents/{id}/retrospective.html", get(learn::html))
        .route("/incidents/{id}/retrospective.json", get(learn::json))
        .route("/try", get(trial::page).post(trial::wish))
        .layer(Extension(Arc::new(Drills::default())))
}

/// A handler's way of asking: who asks, in which language they read.
pub(super) struct Desk<'a> {
    pub(super) site: &'a Site,
    pub(super) me: &'a Signed,
    pub(super) reader: &'a Reader,
}

impl<'a> Desk<'a> {
    pub(super) fn app(&self) -> &'a Arc<App> {
        &self.site.app
    }

    pub(super) fn may(&self, access: Access) -> Result<(), Error> {
        self.me.may(access).map_err(Error::Access)
    }

    pub(super) fn frame(&self, title: &'static str, path: &'a str) -> Frame<'a> {
        Frame::new(self.site, self.reader, title, path)
    }
}

/// Something that takes a processor rather than the network, done where it keeps nobody waiting.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Error::Fault(error.to_string())))
}
