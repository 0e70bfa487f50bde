//! `list`, `show`, `timeline`: what is going on.

use super::error::{Error, Exit};
use super::render::look;
use super::session::{Here, Session};
use super::translate;

pub(crate) async fn list(session: &mut Session, all: bool) -> Result<Exit, Error> {
    let app = session.open().await?;
    let list = app.list(all, &session.locale).await.map_err(|error| translate::app(session, error))?;
    let (words, here) = (session.words, Here::of(&app));
    if session.out.json {
        session.out.object(&list)?;
    } else if list.incidents.is_empty() {
        session.out.line(if all { words.no_incidents() } else { words.none_open() });
    } else {
        look::list(&mut session.out, words, here, &list);
    }
    Ok(Exit::Done)
}

pub(crate) async fn show(session: &mut Session, named: Option<&str>) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.any_incident(&app, named).await?;
    let show = app.show(incident, &session.locale).await.map_err(|error| translate::app(session, error))?;
    if session.out.json {
        session.out.object(&show)?;
    } else {
        look::show(&mut session.out, session.words, Here::of(&app), &show);
    }
    Ok(Exit::Done)
}

pub(crate) async fn timeline(session: &mut Session, named: Option<&str>) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = session.any_incident(&app, named).await?;
    let timeline = app.timeline(incident, &session.locale).await.map_err(|error| translate::app(session, error))?;
    if session.out.json {
        session.out.object(&timeline)?;
    } else {
        look::timeline(&mut session.out, Here::of(&app), &timeline);
    }
    Ok(Exit::Done)
}
