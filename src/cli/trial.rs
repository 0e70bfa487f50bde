//! `try`: a drill to watch in the console, and to take part in; nothing leaves, nothing stays.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::args::Try;
use super::error::{Error, Exit, Kind};
use super::session::Session;
use super::stop::Stoppable;
use super::translate;
use crate::drill::{Options, Prepared, Watched};
use crate::server::{self, Behind, Listeners, Serving};

/// The same story each time.
const SEED: u64 = 0;

/// What `--json` says once it can be watched.
#[derive(Serialize)]
struct Watching {
    url: String,
    runbook: String,
}

pub(crate) async fn run(session: &mut Session, trial: Try) -> Result<Exit, Error> {
    let settings = session.settings()?;
    let folder = Folder::new(session)?;
    let options = Options {
        runbook: trial.runbook,
        scenario: trial.scenario,
        severity: None,
        seed: SEED,
        out: Some(folder.path().to_owned()),
    };
    let prepared = Prepared::new(&settings, &options).await.map_err(|error| translate::drill(session, error))?;
    let stoppable = Stoppable::begin()?;
    let watched = Arc::new(Watched::new(trial.speed, stoppable.stop().clone()));
    let behind = Behind::Trial { prepared: &prepared, watched, seed: SEED };
    let listeners = Listeners { private: trial.listen, public: None };
    let (words, out, runbook) = (session.words, &mut session.out, &options.runbook);
    let mut told = Ok(());
    let tell = |serving: &Serving| {
        let url = format!("http://{}/try", serving.private);
        if out.json {
            told = out.object(&Watching { url, runbook: runbook.clone() });
            return;
        }
        out.line(words.trial_is_at(&url, runbook, trial.speed));
        out.line(words.watching_until_stopped());
    };
    let served = server::serve(Arc::clone(prepared.app()), listeners, behind, stoppable.stop(), tell).await;
    told?;
    prepared.tidy().await.map_err(|error| translate::drill(session, error))?;
    served.map_err(|error| translate::server(session, error))?;
    Ok(Exit::Done)
}

/// A folder of its own for one trial, taken away with everything in it at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(session: &Session) -> Result<Self, Error> {
        let folder = std::env::temp_dir().join(format!("muster-try-{}", session.clock.new_id()));
        let unwritable = |error: std::io::Error| {
            Error::new(Kind::Refused, "unwritable", format!("failed to write `{}`: {error}", folder.display()))
        };
        std::fs::create_dir(&folder).map_err(unwritable)?;
        Ok(Self(folder))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Whatever is left of it, the system's own tidying takes.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
