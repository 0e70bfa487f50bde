//! Drafting: facts and template become a frozen text, a fingerprint and prepared rows.

use indexmap::IndexMap;

use super::recipients::{Plan, Planned, mailed_since};
use super::view::{DraftDetails, DraftView, MessageView, NoticeProblem};
use super::warned::unanswered;
use super::{App, Caller, Drafting, Error, Loaded, Result, Written};
use crate::incident::event::{DraftedNotice, LeftOut, Message, Recipients};
use crate::incident::state::{NoticeState, Stage};
use crate::incident::{Command, IncidentId, NoticeId, decide};
use crate::library;
use crate::notice::personal::preview;
use crate::notice::{Composed, Fingerprint, Scene, Templates};
use crate::runbook::{NoticeSpec, StepId, StepKind};

impl App {
    /// Renders, freezes and commits a draft; with a contract problem it only says so.
    pub async fn draft(&self, caller: &Caller, id: IncidentId, step: &str, drafting: Drafting) -> Result<DraftView> {
        let described = format!("draft {step} {drafting:?}");
        if self.answered(caller, id, &described).await?.is_some() {
            return self.notice(id, step).await;
        }
        self.tick_before(id).await?;
        let loaded = self.load(id).await?;
        let (step, spec) = message_step(&loaded, step)?;
        let now = self.clock.now();
        let scene = Scene {
            runbook: &loaded.runbook,
            incident: &loaded.incident,
            step: &step,
            spec: &spec,
            status: drafting.status,
            nothing_new: drafting.nothing_new,
            page: &self.settings.page,
            locales: &loaded.runbook.locales,
            now,
        };
        let composed = self.composed(&scene)?;
        if !composed.is_sound() {
            return Ok(refused_view(&loaded, &step, &spec, composed));
        }
        let notice = NoticeId(self.clock.new_id());
        let print = Fingerprint::new(&composed.messages, composed.next_update_at, composed.next_mail_at);
        let provisional = drafted(&loaded, notice, &step, &spec, &composed, unplanned(print.clone()));
        self.rehearse(caller, &loaded, provisional)?;
        let plan = Plan {
            loaded: &loaded,
            notice,
            step: &step,
            spec: &spec,
            locales: &loaded.runbook.locales,
            mailed_since: mailed_since(&loaded, composed.status, now),
        };
        let planned = self.plan_recipients(&plan, print).await?;
        let command = Command::DraftNotice(Box::new(drafted(&loaded, notice, &step, &spec, &composed, planned)));
        if let Err(error) = self.act_with(caller, id, &described, command, Vec::new()).await {
            self.writer().await?.discard(notice).await?;
            return Err(error);
        }
        let mut view = self.notice(id, step.as_str()).await?;
        view.problems = composed.problems.iter().map(problem).collect();
        Ok(view)
    }

    /// Asks the engine whether the draft would be taken, before a row is prepared for anyone.
    fn rehearse(&self, caller: &Caller, loaded: &Loaded, draft: DraftedNotice) -> Result<()> {
        let command = Command::DraftNotice(Box::new(draft));
        let request = crate::incident::Request { actor: caller.actor(), early: caller.early.clone(), command };
        decide(&loaded.runbook, self.clock.now(), &loaded.incident, request)?;
        Ok(())
    }

    /// The short way: states what changed and drafts the next update.
    pub async fn update(
        &self,
        caller: &Caller,
        id: IncidentId,
        changed: Option<&str>,
        drafting: Drafting,
    ) -> Result<DraftView> {
        let loaded = self.load(id).await?;
        let step = updates_step(&loaded)?;
        if let Some(changed) = changed {
            let fact = Written { fact: "changed".to_owned(), locale: None, value: changed.to_owned() };
            // Two decisions under one key of the caller's: said again, neither is made twice.
            let own_key = caller.key.as_deref().map(|key| format!("{key}/changed"));
            let stating = Caller { key: own_key, ..caller.clone() };
            self.set(&stating, id, &[fact], false).await?;
        }
        self.draft(caller, id, step.as_str(), drafting).await
    }

    /// The newest notice of a step.
    pub async fn notice(&self, id: IncidentId, step: &str) -> Result<DraftView> {
        let loaded = self.load(id).await?;
        let (step, spec) = message_step(&loaded, step)?;
        let notice = loaded.incident.newest_notice(&step).ok_or_else(|| Error::NotFound {
            message: format!("`{step}` has no notice yet"),
            help: Some(format!("muster notice draft {step}")),
        })?;
        let counts = self.counts_of(notice).await?;
        let warned = self.warned(&loaded, &spec, notice)?;
        Ok(view(&loaded, &spec, notice, counts, warned))
    }

    /// Every notice template at hand, the user's before the embedded ones.
    pub(super) fn templates(&self) -> Result<Templates> {
        Ok(Templates::new(library::notice_templates(&self.settings)?))
    }

    pub(super) async fn counts_of(&self, notice: &NoticeState) -> Result<IndexMap<String, u64>> {
        let Some(store) = self.reader().await? else { return Ok(IndexMap::new()) };
        let counts = store.counts(notice.id()).await?;
        Ok(counts.0.into_iter().map(|(state, count)| (state.as_str().to_owned(), count)).collect())
    }
}

/// The step and what it sends, if it is one that sends.
pub(super) fn message_step(loaded: &Loaded, step: &str) -> Result<(StepId, NoticeSpec)> {
    let senders = || loaded.runbook.steps.values().filter(|step| step.kind.notice().is_some());
    let found = loaded
        .runbook
        .step(step)
        .ok_or_else(|| Error::unknown("step", step, senders().map(|step| step.id.as_str())))?;
    let spec = found.kind.notice().ok_or_else(|| {
        let known: Vec<_> = senders().map(|step| format!("`{}`", step.id)).collect();
        Error::refused(
            "not_a_notice",
            format!("`{step}` is {}, which sends nothing", found.kind.with_article()),
            format!("steps that send: {}", known.join(", ")),
        )
    })?;
    Ok((found.id.clone(), spec.clone()))
}

/// The running `updates` step; where there are several, the one that owes first.
fn updates_step(loaded: &Loaded) -> Result<StepId> {
    let running = loaded.incident.updates.iter().filter(|(step, _)| loaded.incident.is_open(step));
    running.min_by_key(|(_, updates)| updates.next_due).map(|(step, _)| step.clone()).ok_or_else(|| {
        let known = loaded.runbook.steps.values().find(|step| matches!(step.kind, StepKind::Updates { .. }));
        let help = match known {
            Some(step) => format!("`{}` is not running now; draft a notice step: `muster notice draft STEP`", step.id),
            None => "this runbook has no `updates` step; draft a notice step: `muster notice draft STEP`".to_owned(),
        };
        Error::refused("no_updates", "no updates are running", help)
    })
}

fn unplanned(print: Fingerprint) -> Planned {
    let (recipients, left_out) = (Recipients::default(), LeftOut::default());
    Planned { hash: print.finish(), recipients, left_out, failed_conditions: 0 }
}

fn drafted(
    loaded: &Loaded,
    id: NoticeId,
    step: &StepId,
    spec: &NoticeSpec,
    composed: &Composed,
    planned: Planned,
) -> DraftedNotice {
    let mut warnings = composed.warnings.clone();
    if planned.failed_conditions > 0 {
        warnings.push(unanswered(planned.failed_conditions));
    }
    DraftedNotice {
        id,
        step: step.clone(),
        status: composed.status,
        template: spec.template.clone(),
        audience: spec.audience.clone(),
        via: spec.via.clone(),
        hash: planned.hash,
        next_update_at: composed.next_update_at,
        next_mail_at: composed.next_mail_at,
        messages: composed.messages.clone(),
        recipients: planned.recipients,
        left_out: planned.left_out,
        warnings,
        spends: composed.spends.clone(),
        to_customers: !loaded.runbook.is_staff_only(&spec.audience),
    }
}

fn problem(problem: &crate::problem::Problem) -> NoticeProblem {
    NoticeProblem {
        code: problem.code.to_owned(),
        severity: problem.level,
        message: problem.message.clone(),
        help: problem.help.clone(),
        named: problem.named.clone(),
    }
}

fn message_view(message: &Message) -> MessageView {
    MessageView {
        locale: message.locale.clone(),
        subject: preview(&message.subject),
        text: preview(&message.text),
        html: preview(&message.html),
    }
}

/// A draft that was not made, with why.
pub(super) fn refused_view(loaded: &Loaded, step: &StepId, spec: &NoticeSpec, composed: Composed) -> DraftView {
    DraftView {
        step: step.to_string(),
        notice: None,
        hash: None,
        next_update_at: composed.next_update_at.map(Into::into),
        recipients: 0,
        left_out: LeftOut::default(),
        problems: composed.problems.iter().map(problem).collect(),
        messages: composed.messages.iter().map(message_view).collect(),
        details: DraftDetails {
            status: composed.status.map(crate::runbook::Status::as_str),
            approve_by: approvers(spec),
            audience: spec.audience.iter().map(ToString::to_string).collect(),
            last: last_texts(loaded, spec, None),
            ..DraftDetails::default()
        },
    }
}

fn view(
    loaded: &Loaded,
    spec: &NoticeSpec,
    notice: &NoticeState,
    counts: IndexMap<String, u64>,
    problems: Vec<NoticeProblem>,
) -> DraftView {
    let draft = &notice.draft;
    DraftView {
        step: draft.step.to_string(),
        notice: Some(draft.id.to_string()),
        hash: Some(draft.hash.clone()),
        next_update_at: draft.next_update_at.map(Into::into),
        recipients: draft.recipients.rows,
        left_out: draft.left_out,
        problems,
        messages: draft.messages.iter().map(message_view).collect(),
        details: DraftDetails {
            status: draft.status.map(crate::runbook::Status::as_str),
            state: Some(stage_name(notice.stage)),
            approve_by: approvers(spec),
            audience: draft.audience.iter().map(ToString::to_string).collect(),
            counted: draft.recipients,
            next_mail_at: draft.next_mail_at,
            last: last_texts(loaded, spec, Some(draft.id)),
            counts,
        },
    }
}

fn approvers(spec: &NoticeSpec) -> Vec<String> {
    spec.approve.iter().flat_map(|gate| gate.by.iter().map(ToString::to_string)).collect()
}

/// A stage as JSON and people know it; a voided draft is one that was cancelled.
pub(super) fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Draft => "draft",
        Stage::Approved => "approved",
        Stage::Queued => "queued",
        Stage::Settled => "settled",
        Stage::Voided | Stage::Cancelled => "cancelled",
    }
}

/// The texts of the last notice queued to the same audience before this one.
fn last_texts(loaded: &Loaded, spec: &NoticeSpec, before: Option<NoticeId>) -> IndexMap<crate::locale::Locale, String> {
    let notices = &loaded.incident.notices;
    let end = before.and_then(|id| notices.iter().position(|n| n.id() == id)).unwrap_or(notices.len());
    notices[..end]
        .iter()
        .rev()
        .find(|notice| notice.queued_at.is_some() && notice.draft.audience == spec.audience)
        .map(|notice| notice.draft.messages.iter().map(|m| (m.locale.clone(), preview(&m.text))).collect())
        .unwrap_or_default()
}
