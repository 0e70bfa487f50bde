//! `ready`: what a team keeps ready in peace time.

use super::error::{Error, Exit};
use super::render::out::style;
use super::render::span::moment;
use super::render::table::{Cell, Table};
use super::session::{Here, Session};
use super::translate;
use crate::app::view::ReadyState;

pub(crate) async fn run(session: &mut Session, done: Option<&str>) -> Result<Exit, Error> {
    let app = session.open().await?;
    let view = match done {
        Some(check) => app.ready_done(&session.caller()?, check).await,
        None => app.ready(&session.locale).await,
    };
    let view = view.map_err(|error| translate::app(session, error))?;
    if session.out.json {
        session.out.object(&view)?;
        return Ok(Exit::Done);
    }
    let (words, here) = (session.words, Here::of(&app));
    if view.checks.is_empty() {
        session.out.line(words.nothing_to_ready());
        return Ok(Exit::Done);
    }
    let mut table = Table::new();
    for line in &view.checks {
        let look = match line.state {
            ReadyState::Done => style::GOOD,
            ReadyState::Due => style::WARN,
            ReadyState::Overdue => style::BAD,
        };
        table.row([
            Cell::styled(words.ready_state(line.state), look),
            Cell::styled(&line.id, style::STRONG),
            (&line.title).into(),
            Cell::styled(&line.role, style::DIM),
            line.due_at.map_or_else(Cell::default, |at| words.again_by(&moment(here.zone, here.now, at.0)).into()),
            Cell::styled(&line.runbook, style::DIM),
        ]);
    }
    let columns = session.out.columns;
    session.out.lines(table.lines(columns));
    if view.checks.iter().any(|line| line.state != ReadyState::Done) {
        session.out.line("");
        session.out.line(words.mark_ready());
    }
    Ok(Exit::Done)
}
