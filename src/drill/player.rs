//! What people do when the story leaves a step alone: each part in good time, drawn from the seed.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::scenario::{Deed, Moment, Plan, Scenario, Span, sensible};
use crate::clock::{Timestamp, after};
use crate::incident::state::{ApprovalState, NoticeState, Progress, RunState, Stage, StepState};
use crate::incident::{Incident, Outcome, PersonId, roles};
use crate::locale::Text;
use crate::runbook::{AnswerId, Gate, Phase, RoleId, Runbook, Status, Step, StepId, StepKind, WaitFor};

/// How often a refused deed is tried again before the step is skipped.
const TRIES: u32 = 3;
/// How long after a refusal it is tried again.
const PATIENCE: Duration = Duration::from_secs(300);

/// Plays everyone whom the story gives nothing to do.
pub(super) struct Player<'s> {
    scenario: &'s Scenario,
    seed: u64,
    /// Gathers that have had their facts stated, by step and attempt.
    stated: HashSet<(StepId, u32)>,
    /// How often each deed was refused, and when it is tried again.
    refusals: HashMap<String, (u32, Timestamp)>,
}

/// Something to be done at a moment.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) at: Timestamp,
    pub(super) by: PersonId,
    pub(super) deed: Deed,
    /// Names the deed for the draw and for refusals.
    pub(super) key: String,
}

/// The incident as it stands, with what the story still holds.
pub(super) struct Look<'l> {
    pub(super) runbook: &'l Runbook,
    pub(super) incident: &'l Incident,
    pub(super) pending: &'l [Moment],
    pub(super) now: Timestamp,
}

/// What the story may have in store for a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    End,
    Run,
    Approve,
    Draft,
    Send,
    Lift,
}

impl<'s> Player<'s> {
    pub(super) fn new(scenario: &'s Scenario, seed: u64) -> Self {
        Self { scenario, seed, stated: HashSet::new(), refusals: HashMap::new() }
    }

    /// The next thing that somebody does by themselves, if there is any.
    pub(super) fn next(&self, look: &Look<'_>) -> Option<Planned> {
        let steps = look.runbook.steps.values().filter_map(|step| {
            let state = look.incident.step(&step.id).filter(|state| state.progress == Progress::Open)?;
            self.step(look, step, state)
        });
        let mut planned: Vec<Planned> = steps.chain(self.lifts(look)).collect();
        for plan in &mut planned {
            if let Some((tries, again)) = self.refusals.get(&plan.key) {
                plan.at = plan.at.max(*again);
                if *tries >= TRIES
                    && let Some(step) = plan.deed.step().cloned()
                {
                    let reason = sensible::both("Could not be done in this drill", "本次演练中无法完成");
                    plan.deed = Deed::Skip { step, reason };
                }
            }
        }
        // Of two at the same moment, the one that stands first in the runbook.
        planned.into_iter().reduce(|first, other| if other.at < first.at { other } else { first })
    }

    /// Takes note of what was done, so that it is not done twice.
    pub(super) fn done(&mut self, look: &Look<'_>, planned: &Planned) {
        if let Some(step) = planned.key.strip_prefix("state ")
            && let Some((id, state)) = look.incident.steps.get_key_value(step)
        {
            self.stated.insert((id.clone(), state.attempt));
        }
    }

    /// Takes note of a refusal; false once nothing else can be tried.
    pub(super) fn refused(&mut self, planned: &Planned, now: Timestamp) -> bool {
        let entry = self.refusals.entry(planned.key.clone()).or_insert((0, now));
        *entry = (entry.0 + 1, after(now, PATIENCE));
        entry.0 <= TRIES * 2
    }

    fn step(&self, look: &Look<'_>, step: &Step, state: &StepState) -> Option<Planned> {
        let opened = state.opened_at.unwrap_or(look.now);
        let ready = after(opened, self.takes(step, state.attempt));
        let by = holder(look, &step.role);
        let plan =
            |verb: &str, deed: Deed| Planned { at: ready, by: by.clone(), deed, key: format!("{verb} {}", step.id) };
        let end = |deed: Deed| (!look.claims(&step.id, Claim::End)).then(|| plan("end", deed));
        match &step.kind {
            StepKind::Task { evidence_required } => {
                let evidence = evidence_required.then(|| format!("https://docs.example.com/drill/{}", step.id));
                end(Deed::Done { step: step.id.clone(), outcome: None, note: None, evidence })
            }
            StepKind::Gather { facts } => {
                if look.claims(&step.id, Claim::End) {
                    return None;
                }
                if self.stated.contains(&(step.id.clone(), state.attempt)) {
                    return end(done(&step.id));
                }
                let facts = facts.iter().filter(|id| !look.is_stated(id)).filter_map(|id| self.words(look, id));
                Some(plan("state", Deed::Set { facts: facts.collect(), confirm: true }))
            }
            StepKind::Decide { answers } => {
                let answer = answers.keys().next().cloned().unwrap_or_else(|| AnswerId::new("yes"));
                end(Deed::Answer { step: step.id.clone(), answer })
            }
            StepKind::Approval { gate } => self.approval(look, &step.id, gate, state.approval.as_ref(), ready),
            StepKind::Contain { .. } | StepKind::Action { .. } => self.measure(look, step, state, ready),
            StepKind::Accept { .. } | StepKind::Cover { .. } if self.first_switch(look, step).is_some() => {
                Some(plan("switch", self.first_switch(look, step)?))
            }
            StepKind::Accept { .. } | StepKind::Cover { .. } => end(done(&step.id)),
            StepKind::Notice(_) => self.notice(look, step, state.attempt, ready, false),
            StepKind::Updates { .. } => self.updates(look, step),
            // The stage asks who is left, reaches them, and then ends the step.
            StepKind::Reach { .. } => {
                end(Deed::Reach { step: step.id.clone(), contacts: Vec::new(), by: "phone".to_owned(), note: None })
            }
            StepKind::Wait(WaitFor::Time(_)) => None,
            StepKind::Wait(WaitFor::Signal) => end(Deed::Signal { step: step.id.clone() }),
            StepKind::Retrospective { .. } => self.retrospective(look, step, ready),
        }
    }

    /// The first fallback to go through that nobody has turned on, where the story switches none.
    fn first_switch(&self, look: &Look<'_>, step: &Step) -> Option<Deed> {
        let StepKind::Cover { fallbacks } = &step.kind else { return None };
        let told = self.scenario.story.iter().any(|moment| matches!(moment.deed, Deed::Fallback { .. }));
        let off = |id: &&crate::runbook::FallbackId| !look.incident.fallbacks.get(*id).is_some_and(|state| state.on);
        let fallback = fallbacks.iter().find(off).filter(|_| !told)?;
        Some(Deed::Fallback { fallback: fallback.clone(), on: true })
    }

    /// A containment or action: asked for, approved, carried out.
    fn measure(&self, look: &Look<'_>, step: &Step, state: &StepState, ready: Timestamp) -> Option<Planned> {
        let by = holder(look, &step.role);
        let asked = state.approval.as_ref().and_then(|approval| approval.author.as_ref()).is_some();
        let approved = state.approval.as_ref().is_some_and(|approval| approval.complete);
        let plan =
            |verb: &str, at, deed| Some(Planned { at, by: by.clone(), deed, key: format!("{verb} {}", step.id) });
        if let Some(gate) = step.kind.gate()
            && !approved
        {
            if !asked {
                let run = Deed::Run { step: step.id.clone() };
                let soon = after(state.opened_at.unwrap_or(look.now), self.draw("ask", &step.id, state.attempt, SOON));
                return if look.claims(&step.id, Claim::Run) { None } else { plan("run", soon, run) };
            }
            return self.approval(look, &step.id, gate, state.approval.as_ref(), ready);
        }
        let end = |outcome| Deed::Done { step: step.id.clone(), outcome: Some(outcome), note: None, evidence: None };
        let ending = look.claims(&step.id, Claim::End);
        match (step.kind.run(), &state.run) {
            (None, _) if ending => None,
            (None, _) => plan("end", ready, end(Outcome::Worked)),
            (Some(_), None) if look.claims(&step.id, Claim::Run) => None,
            (Some(_), None) => plan("run", ready, Deed::Run { step: step.id.clone() }),
            (Some(_), Some(RunState::Failed { retries_left: 0 })) if !ending && !look.claims(&step.id, Claim::Run) => {
                plan("end", after(look.now, SOON.least), end(Outcome::Failed))
            }
            (Some(_), Some(RunState::Failed { .. } | RunState::Queued | RunState::Started | RunState::Worked)) => None,
        }
    }

    /// A notice on its way: drafted, approved by somebody else, sent.
    fn notice(&self, look: &Look<'_>, step: &Step, attempt: u32, ready: Timestamp, update: bool) -> Option<Planned> {
        let by = holder(look, &step.role);
        let plan =
            |verb: &str, at, deed| Some(Planned { at, by: by.clone(), deed, key: format!("{verb} {}", step.id) });
        let newest = look.incident.newest_notice(&step.id);
        match newest.map(|notice| (notice, notice.stage)) {
            Some((notice, Stage::Draft)) => {
                let gate = step.kind.gate().cloned();
                match gate.filter(|_| !notice.approval.complete) {
                    Some(gate) => self.approval(look, &step.id, &gate, Some(&notice.approval), notice.drafted_at),
                    None => self.send(look, step),
                }
            }
            Some((_, Stage::Approved)) => self.send(look, step),
            _ if look.claims(&step.id, Claim::Draft) || (!update && look.claims(&step.id, Claim::End)) => None,
            // An update is short and comes again; a notice is written with care.
            _ if update => plan("draft", ready, Deed::Draft { step: step.id.clone(), status: None, nothing_new: true }),
            _ => {
                let at = match newest {
                    Some(notice) if notice.stage == Stage::Voided => {
                        after(notice.drafted_at, self.draw("again", &step.id, attempt, SOON)).max(look.now)
                    }
                    _ => ready,
                };
                plan("draft", at, Deed::Draft { step: step.id.clone(), status: None, nothing_new: false })
            }
        }
    }

    fn send(&self, look: &Look<'_>, step: &Step) -> Option<Planned> {
        if look.claims(&step.id, Claim::Send) {
            return None;
        }
        let at = after(look.now, Duration::from_secs(15));
        let deed = Deed::Send { step: step.id.clone() };
        Some(Planned { at, by: holder(look, &step.role), deed, key: format!("send {}", step.id) })
    }

    /// Updates are drafted a little before they are owed.
    fn updates(&self, look: &Look<'_>, step: &Step) -> Option<Planned> {
        let state = look.incident.updates.get(&step.id)?;
        let every =
            look.runbook.severity(look.incident.severity.as_str()).map(|(severity, _)| severity.update_every)?;
        let live = is_live(look.incident.newest_notice(&step.id));
        let soon = after(state.next_due, every / 2);
        if !live && look.pending.iter().any(|m| matches!(m.deed, Deed::Update { .. }) && look.moment(m) <= soon) {
            return None;
        }
        // What ends the updates is about to say more than an update could.
        let until = match &step.kind {
            StepKind::Updates { until, .. } if look.incident.is_open(until) => Some(until),
            _ => None,
        };
        if !live && until.is_some_and(|until| is_live(look.incident.newest_notice(until))) {
            return None;
        }
        let lead = if until.is_some() { SOON.most } else { (every / 5).min(Duration::from_secs(300)) };
        let ready = state.next_due - chrono::TimeDelta::from_std(lead).unwrap_or_default();
        self.notice(look, step, 0, ready.max(look.now), true)
    }

    /// An approval by somebody who may give it and did not ask for it; alone only where nobody else can.
    fn approval(
        &self,
        look: &Look<'_>,
        step: &StepId,
        gate: &Gate,
        state: Option<&ApprovalState>,
        from: Timestamp,
    ) -> Option<Planned> {
        if look.claims(step, Claim::Approve) {
            return None;
        }
        let asked = state.map_or(from, |state| state.asked_at);
        let given = state.map_or(&[][..], |state| &state.approvers);
        let author = state.and_then(|state| state.author.as_ref()).and_then(|author| author.person());
        let may = |person: &&PersonId| Some(*person) != author && !given.contains(person);
        let span = gate.within.map_or(SOON, |within| Span { least: within / 4, most: within * 3 / 4 });
        let nth = u32::try_from(given.len()).unwrap_or_default() + 1;
        let at = after(asked.max(from), self.draw("approve", step, nth, span));
        let key = format!("approve {step}");
        let approvers = roles::approvers(look.runbook, look.incident, gate);
        if let Some(by) = approvers.iter().find(may) {
            return Some(Planned { at, by: by.clone(), deed: Deed::Approve { step: step.clone(), alone: None }, key });
        }
        let within = gate.within.unwrap_or_default();
        let backups = roles::approvers_with_backups(look.runbook, look.incident, gate);
        if let Some(by) = backups.iter().find(may) {
            let at = after(asked, within + SOON.least);
            return Some(Planned { at, by: by.clone(), deed: Deed::Approve { step: step.clone(), alone: None }, key });
        }
        let reason = sensible::both("Nobody else can approve now", "目前没有其他人可以审批");
        let by = author.or(approvers.first()).cloned()?;
        Some(Planned { at, by, deed: Deed::Approve { step: step.clone(), alone: Some(reason) }, key })
    }

    /// Containments are lifted when nothing but them keeps customers from being told that it is over.
    fn lifts(&self, look: &Look<'_>) -> Option<Planned> {
        let open =
            || look.runbook.steps.values().filter(|step| look.incident.is_open(&step.id) && step.phase != Phase::Post);
        let resolving = |step: &Step| match &step.kind {
            StepKind::Notice(spec) => spec.status == Some(Status::Resolved),
            _ => false,
        };
        let idle = look.incident.phase == Phase::Mid && open().next().is_none();
        if !idle && !open().any(resolving) {
            return None;
        }
        let step = look.incident.obligations.iter().find(|step| !look.claims(step, Claim::Lift))?;
        let role = look.runbook.steps.get(step).map(|step| step.role.clone())?;
        let deed = Deed::Lift { step: step.clone() };
        let at = after(look.now, Duration::from_secs(30));
        Some(Planned { at, by: holder(look, &role), deed, key: format!("lift {step}") })
    }

    /// Sections, factors and follow-ups are filled in one by one; then the step is done.
    fn retrospective(&self, look: &Look<'_>, step: &Step, ready: Timestamp) -> Option<Planned> {
        if look.claims(&step.id, Claim::End) {
            return None;
        }
        let by = holder(look, &step.role);
        let (deed, key) = self.writing(look).unwrap_or_else(|| (done(&step.id), format!("end {}", step.id)));
        Some(Planned { at: ready.max(look.now), by, deed, key })
    }

    fn writing(&self, look: &Look<'_>) -> Option<(Deed, String)> {
        for (id, state) in &look.incident.follow_ups {
            if state.plan.owner.is_none() || state.plan.due.is_none() || state.plan.check.is_none() {
                let due = (look.now + chrono::TimeDelta::days(30)).date_naive();
                let plan = Plan {
                    owner: Some(RoleId::new(roles::LEAD)),
                    due: Some(due),
                    important: Some(true),
                    urgent: Some(false),
                    check: Some(sensible::both("The next drill shows it", "在下一次演练中验证")),
                    text: None,
                };
                return Some((Deed::FollowUp { id: Some(*id), plan: Box::new(plan) }, format!("plan {id}")));
            }
        }
        None
    }

    /// What is stated of a fact: the scenario's words, the prepared wording as it stands, or plain ones.
    fn words(&self, look: &Look<'_>, id: &crate::runbook::FactId) -> Option<(crate::runbook::FactId, Text)> {
        if let Some(text) = self.scenario.facts.get(id) {
            return Some((id.clone(), text.clone()));
        }
        let fact = look.runbook.facts.get(id)?;
        if fact.default.is_some() {
            return None;
        }
        Some((id.clone(), sensible::fact(fact, look.now, self.scenario.timezone)))
    }

    /// How long a step takes in this attempt.
    fn takes(&self, step: &Step, attempt: u32) -> Duration {
        let own = self.scenario.pace.steps.get(&step.id).copied();
        let within = step.within.map(|within| Span { least: within * 3 / 10, most: within * 8 / 10 });
        let span = own.or(within).or(self.scenario.pace.any).unwrap_or(MINUTES);
        // A task of days is done in hours: a drill's people are prompt.
        let span =
            if own.is_none() { Span { least: span.least.min(PROMPT), most: span.most.min(PROMPT * 2) } } else { span };
        self.draw("take", &step.id, attempt, span)
    }

    fn draw(&self, verb: &str, step: &StepId, attempt: u32, span: Span) -> Duration {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(format!("{verb} {step} {attempt}"));
        let digest = hash.finalize();
        let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        let room = span.most.saturating_sub(span.least).as_secs() + 1;
        span.least + Duration::from_secs(number % room)
    }
}

/// What somebody does at once: half a minute to a minute and a half.
const SOON: Span = Span { least: Duration::from_secs(30), most: Duration::from_secs(90) };
/// What takes a few minutes.
const MINUTES: Span = Span { least: Duration::from_secs(120), most: Duration::from_secs(480) };
/// The longest that something takes before it is begun in earnest.
const PROMPT: Duration = Duration::from_secs(4 * 3600);

/// Whether a notice is on its way: drafted or approved, and not yet queued.
fn is_live(notice: Option<&NoticeState>) -> bool {
    notice.is_some_and(|notice| matches!(notice.stage, Stage::Draft | Stage::Approved))
}

fn done(step: &StepId) -> Deed {
    Deed::Done { step: step.clone(), outcome: None, note: None, evidence: None }
}

/// Who does what falls to a role.
fn holder(look: &Look<'_>, role: &RoleId) -> PersonId {
    let holders = roles::holders(look.runbook, look.incident, role);
    holders.first().cloned().unwrap_or_else(|| PersonId("dana".to_owned()))
}

impl Look<'_> {
    /// When a moment of the story is to come.
    pub(super) fn moment(&self, moment: &Moment) -> Timestamp {
        after(self.incident.declared_at, moment.at)
    }

    fn is_stated(&self, fact: &crate::runbook::FactId) -> bool {
        self.incident.facts.get(fact).is_some_and(|state| state.attempt == self.incident.attempt)
    }

    /// Whether the story still has this in store for a step; what it has in store for a later draft of the
    /// same step is not meant for the one at hand.
    fn claims(&self, step: &StepId, claim: Claim) -> bool {
        let drafts = |moment: &Moment| match &moment.deed {
            Deed::Update { .. } => self.incident.updates.contains_key(step),
            Deed::Draft { step: drafted, .. } => drafted == step,
            _ => false,
        };
        let claims = |moment: &Moment| moment.deed.step() == Some(step) && claimed(&moment.deed) == Some(claim);
        let meant = |moment: &&Moment| claims(moment) || (claim != Claim::Draft && drafts(moment));
        self.pending.iter().find(meant).is_some_and(claims)
    }

    /// Whether a moment of the story can come about as things stand; one that cannot waits.
    pub(super) fn allows(&self, moment: &Moment) -> bool {
        if moment.early.is_some() || moment.refused.is_some() {
            return true;
        }
        let open = |step: &StepId| self.incident.is_open(step);
        let newest =
            |step: &StepId, stage| self.incident.newest_notice(step).is_some_and(|notice| notice.stage == stage);
        match &moment.deed {
            Deed::Done { step, .. }
            | Deed::Skip { step, .. }
            | Deed::Answer { step, .. }
            | Deed::Signal { step }
            | Deed::Reach { step, .. } => open(step),
            Deed::Run { step } => open(step) && self.runs(step),
            Deed::Approve { step, .. } | Deed::Reject { step, .. } => newest(step, Stage::Draft) || self.asked(step),
            Deed::Send { step } => newest(step, Stage::Approved) || (newest(step, Stage::Draft) && self.ungated(step)),
            Deed::Draft { step, .. } => open(step),
            Deed::Update { .. } => !self.incident.updates.is_empty(),
            Deed::Lift { step } | Deed::Keep { step, .. } => self.incident.obligations.contains(step),
            Deed::Cancel { .. }
            | Deed::Pause { .. }
            | Deed::Resume { .. }
            | Deed::Resend { .. }
            | Deed::Set { .. }
            | Deed::Severity { .. }
            | Deed::Cause { .. }
            | Deed::Role { .. }
            | Deed::Note { .. }
            | Deed::Fallback { .. }
            | Deed::Resolve { .. }
            | Deed::Close { .. }
            | Deed::Reopen { .. }
            | Deed::Edit { .. }
            | Deed::Factor { .. }
            | Deed::FollowUp { .. }
            | Deed::FollowUpDone { .. }
            | Deed::FollowUpVerify { .. } => true,
        }
    }

    fn runs(&self, step: &StepId) -> bool {
        self.incident.step(step).is_some_and(|state| match state.run {
            None | Some(RunState::Failed { .. }) => true,
            Some(RunState::Queued | RunState::Started | RunState::Worked) => false,
        })
    }

    /// Whether a measure has been asked for, or a gate stands open.
    fn asked(&self, step: &StepId) -> bool {
        let kind = self.runbook.steps.get(step).map(|step| &step.kind);
        match kind {
            Some(StepKind::Notice(_) | StepKind::Updates { .. }) | None => false,
            Some(StepKind::Approval { .. }) => self.incident.is_open(step),
            Some(_) => {
                self.incident.is_open(step) && self.incident.step(step).is_some_and(|state| state.approval.is_some())
            }
        }
    }

    fn ungated(&self, step: &StepId) -> bool {
        self.runbook.steps.get(step).is_some_and(|step| step.kind.gate().is_none())
    }
}

fn claimed(deed: &Deed) -> Option<Claim> {
    match deed {
        Deed::Done { .. } | Deed::Skip { .. } | Deed::Answer { .. } | Deed::Signal { .. } => Some(Claim::End),
        Deed::Run { .. } => Some(Claim::Run),
        Deed::Approve { .. } | Deed::Reject { .. } => Some(Claim::Approve),
        Deed::Draft { .. } => Some(Claim::Draft),
        Deed::Send { .. } => Some(Claim::Send),
        Deed::Lift { .. } | Deed::Keep { .. } => Some(Claim::Lift),
        _ => None,
    }
}
