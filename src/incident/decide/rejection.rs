//! Why a command is refused, and what to type instead.

use std::fmt::Display;

/// Why a command is refused: an answer for a person, not a failure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Rejection {
    /// A stable name, such as `already_ended`.
    pub code: &'static str,
    pub message: String,
    /// What to do instead.
    pub help: Option<String>,
}

impl Rejection {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None }
    }

    /// Adds what to do instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// An event that decide meant to emit did not fit the state: a fault of Muster's own.
    pub(super) fn fault(error: &crate::incident::apply::Error) -> Self {
        Self::new("fault", format!("this is a fault of Muster's own: {error}"))
            .help("nothing was changed; please report it")
    }
}

/// Lists ids for a sentence: `` `a`, `b` ``.
pub(super) fn listed<T: Display>(ids: impl IntoIterator<Item = T>) -> String {
    let ids: Vec<String> = ids.into_iter().map(|id| format!("`{id}`")).collect();
    ids.join(", ")
}
