//! Notices until they leave: drafted, cancelled, queued exactly as approved.

use indexmap::IndexMap;

use super::rejection::listed;
use super::{Deciding, Rejection};
use crate::clock::{Timestamp, after, rfc3339};
use crate::incident::deadline;
use crate::incident::event::{DraftedNotice, Event, QueuedNotice};
use crate::incident::state::{NoticeState, Stage};
use crate::runbook::{Status, Step, StepId, StepKind};

impl Deciding<'_> {
    pub(super) fn draft(&mut self, draft: Box<DraftedNotice>) -> Result<(), Rejection> {
        let id = draft.step.clone();
        let step = self.act_on(&id, "notice draft")?;
        if step.kind.notice().is_none() {
            return Err(Rejection::new(
                "not_a_notice",
                format!("`{id}` is {} and sends nothing", step.kind.with_article()),
            )
            .help(super::how_to_end(step)));
        }
        self.unobliged(draft.status)?;
        self.promise_holds(&id, draft.next_update_at)?;
        if self.incident.notice(draft.id).is_some() {
            return Err(Rejection::new("already_drafted", format!("notice `{}` was drafted before", draft.id)));
        }
        let before = self.incident.newest_notice(&id).filter(|notice| notice.is_pending()).map(NoticeState::id);
        if let Some(before) = before {
            self.void(before, "redrafted")?;
        }
        self.emit(Event::NoticeDrafted(draft))
    }

    /// Nobody is told that it is over while something is still switched off.
    fn unobliged(&self, status: Option<Status>) -> Result<(), Rejection> {
        if status != Some(Status::Resolved) {
            return Ok(());
        }
        let Some(first) = self.incident.obligations.first() else { return Ok(()) };
        Err(Rejection::new(
            "obligation_open",
            format!("not before this is lifted or kept: {}", listed(&self.incident.obligations)),
        )
        .help(format!("muster lift {first}, or muster keep {first} --reason \"…\"")))
    }

    fn promise_holds(&self, id: &StepId, promise: Option<Timestamp>) -> Result<(), Rejection> {
        match promise {
            Some(promise) if promise <= self.at => Err(Rejection::new(
                "promise_past",
                format!("the next update is promised for `{}`, which is past", rfc3339(promise)),
            )
            .help(format!("draft it again: muster notice draft {id}"))),
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn cancel(&mut self, id: &StepId) -> Result<(), Rejection> {
        self.known(id)?;
        // Where nothing newer stands, an older one that is still on its way is meant.
        let newest = self.newest(id)?;
        let older = self.incident.on_their_way(id).next().filter(|_| !newest.is_pending());
        let notice = older.unwrap_or(newest);
        match notice.stage {
            Stage::Draft | Stage::Approved | Stage::Queued => {}
            Stage::Voided | Stage::Cancelled => {
                return Err(Rejection::new("nothing_to_cancel", format!("no notice of `{id}` stands"))
                    .help(format!("muster notice draft {id}")));
            }
            Stage::Settled => {
                return Err(Rejection::new(
                    "already_settled",
                    format!("the notice `{id}` is out, nothing is left to cancel"),
                )
                .help("say what has changed: muster update \"…\""));
            }
        }
        let notice = notice.id();
        self.emit(Event::NoticeCancelled { notice, step: id.clone() })
    }

    pub(super) fn queue(&mut self, id: &StepId, recipients: Option<u64>) -> Result<(), Rejection> {
        let step = self.act_on(id, "notice send")?;
        let notice = self.newest(id)?;
        match notice.stage {
            Stage::Draft | Stage::Approved => {}
            Stage::Voided => return Err(voided(id)),
            Stage::Cancelled => {
                return Err(Rejection::new("cancelled", format!("the draft of `{id}` was cancelled or rejected"))
                    .help(format!("muster notice draft {id}")));
            }
            Stage::Queued | Stage::Settled => {
                return Err(Rejection::new("already_queued", format!("the notice `{id}` is on its way already"))
                    .help(format!("muster notice show {id}")));
            }
        }
        if step.kind.gate().is_some() && notice.stage != Stage::Approved {
            return Err(Rejection::new("approval_needed", format!("`{id}` needs an approval first"))
                .help(self.who_may_approve(step)));
        }
        let draft = std::sync::Arc::clone(&notice.draft);
        let rows = draft.recipients.rows;
        if let Some(expected) = recipients
            && expected != rows
        {
            return Err(Rejection::new(
                "recipients_differ",
                format!("the notice `{id}` goes to {rows}, not to {expected}"),
            )
            .help(format!("muster notice show {id}, then muster notice send {id} --recipients {rows}")));
        }
        self.unobliged(draft.status)?;
        self.promise_holds(id, draft.next_update_at)?;
        self.send(step, &draft)
    }

    fn send(&mut self, step: &Step, draft: &DraftedNotice) -> Result<(), Rejection> {
        let id = &step.id;
        // What only the team hears is not what the public is told.
        let told = draft.status.filter(|_| draft.to_customers);
        let turns = told.filter(|status| self.incident.status != Some(*status));
        let queued = QueuedNotice {
            notice: draft.id,
            step: id.clone(),
            spends: draft.spends.clone(),
            next_update_at: draft.next_update_at,
            updates_due: self.updates_due(draft, turns.is_some()),
            kept_promise: self.kept_promise(draft),
        };
        self.emit(Event::NoticeQueued(Box::new(queued)))?;
        if let StepKind::Notice(_) = step.kind {
            self.end_as_asked(id)?;
        }
        if let Some(to) = turns {
            self.follow(Event::StatusChanged { from: self.incident.status, to })?;
            self.void_drafts(Some(draft.id), "status")?;
        }
        // What another draft was going to say is said, and spent.
        if let Some(spent) = draft.spends.first() {
            let others = self.incident.notices.iter().filter(|other| other.is_pending());
            let doubled: Vec<_> = others
                .filter(|other| other.draft.spends.iter().any(|fact| draft.spends.contains(fact)))
                .map(NoticeState::id)
                .collect();
            doubled.into_iter().try_for_each(|other| self.void(other, &format!("fact:{spent}")))?;
        }
        Ok(())
    }

    /// When running updates owe their next message once this one is queued.
    fn updates_due(&self, draft: &DraftedNotice, turns: bool) -> IndexMap<StepId, Timestamp> {
        let owed = after(self.at, deadline::update_every(self.runbook, &self.incident.severity));
        let mut due = IndexMap::new();
        for (step, updates) in &self.incident.updates {
            let fed = *step == draft.step || updates.audience.iter().all(|wanted| draft.audience.contains(wanted));
            if fed {
                due.insert(step.clone(), draft.next_update_at.map_or(owed, |promised| promised.min(owed)));
            } else if turns && owed < updates.next_due {
                due.insert(step.clone(), owed);
            }
        }
        due
    }

    /// Whether the promise of the last notice to the same people is kept by this one.
    fn kept_promise(&self, draft: &DraftedNotice) -> Option<bool> {
        let last = self.incident.notices.iter().rev().find(|told| {
            told.queued_at.is_some() && told.draft.audience.iter().all(|audience| draft.audience.contains(audience))
        })?;
        last.draft.next_update_at.map(|promised| self.at <= promised)
    }

    pub(super) fn newest(&self, id: &StepId) -> Result<&NoticeState, Rejection> {
        self.incident.newest_notice(id).ok_or_else(|| {
            Rejection::new("nothing_drafted", format!("nothing is drafted for `{id}`"))
                .help(format!("muster notice draft {id}"))
        })
    }
}

pub(super) fn voided(id: &StepId) -> Rejection {
    Rejection::new("draft_voided", format!("the draft of `{id}` is no longer true: something it says has changed"))
        .help(format!("draft it again: muster notice draft {id}"))
}
