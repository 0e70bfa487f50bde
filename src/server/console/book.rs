//! Answers about the contact book: its pages, taking in a new one, addresses that nothing is sent to.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{OriginalUri, Query, State};
use axum::response::Response;
use serde::Serialize;

use super::contacts::{self, A_PAGE, Imported};
use super::desk::Desk;
use crate::app::{Access, Error};
use crate::server::auth::{Reader, Signed, refuse_reader, see_other};
use crate::server::site::Site;

/// A page's data with whether its reader may change the book.
#[derive(Serialize)]
struct With<T> {
    administers: bool,
    #[serde(flatten)]
    view: T,
}

pub(super) async fn page(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<contacts::Query>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    let found = desk.app().contact_page(Some(&query.q), query.after.as_deref(), A_PAGE).await;
    match found {
        Ok(page) => {
            let path = uri.path_and_query().map_or("/contacts", |path| path.as_str());
            let view = contacts::view(&query, page);
            desk.frame("contacts.title", path).fill("contacts", &With { administers: administers(&desk), view })
        }
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

fn administers(desk: &Desk<'_>) -> bool {
    desk.may(Access::Administer).is_ok()
}

/// The page where a book is handed in, with what came of the last one.
#[derive(Serialize)]
struct ImportPage {
    report: Option<Imported>,
    /// What was handed in and could not be taken.
    book: String,
}

pub(super) async fn import_page(State(site): State<Site>, me: Signed, reader: Reader) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    match desk.may(Access::Administer) {
        Ok(()) => show_import(&desk, None),
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

pub(super) async fn import(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(fields): Form<HashMap<String, String>>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    match imported(&desk, fields.get("book").map_or("", String::as_str)).await {
        Ok(report) => show_import(&desk, Some(report)),
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

async fn imported(desk: &Desk<'_>, book: &str) -> Result<Imported, Error> {
    desk.may(Access::Administer)?;
    let report = desk.app().import_contacts(book.as_bytes()).await?;
    Ok(contacts::imported(&report))
}

fn show_import(desk: &Desk<'_>, report: Option<Imported>) -> Response {
    let view = ImportPage { report, book: String::new() };
    desk.frame("contacts.import.title", "/contacts/import").fill("contacts_import", &view)
}

pub(super) async fn suppressed(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Query(query): Query<contacts::Query>,
) -> Response {
    show_suppressed(&Desk { site: &site, me: &me, reader: &reader }, &query, None).await
}

pub(super) async fn change_suppressed(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(fields): Form<HashMap<String, String>>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    match change(&desk, &fields).await {
        Ok(()) => see_other("/contacts/suppressed"),
        Err(error) => show_suppressed(&desk, &contacts::Query::default(), Some(&error)).await,
    }
}

async fn change(desk: &Desk<'_>, fields: &HashMap<String, String>) -> Result<(), Error> {
    desk.may(Access::Administer)?;
    let address = fields.get("address").map_or("", String::as_str);
    match fields.get("act").map(String::as_str) {
        Some("lift") => match desk.app().unsuppress(address).await?.is_empty() {
            true => Err(Error::not_suppressed(address)),
            false => Ok(()),
        },
        Some(_) | None => desk.app().suppress(address).await.map(drop),
    }
}

async fn show_suppressed(desk: &Desk<'_>, query: &contacts::Query, refusal: Option<&Error>) -> Response {
    match desk.app().suppressed_page(query.after.as_deref(), A_PAGE).await {
        Ok(page) => {
            let view = With { administers: administers(desk), view: contacts::suppressed(query, page) };
            let frame = desk.frame("contacts.suppressed", "/contacts/suppressed").refused(refusal);
            frame.fill("contacts_suppressed", &view)
        }
        Err(error) => refuse_reader(desk.site, desk.reader, &error),
    }
}
