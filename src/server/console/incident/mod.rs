//! The incident's page: what to do next with its form at hand, everything else open, and what is known.

mod beside;
mod course;
mod record;
mod view;

use std::collections::BTreeMap;

use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::Response;

use super::desk::Desk;
use super::step::Known;
use crate::app::view::TimelineEvent;
use crate::app::{Error, Fallback};
use crate::server::auth::{Reader, Signed, refuse_reader};
use crate::server::site::Site;
use view::{View, Wanted};

type Asked = BTreeMap<String, String>;

pub(super) async fn page(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    match seen(&desk, &id, &asked).await {
        Ok((view, did)) => {
            let frame = desk.frame("incident.title", path).about(view.about()).told(did);
            frame.watching(view.number(), view.seq()).fill("incident", &view)
        }
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

async fn seen(desk: &Desk<'_>, named: &str, asked: &Asked) -> Result<(View, Option<String>), Error> {
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
