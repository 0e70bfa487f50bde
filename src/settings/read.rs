//! Reads `muster.toml` and what the environment and the command line put over it.

use std::path::{Path, PathBuf};

use super::Settings;
use crate::problem::Problem;

/// What the command line or `MUSTER_…` variables say instead of the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    pub config: Option<PathBuf>,
    pub store: Option<String>,
    pub locale: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("failed to read `{file}`")]
    Unreadable { file: PathBuf, source: std::io::Error },
    #[error("`{file}` has problems")]
    Invalid { file: PathBuf, text: String, problems: Vec<Problem> },
}

/// Loads the settings that hold in a folder.
pub fn load(_folder: &Path, _overrides: &Overrides) -> Result<Settings, Error> {
    unimplemented!("settings")
}

/// The text of a `muster.toml` to begin with.
pub fn example(_locale: &crate::locale::Locale) -> String {
    unimplemented!("settings")
}
