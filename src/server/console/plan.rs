//! Answers about follow-ups: the page, and adding one from there.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{OriginalUri, Query, State};
use axum::response::Response;
use serde_json::{Map, Value};

use super::desk::Desk;
use super::follow_ups::{self, Filter};
use crate::app::{Access, Error, Fallback};
use crate::server::auth::{Reader, Signed, local_path, refuse_reader, see_other};
use crate::server::request::{self, Request, form};
use crate::server::site::Site;

/// Fields of the form that are the page's own.
const OWN: [&str; 2] = ["back", "incident"];

pub(super) async fn page(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    let path = uri.path_and_query().map_or("/follow-ups", |path| path.as_str());
    let filter = query.get("state").map(|state| Filter::named(state)).unwrap_or_default();
    match follow_ups::view(desk.app(), filter, &reader.locale).await {
        Ok(view) => desk.frame("follow_ups.title", path).fill("follow_ups", &view),
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

pub(super) async fn add(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    match added(&desk, field("incident").unwrap_or_default(), &fields).await {
        Ok(()) => see_other(field("back").and_then(local_path).unwrap_or("/follow-ups")),
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

async fn added(desk: &Desk<'_>, incident: &str, fields: &[(String, String)]) -> Result<(), Error> {
    desk.may(Access::Respond)?;
    let incident = desk.app().which(Some(incident), Fallback::NotClosed).await?;
    let unreadable = |error: request::Unreadable| Error::bad_form(error.to_string());
    let mut object: Map<String, Value> = form::read(fields, &OWN).map_err(unreadable)?;
    object.insert("command".to_owned(), Value::from("followup_add"));
    let asked = Request::read(object).map_err(unreadable)?;
    request::carry_out(desk.app(), desk.me.caller(None), incident, asked).await?;
    desk.site.live.tell();
    Ok(())
}
