//! The composer of a notice: facts on one side, the mail as customers see it on the other.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use super::incident::told;
use super::step::fields::{self, FactFields, Prepared};
use super::step::{Approval, Card, Known, Sight};
use crate::app::view::{DraftView, MessageView, Moment, NoticeProblem};
use crate::app::{Error, Fallback, Loaded};
use crate::incident::state::NoticeState;
use crate::locale::Locale;
use crate::problem::Level;
use crate::runbook::{Fact, Phase, Status, Step, StepKind};
use crate::server::desk::Desk;

/// How often the page looks at the delivery, in seconds.
const LOOK: u32 = 2;

#[derive(Serialize)]
struct View {
    incident: String,
    incident_title: String,
    step: String,
    title: String,
    /// The incident's page.
    here: String,
    /// Where its forms come back to.
    back: String,
    /// None before it is drafted.
    state: Option<&'static str>,
    paused: bool,
    status: Option<&'static str>,
    statuses: Vec<&'static str>,
    audience: Vec<Audience>,
    hash: Option<String>,
    recipients: u64,
    left_out: Vec<Count>,
    next_update_at: Option<Moment>,
    errors: Vec<NoticeProblem>,
    warnings: Vec<NoticeProblem>,
    tabs: Vec<Tab>,
    message: Option<MessageView>,
    difference: Option<Vec<Line>>,
    facts: FactFields,
    /// None where the notice answers for every fact there is.
    more_facts: Option<FactFields>,
    asked: Option<Asking>,
    /// Whether it may leave as it is.
    ready: bool,
    counts: Vec<Count>,
    before: Vec<Card>,
    open: bool,
    updates: bool,
    resendable: bool,
    may_act: bool,
}

/// Its text, which stands to be approved.
#[derive(Serialize)]
struct Asking {
    id: String,
    early: bool,
    approval: Approval,
}

#[derive(Serialize)]
struct Audience {
    id: String,
    /// Whether it is Muster's own rather than the runbook's.
    built_in: bool,
}

#[derive(Serialize)]
struct Count {
    what: String,
    n: u64,
}

#[derive(Serialize)]
struct Tab {
    lang: String,
    name: String,
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
    let locale = &desk.reader.locale;
    let id = desk.app().which(Some(id), Fallback::LastClosed).await?;
    let mut known = Known::of(desk.app(), id).await?;
    let draft = standing(desk, &known.loaded, step).await?.told(locale);
    let incident = &known.loaded.incident;
    let did = match asked.get("did") {
        Some(_) => {
            let events = desk.app().events_after(id, incident.seq.saturating_sub(100), locale).await?;
            told(&events, asked.get("did").map(String::as_str))
        }
        None => None,
    };
    if known.loaded.runbook.step(step).is_some_and(|step| is_to_come(&known.loaded, step)) {
        known.count(desk.app(), locale).await?;
    }
    let view = view(&known.sight(desk), draft, asked.get("lang").map(String::as_str)).ok_or_else(|| missing(step))?;
    Ok((view, known.loaded.incident.seq, did))
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

fn view(sight: &Sight<'_>, draft: DraftView, lang: Option<&str>) -> Option<View> {
    let (runbook, incident) = (sight.runbook(), sight.incident());
    let step = runbook.step(&draft.step)?;
    let spec = step.kind.notice()?;
    let notice = current(sight.loaded, step);
    let state = draft.details.state.filter(|_| draft.notice.is_some());
    let message = chosen(&draft.messages, lang, sight.locale);
    let wanted = answers_for(&spec.template, spec.status);
    let more = runbook.facts.values().filter(|fact| !wanted.contains(&fact.id.as_str()));
    let approval = Approval::of(sight, step).filter(|_| state == Some("draft"));
    let asked = wanted.iter().filter_map(|id| runbook.facts.get(*id));
    let lacking: Vec<&str> =
        draft.problems.iter().filter(|p| p.code == "missing_fact").filter_map(|p| p.named("fact")).collect();
    let facts = fields::fields(sight, asked, |fact| prepared(sight, fact)).lacking(&lacking);
    let problems = draft.problems.into_iter().map(plain);
    let (errors, warnings) = problems.partition(|problem| problem.severity == Level::Error);
    let counts: Vec<Count> = draft.details.counts.iter().map(|(what, n)| Count { what: what.clone(), n: *n }).collect();
    let here = format!("/incidents/{}", incident.number);
    let tab = lang.and(message).map(|message| format!("?lang={}", message.locale)).unwrap_or_default();
    Some(View {
        incident: incident.number.to_string(),
        incident_title: incident.title.get(sight.locale).to_owned(),
        step: step.id.to_string(),
        title: step.title.get(sight.locale).to_owned(),
        back: format!("{here}/notices/{}{tab}", step.id),
        here,
        ready: state == Some("approved") || (state == Some("draft") && approval.is_none()),
        state,
        paused: notice.is_some_and(|notice| notice.paused),
        status: draft.details.status,
        statuses: if matches!(step.kind, StepKind::Updates { .. }) { statuses() } else { Vec::new() },
        audience: draft.details.audience.into_iter().map(audience).collect(),
        hash: draft.hash,
        recipients: draft.recipients,
        left_out: left_out(draft.left_out),
        next_update_at: draft.next_update_at,
        errors,
        warnings,
        tabs: draft.messages.iter().map(|each| tab_of(each, message)).collect(),
        difference: message.and_then(|message| difference(draft.details.last.get(&message.locale)?, &message.text)),
        message: message.cloned(),
        facts,
        more_facts: Some(fields::fields(sight, more, |_| Prepared::Hidden)).filter(|more| !more.is_empty()),
        asked: approval.map(|approval| Asking { id: step.id.to_string(), early: false, approval }),
        resendable: counts.iter().any(|c| ["failed", "unknown", "expired"].contains(&c.what.as_str()) && c.n > 0),
        counts,
        before: before(sight, step),
        open: incident.is_open(&step.id),
        updates: matches!(step.kind, StepKind::Updates { .. }),
        may_act: sight.may_act(),
    })
}

/// What each sort of notice answers for comes first in its composer.
fn answers_for(template: &str, status: Option<Status>) -> &'static [&'static str] {
    match (template, status) {
        ("statement", _) => &["claim", "truth", "contact"],
        (_, Some(Status::Resolved)) => &["ended_at", "data_loss", "safe_to_retry", "contact", "review"],
        ("update", _) | (_, Some(Status::Identified | Status::Monitoring)) => &["changed", "workaround", "contact"],
        (_, Some(Status::Investigating)) => &["impact", "affected", "unaffected", "workaround", "contact"],
        (_, None) => &["impact", "contact"],
    }
}

/// What becomes of a fact's prepared wording in a form that also confirms what an open step gathers.
fn prepared(sight: &Sight<'_>, fact: &Fact) -> Prepared {
    if fields::is_gathered(sight, &fact.id) { Prepared::Confirmed } else { Prepared::Stated }
}

fn audience(id: String) -> Audience {
    Audience { built_in: ["affected", "page", "staff", "uncovered"].contains(&id.as_str()), id }
}

/// As a page says it.
fn plain(mut problem: NoticeProblem) -> NoticeProblem {
    problem.message = problem.message.replace('`', "");
    problem
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

fn tab_of(each: &MessageView, message: Option<&MessageView>) -> Tab {
    Tab {
        lang: each.locale.to_string(),
        name: each.locale.own_name().to_owned(),
        current: message.is_some_and(|message| message.locale == each.locale),
    }
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

/// Whether a notice's turn has yet to come, while it may.
fn is_to_come(loaded: &Loaded, step: &Step) -> bool {
    let incident = &loaded.incident;
    !incident.is_open(&step.id) && incident.outcome(&step.id).is_none() && incident.phase <= Phase::Mid
}

/// What still stands before a notice whose turn has not come: the same cards as on the incident's page.
fn before(sight: &Sight<'_>, step: &Step) -> Vec<Card> {
    if !is_to_come(sight.loaded, step) {
        return Vec::new();
    }
    let steps = &sight.runbook().steps;
    let todo = sight.todo();
    let rank = |step: &Step| todo.iter().position(|todo| todo.step == step.id).unwrap_or(usize::MAX);
    let earlier = steps.values().take_while(|earlier| earlier.id != step.id);
    let holds_up = |step: &&Step| !matches!(step.kind, StepKind::Updates { .. });
    let mut open: Vec<&Step> = earlier.filter(|step| sight.incident().is_open(&step.id)).filter(holds_up).collect();
    open.sort_by_key(|step| rank(step));
    let card = |(at, step): (usize, &Step)| {
        let card = Card::open(sight, step, todo.iter().find(|todo| todo.step == step.id));
        if at == 0 { card.pinned() } else { card }
    };
    open.into_iter().enumerate().map(card).collect()
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
