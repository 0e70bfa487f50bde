//! The incident's page: what to do next with its form at hand, everything else open, and what is known.

mod beside;
mod card;
mod course;
mod fields;
mod kept;
mod names;
mod record;
mod sight;
mod view;
mod work;

use std::collections::BTreeMap;

use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::Response;

use super::desk::Desk;
use super::refused::Form;

use crate::app::view::TimelineEvent;
use crate::app::{Error, Fallback};
use crate::incident::decide::pending;
use crate::server::auth::{Reader, Signed, refuse_reader};
use crate::server::site::Site;
use kept::Kept;
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
    let loaded = app.load(id).await?;
    // Without fallbacks there is nothing that could cover anybody.
    let coverage = match loaded.runbook.fallbacks.is_empty() {
        true => None,
        false => Some(app.coverage_at_a_glance(id, locale).await?),
    };
    let names = Names::of(app).await?;
    let events = app.timeline(id, locale).await?.events;
    let did = told(&events, asked.get("did").map(String::as_str));
    let now = app.clock().now();
    let kept = desk.reader.refused.as_ref().map(|refused| kept(&refused.form)).unwrap_or_default();
    let sight = Sight {
        loaded: &loaded,
        person: &desk.me.person,
        access: desk.me.access,
        now,
        locale,
        names: &names,
        coverage: coverage.as_ref(),
        pending: pending(&loaded.runbook, now, &loaded.incident),
        kept: &kept,
    };
    let wanted = Wanted { early: asked.get("early").cloned(), all: asked.contains_key("all") };
    Ok((view::view(&sight, events, wanted), did))
}

fn kept(form: &Form) -> Kept {
    Kept { command: form.command.clone(), step: form.step.clone(), fields: form.fields.clone() }
}

/// What an address says was done, as the journal tells it.
pub(super) fn told(events: &[TimelineEvent], did: Option<&str>) -> Option<String> {
    let seq: u64 = did?.parse().ok()?;
    events.iter().find(|event| event.seq == seq).map(|event| event.text.clone())
}

#[cfg(test)]
mod tests;
