//! Reads contact books: CSV with a header, or JSON lines; a bad row never costs the others.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, Cursor, Read};

use super::Contact;

mod address;
mod cells;
mod csv;
mod lines;

pub use address::check as check_address;

/// A row that could not be taken, and why. Rows count from 1, the header not included.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct RejectedRow {
    pub row: usize,
    pub field: String,
    pub reason: String,
}

impl RejectedRow {
    fn new(row: usize, field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { row, field: field.into(), reason: reason.into() }
    }
}

const SAVE_AS_UTF8: &str = "is not UTF-8; save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”) and import it again";

/// Reads a contact book row by row.
pub fn read(book: &[u8]) -> Vec<Result<Contact, RejectedRow>> {
    rows(book).collect()
}

/// Reads a contact book as it is asked for rows, so that a large one never stands in memory.
pub fn rows<'b>(book: impl BufRead + Send + 'b) -> impl Iterator<Item = Result<Contact, RejectedRow>> + Send + 'b {
    let mut seen = Seen::default();
    source(book).map(move |(row, contact)| {
        let contact = contact?;
        match seen.first(contact.id.as_str(), row) {
            None => Ok(contact),
            Some(first) => {
                let reason = format!("`{}` is already in row {first}; upper and lower case are the same", contact.id);
                Err(RejectedRow::new(row, "id", reason))
            }
        }
    })
}

/// The rows in which ids were seen, by a keyed hash of each: a million take some 40 MB, and that two ids
/// share a hash is less likely than a disk that reads wrongly.
#[derive(Default)]
struct Seen {
    key: RandomState,
    rows: HashMap<u64, u32>,
}

impl Seen {
    /// The row in which the id was first, if it was in one before this.
    fn first(&mut self, id: &str, row: usize) -> Option<u32> {
        match self.rows.entry(self.key.hash_one(id.to_lowercase())) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(place) => {
                place.insert(u32::try_from(row).unwrap_or(u32::MAX));
                None
            }
        }
    }
}

type Numbered = (usize, Result<Contact, RejectedRow>);
type Rows<'b> = Box<dyn Iterator<Item = Numbered> + Send + 'b>;

fn source<'b>(mut book: impl BufRead + Send + 'b) -> Rows<'b> {
    let whole = |reason: &str| -> Rows<'b> { Box::new(std::iter::once((0, Err(RejectedRow::new(0, "", reason))))) };
    let beginning = match begins(&mut book) {
        Ok(beginning) => beginning,
        Err(error) => return whole(&format!("failed to read it: {error}")),
    };
    if matches!(beginning[..], [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return whole("the file is UTF-16; save it as UTF-8 (in a spreadsheet: “CSV UTF-8”) and import it again");
    }
    let first = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&beginning).to_vec();
    let kind = first.iter().find(|byte| !byte.is_ascii_whitespace()).copied();
    let book = Cursor::new(first).chain(book);
    match kind {
        None => Box::new(std::iter::empty()),
        Some(b'{') => Box::new(lines::rows(book)),
        Some(b'[') => whole("a JSON book has one object on each line, without brackets around them"),
        Some(_) => csv::rows(book),
    }
}

/// The book up to its first character that is not white space; all of it where there is none.
fn begins(book: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    loop {
        let mut byte = [0];
        if book.read(&mut byte)? == 0 {
            return Ok(beginning);
        }
        beginning.push(byte[0]);
        // A byte order mark has three bytes at most, the first of them not ASCII.
        if beginning.len() >= 4 && !byte[0].is_ascii_whitespace() {
            return Ok(beginning);
        }
    }
}

#[cfg(test)]
mod tests;
