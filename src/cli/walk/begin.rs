//! Where no incident is open: the three ways to begin.

use crate::app::App;
use crate::cli::args::{Drill, Start};
use crate::cli::error::Error;
use crate::cli::session::Session;
use crate::cli::{drill, init, start, translate};
use crate::incident::IncidentId;

/// Asks which way, and goes it; an incident that was begun is walked on.
pub(crate) async fn run(session: &mut Session, app: &App) -> Result<Option<IncidentId>, Error> {
    let words = session.words;
    let choices: Vec<(String, String)> =
        words.ways_to_begin().iter().map(|(id, what)| ((*id).to_owned(), (*what).to_owned())).collect();
    let Ok(index) = session.prompt.choose(&mut session.out, words, words.ask_begin(), &choices, Some(0)) else {
        return Ok(None);
    };
    match index {
        0 => return start::begin(session, app, Start::default()).await.map(|started| Some(started.id)),
        1 => {
            let runbook = ask_drill(session, app)?;
            let drill = Drill { runbook, scenario: None, severity: None, seed: None, out: None };
            drill::run(session, drill).await?;
        }
        _ => {
            init::init(session)?;
        }
    }
    Ok(None)
}

fn ask_drill(session: &mut Session, app: &App) -> Result<String, Error> {
    let words = session.words;
    let heads = app.runbooks(&session.locale).map_err(|error| translate::app(session, error))?;
    let choices: Vec<(String, String)> = heads.into_iter().map(|head| (head.id, head.title)).collect();
    let index = session.prompt.choose(&mut session.out, words, words.ask_drill(), &choices, None)?;
    Ok(choices[index].0.clone())
}
