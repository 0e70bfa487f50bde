//! A step as a card: what it is, whose it is, until when, and everything that can be done with it.

use serde::Serialize;

use super::sight::Sight;
use super::work::Work;
use crate::app::Access;
use crate::app::view::Moment;
use crate::incident::decide::Pending;
use crate::incident::view::Todo;
use crate::incident::{Actor, roles, view};
use crate::runbook::{Step, StepKind};

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Card {
    id: String,
    kind: &'static str,
    title: String,
    /// Markdown.
    detail: Option<String>,
    role: String,
    holders: String,
    mine: bool,
    due_at: Option<Moment>,
    late: bool,
    attempt: u32,
    pinned: bool,
    /// Not its turn yet: whatever is done with it needs a reason.
    early: bool,
    may_act: bool,
    /// Whether it may be left out, and in which words that is said.
    skip: Option<&'static str>,
    approval: Option<Approval>,
    template: &'static str,
    #[serde(flatten)]
    work: Work,
}

/// An approval that somebody waits for.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Approval {
    hash: Option<String>,
    /// Whether it is of a text that is shown beside it.
    of_text: bool,
    author: Option<String>,
    asked_at: Option<Moment>,
    /// Who may give it now.
    approvers: String,
    given: String,
    needed: u32,
    form: ApprovalForm,
}

/// What the reader may do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum ApprovalForm {
    /// Approve or reject.
    Full,
    /// Approve what they asked for themselves, with a reason.
    Alone,
    /// It waits for somebody else.
    Others,
    /// Nobody holds a role that may give it.
    Nobody,
    /// It would be theirs, but their access is too little.
    NoAccess,
}

impl Card {
    pub(crate) fn open(sight: &Sight<'_>, step: &Step, todo: Option<&Todo>) -> Self {
        Self::of(sight, step, todo, false)
    }

    /// A step whose turn has not come.
    pub(crate) fn early(sight: &Sight<'_>, step: &Step) -> Self {
        Self::of(sight, step, None, true)
    }

    pub(crate) fn pinned(mut self) -> Self {
        self.pinned = true;
        self
    }

    fn of(sight: &Sight<'_>, step: &Step, todo: Option<&Todo>, early: bool) -> Self {
        let incident = sight.incident();
        let due_at = match todo {
            Some(todo) => todo.due_at,
            None => view::due_at(sight.runbook(), incident, step),
        };
        let work = Work::of(sight, step);
        Self {
            id: step.id.to_string(),
            kind: step.kind.name(),
            title: step.title.get(sight.locale).to_owned(),
            detail: step.detail.as_ref().map(|detail| detail.get(sight.locale).to_owned()),
            role: sight.role(&step.role),
            holders: sight.holders(&step.role),
            mine: todo
                .map_or_else(|| roles::holds(sight.runbook(), incident, &step.role, sight.person), |todo| todo.mine),
            late: due_at.is_some_and(|due| due < sight.now),
            due_at: due_at.map(Into::into),
            attempt: incident.step_attempt(&step.id),
            pinned: false,
            early,
            may_act: sight.may_act(),
            skip: skip(sight, step),
            // A notice's approval is given where its text is read.
            approval: step.kind.notice().is_none().then(|| Approval::of(sight, step)).flatten(),
            template: work.template(),
            work,
        }
    }
}

/// Updates hold nothing up, and a gate is skipped by those alone who may open it.
fn skip(sight: &Sight<'_>, step: &Step) -> Option<&'static str> {
    match &step.kind {
        StepKind::Updates { .. } => None,
        StepKind::Approval { gate } => {
            let may = roles::approvers(sight.runbook(), sight.incident(), gate);
            may.contains(sight.person).then_some("button")
        }
        StepKind::Wait(_) => Some("wait"),
        _ => Some("button"),
    }
}

impl Approval {
    /// What of a step waits for an approval now; none where nothing does.
    pub(crate) fn of(sight: &Sight<'_>, step: &Step) -> Option<Self> {
        let pending = sight.pending.iter().find(|pending| pending.step == step.id)?;
        let incident = sight.incident();
        let notice = pending.notice.and_then(|id| incident.notice(id));
        let asked = incident.step(&step.id).and_then(|state| state.approval.as_ref());
        let (author, given) = match notice {
            Some(notice) => (Some(&notice.author), Some(&notice.approval)),
            None => (asked.and_then(|asked| asked.author.as_ref()), asked),
        };
        let author = author.and_then(Actor::person);
        Some(Self {
            hash: pending.hash.clone(),
            of_text: notice.is_some(),
            author: author.map(|author| sight.names.called(&author.0).to_owned()),
            asked_at: pending.since.map(Into::into),
            approvers: sight.people(&pending.approvers),
            given: sight.people(given.map(|given| given.approvers.as_slice()).unwrap_or_default()),
            needed: step.kind.gate().map_or(1, |gate| gate.quorum),
            form: form(sight, pending, author == Some(sight.person)),
        })
    }
}

fn form(sight: &Sight<'_>, pending: &Pending, is_author: bool) -> ApprovalForm {
    let alone = pending.alone && is_author;
    let theirs = alone || pending.approvers.contains(sight.person);
    match () {
        () if theirs && sight.access < Access::Approve => ApprovalForm::NoAccess,
        () if alone => ApprovalForm::Alone,
        () if theirs => ApprovalForm::Full,
        () if pending.approvers.is_empty() => ApprovalForm::Nobody,
        () => ApprovalForm::Others,
    }
}
