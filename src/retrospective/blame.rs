//! The wording lint: finds phrases that blame, explains why they don't help, and suggests a kinder one.

use serde::Serialize;

/// How a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Blames a person; blocks publication until reworded or kept with a reason.
    Error,
    /// Judges with hindsight or by a norm.
    Warning,
    /// Explains nothing, or promises what nobody can verify.
    Info,
}

/// What is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Retrospective,
    /// Gentler: an apology may say more.
    Notice,
}

/// A phrase that one rule would see reworded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub rule: String,
    pub level: Level,
    /// The phrase as it stands.
    pub text: String,
    /// The event it stands in, where it stands in one.
    pub seq: Option<u64>,
    pub suggest: String,
}

/// A rule of the lexicon that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("failed to read the lexicon: {reason}")]
    Unreadable { reason: String },
    #[error("the pattern of rule `{rule}` is not valid: {reason}")]
    Pattern { rule: String, reason: String },
}

/// The rules of the wording lint, every one read in every locale.
#[derive(Debug)]
pub struct Lexicon {}

impl Lexicon {
    /// Reads a lexicon's YAML; `names` are the roster's names, which some rules speak of.
    pub fn read(_yaml: &str, _names: &[String]) -> Result<Self, Error> {
        unimplemented!("retrospective")
    }

    /// Reads a text with every rule; code, logs, quotations and links are not read. Suggestions are in the locale.
    pub fn lint(&self, _text: &str, _profile: Profile, _locale: &crate::locale::Locale) -> Vec<Finding> {
        unimplemented!("retrospective")
    }
}
