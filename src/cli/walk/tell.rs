//! A notice in the walk: drafted, shown, approved, sent; what is missing is asked for.

use super::ask::{act, approval};
use crate::app::{App, Drafting, Loaded};
use crate::cli::error::{Error, Exit};
use crate::cli::render::span::moment;
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
            let caller = session.caller()?;
            let drafted = if matches!(step.kind, StepKind::Updates { .. }) {
                let changed = session.prompt.line(&mut session.out, words.ask_changed(), None)?;
                let drafting = Drafting { status: None, nothing_new: changed.is_empty() };
                let changed = (!changed.is_empty()).then_some(changed.as_str());
                app.update(&caller, incident, changed, drafting).await
            } else {
                app.draft(&caller, incident, step.id.as_str(), Drafting::default()).await
            };
            drafted.map_err(|error| translate::app(session, error))?
        }
    };
    if notices::show(session, app, &draft)? == Exit::Problems {
        return Ok(());
    }
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

/// Offers to take the draft back; left alone, it waits.
async fn cancel(session: &mut Session, app: &App, loaded: &Loaded, step: &Step) -> Result<(), Error> {
    let words = session.words;
    if session.prompt.yes(&mut session.out, words, words.ask_cancel(), false)? {
        act(session, app, loaded, Command::CancelNotice { step: step.id.clone() }).await?;
    }
    Ok(())
}
