//! Errors as the command line tells them: a kind, an exit code, what went wrong and what to do about it.

use serde::Serialize;

use super::prompt::Gone;
use super::render::Out;
use super::render::out::{paint, style};
use super::render::text;
use super::words::Words;
use crate::problem::distance;

/// How a command ended when nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    /// The answer is there, and it says that something is wrong: exit 1.
    Problems,
}

/// The exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Refused,
    Usage,
    NotFound,
    Store,
    Fault,
}

impl Kind {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Refused => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Store => 4,
            Self::Fault => 70,
        }
    }
}

/// An error on its way to the reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Error {
    pub(crate) kind: Kind,
    /// A stable name, such as `already_ended`.
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// Whether a layer below said it, in English, so that it is still to be translated.
    pub(crate) english: bool,
    /// Snippets of the file that is at fault, as they are shown to a person.
    pub(crate) drawn: Vec<String>,
}

impl Error {
    pub(crate) fn new(kind: Kind, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, code: code.into(), message: message.into(), help: None, english: false, drawn: Vec::new() }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, "usage", message)
    }

    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Tells it on standard error, as text or as JSON.
    pub(crate) fn tell(&self, out: &mut Out, words: Words) {
        if out.json {
            let body = Body { code: &self.code, message: &self.message, help: self.help.as_deref() };
            out.error_object(&Envelope { error: body });
            return;
        }
        let (message, help) = words.error(self);
        out.remark(format!("{}{}", paint(style::BAD, words.error_label()), text::clean(&message)));
        for snippet in &self.drawn {
            out.remark(snippet.trim_end());
        }
        if let Some(help) = help {
            out.remark(format!("{}{}", paint(style::LINK, words.help_label()), text::clean(&help)));
        }
    }
}

impl From<Gone> for Error {
    fn from(gone: Gone) -> Self {
        let english = true;
        Self { english, ..Self::new(Kind::Refused, "no_answer", gone.to_string()) }
    }
}

impl From<anyhow::Error> for Error {
    fn from(fault: anyhow::Error) -> Self {
        Self::new(Kind::Fault, "fault", format!("{fault:#}"))
    }
}

impl From<serde_json::Error> for Error {
    fn from(fault: serde_json::Error) -> Self {
        anyhow::Error::new(fault).into()
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Body<'a>,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
    help: Option<&'a str>,
}

/// The nearest of what there is to what was typed, if it is near enough to be meant.
pub(crate) fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (distance(typed, name), name))
        .filter(|(edits, name)| *edits <= 1 + name.chars().count() / 4 || (typed.len() > 2 && name.starts_with(typed)))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_finds_what_was_meant() {
        let known = ["take_lead", "first_facts", "first_notice", "close_form"];
        for (typed, meant) in [
            ("take_laed", Some("take_lead")),
            ("firstfacts", Some("first_facts")),
            ("close", Some("close_form")),
            ("rollback", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
    }

    #[test]
    fn each_kind_has_its_exit_code() {
        let codes = [Kind::Refused, Kind::Usage, Kind::NotFound, Kind::Store, Kind::Fault].map(Kind::code);
        assert_eq!(codes, [1, 2, 3, 4, 70]);
    }
}
