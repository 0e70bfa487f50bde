//! The runbook as it is written: a tree of nodes, each with its place.
//!
//! The reader resolves nothing: aliases are refused, not followed, so a file costs what its
//! length says. It reads the parser's events, and goes on after every fault that leaves the
//! structure clear, so that one reading reports them all.

use std::ops::Range;

use crate::problem::{Place, Problem};

mod build;
mod encoding;
mod scalar;
#[cfg(test)]
mod tests;

pub use scalar::{Scalar, Sort, Style};

/// Files larger than this are refused unread.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A value of the file, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'s> {
    pub place: Place,
    /// Where a scalar is written, quotes included, in bytes of the text that was read.
    pub bytes: Range<usize>,
    pub content: Content<'s>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content<'s> {
    Scalar(Scalar<'s>),
    List(Vec<Node<'s>>),
    Map(Vec<(Node<'s>, Node<'s>)>),
    /// Something refused already: whoever meets it stays silent.
    Refused,
}

/// What a reading gave: the tree, unless the structure is unclear, and the faults of the writing.
#[derive(Debug)]
pub struct Reading<'s> {
    /// The text without its byte-order mark.
    pub text: &'s str,
    pub root: Option<Node<'s>>,
    pub problems: Vec<Problem>,
}

/// Reads a file's bytes.
pub fn read(bytes: &[u8]) -> Reading<'_> {
    match encoding::decode(bytes) {
        Ok(text) => build::tree(text),
        Err(problem) => Reading { text: "", root: None, problems: vec![*problem] },
    }
}

impl<'s> Node<'s> {
    /// The decoded text of a scalar, whatever its sort.
    pub fn scalar(&self) -> Option<&Scalar<'s>> {
        match &self.content {
            Content::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// What it is, for a message: `a number`, `a list`.
    pub fn what(&self) -> &'static str {
        match &self.content {
            Content::Scalar(scalar) => match scalar.sort {
                Sort::Null => "nothing",
                Sort::Bool(_) => "a boolean",
                Sort::Number => "a number",
                Sort::Text => "text",
            },
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
            Content::Refused => "something refused",
        }
    }

    /// The place of some characters inside a scalar's text, for pointing into an expression.
    pub fn within(&self, text: &str, characters: Range<usize>) -> Place {
        let Some(scalar) = self.scalar() else { return self.place };
        let written = text.get(self.bytes.clone()).unwrap_or_default();
        scalar.within(written, self.place, characters)
    }
}
