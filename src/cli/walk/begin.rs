//! Where no incident is open: the three ways to begin.

use crate::app::App;
use crate::cli::args::{Drill, Start};
use crate::cli::error::{Error, Exit};
use crate::cli::session::Session;
use crate::cli::{drill, init, start, translate};

pub(crate) async fn run(session: &mut Session, app: &App) -> Result<Exit, Error> {
    let words = session.words;
    let choices: Vec<(String, String)> =
        words.ways_to_begin().iter().map(|(id, what)| ((*id).to_owned(), (*what).to_owned())).collect();
    let Ok(index) = session.prompt.choose(&mut session.out, words, words.ask_begin(), &choices, Some(0)) else {
        return Ok(Exit::Done);
    };
    match index {
        0 => start::run(session, Start::default()).await,
        1 => {
            let runbook = ask_drill(session, app)?;
            let drill = Drill { runbook, scenario: None, severity: None, seed: None, out: None };
            drill::run(session, drill).await
        }
        _ => init::init(session),
    }
}

fn ask_drill(session: &mut Session, app: &App) -> Result<String, Error> {
    let words = session.words;
    let heads = app.runbooks(&session.locale).map_err(|error| translate::app(session, error))?;
    let choices: Vec<(String, String)> = heads.into_iter().map(|head| (head.id, head.title)).collect();
    let index = session.prompt.choose(&mut session.out, words, words.ask_drill(), &choices, None)?;
    Ok(choices[index].0.clone())
}
