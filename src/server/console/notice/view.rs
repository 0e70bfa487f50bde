//! The composer as its template gets it.

use indexmap::IndexMap;
use serde::Serialize;

use super::letter::{Line, Tab, chosen, difference, tab};
use super::turn::{before, current};
use crate::app::view::{DraftView, MessageView, Moment, NoticeProblem};
use crate::problem::Level;
use crate::runbook::{Fact, Status, StepKind, builtin};
use crate::server::console::step::fields::{self, FactFields, Prepared};
use crate::server::console::step::{Approval, Card, Sight};

#[derive(Serialize)]
pub(super) struct View {
    pub(super) incident: String,
    incident_title: String,
    step: String,
    pub(super) title: String,
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
    /// Whether it is an update for which somebody has yet to say what is new.
    asks_what_changed: bool,
    /// Whether another try could reach anybody.
    resendable: bool,
    /// How many of those that failed have no address.
    without_address: u64,
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

impl View {
    /// Whether it is being sent now.
    pub(super) fn is_on_its_way(&self) -> bool {
        self.state == Some("queued") && !self.paused
    }
}

pub(super) fn view(sight: &Sight<'_>, draft: DraftView, lang: Option<&str>) -> Option<View> {
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
    let is_update = matches!(step.kind, StepKind::Updates { .. });
    let asks_what_changed = is_update && lacking.contains(&"changed");
    // What the form itself asks for is not held against it.
    let told = |problem: &NoticeProblem| !(asks_what_changed && problem.named("fact") == Some("changed"));
    let problems = draft.problems.iter().filter(|problem| told(problem)).cloned().map(plain);
    let (errors, warnings) = problems.partition(|problem| problem.severity == Level::Error);
    let counts: Vec<Count> = draft.details.counts.iter().map(|(what, n)| Count { what: what.clone(), n: *n }).collect();
    let here = format!("/incidents/{}", incident.number);
    let asked_for = lang.and(message).map(|message| format!("?lang={}", message.locale)).unwrap_or_default();
    Some(View {
        incident: incident.number.to_string(),
        incident_title: incident.title.get(sight.locale).to_owned(),
        step: step.id.to_string(),
        title: step.title.get(sight.locale).to_owned(),
        back: format!("{here}/notices/{}{asked_for}", step.id),
        here,
        ready: state == Some("approved") || (state == Some("draft") && approval.is_none()),
        state,
        paused: notice.is_some_and(|notice| notice.paused),
        status: draft.details.status,
        statuses: if is_update { statuses() } else { Vec::new() },
        audience: draft.details.audience.into_iter().map(audience).collect(),
        hash: draft.hash,
        recipients: draft.recipients,
        left_out: left_out(draft.left_out),
        next_update_at: draft.next_update_at,
        errors,
        warnings,
        tabs: draft.messages.iter().map(|each| tab(each, message)).collect(),
        difference: message.and_then(|message| difference(draft.details.last.get(&message.locale)?, &message.text)),
        message: message.cloned(),
        facts,
        more_facts: Some(fields::fields(sight, more, |_| Prepared::Hidden)).filter(|more| !more.is_empty()),
        asked: approval.map(|approval| Asking { id: step.id.to_string(), early: false, approval }),
        resendable: undelivered(&draft.details.counts) > draft.left_out.no_address,
        without_address: draft.left_out.no_address,
        counts,
        before: before(sight, step),
        open: incident.is_open(&step.id),
        asks_what_changed,
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
    Audience { built_in: builtin::audiences().iter().any(|audience| audience.id.as_str() == id), id }
}

/// As a page says it.
fn plain(mut problem: NoticeProblem) -> NoticeProblem {
    problem.message = problem.message.replace('`', "");
    problem
}

/// How many rows ended without having reached anybody; those without an address are among them.
fn undelivered(counts: &IndexMap<String, u64>) -> u64 {
    ["failed", "unknown", "expired"].iter().filter_map(|what| counts.get(*what)).sum()
}

fn statuses() -> Vec<&'static str> {
    [Status::Investigating, Status::Identified, Status::Monitoring].map(Status::as_str).into()
}

fn left_out(left_out: crate::incident::event::LeftOut) -> Vec<Count> {
    let counts = serde_json::to_value(left_out).unwrap_or_default();
    let counts = counts.as_object().into_iter().flatten();
    counts.filter_map(|(what, n)| Some(Count { what: what.clone(), n: n.as_u64().filter(|n| *n > 0)? })).collect()
}
