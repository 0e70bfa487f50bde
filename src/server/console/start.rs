//! Starting: which runbook, how bad, what customers see; then the first notice, before anything else is asked.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Serialize;

use super::commands;
use super::refused::Refused;
use crate::app::view::RunbookHead;
use crate::app::{Access, Error};
use crate::runbook::{FactDefault, Runbook};
use crate::server::auth::see_other;
use crate::server::desk::Desk;
use crate::server::fields::Fields;
use crate::server::request::{Declaration, declare, form};
use crate::server::site::Site;

/// How many of the newest incidents say which runbook is likely.
const NEWEST: usize = 20;
/// What fits where nothing else does stands last.
const GENERAL: &str = "general";

#[derive(Serialize)]
struct View {
    runbooks: Vec<RunbookHead>,
    picked: Option<Picked>,
}

/// The runbook that was chosen, and what it still asks.
#[derive(Serialize)]
struct Picked {
    id: String,
    title: String,
    summary: Option<String>,
    severities: Vec<Severity>,
    /// What customers see, as the runbook has prepared it.
    impact: Option<String>,
    impact_name: String,
}

#[derive(Serialize)]
struct Severity {
    id: String,
    rank: usize,
    means: String,
    minutes: u64,
}

pub(super) async fn page(desk: Desk) -> Response {
    show(&desk, desk.asked("runbook")).await
}

async fn show(desk: &Desk, named: Option<&str>) -> Response {
    let view = view(desk, named).await;
    desk.answer(view, |view| desk.frame("start.title").fill("start", &view))
}

async fn view(desk: &Desk, named: Option<&str>) -> Result<View, Error> {
    desk.may(Access::Respond)?;
    let locale = &desk.locale;
    let used = used(desk).await?;
    let mut runbooks = desk.app().runbooks(locale)?;
    let often = |id: &str| used.get(id).copied().unwrap_or(0);
    runbooks.sort_by_key(|head| (std::cmp::Reverse(often(&head.id)), head.file.is_none(), head.id == GENERAL));
    let picked = match runbooks.iter().find(|head| Some(head.id.as_str()) == named) {
        Some(head) => Some(picked(desk, &desk.app().runbook(&head.id)?)),
        None => None,
    };
    Ok(View { runbooks, picked })
}

/// How often each runbook was used of late, drills aside.
async fn used(desk: &Desk) -> Result<BTreeMap<String, usize>, Error> {
    let mut used = BTreeMap::new();
    for head in desk.app().list(true, &desk.locale).await?.incidents.into_iter().take(NEWEST) {
        let loaded = desk.app().load(head.id).await?;
        if !loaded.incident.drill {
            *used.entry(loaded.runbook.id.to_string()).or_default() += 1;
        }
    }
    Ok(used)
}

fn picked(desk: &Desk, runbook: &Runbook) -> Picked {
    let locale = &desk.locale;
    let impact = runbook.facts.get("impact").and_then(|fact| match &fact.default {
        Some(FactDefault::Text(text)) => Some(text.get(locale).to_owned()),
        Some(FactDefault::Written(_)) | None => None,
    });
    let own = locale.best(&runbook.locales).unwrap_or_else(|| runbook.locale());
    let severity = |(at, severity): (usize, &crate::runbook::Severity)| Severity {
        id: severity.id.to_string(),
        rank: at + 1,
        means: severity.means.get(locale).to_owned(),
        minutes: severity.first_notice.as_secs() / 60,
    };
    Picked {
        id: runbook.id.to_string(),
        title: runbook.title.get(locale).to_owned(),
        summary: runbook.summary.as_ref().map(|summary| summary.get(locale).to_owned()),
        severities: runbook.severities.iter().enumerate().map(severity).collect(),
        impact,
        impact_name: format!("facts.impact.{own}"),
    }
}

pub(super) async fn start(mut desk: Desk, fields: Fields) -> Response {
    match started(&desk, &fields).await {
        Ok(address) => see_other(&address),
        Err(error @ Error::Access(_)) => desk.refuse(&error),
        Err(error) => {
            desk.reader.refused = Some(Refused::new(&error, &desk.locale, &fields, None));
            show(&desk, fields.get("runbook")).await
        }
    }
}

/// Starts what a form declares; tells where to go on.
async fn started(desk: &Desk, fields: &Fields) -> Result<String, Error> {
    desk.may(Access::Respond)?;
    let said: Fields = fields.iter().filter(|(name, text)| says(fields, name, text)).cloned().collect();
    let body = form::read(&said, &["key", "back"]).map_err(|error| unreadable(&error))?;
    let declaration = Declaration::read(body).map_err(|error| unreadable(&error))?;
    let started = declare(desk.app(), desk.me.caller(commands::key(fields)), declaration).await?;
    desk.site.live.tell();
    first_notice(&desk.site, &started).await
}

/// Prepared wording that was left as it is states nothing yet: it is confirmed with the other facts.
fn says(fields: &Fields, name: &str, text: &str) -> bool {
    name != "was" && !(name.starts_with("facts.") && text.trim() == fields.value("was").trim())
}

fn unreadable(error: &impl std::fmt::Display) -> Error {
    Error::bad_name("start", error)
}

/// Where the first notice to customers is composed; the incident itself where its runbook has none.
async fn first_notice(site: &Site, started: &crate::app::view::Started) -> Result<String, Error> {
    let loaded = site.app.load(started.id).await?;
    let to_customers = |notice: &crate::runbook::NoticeSpec| !loaded.runbook.is_staff_only(&notice.audience);
    let first = loaded.runbook.steps.values().find(|step| step.kind.notice().is_some_and(to_customers));
    let incident = started.incident;
    Ok(first
        .map_or_else(|| format!("/incidents/{incident}"), |step| format!("/incidents/{incident}/notices/{}", step.id)))
}
