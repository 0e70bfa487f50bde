//! The walk: the open incident, its clocks, the next thing to do, one key at a time.

mod ask;
mod begin;
mod keys;
mod tell;
mod todo;

use super::error::{Error, Exit, Kind};
use super::render::look;
use super::render::out::{paint, style};
use super::render::table::{Cell, Table};
use super::session::{Here, Session};
use super::{steps, translate};
use crate::app::view::Show;
use crate::app::{App, Fallback, Loaded};
use crate::incident::{Command, IncidentId};
use keys::Key;
use todo::Todo;

/// Runs the walk on a terminal; elsewhere says what is open and what to do next.
pub(crate) async fn run(session: &mut Session) -> Result<Exit, Error> {
    let app = session.open().await?;
    if !session.out.interactive {
        return overview(session, &app).await;
    }
    // A key is for one command; the walk gives many.
    session.global.key = None;
    session.banner(app.settings());
    let incident = match choose(session, &app).await? {
        Some(incident) => incident,
        None => match begin::run(session, &app).await? {
            Some(incident) => incident,
            None => return Ok(Exit::Done),
        },
    };
    walk(session, &app, incident).await
}

/// The open incidents, and for each what to do next.
async fn overview(session: &mut Session, app: &App) -> Result<Exit, Error> {
    let list = app.list(false, &session.locale).await.map_err(|error| translate::app(session, error))?;
    if session.out.json {
        session.out.object(&list)?;
        return Ok(Exit::Done);
    }
    let (words, here) = (session.words, Here::of(app));
    if list.incidents.is_empty() {
        session.out.line(words.none_open());
        let mut table = Table::new().indent(2);
        for (command, what) in words.ways_to_begin() {
            table.row([Cell::styled(format!("muster {command}"), style::LINK), what.into()]);
        }
        let columns = session.out.columns;
        session.out.lines(table.lines(columns));
        return Ok(Exit::Done);
    }
    for head in &list.incidents {
        look::head(&mut session.out, words, here, head);
        let show = app.show(head.id, &session.locale).await.map_err(|e| translate::app(session, e))?;
        let mut table = Table::new().indent(2);
        let loaded = app.load(head.id).await.map_err(|error| translate::app(session, error))?;
        for entry in todo::list(words, here, &show, &loaded) {
            table.row(entry.cells);
        }
        if !table.is_empty() {
            session.out.line(words.what_next());
            let columns = session.out.columns;
            session.out.lines(table.lines(columns));
        }
    }
    Ok(Exit::Done)
}

/// Which incident to walk: the one named, the only one, or the one chosen; none where none is open.
async fn choose(session: &mut Session, app: &App) -> Result<Option<IncidentId>, Error> {
    if let Some(named) = session.global.incident.clone() {
        let incident = app.which(Some(&named), Fallback::LastClosed).await;
        return incident.map(Some).map_err(|error| translate::app(session, error));
    }
    let list = app.list(false, &session.locale).await.map_err(|error| translate::app(session, error))?;
    let index = match list.incidents.len() {
        0 => return Ok(None),
        1 => 0,
        _ => {
            let choices: Vec<(String, String)> =
                list.incidents.iter().map(|head| (head.incident.to_string(), head.title.clone())).collect();
            session.prompt.choose(&mut session.out, session.words, session.words.ask_incident(), &choices, Some(0))?
        }
    };
    Ok(Some(list.incidents[index].id))
}

async fn walk(session: &mut Session, app: &App, incident: IncidentId) -> Result<Exit, Error> {
    loop {
        let show = app.show(incident, &session.locale).await.map_err(|error| translate::app(session, error))?;
        let loaded = app.load(incident).await.map_err(|error| translate::app(session, error))?;
        let todo = screen(session, app, &show, &loaded);
        let number = show.head.incident.to_string();
        if show.head.state == "closed" {
            session.out.line(session.words.is_closed(&number));
            return Ok(Exit::Done);
        }
        let Ok(typed) = session.prompt.line(&mut session.out, "›", None) else { return leave(session, &number) };
        let answer = match keys::read(&typed, todo.len()) {
            Some(Key::Quit) => return leave(session, &number),
            Some(key) => press(session, app, &loaded, &todo, key).await,
            None => {
                session.out.line(session.words.not_a_key());
                continue;
            }
        };
        match answer {
            Ok(()) => {}
            // A refusal is an answer: it is shown, and the walk goes on.
            Err(error) if matches!(error.kind, Kind::Refused | Kind::NotFound | Kind::Usage) => {
                error.tell(&mut session.out, session.words);
            }
            Err(error) => return Err(error),
        }
    }
}

fn leave(session: &mut Session, incident: &str) -> Result<Exit, Error> {
    session.out.line(session.words.left_running(incident));
    Ok(Exit::Done)
}

async fn press(session: &mut Session, app: &App, loaded: &Loaded, todo: &[Todo], key: Key) -> Result<(), Error> {
    let words = session.words;
    let incident = loaded.incident.id;
    match key {
        Key::Do(index) => match todo.get(index) {
            Some(Todo::Step(step)) => ask::step(session, app, loaded, step).await,
            Some(Todo::Lift(step)) => ask::lift(session, app, loaded, step).await,
            None => {
                session.out.line(words.nothing_to_do());
                Ok(())
            }
        },
        Key::Note(text) => {
            let text = match text {
                Some(text) => text,
                None => session.prompt.required(&mut session.out, words, words.ask_note())?,
            };
            let command = Command::AddNote { text, occurred_at: None };
            steps::act(session, app, incident, command).await.map(drop)
        }
        Key::Skip(index) => {
            let Some(Todo::Step(step)) = todo.get(index) else {
                session.out.line(words.nothing_to_do());
                return Ok(());
            };
            session.out.line(paint(style::STRONG, step.as_str()));
            let reason = session.prompt.required(&mut session.out, words, words.ask_reason())?;
            let command = Command::SkipStep { step: step.clone(), reason };
            steps::act(session, app, incident, command).await.map(drop)
        }
        Key::Timeline => {
            let timeline = app.timeline(incident, &session.locale).await.map_err(|e| translate::app(session, e))?;
            look::timeline(&mut session.out, Here::of(app), &timeline);
            Ok(())
        }
        Key::Look => {
            let show = app.show(incident, &session.locale).await.map_err(|error| translate::app(session, error))?;
            look::show(&mut session.out, words, Here::of(app), &show);
            Ok(())
        }
        Key::Help => {
            let mut table = Table::new().indent(2);
            for (key, does) in words.help_of_walk() {
                table.row([Cell::styled(key, style::STRONG), does.into()]);
            }
            let columns = session.out.columns;
            session.out.lines(table.lines(columns));
            session.out.line(words.also_commands());
            Ok(())
        }
        Key::Quit => Ok(()),
    }
}

/// Draws the incident and gives what there is to do, in the order it is numbered.
fn screen(session: &mut Session, app: &App, show: &Show, loaded: &Loaded) -> Vec<Todo> {
    let (words, here) = (session.words, Here::of(app));
    session.out.line("");
    look::head(&mut session.out, words, here, &show.head);
    look::promises(&mut session.out, words, here, show);
    session.out.line("");
    let listed = todo::list(words, here, show, loaded);
    if listed.is_empty() {
        session.out.line(words.nothing_to_do());
    }
    let mut table = Table::new();
    for (index, entry) in listed.iter().enumerate() {
        let mark = if index == 0 { "▸" } else { " " };
        let mut cells = vec![Cell::styled(format!("{mark} {}", index + 1), style::STRONG)];
        cells.extend(entry.cells.iter().cloned());
        table.row(cells);
    }
    let columns = session.out.columns;
    session.out.lines(table.lines(columns));
    session.out.line(paint(style::DIM, words.keys()));
    listed.into_iter().map(|entry| entry.todo).collect()
}

#[cfg(test)]
mod tests;
