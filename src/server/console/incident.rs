//! An incident at work: what is next with its form right there, then everything else that is known of it.

use std::collections::BTreeMap;

use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::Response;
use serde::Serialize;

use super::cards::{Card, Looking, cards};
use super::desk::Desk;
use super::lanes::{PhaseLanes, phases};
use super::stated::{FactField, fields};
use crate::app::view::{CoverageView, FallbackLine, Head, Moment, NoticeLine, TimelineEvent};
use crate::app::{Access, Error, Fallback, Loaded};
use crate::runbook::{Cause, FactId, StepKind};
use crate::server::auth::{Reader, Signed, refuse_reader};
use crate::server::site::Site;

/// How many of the newest events a page shows unless it is asked for all.
const NEWEST: usize = 100;

#[derive(Serialize)]
struct View {
    head: Head,
    drill: bool,
    runbook: String,
    means: String,
    back: String,
    base: String,
    first_notice_due: Option<Moment>,
    next: Option<Card>,
    others: Vec<Card>,
    phases: Vec<PhaseLanes>,
    /// Facts that somebody stated, and those the runbook asks for.
    facts: Vec<FactField>,
    more_facts: Vec<FactField>,
    roles: Vec<Role>,
    severities: Vec<Level>,
    causes: Vec<&'static str>,
    notices: Vec<NoticeLine>,
    coverage: Option<Covered>,
    left: usize,
    reach: Option<String>,
    events: Vec<TimelineEvent>,
    earlier: usize,
    may_respond: bool,
    updates: bool,
}

#[derive(Serialize)]
struct Role {
    id: String,
    title: String,
    people: String,
}

#[derive(Serialize)]
struct Level {
    id: String,
    means: String,
    now: bool,
}

pub(super) async fn page(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    let found = async {
        let id = site.app.which(Some(&id), Fallback::LastClosed).await?;
        let loaded = site.app.load(id).await?;
        Ok((view(&desk, &loaded, asked.contains_key("all")).await?, loaded.incident.seq))
    };
    match found.await {
        Ok((view, seq)) => {
            let number = view.head.incident.to_string();
            let did = told(&view.events, asked.get("did").map(String::as_str));
            let frame = desk.frame("incident.title", uri.path()).about(format!("{number} {}", view.head.title));
            frame.watching(&number, seq).told(did).fill("incident", &view)
        }
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

/// What an address says was done, as the journal tells it.
pub(super) fn told(events: &[TimelineEvent], did: Option<&str>) -> Option<String> {
    let seq: u64 = did?.parse().ok()?;
    events.iter().find(|event| event.seq == seq).map(|event| event.text.clone())
}

async fn view(desk: &Desk<'_>, loaded: &Loaded, all: bool) -> Result<View, Error> {
    let (runbook, incident) = (&loaded.runbook, &loaded.incident);
    let locale = &desk.reader.locale;
    let looking = Looking { loaded, now: desk.app().clock().now(), person: &desk.me.person, locale };
    let show = desk.app().show(incident.id, locale).await?;
    let mut cards = cards(&looking).into_iter();
    let next = cards.next();
    let mut events = desk.app().timeline(incident.id, locale).await?.events;
    events.reverse();
    let earlier = if all { 0 } else { events.len().saturating_sub(NEWEST) };
    events.truncate(events.len() - earlier);
    let (asked, more): (Vec<&FactId>, Vec<&FactId>) = runbook.facts.keys().partition(|id| is_asked(loaded, id));
    let covers = runbook.steps.values().any(|step| matches!(step.kind, StepKind::Cover { .. }));
    let coverage = if covers { Some(desk.app().coverage(incident.id, locale).await?) } else { None };
    let reach = runbook.steps.values().find(|step| matches!(step.kind, StepKind::Reach { .. }));
    let held = |id: &str| show.roles.get(id).map(|people| people.join(", ")).unwrap_or_default();
    Ok(View {
        drill: incident.drill,
        runbook: runbook.title.get(locale).to_owned(),
        means: runbook.severity(incident.severity.as_str()).map_or("", |(level, _)| level.means.get(locale)).to_owned(),
        back: format!("/incidents/{}", incident.number),
        base: format!("/incidents/{}", incident.number),
        first_notice_due: incident.first_notice_due.map(Into::into),
        next,
        others: cards.collect(),
        phases: phases(loaded, locale),
        facts: fields(loaded, looking.now, locale, "facts", asked.into_iter().map(FactId::as_str)),
        more_facts: fields(loaded, looking.now, locale, "more", more.into_iter().map(FactId::as_str)),
        roles: runbook
            .roles
            .values()
            .map(|role| Role {
                id: role.id.to_string(),
                title: role.title.get(locale).to_owned(),
                people: held(role.id.as_str()),
            })
            .collect(),
        severities: runbook
            .severities
            .iter()
            .map(|level| Level {
                id: level.id.to_string(),
                means: level.means.get(locale).to_owned(),
                now: level.id == incident.severity,
            })
            .collect(),
        causes: Cause::ALL.map(Cause::as_str).into(),
        notices: show.notices.into_iter().rev().collect(),
        left: coverage.as_ref().map_or(0, |coverage| coverage.remainder.len()),
        coverage: coverage.map(Covered::from),
        reach: reach.map(|step| step.id.to_string()),
        events,
        earlier,
        may_respond: desk.may(Access::Respond).is_ok(),
        updates: incident.updates.keys().any(|step| incident.is_open(step)),
        head: show.head,
    })
}

/// Whether a fact is stated, or is one that a step of the runbook gathers.
fn is_asked(loaded: &Loaded, id: &FactId) -> bool {
    let gathers = |kind: &StepKind| matches!(kind, StepKind::Gather { facts } if facts.contains(id));
    loaded.incident.facts.contains_key(id) || loaded.runbook.steps.values().any(|step| gathers(&step.kind))
}

/// Who is covered, the fallbacks by their titles.
#[derive(Serialize)]
struct Covered {
    affected: u64,
    covered: u64,
    fallbacks: Vec<Serving>,
}

#[derive(Serialize)]
struct Serving {
    id: String,
    title: String,
    on: bool,
    adds: u64,
    capacity: Option<String>,
}

impl From<CoverageView> for Covered {
    fn from(view: CoverageView) -> Self {
        let serving = |line: FallbackLine| Serving {
            id: line.id,
            title: line.title,
            on: line.on,
            adds: line.adds,
            capacity: line.capacity,
        };
        let fallbacks = view.fallbacks.into_iter().map(serving).collect();
        Self { affected: view.affected, covered: view.covered, fallbacks }
    }
}
