//! The walk: the open incident, its clocks, the next thing to do, one key at a time.

mod ask;
mod begin;
mod keys;
mod tell;

use super::error::{Error, Exit, Kind};
use super::render::look;
use super::render::out::{paint, style};
use super::render::table::{Cell, Table};
use super::session::{Here, Session};
use super::{steps, translate};
use crate::app::view::{Show, StepLine};
use crate::app::{App, Fallback, Loaded};
use crate::clock::Timestamp;
use crate::incident::{Command, IncidentId};
use crate::runbook::StepId;
use keys::Key;

/// Runs the walk on a terminal; elsewhere says what is open and what to do next.
pub(crate) async fn run(session: &mut Session) -> Result<Exit, Error> {
    let app = session.open().await?;
    if !session.out.interactive {
        return overview(session, &app).await;
    }
    let Some(incident) = choose(session, &app).await? else { return begin::run(session, &app).await };
    session.banner(app.settings());
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
        for step in ordered(&show) {
            table.row(look::step_cells(words, here, step));
        }
        if !table.is_empty() {
            session.out.line(words.what_next());
            let columns = session.out.columns;
            session.out.lines(table.lines(columns));
        }
        look::obligations(&mut session.out, words, &show);
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

async fn press(session: &mut Session, app: &App, loaded: &Loaded, todo: &[StepId], key: Key) -> Result<(), Error> {
    let words = session.words;
    let incident = loaded.incident.id;
    match key {
        Key::Do(index) => match todo.get(index) {
            Some(step) => ask::step(session, app, loaded, step).await,
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
            let Some(step) = todo.get(index) else {
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

/// Draws the incident and gives the steps in the order they are numbered.
fn screen(session: &mut Session, app: &App, show: &Show, loaded: &Loaded) -> Vec<StepId> {
    let (words, here) = (session.words, Here::of(app));
    session.out.line("");
    look::head(&mut session.out, words, here, &show.head);
    look::promises(&mut session.out, words, here, show);
    look::obligations(&mut session.out, words, show);
    let todo = ordered(show);
    session.out.line("");
    if todo.is_empty() {
        session.out.line(words.nothing_to_do());
    }
    let mut table = Table::new();
    for (index, step) in todo.iter().enumerate() {
        let mark = if index == 0 { "▸" } else { " " };
        let mut cells = vec![Cell::styled(format!("{mark} {}", index + 1), style::STRONG)];
        cells.extend(look::step_cells(words, here, step));
        cells.push(Cell::styled(waits_for(session, loaded, &step.id), style::DIM));
        table.row(cells);
    }
    let columns = session.out.columns;
    session.out.lines(table.lines(columns));
    session.out.line(paint(style::DIM, words.keys()));
    todo.into_iter().map(|step| StepId::new(&step.id)).collect()
}

/// The open steps as they are best done: what falls due first, then the order of the runbook.
fn ordered(show: &Show) -> Vec<&StepLine> {
    let mut open: Vec<&StepLine> = show.steps.iter().filter(|step| step.state == "open").collect();
    // A background step has its turn when its message is owed; a stable sort keeps the runbook's order.
    open.sort_by_key(|step| (step.due_at.is_none(), step.due_at.map(|at| at.0).unwrap_or(Timestamp::MAX_UTC)));
    open.sort_by_key(|step| step.due_at.is_none() && matches!(step.kind, "updates" | "wait"));
    open
}

/// What an open step waits for, where it is not for whoever looks.
fn waits_for(session: &Session, loaded: &Loaded, step: &str) -> String {
    use crate::incident::state::RunState;
    let words = session.words;
    let (Some(found), Some(state)) = (loaded.runbook.step(step), loaded.incident.steps.get(step)) else {
        return String::new();
    };
    if matches!(state.run, Some(RunState::Queued | RunState::Started)) {
        return words.on_its_way().to_owned();
    }
    let asked = state.approval.as_ref().filter(|approval| !approval.complete);
    match (asked, found.kind.gate()) {
        (Some(_), Some(gate)) => {
            let roles: Vec<String> = gate.by.iter().map(ToString::to_string).collect();
            words.awaits_approval_by(&words.listed(&roles))
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
