//! The library: runbooks, templates and example data, the user's folders over what is in the binary.

use std::path::{Path, PathBuf};

use crate::locale::Locale;
use crate::retrospective::blame::{self, Lexicon};
use crate::settings::Settings;

/// Where a text came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    File(PathBuf),
    /// The path inside the binary, such as `runbooks/general.yaml`.
    Embedded(String),
}

/// A file's bytes with where they came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub origin: Origin,
    pub bytes: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("found no {what} `{name}`")]
    NotFound { what: &'static str, name: String },
    #[error("failed to read `{file}`")]
    Unreadable { file: PathBuf, source: std::io::Error },
    #[error("`{file}` is not UTF-8 text")]
    NotText { file: String },
    #[error("failed to read the wording rules")]
    Lexicon(#[source] blame::Error),
}

/// Every runbook at hand, by id: the user's own before the shipped ones of the same id.
pub fn runbooks(_settings: &Settings) -> Result<Vec<(String, Found)>, Error> {
    unimplemented!("library")
}

/// Finds a runbook by its id or its path.
pub fn runbook(_settings: &Settings, _id_or_path: &str) -> Result<Found, Error> {
    unimplemented!("library")
}

/// A template such as `notices/update` in the reader's locale: `<name>.<locale>.md.hbs`, or the file
/// itself where the name has an extension. None where neither the user nor the binary has it.
pub fn template(_settings: &Settings, _name: &str, _locale: &Locale) -> Result<Option<Found>, Error> {
    unimplemented!("library")
}

/// The wording rules, speaking of these names.
pub fn lexicon(_settings: &Settings, _names: &[String]) -> Result<Lexicon, Error> {
    unimplemented!("library")
}

/// A drill's scenario for a runbook: `runbooks/drills/<id>.yaml`, else the embedded one.
pub fn scenario(_settings: &Settings, _runbook: &str) -> Result<Option<Found>, Error> {
    unimplemented!("library")
}

/// The example contact book.
pub fn example_contacts(_settings: &Settings) -> Result<Found, Error> {
    unimplemented!("library")
}

/// Every embedded file under a folder such as `runbooks`, by its path there; what `init` writes out.
pub fn embedded(_folder: &str) -> Vec<(String, Vec<u8>)> {
    unimplemented!("library")
}

/// Whether a text names a file rather than an id.
pub fn is_path(name: &str) -> bool {
    name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|e| e == "yaml" || e == "yml")
}
