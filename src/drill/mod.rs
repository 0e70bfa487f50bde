//! Plays a runbook on a virtual clock: the same engine, everything that would leave trapped to a folder.

pub mod scenario;
pub mod score;

use std::path::PathBuf;

use serde::Serialize;

use crate::problem::Problem;
use crate::settings::Settings;

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
    /// Whether the incident was played to its close and every expectation of the scenario held.
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
    #[error("no runbook is called `{0}`")]
    UnknownRunbook(String),
    #[error("failed to write `{file}`")]
    Unwritable { file: PathBuf, source: std::io::Error },
}

/// Plays a runbook from its declaration to its close and writes what came of it.
///
/// # Errors
/// The runbook or scenario has problems, or a file cannot be read or written.
pub async fn play(_settings: &Settings, _options: &Options) -> Result<Report, Error> {
    unimplemented!("drill")
}
