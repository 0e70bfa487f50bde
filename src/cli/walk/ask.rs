//! What doing a step asks for, by its kind: just what is needed, nothing else.

use super::tell;
use crate::app::{App, Loaded, Written};
use crate::cli::error::{Error, Exit};
use crate::cli::render::change;
use crate::cli::render::out::{paint, style};
use crate::cli::render::span::moment;
use crate::cli::session::{Here, Session};
use crate::cli::{cover, steps, translate};
use crate::contact::ContactId;
use crate::incident::state::RunState;
use crate::incident::{Command, Outcome};
use crate::runbook::fact::{self, Context, FactValue};
use crate::runbook::{Fact, FactKind, Step, StepId, StepKind, WaitFor};

/// Shows a step and asks for what ends it.
pub(crate) async fn step(session: &mut Session, app: &App, loaded: &Loaded, step: &StepId) -> Result<(), Error> {
    let Some(step) = loaded.runbook.step(step.as_str()) else { return Ok(()) };
    session.out.line("");
    session.out.line(paint(style::STRONG, step.title.get(&session.locale)));
    if let Some(detail) = &step.detail {
        let detail = detail.get(&session.locale).to_owned();
        session.out.paragraph(0, &detail);
    }
    let words = session.words;
    match &step.kind {
        StepKind::Task { evidence_required } => task(session, app, loaded, step, *evidence_required).await,
        StepKind::Gather { facts } => gather(session, app, loaded, &step.id, facts).await,
        StepKind::Decide { .. } => {
            let answer = steps::ask_answer(session, loaded, &step.id)?;
            act(session, app, loaded, Command::AnswerDecision { step: step.id.clone(), answer }).await
        }
        StepKind::Approval { .. } => approval(session, app, loaded, &step.id, None).await,
        StepKind::Contain { .. } | StepKind::Action { .. } => measure(session, app, loaded, step).await,
        StepKind::Accept { confirm, .. } => {
            for line in confirm {
                session.out.line(format!("  · {}", line.get(&session.locale)));
            }
            let holds = session.prompt.yes(&mut session.out, words, words.ask_accepted(), true)?;
            let outcome = (!holds).then_some(Outcome::Failed);
            finish(session, app, loaded, &step.id, outcome).await
        }
        StepKind::Notice(_) | StepKind::Updates { .. } => tell::notice(session, app, loaded, step).await,
        StepKind::Cover { fallbacks } => covered(session, app, loaded, step, fallbacks).await,
        StepKind::Reach { .. } => reach(session, app, loaded, &step.id).await,
        StepKind::Wait(WaitFor::Time(_)) => {
            let due = loaded.incident.step(&step.id).and_then(|state| state.due_at);
            if let Some(due) = due {
                let here = Here::of(app);
                session.out.line(words.waits_until(&moment(here.zone, here.now, due)));
            }
            Ok(())
        }
        StepKind::Wait(WaitFor::Signal) => {
            if !session.prompt.yes(&mut session.out, words, words.ask_signal(), false)? {
                return Ok(());
            }
            act(session, app, loaded, Command::SignalStep { step: step.id.clone() }).await
        }
        StepKind::Retrospective { .. } => {
            session.out.line(words.retro_hint());
            if !session.prompt.yes(&mut session.out, words, words.ask_is_done(), false)? {
                return Ok(());
            }
            finish(session, app, loaded, &step.id, None).await
        }
    }
}

pub(super) async fn act(session: &mut Session, app: &App, loaded: &Loaded, command: Command) -> Result<(), Error> {
    steps::act(session, app, loaded.incident.id, command).await.map(|_: Exit| ())
}

/// Ends a step with what people want to note about it.
async fn finish(
    session: &mut Session,
    app: &App,
    loaded: &Loaded,
    step: &StepId,
    outcome: Option<Outcome>,
) -> Result<(), Error> {
    let note = session.prompt.line(&mut session.out, session.words.ask_done_note(), None)?;
    let note = (!note.is_empty()).then_some(note);
    act(session, app, loaded, Command::FinishStep { step: step.clone(), outcome, note, evidence: None }).await
}

async fn task(
    session: &mut Session,
    app: &App,
    loaded: &Loaded,
    step: &Step,
    evidence_required: bool,
) -> Result<(), Error> {
    let words = session.words;
    if !session.prompt.yes(&mut session.out, words, words.ask_is_done(), true)? {
        return Ok(());
    }
    if !evidence_required {
        return finish(session, app, loaded, &step.id, None).await;
    }
    let evidence = session.prompt.required(&mut session.out, words, words.ask_evidence())?;
    let step = step.id.clone();
    act(session, app, loaded, Command::FinishStep { step, outcome: None, note: None, evidence: Some(evidence) }).await
}

/// Asks for each fact in turn, the stated or prepared wording proposed; Enter keeps it.
async fn gather(
    session: &mut Session,
    app: &App,
    loaded: &Loaded,
    step: &StepId,
    facts: &[crate::runbook::FactId],
) -> Result<(), Error> {
    let words = session.words;
    session.out.line(paint(style::DIM, words.gather_hint()));
    let mut written = Vec::new();
    for fact in facts.iter().filter_map(|id| loaded.runbook.facts.get(id)) {
        let value = self::fact(session, app, loaded, fact)?;
        if !value.is_empty() && Some(&value) != proposal(session, app, loaded, fact).as_ref() {
            written.push(self::written(session, fact, value));
        }
    }
    if !written.is_empty() {
        let caller = session.caller()?;
        let change = app.set(&caller, loaded.incident.id, &written, false).await;
        let change = change.map_err(|error| translate::app(session, error))?;
        change::show(&mut session.out, words, &change)?;
    }
    // Ending the step confirms the prepared wording that was kept.
    let step = step.clone();
    act(session, app, loaded, Command::FinishStep { step, outcome: None, note: None, evidence: None }).await
}

/// A fact in the language of whoever types it.
pub(super) fn written(session: &Session, fact: &Fact, value: String) -> Written {
    let locale = matches!(fact.kind, FactKind::Text).then(|| session.locale.clone());
    Written { fact: fact.id.as_str().to_owned(), locale, value }
}

/// Asks for one fact, what stands or is prepared proposed.
pub(super) fn fact(session: &mut Session, app: &App, loaded: &Loaded, fact: &Fact) -> Result<String, Error> {
    let words = session.words;
    let proposed = proposal(session, app, loaded, fact);
    let proposed = proposed.as_deref();
    for stale in loaded.incident.facts.get(&fact.id).into_iter().flat_map(|state| &state.stale) {
        session.out.line(paint(style::WARN, format!("  {}", words.stale_wording(stale.as_str()))));
    }
    let title = fact.title.get(&session.locale).to_owned();
    if let FactKind::Choice(choices) = &fact.kind {
        let listed: Vec<(String, String)> =
            choices.iter().map(|(id, text)| (id.clone(), text.get(&session.locale).to_owned())).collect();
        let at = listed.iter().position(|(id, _)| Some(id.as_str()) == proposed);
        let index = session.prompt.choose(&mut session.out, words, &title, &listed, at)?;
        return Ok(listed[index].0.clone());
    }
    let hint = match fact.id.as_str() {
        "workaround" if proposed.is_none() => words.none_hint(),
        _ => words.kind_hint(&fact.kind),
    };
    Ok(session.prompt.line(&mut session.out, &format!("{title}{hint}"), proposed)?)
}

/// What stands now: the value stated, else the one prepared, as a person would type it.
fn proposal(session: &Session, app: &App, loaded: &Loaded, fact: &Fact) -> Option<String> {
    let here = Here::of(app);
    let context = Context { locale: &session.locale, timezone: here.zone, now: here.now };
    let value = loaded.incident.fact(fact.id.as_str()).cloned().or_else(|| fact::prepared(fact, &context))?;
    Some(match value {
        FactValue::Text(text) => text.get(&session.locale).to_owned(),
        FactValue::Number(number) | FactValue::Percent(number) => number.to_string(),
        FactValue::Datetime(at) => at.with_timezone(&here.zone).format("%Y-%m-%d %H:%M").to_string(),
        FactValue::Duration(seconds) => humantime::format_duration(std::time::Duration::from_secs(seconds)).to_string(),
        FactValue::Choice(choice) => choice,
    })
}

/// Approves or rejects what waits for it.
pub(super) async fn approval(
    session: &mut Session,
    app: &App,
    loaded: &Loaded,
    step: &StepId,
    hash: Option<String>,
) -> Result<(), Error> {
    let words = session.words;
    let question = if hash.is_some() { words.ask_approve() } else { words.ask_approve_gate() };
    let step = step.clone();
    if session.prompt.yes(&mut session.out, words, question, true)? {
        act(session, app, loaded, Command::Approve { step, hash, alone: None }).await?;
        return app.carry_out().await.map_err(|error| translate::app(session, error));
    }
    let reason = session.prompt.line(&mut session.out, words.ask_reject_reason(), None)?;
    if reason.is_empty() {
        return Ok(());
    }
    act(session, app, loaded, Command::Reject { step, reason }).await
}

/// A containment or an action: approved where it must be, run where a system does it, its outcome told.
async fn measure(session: &mut Session, app: &App, loaded: &Loaded, step: &Step) -> Result<(), Error> {
    let words = session.words;
    let state = loaded.incident.step(&step.id);
    let run = state.and_then(|state| state.run.as_ref());
    if matches!(run, Some(RunState::Queued | RunState::Started)) {
        session.out.line(words.still_running());
        return Ok(());
    }
    let approved = state.and_then(|state| state.approval.as_ref()).is_some_and(|approval| approval.complete);
    let asked = state.and_then(|state| state.approval.as_ref()).is_some_and(|a| a.author.is_some() && !a.complete);
    if step.kind.gate().is_some() && !approved && (asked || step.kind.run().is_none()) {
        let roles: Vec<String> =
            step.kind.gate().into_iter().flat_map(|gate| &gate.by).map(ToString::to_string).collect();
        session.out.line(words.awaits_approval_by(&words.listed(&roles)));
        return approval(session, app, loaded, &step.id, None).await;
    }
    if let Some(run) = step.kind.run() {
        if session.prompt.yes(&mut session.out, words, &words.ask_run(&run.action), true)? {
            act(session, app, loaded, Command::RunStep { step: step.id.clone() }).await?;
            return app.carry_out().await.map_err(|error| translate::app(session, error));
        }
        if !matches!(step.kind, StepKind::Contain { .. }) {
            return Ok(());
        }
    }
    if !session.prompt.yes(&mut session.out, words, words.ask_is_done(), true)? {
        return Ok(());
    }
    let worked = session.prompt.yes(&mut session.out, words, words.ask_worked(), true)?;
    finish(session, app, loaded, &step.id, Some(if worked { Outcome::Worked } else { Outcome::Failed })).await
}

/// Lifts a containment, or keeps it in place with a reason.
pub(super) async fn lift(session: &mut Session, app: &App, loaded: &Loaded, step: &StepId) -> Result<(), Error> {
    let words = session.words;
    let found = loaded.runbook.step(step.as_str());
    let lift = match found.map(|found| (&found.kind, &found.title)) {
        Some((StepKind::Contain { lift: Some(lift), .. }, _)) => lift.get(&session.locale),
        Some((_, title)) => title.get(&session.locale),
        None => step.as_str(),
    };
    let question = words.ask_lift(lift);
    session.out.line("");
    if session.prompt.yes(&mut session.out, words, &question, true)? {
        return act(session, app, loaded, Command::LiftContainment { step: step.clone() }).await;
    }
    let reason = session.prompt.line(&mut session.out, words.ask_keep(), None)?;
    if reason.is_empty() {
        return Ok(());
    }
    act(session, app, loaded, Command::KeepContainment { step: step.clone(), reason }).await
}

/// Goes through the fallbacks, each on or off, then shows whom they cover.
async fn covered(
    session: &mut Session,
    app: &App,
    loaded: &Loaded,
    step: &Step,
    fallbacks: &[crate::runbook::FallbackId],
) -> Result<(), Error> {
    let words = session.words;
    for fallback in fallbacks.iter().filter_map(|id| loaded.runbook.fallbacks.get(id)) {
        let now = loaded.incident.fallbacks.get(&fallback.id);
        let question = words.ask_fallback(fallback.title.get(&session.locale));
        let on = session.prompt.yes(&mut session.out, words, &question, now.is_none_or(|state| state.on))?;
        if now.is_none_or(|state| state.on != on) {
            act(session, app, loaded, Command::SwitchFallback { fallback: fallback.id.clone(), on }).await?;
        }
    }
    let view = app.coverage(loaded.incident.id, &session.locale).await;
    let view = view.map_err(|error| translate::app(session, error))?;
    cover::covered(session, &view);
    if !loaded.incident.is_open(&step.id) || !session.prompt.yes(&mut session.out, words, words.ask_is_done(), true)? {
        return Ok(());
    }
    let now = app.load(loaded.incident.id).await.map_err(|error| translate::app(session, error))?;
    if now.incident.is_open(&step.id) {
        return finish(session, app, loaded, &step.id, None).await;
    }
    Ok(())
}

/// Goes through those still to be reached, one by one into the ledger.
async fn reach(session: &mut Session, app: &App, loaded: &Loaded, step: &StepId) -> Result<(), Error> {
    let words = session.words;
    let incident = loaded.incident.id;
    let view = app.reach_list(incident, step.as_str()).await.map_err(|error| translate::app(session, error))?;
    let left: Vec<_> = view.contacts.into_iter().filter(|contact| !contact.reached).collect();
    if left.is_empty() {
        session.out.line(words.nobody_to_reach());
    }
    for contact in left {
        let how = [contact.phone, contact.emails.join(" "), contact.duty].join("  ");
        session.out.line(format!("{}  {}  {}  {how}", paint(style::STRONG, &contact.id), contact.org, contact.name));
        let answer = session.prompt.line(&mut session.out, words.ask_reached(), None)?;
        match answer.to_lowercase().as_str() {
            "y" | "yes" | "是" => {
                let caller = session.caller()?;
                let reached =
                    app.reach(&caller, incident, step.as_str(), vec![ContactId::new(&contact.id)], "phone", None);
                let change = reached.await.map_err(|error| translate::app(session, error))?;
                change::show(&mut session.out, words, &change)?;
            }
            "q" | "quit" => return Ok(()),
            _ => {}
        }
    }
    if !session.prompt.yes(&mut session.out, words, words.ask_is_done(), false)? {
        return Ok(());
    }
    finish(session, app, loaded, step, None).await
}
