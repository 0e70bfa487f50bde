//! Decides what a command makes true: every rule of how a runbook runs, a file per family of commands.

mod admission;
mod advance;
mod approvals;
mod classification;
mod coverage;
mod deciding;
mod ends;
mod facts;
mod learning;
mod measures;
mod notices;
mod records;
mod rejection;
mod sending;
mod steps;
mod text;
mod ticks;

#[cfg(test)]
pub(in crate::incident) mod tests;

pub use approvals::{Pending, pending};
use deciding::Deciding;
pub use measures::measure_hash;
pub use rejection::Rejection;
pub(crate) use steps::how_to_end;

use super::Actor;
use super::command::{Command, Declaration, Request};
use super::deadline;
use super::event::{Declared, Event, Recorded};
use super::state::Incident;
use crate::clock::{Timestamp, after};
use crate::locale::Text;
use crate::runbook::{Phase, Runbook};

/// The sections a retrospective has, in order.
pub const SECTIONS: [&str; 6] = ["goals", "process", "results", "causes", "patterns", "document"];

/// Decides the first events of an incident.
pub fn declare(
    runbook: &Runbook,
    now: Timestamp,
    actor: &Actor,
    declaration: Declaration,
) -> Result<Vec<Recorded>, Rejection> {
    let Declaration { id, number, severity, title, facts, roles, locale, timezone, drill } = declaration;
    let (level, _) = classification::known_severity(runbook, &severity)?;
    for (role, people) in &roles {
        classification::known_role(runbook, role)?;
        classification::real_people(people)?;
    }
    let title = match text::title(title.as_deref())? {
        Some(title) => Text::new(locale.clone(), title),
        None => runbook.title.clone(),
    };
    // The first message to customers has its own deadline where its step says so.
    let own = runbook.steps.values().find(|step| deadline::tells_customers(runbook, step)).and_then(|step| step.within);
    let declared = Declared {
        id,
        number,
        title,
        runbook: runbook.id.clone(),
        runbook_hash: runbook.hash.clone(),
        runbook_source: runbook.source.clone(),
        severity,
        started_by: actor.clone(),
        roles,
        locale,
        timezone,
        drill,
        first_notice_due: after(now, own.unwrap_or(level.first_notice)),
    };
    let first = Recorded {
        seq: 1,
        at: now,
        actor: actor.clone(),
        role: None,
        event: Event::IncidentDeclared(Box::new(declared)),
    };
    let incident = Incident::begin(&first).map_err(|error| Rejection::fault(&error))?;
    let mut deciding = Deciding::new(runbook, now, incident, actor.clone()).following(vec![first]);
    if !facts.is_empty() {
        deciding.state_facts(&facts, false)?;
    }
    deciding.follow(Event::PhaseEntered { phase: Phase::Pre })?;
    deciding.advance()?;
    Ok(deciding.into_events())
}

/// Decides a command against a running incident: events numbered on from its newest, each
/// already dated and signed, ready to be stored. None where it changes nothing any more.
pub fn decide(
    runbook: &Runbook,
    now: Timestamp,
    incident: &Incident,
    request: Request,
) -> Result<Vec<Recorded>, Rejection> {
    let Request { actor, early, command } = request;
    admission::admit(incident, &command)?;
    let mut deciding = Deciding::new(runbook, now, incident.clone(), actor);
    deciding.early = early;
    deciding.carry_out(command)?;
    if deciding.count() > 0 {
        deciding.advance()?;
    }
    Ok(deciding.into_events())
}

impl Deciding<'_> {
    fn carry_out(&mut self, command: Command) -> Result<(), Rejection> {
        match command {
            Command::Declare(_) => Err(Rejection::new("already_declared", "this incident is declared already")
                .help("muster start begins another one")),

            Command::FinishStep { step, outcome, note, evidence } => {
                self.finish(&step, outcome, note.as_deref(), evidence.as_deref())
            }
            Command::SkipStep { step, reason } => self.skip(&step, &reason),
            Command::AnswerDecision { step, answer } => self.answer(&step, answer),
            Command::SignalStep { step } => self.signal(&step),
            Command::ReportProbe { step, passed, detail } => self.hear_probe(&step, passed, &detail),

            Command::RunStep { step } => self.run(&step),
            Command::LiftContainment { step } => self.lift(&step),
            Command::KeepContainment { step, reason } => self.keep(&step, &reason),
            Command::ReportActionStarted { step, run } => self.hear_started(&step, run),
            Command::ReportAction { step, run, worked, detail } => self.hear_action(&step, run, worked, &detail),

            Command::Approve { step, hash, alone } => self.approve(&step, hash.as_deref(), alone.as_deref()),
            Command::Reject { step, reason } => self.reject(&step, &reason),

            Command::StateFacts { facts, confirm } => self.state_facts(&facts, confirm),
            Command::ChangeSeverity { severity, reason } => self.change_severity(severity, &reason),
            Command::ClassifyCause { cause } => self.classify(cause),
            Command::AssignRole { role, people } => self.assign(role, people),
            Command::AddNote { text, occurred_at } => self.note(&text, occurred_at),
            Command::CorrectEvent { seq, text, reason } => self.correct(seq, &text, &reason),
            Command::TranslateEvent { seq, locale, text } => self.translate(seq, locale, &text),

            Command::SwitchFallback { fallback, on } => self.switch(fallback, on),
            Command::ImportFallback { fallback, contacts } => self.import_fallback(fallback, contacts),
            Command::ImportAffected { contacts } => self.emit(Event::AffectedImported { contacts }),
            Command::ReachContacts { step, contacts, by, note } => {
                self.reach_contacts(&step, contacts, &by, note.as_deref())
            }

            Command::DraftNotice(draft) => self.draft(draft),
            Command::CancelNotice { step } => self.cancel(&step),
            Command::QueueNotice { step, recipients } => self.queue(&step, recipients),
            Command::PauseNotice { step, reason } => self.pause(&step, reason.as_deref()),
            Command::ResumeNotice { step } => self.resume(&step),
            Command::ResendNotice { step, rows } => self.resend(&step, rows),
            Command::ReportFirstSent { notice, at } => self.hear_first_sent(notice, at),
            Command::ReportSettled { notice, counts } => self.hear_settled(notice, counts),
            Command::ReportStalled { notice, reason } => self.hear_stalled(notice, &reason),

            Command::Resolve { reason } => self.resolve(&reason),
            Command::Close { reason } => self.close(&reason),
            Command::Reopen { reason } => self.reopen(&reason),

            Command::EditSection { section, locale, text } => self.edit_section(section, locale, &text),
            Command::AddFactor { text } => self.add_factor(&text),
            Command::KeepPhrase { rule, text, reason } => self.keep_phrase(&rule, &text, &reason),
            Command::AddFollowUp(plan) => self.add_follow_up(plan),
            Command::PlanFollowUp { id, plan } => self.plan_follow_up(id, plan),
            Command::FinishFollowUp { id, note } => self.finish_follow_up(id, note.as_deref()),
            Command::VerifyFollowUp { id, note } => self.verify_follow_up(id, note.as_deref()),

            Command::MissDeadline { step } => self.miss_deadline(&step),
            Command::EscalateApproval { step } => self.escalate(&step),
            Command::OweUpdate { step } => self.owe_update(&step),
            Command::EndWait { step } => self.end_wait(&step),
        }
    }
}
