//! Plays a runbook on a virtual clock: the same engine, everything that would leave trapped to a folder.

pub mod check;
pub mod scenario;
pub mod score;

mod files;
mod pace;
mod player;
mod prepare;
mod run;
mod stage;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::app;
use crate::library;
use crate::problem::Problem;
use crate::settings::Settings;

pub use pace::{Pace, Watched};
pub use prepare::Prepared;
pub use scenario::Scenario;
pub use score::Score;

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
    let prepared = Prepared::new(settings, options).await?;
    let stage = prepared.declare().await?;
    let remarks = run::run(&stage, &prepared.scenario, options.seed, &Pace::AtOnce).await?;
    let report = files::write(&stage, &prepared.runbook, &prepared.folder, remarks).await?;
    prepared.tidy().await?;
    Ok(report)
}

/// Plays a runbook at a pace that people can follow, and who may take part; says what did not go as the scenario has it.
///
/// # Errors
/// The store cannot be written.
pub async fn watch(prepared: &Prepared, watched: Arc<Watched>, seed: u64) -> Result<Vec<String>, Error> {
    let stage = prepared.declare().await?;
    run::run(&stage, &prepared.scenario, seed, &Pace::Watched(watched)).await
}
