//! `followup add|list|done|verify`: what came out of an incident, until it had its effect.

use super::args::{Followup, FollowupAdd};
use super::error::{Error, Exit};
use super::render::out::style;
use super::render::table::{Cell, Table};
use super::session::Session;
use super::steps::act;
use super::translate;
use crate::app::view::FollowUps;
use crate::incident::event::FollowUpPlan;
use crate::incident::{Command, FollowUpId};
use crate::runbook::RoleId;

pub(crate) async fn run(session: &mut Session, command: Followup) -> Result<Exit, Error> {
    let command = match command {
        Followup::List => return list(session).await,
        Followup::Add(add) => planned(session, add)?,
        Followup::Done { id, note } => Command::FinishFollowUp { id: number(session, &id)?, note },
        Followup::Verify { id, note } => Command::VerifyFollowUp { id: number(session, &id)?, note },
    };
    let app = session.open().await?;
    let incident = session.any_incident(&app, None).await?;
    act(session, &app, incident, command).await
}

fn planned(session: &Session, add: FollowupAdd) -> Result<Command, Error> {
    let plan = FollowUpPlan {
        text: add.text,
        owner: add.owner.map(RoleId::new),
        due: add.due,
        important: add.important,
        urgent: add.urgent,
        check: add.check,
    };
    Ok(match add.id {
        Some(id) => Command::PlanFollowUp { id: number(session, &id)?, plan },
        None => Command::AddFollowUp(plan),
    })
}

/// Reads `F-2`, or `2`.
fn number(session: &Session, typed: &str) -> Result<FollowUpId, Error> {
    let digits = typed.strip_prefix("F-").or_else(|| typed.strip_prefix("f-")).unwrap_or(typed);
    let number = digits.parse().map_err(|_| Error::usage(session.words.not_a_follow_up(typed)))?;
    Ok(FollowUpId(number))
}

async fn list(session: &mut Session) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = match &session.global.incident {
        Some(_) => Some(session.any_incident(&app, None).await?),
        None => None,
    };
    let view = app.follow_ups(incident, &session.locale).await.map_err(|error| translate::app(session, error))?;
    match session.out.json {
        true => session.out.object(&view)?,
        false => show(session, &view),
    }
    Ok(Exit::Done)
}

fn show(session: &mut Session, view: &FollowUps) {
    let words = session.words;
    if view.follow_ups.is_empty() {
        session.out.line(words.no_follow_ups());
        return;
    }
    let mut table = Table::new();
    for line in &view.follow_ups {
        let look = match (line.state, line.overdue) {
            ("verified", _) => style::GOOD,
            (_, true) => style::BAD,
            (_, false) => style::PLAIN,
        };
        table.row([
            Cell::styled(line.incident.to_string(), style::DIM),
            Cell::styled(&line.id, style::STRONG),
            Cell::styled(words.follow_up_state(line.state, line.overdue), look),
            (&line.text).into(),
            Cell::styled(line.owner.as_deref().unwrap_or(words.no_owner()), style::DIM),
            words.due_on(line.due.map(|date| date.to_string())).into(),
        ]);
    }
    let columns = session.out.columns;
    session.out.lines(table.lines(columns));
}
