//! What a drill is played on: its runbook and scenario checked, its own store, people and contact book.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use super::scenario::{self, Scenario};
use super::stage::{self, Stage};
use super::{Error, Options, files};
use crate::app::{self, App, Outlet, Rehearsal};
use crate::clock::Clock;
use crate::contact;
use crate::delivery::trap::Trap;
use crate::library::{self, Found, Origin};
use crate::problem::Problem;
use crate::runbook::{self, Runbook, StepKind};
use crate::settings::{Person, Settings, StoreUrl};

/// A drill that is ready to be played.
pub struct Prepared {
    pub(super) runbook: Runbook,
    pub(super) scenario: Scenario,
    pub(super) folder: files::Folder,
    app: Arc<App>,
    /// As it was asked for: an id or a path.
    named: String,
}

impl Prepared {
    /// Reads and checks everything, and makes the store; nothing is declared yet.
    pub async fn new(settings: &Settings, options: &Options) -> Result<Self, Error> {
        let found = library::runbook(settings, &options.runbook).map_err(|error| match error {
            library::Error::NotFound { name, .. } => Error::UnknownRunbook(name),
            other => Error::Library(other),
        })?;
        let runbook = checked_runbook(&found)?;
        let mut scenario = scenario_for(settings, options, &runbook)?;
        if let Some(severity) = &options.severity {
            let known = runbook.severity(severity).map(|(level, _)| level.id.clone());
            scenario.severity = known.ok_or_else(|| Error::UnknownSeverity {
                runbook: runbook.id.to_string(),
                severity: severity.clone(),
            })?;
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
        Ok(Self { runbook, scenario, folder, app: Arc::new(app), named: options.runbook.clone() })
    }

    /// The installation it is played on.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Declares the incident as the scenario's first person does.
    pub(super) async fn declare(&self) -> Result<Stage<'_>, Error> {
        let facts = facts_ahead(&self.runbook, &self.scenario);
        Ok(Stage::declare(Arc::clone(&self.app), &self.named, &self.scenario, facts).await?)
    }

    /// Lets go of the store and takes it away: the journal stands in its own file.
    pub async fn tidy(&self) -> Result<(), Error> {
        self.app.let_go().await;
        self.folder.tidy()
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
fn rehearsal(scenario: &Scenario, out: &Path, book: &[u8]) -> Rehearsal {
    let mut trap = Trap::new(out);
    for contact in contact::import::read(book).into_iter().flatten() {
        if let (Some(reply), Some(address)) = (scenario.fails.delivery.get(&contact.id), contact.mail_address()) {
            trap.refusals.insert(address.to_owned(), reply.clone());
        }
    }
    Rehearsal { trap, actions: scenario.fails.actions.clone(), probes: scenario.fails.probes.clone() }
}

fn read(file: &Path) -> Result<Vec<u8>, Error> {
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
