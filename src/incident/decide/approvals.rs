//! Approvals and rejections of notices, measures and gates: who may give them, for what, and when alone.

use super::measures;
use super::rejection::listed;
use super::{Deciding, Rejection, text};
use crate::clock::{Timestamp, after};
use crate::incident::event::Event;
use crate::incident::state::{ApprovalState, Incident, Stage};
use crate::incident::{Actor, NoticeId, PersonId, roles};
use crate::runbook::{Gate, Runbook, Step, StepId, StepKind};

/// What stands to be approved.
struct Asked {
    notice: Option<NoticeId>,
    hash: Option<String>,
    /// Who may not approve it.
    author: Option<Actor>,
    /// Since when it has been waiting; nothing waits that nobody asked for.
    since: Option<Timestamp>,
    /// Those who have approved exactly this.
    approvers: Vec<PersonId>,
    escalated: bool,
}

/// Who may approve now, and whether its author may do so alone.
struct Allowed {
    approvers: Vec<PersonId>,
    alone: bool,
}

impl Deciding<'_> {
    pub(super) fn approve(&mut self, id: &StepId, hash: Option<&str>, alone: Option<&str>) -> Result<(), Rejection> {
        let step = self.act_on(id, "approve")?;
        let gate = gate(step)?;
        let asked = self.asked(step)?;
        if let (Some(seen), Some(stands)) = (hash, &asked.hash)
            && !is_seen(seen, stands)
        {
            return Err(Rejection::new("hash_changed", format!("what stands for `{id}` is no longer what was seen"))
                .help(format!("look again, then approve exactly that: muster approve {id} --hash {stands}")));
        }
        let Some(person) = self.actor.person().cloned() else {
            return Err(Rejection::new("not_an_approver", format!("only a person may approve `{id}`")));
        };
        if asked.approvers.contains(&person) {
            return Err(Rejection::new("already_approved", format!("`{person}` has already approved `{id}`"))
                .help(self.who_else_may_approve(step, gate, &asked)));
        }
        let is_author = asked.author.as_ref().is_some_and(|author| author.person() == Some(&person));
        let allowed = self.allowed(gate, &asked);
        let alone = if is_author {
            Some(self.approve_alone(step, alone, &allowed)?)
        } else if allowed.approvers.contains(&person) {
            None
        } else {
            return Err(Rejection::new(
                "not_an_approver",
                format!("`{id}` is approved by who holds {}", listed(&gate.by)),
            )
            .help(ask(&allowed.approvers, &format!("muster approve {id}"))));
        };
        let quorum = usize::try_from(gate.quorum).unwrap_or(usize::MAX);
        let complete = alone.is_some() || asked.approvers.len() + 1 >= quorum;
        self.emit(Event::Approved { step: id.clone(), notice: asked.notice, hash: asked.hash, complete, alone })?;
        if complete { self.approved(step, asked.author.is_some()) } else { Ok(()) }
    }

    /// An author approves their own: only once nobody else will, and with a reason.
    fn approve_alone(&self, step: &Step, reason: Option<&str>, allowed: &Allowed) -> Result<String, Rejection> {
        let id = &step.id;
        let alone = format!("muster approve {id} --alone --reason \"…\"");
        if !allowed.alone {
            return Err(Rejection::new("own_approval", format!("nobody approves as author, and `{id}` is yours"))
                .help(self.who_may_approve(step)));
        }
        match reason {
            Some(reason) => text::said("reason", reason),
            None => Err(Rejection::new("own_approval", format!("`{id}` is yours, and nobody else can approve it now"))
                .help(format!("approve it alone, as a deviation: {alone}"))),
        }
    }

    /// What a complete approval sets going.
    fn approved(&mut self, step: &Step, requested: bool) -> Result<(), Rejection> {
        match &step.kind {
            StepKind::Approval { .. } => self.end_as_asked(&step.id),
            // What nobody asked for waits until somebody does.
            StepKind::Contain { .. } | StepKind::Action { .. } if requested => {
                let planned = measures::plan(step, &self.incident)?;
                self.start(step, planned)
            }
            StepKind::Contain { .. }
            | StepKind::Action { .. }
            | StepKind::Task { .. }
            | StepKind::Gather { .. }
            | StepKind::Decide { .. }
            | StepKind::Accept { .. }
            | StepKind::Notice(_)
            | StepKind::Updates { .. }
            | StepKind::Cover { .. }
            | StepKind::Reach { .. }
            | StepKind::Wait(_)
            | StepKind::Retrospective { .. } => Ok(()),
        }
    }

    pub(super) fn reject(&mut self, id: &StepId, reason: &str) -> Result<(), Rejection> {
        let reason = text::said("reason", reason)?;
        let step = self.act_on(id, "reject")?;
        gate(step)?;
        self.at_rest(id)?;
        let notice = match &step.kind {
            StepKind::Notice(_) | StepKind::Updates { .. } => {
                let pending = self.incident.newest_notice(id).filter(|notice| notice.is_pending());
                Some(pending.ok_or_else(|| nothing_drafted(id))?.id())
            }
            StepKind::Contain { .. } | StepKind::Action { .. } => {
                if self.incident.steps.get(id).is_none_or(|state| state.approval.is_none()) {
                    return Err(Rejection::new("nothing_to_approve", format!("nobody has asked for `{id}`"))
                        .help(super::how_to_end(step)));
                }
                None
            }
            StepKind::Approval { .. }
            | StepKind::Task { .. }
            | StepKind::Gather { .. }
            | StepKind::Decide { .. }
            | StepKind::Accept { .. }
            | StepKind::Cover { .. }
            | StepKind::Reach { .. }
            | StepKind::Wait(_)
            | StepKind::Retrospective { .. } => None,
        };
        self.emit(Event::Rejected { step: id.clone(), notice, reason })
    }

    /// What stands to be approved for a step, with the approvals that cover exactly that.
    fn asked(&self, step: &Step) -> Result<Asked, Rejection> {
        let id = &step.id;
        if step.kind.notice().is_some() {
            let notice = self.incident.newest_notice(id).ok_or_else(|| nothing_drafted(id))?;
            return match notice.stage {
                Stage::Draft => Ok(Asked {
                    notice: Some(notice.id()),
                    hash: Some(notice.draft.hash.clone()),
                    author: Some(notice.author.clone()),
                    since: Some(notice.drafted_at),
                    approvers: notice.approval.approvers.clone(),
                    escalated: notice.approval.escalated,
                }),
                Stage::Approved => Err(Rejection::new("already_approved", format!("the notice `{id}` is approved"))
                    .help(format!("muster notice send {id}"))),
                Stage::Voided => Err(super::notices::voided(id)),
                Stage::Cancelled | Stage::Queued | Stage::Settled => Err(nothing_drafted(id)),
            };
        }
        let state = self.incident.steps.get(id);
        let given = state.and_then(|state| state.approval.as_ref());
        if let StepKind::Approval { .. } = step.kind {
            return Ok(Asked {
                notice: None,
                hash: None,
                author: None,
                since: state.and_then(|state| state.opened_at),
                approvers: given.map(|given| given.approvers.clone()).unwrap_or_default(),
                escalated: given.is_some_and(|given| given.escalated),
            });
        }
        self.at_rest(id)?;
        let hash = measures::plan(step, &self.incident)?.hash;
        // An approval of anything else than what would run now has died with it.
        let standing: Option<&ApprovalState> = given.filter(|given| given.hash.as_ref() == Some(&hash));
        if standing.is_some_and(|standing| standing.complete) {
            return Err(Rejection::new("already_approved", format!("`{id}` is approved")).help(super::how_to_end(step)));
        }
        Ok(Asked {
            notice: None,
            hash: Some(hash),
            author: given.and_then(|given| given.author.clone()),
            since: given.filter(|given| given.author.is_some()).map(|given| given.asked_at),
            approvers: standing.map(|standing| standing.approvers.clone()).unwrap_or_default(),
            escalated: given.is_some_and(|given| given.escalated),
        })
    }

    fn allowed(&self, gate: &Gate, asked: &Asked) -> Allowed {
        let waited = |times: u32| match (asked.since, gate.within) {
            (Some(since), Some(within)) => self.at >= after(since, within * times),
            (None, _) | (_, None) => false,
        };
        let direct = roles::approvers(self.runbook, &self.incident, gate);
        let with_backups = roles::approvers_with_backups(self.runbook, &self.incident, gate);
        let author = asked.author.as_ref().and_then(Actor::person);
        // Without a time limit the backups never come in, so nobody need wait for them.
        let others = if gate.within.is_some() { &with_backups } else { &direct };
        let nobody_else = others.iter().all(|person| Some(person) == author);
        Allowed {
            alone: waited(2) || nobody_else,
            approvers: if asked.escalated || waited(1) { with_backups } else { direct },
        }
    }

    /// Says who may approve a step, and the command to type.
    pub(super) fn who_may_approve(&self, step: &Step) -> String {
        let command = format!("muster approve {}", step.id);
        let Some(gate) = step.kind.gate() else { return command };
        match self.asked(step) {
            Ok(asked) => {
                let author = asked.author.as_ref().and_then(Actor::person);
                let mut may = self.allowed(gate, &asked).approvers;
                may.retain(|person| Some(person) != author && !asked.approvers.contains(person));
                ask(&may, &command)
            }
            Err(_) => ask(&roles::approvers(self.runbook, &self.incident, gate), &command),
        }
    }
}

impl Deciding<'_> {
    /// Whom to ask for one more approval; where nobody is left, how somebody comes to hold the role.
    fn who_else_may_approve(&self, step: &Step, gate: &Gate, asked: &Asked) -> String {
        let author = asked.author.as_ref().and_then(Actor::person);
        let is_left = |person: &PersonId| Some(person) != author && !asked.approvers.contains(person);
        if self.allowed(gate, asked).approvers.iter().any(is_left) {
            return self.who_may_approve(step);
        }
        let without = gate.by.iter().find(|role| self.incident.roles.get(*role).is_none_or(Vec::is_empty));
        match without.or(gate.by.last()) {
            Some(role) => format!("one more has to approve it; name somebody: muster role {role}=PERSON"),
            None => self.who_may_approve(step),
        }
    }
}

/// Whether what somebody saw is what stands; the beginning of a fingerprint is enough, as people are shown it.
fn is_seen(seen: &str, stands: &str) -> bool {
    const ENOUGH: usize = 12;
    seen == stands || (seen.len() >= ENOUGH && stands.starts_with(seen))
}

/// Tells whom to ask for a command.
pub(super) fn ask(people: &[PersonId], command: &str) -> String {
    if people.is_empty() { command.to_owned() } else { format!("ask {}: {command}", listed(people)) }
}

fn gate(step: &Step) -> Result<&Gate, Rejection> {
    step.kind.gate().ok_or_else(|| {
        Rejection::new("nothing_to_approve", format!("`{}` needs no approval", step.id)).help(super::how_to_end(step))
    })
}

fn nothing_drafted(id: &StepId) -> Rejection {
    Rejection::new("nothing_drafted", format!("no draft of `{id}` stands")).help(format!("muster notice draft {id}"))
}

/// Something that waits for an approval.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    pub step: StepId,
    pub notice: Option<NoticeId>,
    /// What an approval would cover.
    pub hash: Option<String>,
    pub since: Option<Timestamp>,
    /// Who may approve it now, its author aside.
    pub approvers: Vec<PersonId>,
    /// Whether its author may approve it now, alone and with a reason.
    pub alone: bool,
}

/// Everything that waits for an approval, in the order of the file.
pub fn pending(runbook: &Runbook, now: Timestamp, incident: &Incident) -> Vec<Pending> {
    let deciding = Deciding::new(runbook, now, incident.clone(), Actor::Muster);
    let mut found = Vec::new();
    for step in runbook.steps.values().filter(|step| incident.is_open(&step.id)) {
        let Some(gate) = step.kind.gate() else { continue };
        let Ok(asked) = deciding.asked(step) else { continue };
        let measure = step.kind.notice().is_none() && !matches!(step.kind, StepKind::Approval { .. });
        if measure && asked.author.is_none() && asked.approvers.is_empty() {
            continue;
        }
        let allowed = deciding.allowed(gate, &asked);
        let author = asked.author.as_ref().and_then(Actor::person).cloned();
        let mut approvers = allowed.approvers;
        approvers.retain(|person| Some(person) != author.as_ref() && !asked.approvers.contains(person));
        found.push(Pending {
            step: step.id.clone(),
            notice: asked.notice,
            hash: asked.hash,
            since: asked.since,
            approvers,
            alone: allowed.alone,
        });
    }
    found
}
