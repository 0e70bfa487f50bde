//! A row's cells on their way to a contact: each checked as it comes in.

use indexmap::IndexMap;

use super::{RejectedRow, address};
use crate::contact::{Contact, ContactId, customer};
use crate::locale::Locale;

const KNOWN: [&str; 10] = ["id", "org", "name", "kind", "locale", "emails", "phone", "webhook", "duty", "tags"];
/// In characters.
const LONGEST_ID: usize = 200;
const LONGEST_CELL: usize = 2000;

/// What has been read of a row.
pub(super) struct Cells {
    row: usize,
    known: IndexMap<&'static str, String>,
    attributes: IndexMap<String, String>,
}

impl Cells {
    pub(super) fn new(row: usize) -> Self {
        Self { row, known: IndexMap::new(), attributes: IndexMap::new() }
    }

    /// A column's name: in lower case where the book knows it, as written where it doesn't.
    pub(super) fn column(name: &str) -> String {
        let lower = name.to_lowercase();
        match lower.as_str() {
            "email" => "emails".to_owned(),
            "tag" => "tags".to_owned(),
            known if KNOWN.contains(&known) || known == "attributes" => lower,
            _ => name.to_owned(),
        }
    }

    pub(super) fn put(&mut self, column: &str, text: &str) -> Result<(), RejectedRow> {
        match KNOWN.into_iter().find(|known| *known == column) {
            Some(known) => {
                let text = self.sound(known, text)?;
                self.known.insert(known, text);
                Ok(())
            }
            None => self.attribute(column, text),
        }
    }

    /// Keeps a cell of any other column; an empty one is no attribute.
    pub(super) fn attribute(&mut self, name: &str, text: &str) -> Result<(), RejectedRow> {
        let text = self.sound(name, text)?;
        if !text.is_empty() && !name.is_empty() {
            let name = self.sound(name, name)?;
            self.attributes.insert(name, text);
        }
        Ok(())
    }

    fn rejected(&self, field: &str, reason: impl Into<String>) -> RejectedRow {
        RejectedRow::new(self.row, field, reason)
    }

    /// The text without the blanks around it, if it is one that can be stored and shown.
    fn sound(&self, field: &str, text: &str) -> Result<String, RejectedRow> {
        let text = text.trim_matches([' ', '\t', '\u{3000}']);
        if text.chars().count() > LONGEST_CELL {
            return Err(self.rejected(field, format!("is longer than {LONGEST_CELL} characters")));
        }
        match text.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            None => Ok(text.to_owned()),
            Some('\0') => Err(self.rejected(field, "contains a NUL character")),
            Some('\n' | '\r' | '\u{2028}' | '\u{2029}') => {
                Err(self.rejected(field, "contains a line break; a quote before it may not be closed"))
            }
            Some(c) => Err(self.rejected(field, format!("contains the control character U+{:04X}", u32::from(c)))),
        }
    }

    fn take(&mut self, column: &str) -> String {
        self.known.swap_remove(column).unwrap_or_default()
    }

    /// The contact, once every cell proved good.
    pub(super) fn contact(mut self) -> Result<Contact, RejectedRow> {
        let id = self.take("id");
        if id.is_empty() {
            return Err(self.rejected("id", "is missing"));
        }
        if id.chars().count() > LONGEST_ID {
            return Err(self.rejected("id", format!("is longer than {LONGEST_ID} characters")));
        }
        let kind = self.take("kind").to_lowercase();
        let (emails, tags) = (self.emails()?, split(&self.take("tags")));
        Ok(Contact {
            id: ContactId::new(id),
            org: self.take("org"),
            name: self.take("name"),
            kind: if kind.is_empty() { customer() } else { kind },
            locale: self.locale()?,
            emails,
            phone: self.take("phone"),
            webhook: self.webhook()?,
            duty: self.take("duty"),
            tags,
            attributes: self.attributes,
        })
    }

    fn emails(&mut self) -> Result<Vec<String>, RejectedRow> {
        let emails = split(&self.take("emails"));
        match emails.iter().find_map(|email| address::check(email).err()) {
            Some(reason) => Err(self.rejected("emails", reason)),
            None => Ok(emails),
        }
    }

    fn locale(&mut self) -> Result<Option<Locale>, RejectedRow> {
        let tag = self.take("locale");
        if tag.is_empty() {
            return Ok(None);
        }
        tag.parse().map(Some).map_err(|error: crate::locale::Error| self.rejected("locale", error.to_string()))
    }

    fn webhook(&mut self) -> Result<String, RejectedRow> {
        let url = self.take("webhook");
        let written_well = url.is_empty()
            || ((url.starts_with("https://") || url.starts_with("http://")) && !url.contains(char::is_whitespace));
        if written_well { Ok(url) } else { Err(self.rejected("webhook", format!("`{url}` is not an https address"))) }
    }
}

/// The values of a cell, separated by `;`.
fn split(cell: &str) -> Vec<String> {
    cell.split(';').map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect()
}
