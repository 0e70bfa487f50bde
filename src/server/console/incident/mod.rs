//! The incident's page: what to do next with its form at hand, everything else open, and what is known.

mod beside;
mod course;
mod record;
mod view;

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;

use super::step::Known;
use crate::app::view::TimelineEvent;
use crate::app::{Error, Fallback};
use crate::server::desk::Desk;
use view::{View, Wanted};

type Asked = BTreeMap<String, String>;

pub(super) async fn page(desk: Desk, Path(id): Path<String>) -> Response {
    let seen = seen(&desk, &id, &desk.query).await;
    desk.answer(seen, |(view, did)| {
        let frame = desk.frame("incident.title").about(view.about()).told(did);
        frame.watching(view.number(), view.seq()).fill("incident", &view)
    })
}

async fn seen(desk: &Desk, named: &str, asked: &Asked) -> Result<(View, Option<String>), Error> {
    let (app, locale) = (desk.app(), &desk.reader.locale);
    let id = app.which(Some(named), Fallback::LastClosed).await?;
    let mut known = Known::of(app, id).await?;
    known.count(app, locale).await?;
    let events = app.timeline(id, locale).await?.events;
    let did = told(&events, asked.get("did").map(String::as_str));
    let wanted = Wanted { early: asked.get("early").cloned(), all: asked.contains_key("all") };
    Ok((view::view(&known.sight(desk), events, wanted), did))
}

/// What an address says was done, as the journal tells it.
pub(super) fn told(events: &[TimelineEvent], did: Option<&str>) -> Option<String> {
    let seq: u64 = did?.parse().ok()?;
    events.iter().find(|event| event.seq == seq).map(|event| event.text.clone())
}

#[cfg(test)]
mod tests;
