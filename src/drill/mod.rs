//! Plays a runbook on a virtual clock: the same engine, everything that would leave trapped to a folder.

pub mod check;
pub mod scenario;
pub mod score;

mod files;
mod player;
mod stage;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::path::PathBuf;

use indexmap::IndexMap;
use serde::Serialize;

use crate::app::{self, App, Outlet, Rehearsal, Stop};
use crate::clock::Clock;
use crate::contact;
use crate::delivery::trap::Trap;
use crate::incident::state::Lifecycle;
use crate::library::{self, Found, Origin};
use crate::problem::Problem;
use crate::runbook::{self, Runbook, StepKind};
use crate::settings::{Person, Settings, StoreUrl};

use player::{Look, Player};
use scenario::Moment;
use stage::Stage;

pub use scenario::Scenario;
pub use score::Score;

/// More deeds than any story and runbook can ask for; beyond it nothing moves any more.
const MOST: usize = 20_000;

/// What someone asks of a drill.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// A runbook's id, or the path of its file.
    pub runbook: String,
    /// A scenario's file; without one, `drills/<id>.yaml` of the runbooks' folder, then an embedded one.
    pub scenario: Option<PathBuf>,
    /// Plays at this severity instead of the scenario's.
    pub severity: Option<String>,
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// Where the files go; without one, `drill/<runbook>/`.
    pub out: Option<PathBuf>,
}

/// What a drill came to, as its JSON output says it.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// As people call it: `INC-1`.
    pub incident: String,
    /// Whether everything that the scenario asked for and expected came about.
    pub ok: bool,
    /// How many events its journal holds.
    pub events: u64,
    /// How many notices were sent.
    pub notices: u64,
    pub score: Score,
    /// Every file written, in the order of their names.
    pub files: Vec<PathBuf>,
    /// What the scenario asked for that was refused or did not hold, as sentences.
    #[serde(skip)]
    pub remarks: Vec<String>,
}

/// Why a drill could not be played.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{file}` has problems")]
    Problems { file: String, text: String, problems: Vec<Problem> },
    #[error("found no runbook `{0}`")]
    UnknownRunbook(String),
    #[error(transparent)]
    Library(#[from] library::Error),
    #[error("the runbook `{runbook}` has no severity `{severity}`")]
    UnknownSeverity { runbook: String, severity: String },
    #[error("failed to write `{file}`")]
    Unwritable { file: PathBuf, source: std::io::Error },
    #[error("failed to read `{file}`")]
    Unreadable { file: PathBuf, source: std::io::Error },
    #[error("the drill came to a halt: {0}")]
    Halted(String),
    #[error("failed to play")]
    App(#[from] app::Error),
}

/// Plays a runbook from its declaration to its close and writes what came of it.
///
/// # Errors
/// The runbook or scenario has problems, a file cannot be read or written, or nothing moves any more.
pub async fn play(settings: &Settings, options: &Options) -> Result<Report, Error> {
    let found = library::runbook(settings, &options.runbook).map_err(|error| match error {
        library::Error::NotFound { name, .. } => Error::UnknownRunbook(name),
        other => Error::Library(other),
    })?;
    let runbook = checked_runbook(&found)?;
    let mut scenario = scenario_for(settings, options, &runbook)?;
    if let Some(severity) = &options.severity {
        let known = runbook.severity(severity).map(|(level, _)| level.id.clone());
        scenario.severity = known
            .ok_or_else(|| Error::UnknownSeverity { runbook: runbook.id.to_string(), severity: severity.clone() })?;
    }
    let out = options.out.clone().unwrap_or_else(|| PathBuf::from("drill").join(runbook.id.as_str()));
    let folder = files::Folder::clear(&out)?;
    let book = contacts(settings, &scenario)?;
    let app = App::new(
        rehearsal_settings(settings, &scenario, &folder),
        Clock::virtual_at(scenario.start, options.seed),
        Outlet::Trap(Box::new(rehearsal(&scenario, &out, &book))),
    );
    app.import_contacts(book.as_slice()).await?;
    let facts = facts_ahead(&runbook, &scenario);
    let stage = Stage::declare(app, &options.runbook, &scenario, facts).await?;
    let remarks = run(&stage, &scenario, options.seed).await?;
    let report = files::write(&stage, &runbook, &folder, remarks).await?;
    stage.app.close().await;
    folder.tidy()?;
    Ok(report)
}

/// Plays moment after moment, whatever comes first: the story, the people left to themselves, the clock.
async fn run(stage: &Stage<'_>, scenario: &Scenario, seed: u64) -> Result<Vec<String>, Error> {
    let mut pending: VecDeque<Moment> = scenario.story.clone().into();
    let mut player = Player::new(scenario, seed);
    let mut remarks = Vec::new();
    for _ in 0..MOST {
        stage.app.tick().await?;
        stage.app.carry_out().await?;
        stage.app.deliver(false, &|_| {}, &Stop::default()).await?;
        let loaded = stage.load().await?;
        if matches!(loaded.incident.lifecycle, Lifecycle::Closed { .. }) {
            remarks.extend(pending.iter().map(|moment| format!("`{}` never came about", moment.words)));
            remarks.extend(unmet(stage, scenario).await?);
            return Ok(remarks);
        }
        let now = stage.now();
        let look =
            Look { runbook: &loaded.runbook, incident: &loaded.incident, pending: pending.make_contiguous(), now };
        let told = (0..look.pending.len()).find(|index| look.allows(&look.pending[*index]));
        let told = told.map(|index| (look.moment(&look.pending[index]).max(now), index));
        let own = player.next(&look);
        let due = stage.app.next_due(stage.incident).await?.filter(|due| *due > now);
        let first = [told.map(|(at, _)| at), own.as_ref().map(|own| own.at.max(now)), due].into_iter().flatten().min();
        let Some(first) = first else {
            return Err(Error::Halted(halted(&look)));
        };
        stage.app.clock().advance_to(first);
        // The clock's own business is done at the top of the next round.
        if due == Some(first) {
            continue;
        }
        if let Some((_, index)) = told.filter(|(at, _)| *at == first) {
            let Some(moment) = pending.remove(index) else { continue };
            remarks.extend(act(stage, &moment).await?);
        } else if let Some(own) = own.filter(|own| own.at.max(now) == first) {
            let look = Look { runbook: &loaded.runbook, incident: &loaded.incident, pending: &[], now };
            match stage.perform(&own.by, None, &own.deed).await {
                Ok(()) => player.done(&look, &own),
                Err(error) if matches!(error.kind(), app::Kind::Refused | app::Kind::NotFound) => {
                    if !player.refused(&own, first) {
                        return Err(Error::Halted(format!("`{}`: {error}", own.key)));
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    Err(Error::Halted("too much happened".to_owned()))
}

/// Plays a moment of the story; what was refused, or was to be and was not, is a remark.
async fn act(stage: &Stage<'_>, moment: &Moment) -> Result<Option<String>, Error> {
    match (stage.perform(&moment.by, moment.early.as_ref(), &moment.deed).await, &moment.refused) {
        (Ok(()), None) => Ok(None),
        (Ok(()), Some(code)) => Ok(Some(format!("`{}` was to be refused as `{code}`, but was done", moment.words))),
        (Err(error), Some(code)) if error.code() == code => Ok(None),
        (Err(error), _) if error.kind() == app::Kind::Fault => Err(error.into()),
        (Err(error), _) => Ok(Some(format!("`{}` was refused: {error}", moment.words))),
    }
}

/// What the scenario expected that did not come about.
async fn unmet(stage: &Stage<'_>, scenario: &Scenario) -> Result<Vec<String>, Error> {
    let show = stage.app.show(stage.incident, &scenario.locale).await?;
    let mut remarks = Vec::new();
    let of = |step: &crate::runbook::StepId| show.steps.iter().find(|line| line.id == step.as_str());
    for (step, outcome) in &scenario.expect.outcomes {
        let ended = of(step).and_then(|line| line.outcome);
        if ended != Some(outcome.as_str()) {
            let ended = ended.unwrap_or("no outcome");
            remarks.push(format!("`{step}` was expected to end as {}, and has {ended}", outcome.as_str()));
        }
    }
    for step in &scenario.expect.not_applicable {
        let state = of(step).map_or("unknown", |line| line.state);
        if state != "not_applicable" {
            remarks.push(format!("`{step}` was expected not to apply, and is {state}"));
        }
    }
    if let Some(expected) = scenario.expect.uncovered {
        let uncovered = stage.app.coverage(stage.incident, &scenario.locale).await?.uncovered;
        if uncovered != expected {
            remarks.push(format!("{expected} contacts were expected to be uncovered, {uncovered} are"));
        }
    }
    Ok(remarks)
}

fn halted(look: &Look<'_>) -> String {
    let open: Vec<String> =
        look.runbook.steps.keys().filter(|step| look.incident.is_open(step)).map(|step| format!("`{step}`")).collect();
    if open.is_empty() {
        "nothing is open, and nobody does anything".to_owned()
    } else {
        format!("nobody ends {}", open.join(", "))
    }
}

fn checked_runbook(found: &Found) -> Result<Runbook, Error> {
    let checked = runbook::check::check(&found.bytes);
    checked.runbook.ok_or_else(|| problems(found, checked.problems))
}

fn problems(found: &Found, problems: Vec<Problem>) -> Error {
    let file = match &found.origin {
        Origin::File(path) => path.display().to_string(),
        Origin::Embedded(path) => path.clone(),
    };
    let problems = problems.into_iter().map(|problem| problem.in_file(&file)).collect();
    Error::Problems { file, text: String::from_utf8_lossy(&found.bytes).into_owned(), problems }
}

/// The scenario named, else the runbook's own, else a sensible one.
fn scenario_for(settings: &Settings, options: &Options, runbook: &Runbook) -> Result<Scenario, Error> {
    let found = match &options.scenario {
        Some(file) => Some(Found { origin: Origin::File(file.clone()), bytes: read(file)? }),
        None => library::scenario(settings, runbook.id.as_str())?,
    };
    let Some(found) = found else { return Ok(Scenario::sensible(runbook)) };
    let checked = scenario::check(&found.bytes, runbook);
    let mut scenario = checked.scenario.ok_or_else(|| problems(&found, checked.problems))?;
    if let (Some(contacts), Origin::File(file)) = (&scenario.contacts, &found.origin) {
        scenario.contacts = Some(file.parent().map_or_else(|| contacts.clone(), |folder| folder.join(contacts)));
    }
    Ok(scenario)
}

/// The scenario's contact book, else the example book; never the store's.
fn contacts(settings: &Settings, scenario: &Scenario) -> Result<Vec<u8>, Error> {
    match &scenario.contacts {
        Some(file) => read(file),
        None => Ok(library::example_contacts(settings)?.bytes),
    }
}

/// The scenario's misfortunes, by the addresses of the contacts they befall.
fn rehearsal(scenario: &Scenario, out: &std::path::Path, book: &[u8]) -> Rehearsal {
    let mut trap = Trap::new(out);
    for contact in contact::import::read(book).into_iter().flatten() {
        if let (Some(reply), Some(address)) = (scenario.fails.delivery.get(&contact.id), contact.mail_address()) {
            trap.refusals.insert(address.to_owned(), reply.clone());
        }
    }
    Rehearsal { trap, actions: scenario.fails.actions.clone(), probes: scenario.fails.probes.clone() }
}

fn read(file: &std::path::Path) -> Result<Vec<u8>, Error> {
    std::fs::read(file).map_err(|source| Error::Unreadable { file: file.to_owned(), source })
}

/// The settings of a drill: its own people, store and clock zone; nothing that could reach outside.
fn rehearsal_settings(settings: &Settings, scenario: &Scenario, folder: &files::Folder) -> Settings {
    let person = |player: &scenario::Player| Person {
        name: player.name.clone(),
        email: player.email.clone(),
        roles: player.roles.iter().map(ToString::to_string).collect(),
        // Trapped like everything else: the outbox shows whom a real incident would have nudged, and when.
        reach: player.email.iter().map(|_| "mail".to_owned()).collect(),
        locale: None,
    };
    let people: IndexMap<String, Person> =
        scenario.people.iter().map(|(id, player)| (id.to_string(), person(player))).collect();
    let mut own = settings.clone();
    own.store = StoreUrl::Sqlite(folder.store());
    own.locale = scenario.locale.clone();
    own.timezone = scenario.timezone;
    own.people = people;
    own.outbound_allow = Vec::new();
    if own.page.contact.is_none() {
        own.page.contact = Some("400-000-0000 · support@example.com".to_owned());
    }
    own
}

/// Facts of the scenario that no gather asks for are stated as the incident is declared.
fn facts_ahead(runbook: &Runbook, scenario: &Scenario) -> Vec<app::Written> {
    let asked = |fact| {
        runbook.steps.values().any(|step| matches!(&step.kind, StepKind::Gather { facts } if facts.contains(fact)))
    };
    let ahead: Vec<_> = scenario
        .facts
        .iter()
        .filter(|(fact, _)| !asked(*fact))
        .map(|(fact, text)| (fact.clone(), text.clone()))
        .collect();
    stage::written(&ahead, runbook)
}
