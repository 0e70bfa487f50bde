//! Problems found in files that people write: what, where, and what to do about it.

use serde::Serialize;

/// How bad a problem is: an error stops what was asked, a warning does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Error,
    Warning,
}

/// A place in a text: line and column count from 1, the column and length in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
pub struct Place {
    pub line: usize,
    pub column: usize,
    #[serde(skip)]
    pub length: usize,
}

/// One finding about a file, ready to be shown as a snippet or as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable name for the kind of problem, such as `unknown_key`.
    pub code: &'static str,
    #[serde(rename = "severity")]
    pub level: Level,
    /// A lowercase fragment, the object in backticks.
    pub message: String,
    /// The file as it was named by whoever asked; empty until the caller fills it in.
    pub file: String,
    #[serde(flatten)]
    pub place: Place,
    /// What to do, where that is known.
    pub help: Option<String>,
    /// What the message names, by what it is, so that it can be said in another language.
    #[serde(skip)]
    pub named: Vec<(&'static str, String)>,
}

impl Problem {
    /// An error at a place of the file being read.
    pub fn error(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, level: Level::Error, message, file: String::new(), place, help: None, named: Vec::new() }
    }

    /// A warning at a place of the file being read.
    pub fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(code, place, message) }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Tells what its message names.
    #[must_use]
    pub fn naming(mut self, what: &'static str, name: impl Into<String>) -> Self {
        self.named.push((what, name.into()));
        self
    }

    /// Names the file the problem stands in.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        self.file = file.to_owned();
        self
    }

    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

/// How many characters must be inserted, deleted or replaced (Levenshtein).
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
