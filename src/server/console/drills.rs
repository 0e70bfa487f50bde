//! Drills played from the console: a few at a time, bounded in time, the newest kept to be looked at.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indexmap::IndexMap;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::app::App;
use crate::clock::Timestamp;
use crate::drill::{self, Options, Score};
use crate::incident::event::{DraftedNotice, Event, Recorded, decode};
use crate::locale::{Locale, Text};

/// How many are played at a time: each takes a processor while it lasts.
const AT_ONCE: usize = 2;
/// How many are kept to be looked at.
const KEPT: usize = 12;
/// No story of a runbook takes longer; one that does has gone astray.
const LONGEST: Duration = Duration::from_secs(60);
/// For how long whoever asked is kept waiting before they are shown that it is under way.
const PATIENCE: Duration = Duration::from_secs(10);

/// The drills of one console.
#[derive(Debug)]
pub(crate) struct Drills {
    places: Arc<Semaphore>,
    newest: Mutex<Newest>,
}

#[derive(Debug, Default)]
struct Newest {
    count: u64,
    kept: VecDeque<Arc<Drill>>,
}

/// A drill that someone asked for.
#[derive(Debug)]
pub(crate) struct Drill {
    pub(crate) number: u64,
    pub(crate) runbook: String,
    pub(crate) begun: Timestamp,
    state: watch::Sender<State>,
}

/// How far it has come.
#[derive(Debug, Clone)]
pub(crate) enum State {
    UnderWay,
    Played(Arc<Played>),
    /// It could not be played, and why.
    Failed(String),
    /// It took longer than any should.
    TooLong,
}

/// What a drill came to.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) score: Score,
    pub(crate) events: u64,
    pub(crate) remarks: Vec<String>,
    pub(crate) sent: Vec<Sent>,
    /// Step to its title.
    pub(crate) titles: IndexMap<String, Text>,
    /// The whole document in each language of the runbook, as HTML.
    pub(crate) documents: Vec<(Locale, String)>,
}

/// A notice that would have gone out.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) at: Timestamp,
    pub(crate) notice: DraftedNotice,
}

/// Too many are being played.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Busy;

impl Default for Drills {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), newest: Mutex::default() }
    }
}

impl Drills {
    /// Plays a runbook; comes back once it is played, or has been under way for a while.
    pub(crate) async fn play(
        &self,
        app: &Arc<App>,
        runbook: &str,
        severity: Option<String>,
    ) -> Result<Arc<Drill>, Busy> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Busy)?;
        let drill = self.next(runbook, app.clock().now());
        begin(Arc::clone(app), Arc::clone(&drill), severity, place);
        let mut state = drill.state.subscribe();
        let _ = tokio::time::timeout(PATIENCE, state.wait_for(|state| !matches!(state, State::UnderWay))).await;
        Ok(drill)
    }

    /// A drill of this runbook by its number, while it is kept.
    pub(crate) fn find(&self, runbook: &str, number: u64) -> Option<Arc<Drill>> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.kept.iter().find(|drill| drill.number == number && drill.runbook == runbook).cloned()
    }

    /// The drills of a runbook that are kept, newest first.
    pub(crate) fn of(&self, runbook: &str) -> Vec<Arc<Drill>> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.kept.iter().filter(|drill| drill.runbook == runbook).cloned().collect()
    }

    fn next(&self, runbook: &str, begun: Timestamp) -> Arc<Drill> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.count += 1;
        let state = watch::Sender::new(State::UnderWay);
        let drill = Arc::new(Drill { number: newest.count, runbook: runbook.to_owned(), begun, state });
        newest.kept.push_front(Arc::clone(&drill));
        newest.kept.truncate(KEPT);
        drill
    }
}

impl Drill {
    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }
}

/// Plays on a thread of its own: it computes more than it waits.
fn begin(app: Arc<App>, drill: Arc<Drill>, severity: Option<String>, place: OwnedSemaphorePermit) {
    let runtime = Handle::current();
    let folder = std::env::temp_dir().join(format!("muster-drill-{}", app.clock().new_id()));
    tokio::task::spawn_blocking(move || {
        let played = runtime.block_on(async {
            let played = played(&app, &drill.runbook, severity, &folder);
            tokio::time::timeout(LONGEST, played).await
        });
        // What was to be kept of it has been read; what is left concerns nobody.
        let _ = std::fs::remove_dir_all(&folder);
        drill.state.send_replace(match played {
            Ok(Ok(played)) => State::Played(Arc::new(played)),
            Ok(Err(reason)) => State::Failed(reason),
            Err(_) => State::TooLong,
        });
        drop(place);
    });
}

async fn played(app: &App, runbook: &str, severity: Option<String>, folder: &Path) -> Result<Played, String> {
    private(folder).map_err(|error| error.to_string())?;
    let checked = app.runbook(runbook).map_err(|error| error.to_string())?;
    let options = Options { runbook: runbook.to_owned(), severity, out: Some(folder.to_owned()), ..Options::default() };
    let report = drill::play(app.settings(), &options).await.map_err(|error| chain(&error))?;
    let read = |file: PathBuf| std::fs::read_to_string(file).map_err(|error| error.to_string());
    let document = |locale: &Locale| {
        let text = read(folder.join(format!("retrospective.{locale}.html")));
        text.map(|text| (locale.clone(), text))
    };
    Ok(Played {
        sent: sent(&read(folder.join("journal.jsonl"))?),
        documents: checked.locales.iter().map(document).collect::<Result<_, _>>()?,
        titles: checked.steps.values().map(|step| (step.id.to_string(), step.title.clone())).collect(),
        score: report.score,
        events: report.events,
        remarks: report.remarks,
    })
}

/// A folder that only this process's user can look into.
fn private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The notices that left, in the order in which they did.
fn sent(journal: &str) -> Vec<Sent> {
    let events: Vec<Recorded> = journal.lines().filter_map(|line| decode(line).ok()).collect();
    let mut drafts: Vec<&DraftedNotice> = Vec::new();
    let mut sent = Vec::new();
    for recorded in &events {
        match &recorded.event {
            Event::NoticeDrafted(draft) => drafts.push(draft),
            Event::NoticeQueued(queued) => {
                if let Some(draft) = drafts.iter().rev().find(|draft| draft.id == queued.notice) {
                    sent.push(Sent { at: recorded.at, notice: (*draft).clone() });
                }
            }
            _ => {}
        }
    }
    sent
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Outlet;
    use crate::clock::Clock;
    use crate::settings::{Overrides, load};

    async fn app() -> Arc<App> {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("muster.toml");
        std::fs::write(&config, "store = \"sqlite:muster.db\"\n").expect("written");
        let overrides = Overrides { config: Some(config), ..Overrides::default() };
        let settings = load(folder.path(), &overrides).expect("settings");
        Arc::new(App::new(settings, Clock::System, Outlet::World))
    }

    async fn ended(drill: &Drill) -> State {
        let mut state = drill.state.subscribe();
        let ended = state.wait_for(|state| !matches!(state, State::UnderWay)).await.expect("it ends");
        ended.clone()
    }

    #[tokio::test]
    async fn a_drill_is_played_kept_and_leaves_nothing_behind() {
        let app = app().await;
        let drills = Drills::default();
        let drill = drills.play(&app, "general", Some("sev2".to_owned())).await.expect("a place");
        let State::Played(played) = ended(&drill).await else { panic!("{:?}", drill.state()) };
        assert_eq!(played.remarks, Vec::<String>::new());
        assert!(played.score.kept > 0 && played.sent.len() > 1 && !played.titles.is_empty());
        assert!(played.documents.iter().all(|(locale, html)| html.contains(&format!("lang=\"{locale}\""))));
        assert!(drills.find("general", drill.number).is_some() && drills.find("smear", drill.number).is_none());
        assert!(!app.settings().runbooks.iter().any(|folder| folder.join("drill").exists()));
    }

    #[tokio::test]
    async fn what_cannot_be_played_says_why_and_gives_its_place_back() {
        let app = app().await;
        let drills = Drills::default();
        for _ in 0..AT_ONCE + 1 {
            let drill = drills.play(&app, "general", Some("sev9".to_owned())).await.expect("a place");
            let State::Failed(reason) = ended(&drill).await else { panic!("{:?}", drill.state()) };
            assert!(reason.contains("`sev9`"), "{reason}");
        }
    }

    #[tokio::test]
    async fn more_than_a_few_at_a_time_are_turned_away() {
        let app = app().await;
        let drills = Drills::default();
        let _taken = Arc::clone(&drills.places).try_acquire_many_owned(u32::try_from(AT_ONCE).expect("few"));
        assert_eq!(drills.play(&app, "general", None).await.map(|drill| drill.number), Err(Busy));
    }
}
