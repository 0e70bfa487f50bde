//! What is going on now: open incidents with what is next, follow-ups that are late, readiness that is due.

use axum::response::Response;
use serde::Serialize;

use super::names::Names;
use super::step::{Known, Sight};
use crate::app::Error;
use crate::app::view::{FollowUpLine, Head, Moment, ReadyLine, ReadyState};
use crate::incident::view::{Task, Todo, next_due};
use crate::server::desk::Desk;

/// How often the page looks again, in seconds.
const LOOK: u32 = 5;
/// How many things to do of an incident it shows.
const SHOWN: usize = 3;

#[derive(Serialize)]
struct View {
    incidents: Vec<Line>,
    follow_ups: Vec<FollowUpLine>,
    ready: Vec<ReadyLine>,
    may_start: bool,
}

#[derive(Serialize)]
struct Line {
    head: Head,
    drill: bool,
    means: String,
    next: Vec<Next>,
    due_at: Option<Moment>,
    first_notice_due: Option<Moment>,
}

/// Something to do, and where on the incident's page it is done.
#[derive(Serialize)]
struct Next {
    title: String,
    place: String,
    due_at: Option<Moment>,
    mine: bool,
    falls_to: String,
}

#[derive(Serialize)]
struct All {
    incidents: Vec<Head>,
}

pub(super) async fn page(desk: Desk) -> Response {
    let view = view(&desk).await;
    desk.answer(view, |view| desk.frame("nav.home").polling(Some(LOOK)).fill("home", &view))
}

/// Every incident there was, newest first.
pub(super) async fn all(desk: Desk) -> Response {
    let list = desk.app().list(true, &desk.locale).await;
    desk.answer(list, |list| desk.frame("home.all").fill("incidents", &All { incidents: list.incidents }))
}

async fn view(desk: &Desk) -> Result<View, Error> {
    let locale = &desk.reader.locale;
    let names = Names::of(desk.app()).await?;
    let mut incidents = Vec::new();
    for head in desk.app().list(false, locale).await?.incidents {
        incidents.push(line(desk, &names, head).await?);
    }
    incidents.sort_by_key(|line| (line.head.state != "open", line.due_at.is_none(), line.due_at, line.head.rank));
    let follow_ups = desk.app().follow_ups(None, locale).await?.follow_ups;
    let ready = desk.app().ready(locale).await?.checks;
    Ok(View {
        incidents,
        follow_ups: follow_ups.into_iter().filter(|line| line.overdue).collect(),
        ready: ready.into_iter().filter(|line| line.state == ReadyState::Overdue).collect(),
        may_start: desk.may(crate::app::Access::Respond).is_ok(),
    })
}

async fn line(desk: &Desk, names: &Names, head: Head) -> Result<Line, Error> {
    let known = Known::new(desk.app().load(head.id).await?, names.clone());
    let (loaded, sight) = (&known.loaded, known.sight(desk));
    let locale = &desk.reader.locale;
    let severity = loaded.runbook.severity(loaded.incident.severity.as_str());
    Ok(Line {
        means: severity.map(|(severity, _)| severity.means.get(locale).to_owned()).unwrap_or_default(),
        drill: loaded.incident.drill,
        next: sight.todo().into_iter().take(SHOWN).map(|todo| next(&sight, todo)).collect(),
        due_at: next_due(&loaded.runbook, &loaded.incident).map(|(_, at)| at.into()),
        first_notice_due: loaded.incident.first_notice_due.map(Into::into),
        head,
    })
}

fn next(sight: &Sight<'_>, todo: Todo) -> Next {
    let place = if todo.task == Task::Lift { "lift" } else { "step" };
    Next {
        place: format!("{place}-{}", todo.step),
        due_at: todo.due_at.map(Into::into),
        mine: todo.mine,
        falls_to: sight.falls_to(&todo),
        title: todo.title,
    }
}
