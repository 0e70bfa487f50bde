//! What events change about notices: their stage, approvals, promises and counts.

use std::sync::Arc;

use super::Misfit;
use crate::clock::Timestamp;
use crate::incident::NoticeId;
use crate::incident::event::{Event, QueuedNotice, Recorded};
use crate::incident::state::{ApprovalState, Incident, NoticeState, Stage};

impl Incident {
    pub(super) fn change_notice(&mut self, recorded: &Recorded) -> Result<(), Misfit> {
        if let Event::NoticeDrafted(draft) = &recorded.event {
            if self.notice(draft.id).is_some() {
                return Err(format!("notice `{}` was drafted before", draft.id));
            }
            self.notices.push(NoticeState {
                approval: ApprovalState {
                    author: Some(recorded.actor.clone()),
                    asked_at: recorded.at,
                    hash: Some(draft.hash.clone()),
                    approvers: Vec::new(),
                    complete: false,
                    escalated: false,
                },
                draft: Arc::new(draft.as_ref().clone()),
                author: recorded.actor.clone(),
                drafted_at: recorded.at,
                stage: Stage::Draft,
                queued_at: None,
                first_sent_at: None,
                paused: false,
                counts: indexmap::IndexMap::new(),
            });
        } else if let Event::Approved { notice: Some(id), complete, .. } = &recorded.event {
            let notice = self.pending(*id)?;
            notice.approval.approvers.extend(recorded.actor.person().cloned());
            notice.approval.complete = *complete;
            if *complete {
                notice.stage = Stage::Approved;
            }
        } else if let Event::Rejected { notice: Some(id), .. } = &recorded.event {
            self.pending(*id)?.stage = Stage::Cancelled;
        } else if let Event::NoticeVoided { notice: id, .. } = &recorded.event {
            self.pending(*id)?.stage = Stage::Voided;
        } else if let Event::NoticeQueued(queued) = &recorded.event {
            self.queue(queued, recorded.at)?;
        } else {
            self.change_sending(recorded)?;
        }
        Ok(())
    }

    fn change_sending(&mut self, recorded: &Recorded) -> Result<(), Misfit> {
        if let Event::NoticeCancelled { notice: id, .. } = &recorded.event {
            self.known(*id)?.stage = Stage::Cancelled;
        } else if let Event::NoticePaused { notice: id, .. } = &recorded.event {
            self.known(*id)?.paused = true;
        } else if let Event::NoticeResumed { notice: id, .. } = &recorded.event {
            self.known(*id)?.paused = false;
        } else if let Event::NoticeResent { notice: id, .. } = &recorded.event {
            self.known(*id)?.stage = Stage::Queued;
        } else if let Event::NoticeFirstSent { notice: id, sent_at, .. } = &recorded.event {
            self.known(*id)?.first_sent_at = Some(*sent_at);
        } else if let Event::NoticeSettled { notice: id, counts, .. } = &recorded.event {
            let notice = self.known(*id)?;
            notice.counts.clone_from(counts);
            // A notice cancelled on its way out stays cancelled; its counts say how far it came.
            if notice.stage == Stage::Queued {
                notice.stage = Stage::Settled;
            }
        }
        Ok(())
    }

    fn queue(&mut self, queued: &QueuedNotice, at: Timestamp) -> Result<(), Misfit> {
        let notice = self.pending(queued.notice)?;
        notice.stage = Stage::Queued;
        notice.queued_at = Some(at);
        let draft = Arc::clone(&notice.draft);
        if draft.to_customers {
            self.first_notice_due = None;
        }
        for fact in &queued.spends {
            self.facts.shift_remove(fact);
        }
        self.promise_updates(&queued.updates_due)?;
        for (step, updates) in &mut self.updates {
            let fed = *step == draft.step || updates.audience.iter().all(|audience| draft.audience.contains(audience));
            if fed {
                updates.missed = 0;
                updates.counted_until = None;
            }
        }
        Ok(())
    }

    fn known(&mut self, id: NoticeId) -> Result<&mut NoticeState, Misfit> {
        self.notices
            .iter_mut()
            .rev()
            .find(|notice| notice.id() == id)
            .ok_or_else(|| format!("there is no notice `{id}`"))
    }

    fn pending(&mut self, id: NoticeId) -> Result<&mut NoticeState, Misfit> {
        let notice = self.known(id)?;
        if notice.is_pending() { Ok(notice) } else { Err(format!("notice `{id}` is no longer a draft")) }
    }
}
