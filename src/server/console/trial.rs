//! The page of `muster try`: what customers read on their phones beside what the runbook promises, while a drill plays.

use axum::response::Response;
use serde::Serialize;

use crate::app::view::{Head, Moment, TimelineEvent};
use crate::app::{Error, Fallback, Loaded};
use crate::drill::score::{self, Sort, Target};
use crate::incident::event::decode;
use crate::incident::state::NoticeState;
use crate::locale::Locale;
use crate::server::auth::see_other;
use crate::server::desk::Desk;
use crate::server::fields::Fields;
use crate::server::trial::Trial;

const PATH: &str = "/try";
/// How much of the timeline stands on the page.
const NEWEST: usize = 8;
/// How many messages stand in the phone.
const MESSAGES: usize = 3;
/// The page looks again by itself so often, since the clock goes on without an event.
const LOOK: u32 = 2;

#[derive(Serialize)]
struct View {
    head: Head,
    speed: u32,
    held: bool,
    now: Moment,
    people: Vec<Person>,
    messages: Vec<Told>,
    /// Until when customers are to be told; none once they were.
    first_notice_due: Option<Moment>,
    /// What is promised next, while the incident goes on.
    next_due: Option<crate::app::view::NextDue>,
    targets: Vec<Line>,
    kept: usize,
    missed: usize,
    events: Vec<TimelineEvent>,
}

#[derive(Serialize)]
struct Person {
    id: String,
    name: String,
    is_visitor: bool,
}

/// A message as it stands in a customer's phone.
#[derive(Serialize)]
struct Told {
    at: Option<Moment>,
    subject: String,
    short: String,
    text: String,
}

/// A target beside what happened; spans in whole minutes and seconds.
#[derive(Serialize)]
struct Line {
    sort: &'static str,
    title: Option<String>,
    limit: String,
    value: Option<String>,
    kept: bool,
}

pub(super) async fn page(desk: Desk) -> Response {
    let view = async { view(&desk, trial(&desk)?).await };
    desk.answer(view.await, |view| {
        let number = view.head.incident.to_string();
        let seq = view.events.first().map_or(0, |event| event.seq);
        desk.frame("trial.title").watching(&number, seq).polling(Some(LOOK)).fill("trial", &view)
    })
}

pub(super) async fn wish(desk: Desk, fields: Fields) -> Response {
    desk.answer(trial(&desk), |trial| {
        if let Some(hold) = fields.get("hold").and_then(|hold| hold.parse().ok()) {
            trial.watched.hold(hold);
        }
        if let Some(person) = fields.get("person") {
            trial.look_as(person);
        }
        see_other(PATH)
    })
}

fn trial(desk: &Desk) -> Result<&Trial, Error> {
    desk.site.trial.as_deref().ok_or_else(|| Error::no_page(PATH))
}

async fn view(desk: &Desk, trial: &Trial) -> Result<View, Error> {
    let (app, locale) = (desk.app(), &desk.me.locale);
    let incident = app.which(None, Fallback::LastClosed).await?;
    let loaded = app.load(incident).await?;
    let show = app.show(incident, locale).await?;
    let journal = app.journal(incident).await?;
    let recorded: Vec<_> = journal.lines().filter_map(|line| decode(line).ok()).collect();
    let mut targets = score::score(&loaded.runbook, &recorded).targets;
    // What is still under way is neither kept nor missed.
    if loaded.incident.closed_at().is_none() {
        targets.retain(|target| target.value.is_some());
    }
    let kept = targets.iter().filter(|target| target.kept).count();
    let mut events = app.events_after(incident, 0, locale).await?;
    events.reverse();
    events.truncate(NEWEST);
    let visitor = &desk.me.person;
    let person = |(id, name): &(crate::incident::PersonId, String)| Person {
        id: id.to_string(),
        name: name.clone(),
        is_visitor: id == visitor,
    };
    Ok(View {
        head: show.head,
        speed: trial.watched.speed,
        held: trial.watched.is_held(),
        now: app.clock().now().into(),
        people: trial.people().iter().map(person).collect(),
        messages: messages(&loaded, locale),
        first_notice_due: loaded.incident.first_notice_due.map(Into::into),
        next_due: show.next_due,
        missed: targets.len() - kept,
        targets: targets.iter().rev().map(|target| line(&loaded, target, locale)).collect(),
        kept,
        events,
    })
}

/// What customers were told, newest first.
fn messages(loaded: &Loaded, locale: &Locale) -> Vec<Told> {
    let told = |notice: &NoticeState| {
        let messages = &notice.draft.messages;
        let best = locale.best(messages.iter().map(|message| &message.locale)).cloned();
        let message = messages.iter().find(|message| Some(&message.locale) == best.as_ref()).or(messages.first())?;
        Some(Told {
            at: notice.queued_at.map(Into::into),
            subject: crate::notice::personal::preview(&message.subject),
            short: crate::notice::personal::preview(&message.short),
            text: crate::notice::personal::preview(&message.text),
        })
    };
    let sent = loaded.incident.notices.iter().rev().filter(|it| it.queued_at.is_some() && it.draft.to_customers);
    sent.filter_map(told).take(MESSAGES).collect()
}

fn line(loaded: &Loaded, target: &Target, locale: &Locale) -> Line {
    let step = target.step.as_deref().and_then(|step| loaded.runbook.step(step));
    Line {
        sort: match target.target {
            Sort::FirstNotice => "first_notice",
            Sort::Update => "update",
            Sort::Step => "step",
            Sort::Approval => "approval",
        },
        title: step.map(|step| step.title.get(locale).to_owned()),
        limit: clock(target.limit),
        value: target.value.map(clock),
        kept: target.kept,
    }
}

/// A span as a stopwatch shows it: `4:05`, `1:04:05`.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_as_on_a_stopwatch() {
        assert_eq!([clock(5), clock(245), clock(3845)], ["0:05", "4:05", "1:04:05"]);
    }
}
