//! The incident's page: what to do next with its form at hand, everything else open, and what is known.

mod beside;
mod card;
mod course;
mod fields;
mod names;
mod record;
mod sight;
mod view;
mod work;

use std::collections::BTreeMap;

use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::Response;

use super::desk::Desk;
use crate::app::{Error, Fallback};
use crate::incident::decide::pending;
use crate::server::auth::{Reader, Signed, refuse_reader};
use crate::server::site::Site;
use names::Names;
use sight::Sight;
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
        Ok(view) => desk.frame("incident.title", path).about(view.about()).fill("incident", &view),
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

async fn seen(desk: &Desk<'_>, named: &str, asked: &Asked) -> Result<View, Error> {
    let (app, locale) = (desk.app(), &desk.reader.locale);
    let id = app.which(Some(named), Fallback::LastClosed).await?;
    let loaded = app.load(id).await?;
    // Without fallbacks there is nothing that could cover anybody.
    let coverage = match loaded.runbook.fallbacks.is_empty() {
        true => None,
        false => Some(app.coverage(id, locale).await?),
    };
    let names = Names::of(app).await?;
    let events = app.timeline(id, locale).await?.events;
    let now = app.clock().now();
    let sight = Sight {
        loaded: &loaded,
        person: &desk.me.person,
        access: desk.me.access,
        now,
        locale,
        names: &names,
        coverage: coverage.as_ref(),
        pending: pending(&loaded.runbook, now, &loaded.incident),
    };
    let wanted = Wanted {
        early: asked.get("early").cloned(),
        all: asked.contains_key("all"),
        key: app.clock().new_id().to_string(),
    };
    Ok(view::view(&sight, events, wanted))
}

#[cfg(test)]
mod tests;
