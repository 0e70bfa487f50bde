//! `resolve`, `close`, `reopen`: how an incident ends, and begins again.

use super::error::{Error, Exit};
use super::session::Session;
use super::steps::act;
use crate::incident::Command;

pub(crate) async fn resolve(session: &mut Session) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.incident(&app).await?;
    let reason = session.reason()?;
    act(session, &app, incident, Command::Resolve { reason }).await
}

pub(crate) async fn close(session: &mut Session) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.incident(&app).await?;
    let reason = session.reason()?;
    act(session, &app, incident, Command::Close { reason }).await
}

pub(crate) async fn reopen(session: &mut Session) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.any_incident(&app, None).await?;
    let reason = session.reason()?;
    act(session, &app, incident, Command::Reopen { reason }).await
}
