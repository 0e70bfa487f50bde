//! The console: a file per page.

mod book;
mod commands;
mod contacts;
mod drill;
mod drilled;
mod drills;
mod flow;
mod follow_ups;
mod home;
mod incident;
mod learn;
mod names;
mod notice;
mod plan;
mod reach;
mod ready;
mod refused;
mod retrospective;
mod runbooks;
mod shelf;
mod snippet;
mod start;
mod step;
mod trial;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Extension, Router};

use super::desk::form;
use super::site::Site;
use drills::Drills;

pub(crate) use refused::{Refused, Told};

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
        .route("/incidents/{id}/commands", form(commands::command))
        .route("/incidents/{id}/notices/{step}", get(notice::page))
        .route("/incidents/{id}/notices/{step}/mail/{locale}", get(notice::mail))
        .route("/incidents/{id}/reach/{step}", get(learn::reach))
        .route("/incidents/{id}/retrospective", get(learn::page))
        .route("/incidents/{id}/{document}", get(learn::document))
        .route("/follow-ups", get(plan::page).post(plan::add))
        .route("/contacts", get(book::page))
        .route("/contacts/import", import)
        .route("/contacts/suppressed", get(book::suppressed).post(book::change_suppressed))
        .route("/ready", get(shelf::ready).post(shelf::ready_done))
        .route("/runbooks", get(shelf::page))
        .route("/runbooks/{id}", get(shelf::runbook))
        .route("/runbooks/{id}/drill", form(drill::play))
        .route("/runbooks/{id}/drills/{number}", get(drill::page))
        .route("/runbooks/{id}/drills/{number}/{document}", get(drill::document))
        .route("/try", get(trial::page).post(trial::wish))
        .layer(Extension(Arc::new(Drills::default())))
}

#[cfg(test)]
mod tests;
