//! Answers about the contact book: its pages, taking in a new one, addresses that nothing is sent to.

use axum::response::Response;
use serde::Serialize;

use super::contacts::{self, A_PAGE, Imported, Query};
use crate::app::{Access, Error};
use crate::server::auth::see_other;
use crate::server::desk::Desk;
use crate::server::fields::Fields;

/// How much of a book that could not be taken is shown again.
const KEPT: usize = 256 * 1024;

/// A page's data with whether its reader may change the book.
#[derive(Serialize)]
struct With<T> {
    administers: bool,
    #[serde(flatten)]
    view: T,
}

impl<T> With<T> {
    fn of(desk: &Desk, view: T) -> Self {
        Self { administers: desk.may(Access::Administer).is_ok(), view }
    }
}

fn query(desk: &Desk) -> Query {
    let asked = |name: &str| desk.asked(name).map(str::to_owned);
    Query { q: asked("q").unwrap_or_default(), after: asked("after") }
}

pub(super) async fn page(desk: Desk) -> Response {
    let query = query(&desk);
    let page = desk.app().contact_page(Some(&query.q), query.after.as_deref(), A_PAGE).await;
    desk.answer(page, |page| {
        desk.frame("contacts.title").fill("contacts", &With::of(&desk, contacts::view(&query, page)))
    })
}

/// The page where a book is handed in, with what came of the last one.
#[derive(Serialize)]
struct ImportPage<'a> {
    report: Option<Imported>,
    /// What was handed in and could not be taken.
    book: &'a str,
}

pub(super) async fn import_page(desk: Desk) -> Response {
    desk.answer(desk.may(Access::Administer), |()| show_import(&desk, None, "", None))
}

pub(super) async fn import(desk: Desk, fields: Fields) -> Response {
    let book = fields.value("book");
    match imported(&desk, book).await {
        Ok(report) => show_import(&desk, Some(report), "", None),
        Err(error @ Error::Access(_)) => desk.refuse(&error),
        Err(error) => show_import(&desk, None, if book.len() > KEPT { "" } else { book }, Some(&error)),
    }
}

async fn imported(desk: &Desk, book: &str) -> Result<Imported, Error> {
    desk.may(Access::Administer)?;
    let report = desk.app().import_contacts(book.as_bytes()).await?;
    Ok(contacts::imported(&report))
}

fn show_import(desk: &Desk, report: Option<Imported>, book: &str, refusal: Option<&Error>) -> Response {
    desk.frame("contacts.import.title").refused(refusal).fill("contacts_import", &ImportPage { report, book })
}

pub(super) async fn suppressed(desk: Desk) -> Response {
    show_suppressed(&desk, None).await
}

pub(super) async fn change_suppressed(desk: Desk, fields: Fields) -> Response {
    match change(&desk, &fields).await {
        Ok(()) => see_other("/contacts/suppressed"),
        Err(error) => show_suppressed(&desk, Some(&error)).await,
    }
}

async fn change(desk: &Desk, fields: &Fields) -> Result<(), Error> {
    desk.may(Access::Administer)?;
    let address = fields.value("address");
    if fields.value("act") != "lift" {
        return desk.app().suppress(address).await.map(drop);
    }
    match desk.app().unsuppress(address).await?.is_empty() {
        true => Err(Error::not_suppressed(address)),
        false => Ok(()),
    }
}

async fn show_suppressed(desk: &Desk, refusal: Option<&Error>) -> Response {
    let query = query(desk);
    let page = desk.app().suppressed_page(query.after.as_deref(), A_PAGE).await;
    desk.answer(page, |page| {
        let view = With::of(desk, contacts::suppressed(&query, page));
        desk.frame("contacts.suppressed").refused(refusal).fill("contacts_suppressed", &view)
    })
}
