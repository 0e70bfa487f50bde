//! Notices on their way: paused, resumed, sent again, and what the ledger reports of them.

use indexmap::IndexMap;

use super::{Deciding, Rejection, text};
use crate::clock::Timestamp;
use crate::incident::NoticeId;
use crate::incident::event::Event;
use crate::incident::state::{NoticeState, Stage};
use crate::runbook::StepId;

impl Deciding<'_> {
    pub(super) fn pause(&mut self, id: &StepId, reason: Option<&str>) -> Result<(), Rejection> {
        let notice = self.on_its_way(
            id,
            |notice| !notice.paused,
            || {
                Rejection::new("already_paused", format!("the notice `{id}` is paused already"))
                    .help(format!("muster notice resume {id}"))
            },
        )?;
        let reason = text::optional("reason", reason)?;
        self.emit(Event::NoticePaused { notice, step: id.clone(), reason })
    }

    pub(super) fn resume(&mut self, id: &StepId) -> Result<(), Rejection> {
        let notice = self.on_its_way(
            id,
            |notice| notice.paused,
            || {
                Rejection::new("not_paused", format!("the notice `{id}` is not paused"))
                    .help(format!("muster notice show {id}"))
            },
        )?;
        self.emit(Event::NoticeResumed { notice, step: id.clone() })
    }

    /// The newest notice of a step that is on its way and as wanted; a newer draft does not hide it.
    fn on_its_way(
        &self,
        id: &StepId,
        wanted: impl Fn(&NoticeState) -> bool,
        otherwise: impl Fn() -> Rejection,
    ) -> Result<NoticeId, Rejection> {
        self.known(id)?;
        let mut found = self.incident.on_their_way(id).peekable();
        if found.peek().is_none() {
            self.newest(id)?;
            return Err(Rejection::new("not_sending", format!("the notice `{id}` is not on its way"))
                .help(format!("muster notice show {id}")));
        }
        found.find(|notice| wanted(notice)).map(NoticeState::id).ok_or_else(otherwise)
    }

    pub(super) fn resend(&mut self, id: &StepId, rows: u64) -> Result<(), Rejection> {
        self.known(id)?;
        self.newest(id)?;
        let Some(notice) = self.incident.newest_sent(id).map(NoticeState::id) else {
            return Err(Rejection::new("not_sent", format!("the notice `{id}` has not been sent"))
                .help(format!("muster notice show {id}")));
        };
        if rows == 0 {
            return Err(Rejection::new(
                "nothing_to_resend",
                format!("nothing of `{id}` failed, expired or is in doubt"),
            )
            .help(format!("muster notice show {id}")));
        }
        self.emit(Event::NoticeResent { notice, step: id.clone(), rows })
    }

    pub(super) fn hear_first_sent(&mut self, notice: NoticeId, sent_at: Timestamp) -> Result<(), Rejection> {
        let known = self.sent(notice)?;
        if known.first_sent_at.is_some() {
            return Ok(());
        }
        let step = known.draft.step.clone();
        self.emit(Event::NoticeFirstSent { notice, step, sent_at })
    }

    pub(super) fn hear_settled(&mut self, notice: NoticeId, counts: IndexMap<String, u64>) -> Result<(), Rejection> {
        let known = self.sent(notice)?;
        if known.stage != Stage::Queued && known.counts == counts {
            return Ok(());
        }
        let step = known.draft.step.clone();
        self.emit(Event::NoticeSettled { notice, step, counts })
    }

    pub(super) fn hear_stalled(&mut self, notice: NoticeId, reason: &str) -> Result<(), Rejection> {
        let known = self.sent(notice)?;
        if known.paused || known.stage != Stage::Queued {
            return Ok(());
        }
        let step = known.draft.step.clone();
        self.emit(Event::NoticePaused { notice, step, reason: Some(text::heard(reason)) })
    }

    /// A notice that was queued, whatever became of it then.
    fn sent(&self, notice: NoticeId) -> Result<&NoticeState, Rejection> {
        self.incident
            .notice(notice)
            .filter(|known| known.queued_at.is_some())
            .ok_or_else(|| Rejection::new("unknown_notice", format!("no notice `{notice}` was queued")))
    }
}
