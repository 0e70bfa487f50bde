//! What is going on now: open incidents with what is next, follow-ups that are late, readiness that is due.

use axum::response::Response;
use serde::Serialize;

use super::cards::{Card, Looking, cards};
use crate::app::Error;
use crate::app::view::{FollowUpLine, Head, Moment, ReadyLine, ReadyState};
use crate::incident::view::next_due;
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
    next: Vec<Card>,
    due_at: Option<Moment>,
    first_notice_due: Option<Moment>,
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
    let mut incidents = Vec::new();
    for head in desk.app().list(false, locale).await?.incidents {
        incidents.push(line(desk, head).await?);
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

async fn line(desk: &Desk, head: Head) -> Result<Line, Error> {
    let loaded = desk.app().load(head.id).await?;
    let locale = &desk.reader.locale;
    let looking = Looking { loaded: &loaded, now: desk.app().clock().now(), person: &desk.me.person, locale };
    let mut next = cards(&looking);
    next.truncate(SHOWN);
    let severity = loaded.runbook.severity(loaded.incident.severity.as_str());
    Ok(Line {
        means: severity.map(|(severity, _)| severity.means.get(locale).to_owned()).unwrap_or_default(),
        drill: loaded.incident.drill,
        next,
        due_at: next_due(&loaded.runbook, &loaded.incident).map(|(_, at)| at.into()),
        first_notice_due: loaded.incident.first_notice_due.map(Into::into),
        head,
    })
}
