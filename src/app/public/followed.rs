//! An incident followed event by event for what the public is told of it. Pure.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Impact, PublicIncident, Told, Wording};
use crate::clock::Timestamp;
use crate::incident::event::{Declared, DraftedNotice, Event, Message, Recorded};
use crate::incident::{IncidentId, IncidentNumber, NoticeId};
use crate::notice::personal::{anyone, fill_markdown, fill_text};
use crate::runbook::{AudienceId, NoticeSpec, Runbook, Select, SeverityId, Via, check};

/// The template of a notice that answers a claim.
const STATEMENT: &str = "statement";

/// What a runbook says about the public.
#[derive(Debug, Default)]
pub(super) struct Terms {
    /// The audiences that are the status page.
    page: Vec<AudienceId>,
    pub(super) components: Vec<String>,
    /// Highest first.
    severities: Vec<SeverityId>,
    /// Whether any of its steps goes to the page.
    pub(super) speaks_to_the_public: bool,
}

impl Terms {
    pub(super) fn of(runbook: &Runbook) -> Self {
        let page: Vec<_> = runbook
            .audiences
            .values()
            .filter(|audience| audience.select == Select::Page)
            .map(|audience| audience.id.clone())
            .collect();
        let goes = |spec: &NoticeSpec| is_for_page(&spec.via, &spec.audience, &page);
        let speaks_to_the_public = runbook.steps.values().filter_map(|step| step.kind.notice()).any(goes);
        Self {
            speaks_to_the_public,
            components: runbook.components.clone(),
            severities: runbook.severities.iter().map(|severity| severity.id.clone()).collect(),
            page,
        }
    }

    /// The terms that an incident began with; nothing is public where they cannot be read.
    fn pinned(declared: &Declared) -> Self {
        check::pinned(&declared.runbook_source).map(|runbook| Self::of(&runbook)).unwrap_or_default()
    }

    fn impact(&self, severity: &SeverityId) -> Impact {
        let rank = self.severities.iter().position(|known| known == severity);
        rank.map_or(Impact::Minor, |rank| Impact::of_rank(rank + 1))
    }
}

fn is_for_page(via: &[Via], audience: &[AudienceId], page: &[AudienceId]) -> bool {
    via.contains(&Via::Page) && audience.iter().any(|id| page.contains(id))
}

/// What has been read of an incident, and what of it is public.
#[derive(Debug)]
pub(super) struct Followed {
    seq: u64,
    terms: Arc<Terms>,
    severity: Option<SeverityId>,
    /// Drafts to the page that have not been queued; nobody may see them.
    drafts: HashMap<NoticeId, DraftedNotice>,
    public: PublicIncident,
    drill: bool,
}

impl Followed {
    pub(super) fn new(id: IncidentId, number: IncidentNumber) -> Self {
        let public = PublicIncident { number, id, components: Vec::new(), told: Vec::new(), closed_at: None };
        Self { seq: 0, terms: Arc::default(), severity: None, drafts: HashMap::new(), public, drill: false }
    }

    pub(super) fn seq(&self) -> u64 {
        self.seq
    }

    pub(super) fn closed_at(&self) -> Option<Timestamp> {
        self.public.closed_at
    }

    /// The incident, if the public was told anything of it.
    pub(super) fn shown(&self) -> Option<&PublicIncident> {
        Some(&self.public).filter(|public| !public.told.is_empty() && !self.drill)
    }

    /// Takes the next event in; whether that changed what is shown.
    pub(super) fn take(&mut self, recorded: &Recorded, known: &mut HashMap<String, Arc<Terms>>) -> bool {
        self.seq = recorded.seq;
        let was_shown = !self.public.told.is_empty();
        match &recorded.event {
            Event::IncidentDeclared(declared) => {
                let read = || Arc::new(Terms::pinned(declared));
                self.terms = Arc::clone(known.entry(declared.runbook_hash.clone()).or_insert_with(read));
                self.public.components.clone_from(&self.terms.components);
                self.severity = Some(declared.severity.clone());
                self.drill = declared.drill;
                false
            }
            Event::SeverityChanged { to, .. } => {
                self.severity = Some(to.clone());
                false
            }
            Event::NoticeDrafted(draft) => {
                if is_for_page(&draft.via, &draft.audience, &self.terms.page) {
                    self.drafts.insert(draft.id, draft.as_ref().clone());
                }
                false
            }
            Event::NoticeVoided { notice, .. } => {
                self.drafts.remove(notice);
                false
            }
            Event::NoticeQueued(queued) => match self.drafts.remove(&queued.notice) {
                Some(draft) => {
                    let told = self.told(&draft, recorded.at);
                    self.public.told.insert(0, told);
                    true
                }
                None => false,
            },
            // Called back while it was going out: the page, which can, takes it back as well.
            Event::NoticeCancelled { notice, .. } => {
                self.drafts.remove(notice);
                let before = self.public.told.len();
                self.public.told.retain(|told| told.id != *notice);
                self.public.told.len() != before
            }
            Event::IncidentClosed { .. } => {
                self.public.closed_at = Some(recorded.at);
                was_shown
            }
            Event::IncidentReopened { .. } => {
                self.public.closed_at = None;
                was_shown
            }
            _ => false,
        }
    }

    fn told(&self, draft: &DraftedNotice, at: Timestamp) -> Told {
        let impact = self.severity.as_ref().map_or(Impact::Minor, |severity| self.terms.impact(severity));
        Told {
            id: draft.id,
            at,
            status: draft.status,
            is_statement: draft.template == STATEMENT,
            impact: if draft.status.is_some() { impact } else { Impact::None },
            next_update_at: draft.next_update_at,
            wordings: draft.messages.iter().map(|message| (message.locale.clone(), wording(message))).collect(),
        }
    }
}

/// A message as everyone may read it: nobody's name in it, and no link that is one person's own.
fn wording(message: &Message) -> Wording {
    let reader = anyone(&message.locale);
    Wording {
        title: without_status(&fill_text(&message.subject, &reader)).to_owned(),
        markdown: fill_markdown(&message.markdown, &reader),
    }
}

/// A subject without the word in square brackets that stands before it.
fn without_status(subject: &str) -> &str {
    let behind = subject.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(_, title)| title.trim());
    behind.filter(|title| !title.is_empty()).unwrap_or(subject)
}
