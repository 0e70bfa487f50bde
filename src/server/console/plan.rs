//! Answers about follow-ups: the page, and adding one from there.

use axum::response::Response;
use serde_json::{Map, Value};

use super::follow_ups::{self, Filter};
use super::refused::Refused;
use crate::app::{Access, Error, Fallback};
use crate::server::auth::see_other;
use crate::server::desk::Desk;
use crate::server::fields::Fields;
use crate::server::request::{self, Request, form};

/// Fields of the form that are the page's own.
const OWN: [&str; 2] = ["back", "incident"];

pub(super) async fn page(desk: Desk) -> Response {
    show(&desk).await
}

async fn show(desk: &Desk) -> Response {
    let filter = desk.asked("state").map(Filter::named).unwrap_or_default();
    let view = follow_ups::view(desk.app(), filter, &desk.locale).await;
    desk.answer(view, |view| desk.frame("follow_ups.title").fill("follow_ups", &view))
}

pub(super) async fn add(mut desk: Desk, fields: Fields) -> Response {
    match added(&desk, &fields).await {
        Ok(()) => see_other(fields.back("/follow-ups")),
        Err(error @ Error::Access(_)) => desk.refuse(&error),
        Err(error) => {
            desk.reader.refused = Some(Refused::new(&error, &desk.locale, &fields, None));
            show(&desk).await
        }
    }
}

async fn added(desk: &Desk, fields: &Fields) -> Result<(), Error> {
    desk.may(Access::Respond)?;
    let incident = desk.app().which(Some(fields.value("incident")), Fallback::NotClosed).await?;
    let unreadable = |error: request::Unreadable| Error::bad_form(error.to_string());
    let mut object: Map<String, Value> = form::read(fields, &OWN).map_err(unreadable)?;
    object.insert("command".to_owned(), Value::from("followup_add"));
    let asked = Request::read(object).map_err(unreadable)?;
    request::carry_out(desk.app(), desk.me.caller(None), incident, asked).await?;
    desk.site.live.tell();
    Ok(())
}
