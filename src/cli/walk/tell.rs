//! A notice in the walk: drafted, shown, approved, sent; what is missing is asked for.

use super::ask::{self, act, approval};
use crate::app::view::{DraftView, NoticeProblem};
use crate::app::{App, Drafting, Loaded};
use crate::cli::error::Error;
use crate::cli::render::span::moment;
use crate::cli::render::{change, draft};
use crate::cli::session::{Here, Session};
use crate::cli::{notice as notices, translate};
use crate::incident::Command;
use crate::incident::state::Stage;
use crate::runbook::{Step, StepKind};

pub(super) async fn notice(session: &mut Session, app: &App, loaded: &Loaded, step: &Step) -> Result<(), Error> {
    let words = session.words;
    if let Some(owed) = loaded.incident.updates.get(&step.id) {
        let here = Here::of(app);
        session.out.line(words.updates_are_owed(&moment(here.zone, here.now, owed.next_due)));
    }
    let incident = loaded.incident.id;
    let stands = loaded.incident.newest_notice(&step.id).map(|notice| notice.stage);
    let draft = match stands {
        Some(Stage::Draft | Stage::Approved) => {
            let notice = app.notice(incident, step.id.as_str()).await;
            notice.map_err(|error| translate::app(session, error))?
        }
        Some(Stage::Voided | Stage::Cancelled | Stage::Queued | Stage::Settled) | None => {
            match drafted(session, app, loaded, step).await? {
                Some(draft) => draft,
                None => return Ok(()),
            }
        }
    };
    notices::show(session, app, &draft)?;
    session.out.line("");
    let asks = !draft.details.approve_by.is_empty();
    if asks && draft.details.state == Some("draft") {
        let yes = approval(session, app, loaded, &step.id, draft.hash.clone()).await;
        if let Err(error) = yes {
            // Whoever drafted it may not approve it: someone else does, and the draft waits for them.
            error.tell(&mut session.out, words);
            return cancel(session, app, loaded, step).await;
        }
    }
    let now = app.notice(incident, step.id.as_str()).await.map_err(|error| translate::app(session, error))?;
    let ready = now.details.state == Some("approved") || (!asks && now.details.state == Some("draft"));
    if !ready {
        return Ok(());
    }
    notices::send(session, app, incident, &step.id, None).await.map(drop)
}

/// Drafts it; while something is missing it asks for that. None where the reader would rather not say.
async fn drafted(session: &mut Session, app: &App, loaded: &Loaded, step: &Step) -> Result<Option<DraftView>, Error> {
    let words = session.words;
    let updates = matches!(step.kind, StepKind::Updates { .. });
    let mut changed = match updates {
        true => session.prompt.line(&mut session.out, words.ask_changed(), None)?,
        false => String::new(),
    };
    let drafting = Drafting { status: None, nothing_new: updates && changed.is_empty() };
    loop {
        let caller = session.caller()?;
        let draft = if updates {
            // Said once: a second draft finds it among the facts.
            let said = std::mem::take(&mut changed);
            app.update(&caller, loaded.incident.id, (!said.is_empty()).then_some(said.as_str()), drafting).await
        } else {
            app.draft(&caller, loaded.incident.id, step.id.as_str(), drafting).await
        };
        let draft = draft.map_err(|error| translate::app(session, error))?;
        if draft.notice.is_some() {
            return Ok(Some(draft));
        }
        draft::problems(&mut session.out, words, &draft.problems);
        session.out.line("");
        let missing = missing(&draft.problems);
        if !missing.iter().any(|fact| loaded.runbook.facts.contains_key(fact.as_str())) {
            return Ok(None);
        }
        if !state(session, app, loaded, &missing).await? {
            return Ok(None);
        }
    }
}

/// The facts that a notice lacks, as its problems name them.
fn missing(problems: &[NoticeProblem]) -> Vec<String> {
    let lacking = problems.iter().filter(|problem| problem.code == "missing_fact");
    lacking.filter_map(|problem| problem.named("fact")).map(str::to_owned).collect()
}

/// Asks for each fact in turn and states what was answered; false where nothing was.
async fn state(session: &mut Session, app: &App, loaded: &Loaded, facts: &[String]) -> Result<bool, Error> {
    let mut written = Vec::new();
    for fact in facts.iter().filter_map(|id| loaded.runbook.facts.get(id.as_str())) {
        let value = ask::fact(session, app, loaded, fact)?;
        if !value.is_empty() {
            written.push(ask::written(session, fact, value));
        }
    }
    if written.is_empty() {
        return Ok(false);
    }
    let caller = session.caller()?;
    let change = app.set(&caller, loaded.incident.id, &written, false).await;
    let change = change.map_err(|error| translate::app(session, error))?;
    change::show(&mut session.out, session.words, &change)?;
    Ok(true)
}

/// Offers to take the draft back; left alone, it waits.
async fn cancel(session: &mut Session, app: &App, loaded: &Loaded, step: &Step) -> Result<(), Error> {
    let words = session.words;
    if session.prompt.yes(&mut session.out, words, words.ask_cancel(), false)? {
        act(session, app, loaded, Command::CancelNotice { step: step.id.clone() }).await?;
    }
    Ok(())
}
