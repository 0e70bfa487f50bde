//! Reads contact books: CSV with a header, or JSON lines; a bad row never costs the others.

use std::collections::HashMap;

use super::Contact;

mod address;
mod cells;
mod csv;
mod lines;

pub use address::check as check_address;

/// A row that could not be taken, and why. Rows count from 1, the header not included.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
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
pub fn read(bytes: &[u8]) -> Vec<Result<Contact, RejectedRow>> {
    rows(bytes).collect()
}

/// Reads a contact book as it is asked for rows, so that a large one never stands in memory twice.
pub fn rows(bytes: &[u8]) -> impl Iterator<Item = Result<Contact, RejectedRow>> {
    let mut seen = HashMap::new();
    source(bytes).map(move |(row, contact)| {
        let contact = contact?;
        match seen.insert(contact.id.as_str().to_lowercase(), row) {
            None => Ok(contact),
            Some(first) => {
                seen.insert(contact.id.as_str().to_lowercase(), first);
                let reason = format!("`{}` is already in row {first}; upper and lower case are the same", contact.id);
                Err(RejectedRow::new(row, "id", reason))
            }
        }
    })
}

type Numbered = (usize, Result<Contact, RejectedRow>);

fn source(bytes: &[u8]) -> Box<dyn Iterator<Item = Numbered> + '_> {
    let whole = |reason: &str| -> Box<dyn Iterator<Item = Numbered>> {
        Box::new(std::iter::once((0, Err(RejectedRow::new(0, "", reason)))))
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return whole("the file is UTF-16; save it as UTF-8 (in a spreadsheet: “CSV UTF-8”) and import it again");
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Box::new(std::iter::empty()),
        Some(b'{') => Box::new(lines::rows(bytes)),
        Some(b'[') => whole("a JSON book has one object on each line, without brackets around them"),
        Some(_) => csv::rows(bytes),
    }
}

#[cfg(test)]
mod tests;
