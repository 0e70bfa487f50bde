//! The composer of a notice: facts on one side, the mail as customers see it on the other.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use super::cards::{Approval, Card, Looking, approval_of, cards};
use super::incident::told;
use super::stated::{FactField, fields, of_notice};
use crate::app::view::{DraftView, MessageView, Moment, NoticeProblem};
use crate::app::{Access, Error, Fallback, Loaded};
use crate::incident::state::NoticeState;
use crate::locale::Locale;
use crate::problem::Level;
use crate::runbook::{FactId, Phase, Status, Step, StepKind};
use crate::server::desk::Desk;

/// How often the page looks at the delivery, in seconds.
const LOOK: u32 = 2;

#[derive(Serialize)]
struct View {
    incident: String,
    incident_title: String,
    step: String,
    title: String,
    back: String,
    base: String,
    /// None before it is drafted.
    state: Option<&'static str>,
    paused: bool,
    status: Option<&'static str>,
    statuses: Vec<&'static str>,
    audience: Vec<String>,
    hash: Option<String>,
    contacts: u64,
    recipients: u64,
    left_out: Vec<Count>,
    next_update_at: Option<Moment>,
    errors: Vec<NoticeProblem>,
    warnings: Vec<NoticeProblem>,
    tabs: Vec<Tab>,
    message: Option<MessageView>,
    difference: Option<Vec<Line>>,
    facts: Vec<FactField>,
    more_facts: Vec<FactField>,
    approval: Option<Approval>,
    asks_approval: bool,
    author: Option<String>,
    counts: Vec<Count>,
    before: Vec<Card>,
    open: bool,
    updates: bool,
    resendable: bool,
    may_respond: bool,
    may_approve: bool,
}

#[derive(Serialize)]
struct Count {
    what: String,
    n: u64,
}

#[derive(Serialize)]
struct Tab {
    lang: String,
    current: bool,
}

/// A line that came or went since the last notice.
#[derive(Serialize)]
struct Line {
    added: bool,
    text: String,
}

type Asked = BTreeMap<String, String>;

pub(super) async fn page(desk: Desk, Path((id, step)): Path<(String, String)>) -> Response {
    let found = found(&desk, &id, &step, &desk.query).await;
    desk.answer(found, |(view, seq, did)| {
        let on_its_way = view.state == Some("queued") && !view.paused;
        let frame = desk.frame("notice.title").about(format!("{} {}", view.incident, view.title));
        frame.watching(&view.incident, seq).polling(on_its_way.then_some(LOOK)).told(did).fill("notice", &view)
    })
}

async fn found(desk: &Desk, id: &str, step: &str, asked: &Asked) -> Result<(View, u64, Option<String>), Error> {
    let id = desk.app().which(Some(id), Fallback::LastClosed).await?;
    let loaded = desk.app().load(id).await?;
    let draft = standing(desk, &loaded, step).await?;
    let did = match asked.get("did") {
        Some(_) => {
            let after = loaded.incident.seq.saturating_sub(100);
            let events = desk.app().events_after(id, after, &desk.reader.locale).await?;
            told(&events, asked.get("did").map(String::as_str))
        }
        None => None,
    };
    let view = view(desk, &loaded, draft, asked.get("lang").map(String::as_str)).ok_or_else(|| missing(step))?;
    Ok((view, loaded.incident.seq, did))
}

/// The notice that stands, or how it would read; `foresee` refuses a step that sends nothing.
async fn standing(desk: &Desk, loaded: &Loaded, step: &str) -> Result<DraftView, Error> {
    let id = loaded.incident.id;
    match loaded.runbook.step(step).and_then(|step| current(loaded, step)) {
        Some(_) => desk.app().notice(id, step).await,
        None => desk.app().foresee(id, step).await,
    }
}

/// The newest notice of a step that counts: one that was called back is composed anew, as is an update already sent.
fn current<'l>(loaded: &'l Loaded, step: &Step) -> Option<&'l NoticeState> {
    use crate::incident::state::Stage;
    let newest = loaded.incident.newest_notice(&step.id)?;
    match newest.stage {
        Stage::Draft | Stage::Approved | Stage::Queued => Some(newest),
        Stage::Settled => {
            let again = matches!(step.kind, StepKind::Updates { .. }) && loaded.incident.is_open(&step.id);
            (!again).then_some(newest)
        }
        Stage::Voided | Stage::Cancelled => None,
    }
}

fn missing(step: &str) -> Error {
    Error::NotFound { message: format!("no notice `{step}`"), help: None }
}

fn view(desk: &Desk, loaded: &Loaded, draft: DraftView, lang: Option<&str>) -> Option<View> {
    let (runbook, incident) = (&loaded.runbook, &loaded.incident);
    let locale = &desk.reader.locale;
    let step = runbook.step(&draft.step)?;
    let spec = step.kind.notice()?;
    let notice = current(loaded, step);
    let looking = Looking { loaded, now: desk.app().clock().now(), person: &desk.me.person, locale };
    let message = chosen(&draft.messages, lang, locale);
    let wanted = of_notice(&spec.template, spec.status);
    let asked = wanted.iter().copied().filter(|id| runbook.facts.contains_key(*id));
    let more = runbook.facts.keys().map(FactId::as_str).filter(|id| !wanted.contains(id));
    let open = incident.is_open(&step.id);
    let (errors, warnings) = draft.problems.into_iter().partition(|problem| problem.severity == Level::Error);
    let counts: Vec<Count> = draft.details.counts.iter().map(|(what, n)| Count { what: what.clone(), n: *n }).collect();
    Some(View {
        incident: incident.number.to_string(),
        incident_title: incident.title.get(locale).to_owned(),
        step: step.id.to_string(),
        title: step.title.get(locale).to_owned(),
        back: format!("/incidents/{}/notices/{}", incident.number, step.id),
        base: format!("/incidents/{}", incident.number),
        state: draft.details.state.filter(|_| draft.notice.is_some()),
        paused: notice.is_some_and(|notice| notice.paused),
        status: draft.details.status,
        statuses: if matches!(step.kind, StepKind::Updates { .. }) { statuses() } else { Vec::new() },
        audience: draft.details.audience,
        hash: draft.hash,
        contacts: draft.details.counted.contacts,
        recipients: draft.recipients,
        left_out: left_out(draft.left_out),
        next_update_at: draft.next_update_at,
        errors,
        warnings,
        tabs: draft.messages.iter().map(|each| tab(each, message)).collect(),
        difference: message.and_then(|message| difference(draft.details.last.get(&message.locale)?, &message.text)),
        message: message.cloned(),
        facts: fields(loaded, looking.now, locale, "facts", asked),
        more_facts: fields(loaded, looking.now, locale, "more", more),
        approval: approval_of(&looking, step),
        asks_approval: spec.approve.is_some(),
        author: notice.map(|notice| notice.author.to_string()),
        resendable: counts.iter().any(|c| ["failed", "unknown", "expired"].contains(&c.what.as_str()) && c.n > 0),
        counts,
        before: before(&looking, step),
        open,
        updates: matches!(step.kind, StepKind::Updates { .. }),
        may_respond: desk.may(Access::Respond).is_ok(),
        may_approve: desk.may(Access::Approve).is_ok(),
    })
}

fn statuses() -> Vec<&'static str> {
    [Status::Investigating, Status::Identified, Status::Monitoring].map(Status::as_str).into()
}

/// The language that was asked for, else the reader's, else the first.
fn chosen<'m>(messages: &'m [MessageView], lang: Option<&str>, reader: &Locale) -> Option<&'m MessageView> {
    let named = messages.iter().find(|message| Some(message.locale.as_str()) == lang);
    let best = reader.best(messages.iter().map(|message| &message.locale));
    named.or_else(|| messages.iter().find(|message| Some(&message.locale) == best)).or(messages.first())
}

fn tab(each: &MessageView, message: Option<&MessageView>) -> Tab {
    Tab { lang: each.locale.to_string(), current: message.is_some_and(|message| message.locale == each.locale) }
}

fn left_out(left_out: crate::incident::event::LeftOut) -> Vec<Count> {
    let counts = serde_json::to_value(left_out).unwrap_or_default();
    let counts = counts.as_object().into_iter().flatten();
    counts.filter_map(|(what, n)| Some(Count { what: what.clone(), n: n.as_u64().filter(|n| *n > 0)? })).collect()
}

/// What came and what went; none where nothing did.
fn difference(last: &str, text: &str) -> Option<Vec<Line>> {
    let changes = TextDiff::from_lines(last, text);
    let changed = changes.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
    let line = |change: similar::Change<&str>| Line {
        added: change.tag() == ChangeTag::Insert,
        text: change.value().trim_end().to_owned(),
    };
    let lines: Vec<Line> = changed.map(line).filter(|line| !line.text.is_empty()).collect();
    (!lines.is_empty()).then_some(lines)
}

/// What still stands before a notice whose turn has not come: the same cards as on the incident's page.
fn before(looking: &Looking<'_>, step: &Step) -> Vec<Card> {
    let (runbook, incident) = (&looking.loaded.runbook, &looking.loaded.incident);
    if incident.is_open(&step.id) || incident.outcome(&step.id).is_some() || incident.phase > Phase::Mid {
        return Vec::new();
    }
    let at = runbook.steps.get_index_of(step.id.as_str()).unwrap_or(0);
    let stands_before = |card: &Card| runbook.steps.get_index_of(card.id.as_str()).is_some_and(|index| index < at);
    cards(looking)
        .into_iter()
        .filter(|card| card.kind != "updates" && card.task != "lift" && stands_before(card))
        .collect()
}

/// The mail itself, for a frame of the composer: no script, no address but this one.
pub(super) async fn mail(desk: Desk, Path((id, step, lang)): Path<(String, String, String)>) -> Response {
    let found = async {
        let id = desk.app().which(Some(&id), Fallback::LastClosed).await?;
        let loaded = desk.app().load(id).await?;
        let draft = standing(&desk, &loaded, &step).await?;
        let message = draft.messages.into_iter().find(|message| message.locale.as_str() == lang);
        message.ok_or_else(|| missing(&step))
    };
    desk.answer(found.await, |message| framed(message.html))
}

/// What a mail may do in a frame of ours: show its own style, nothing else.
const MAIL: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'; \
                    form-action 'none'; base-uri 'none'";

fn framed(html: String) -> Response {
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(MAIL)),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    ];
    (headers, html).into_response()
}
