//! The contact book: who can be told, in which language, and at which addresses.

pub mod import;
pub mod list;

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::locale::Locale;

/// The contact book's own name for a contact; distinct without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContactId(String);

impl ContactId {
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person or endpoint in the contact book; absent values are empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Contact {
    #[schema(value_type = String)]
    pub id: ContactId,
    /// The organisation the contact belongs to.
    #[serde(default)]
    pub org: String,
    #[serde(default)]
    pub name: String,
    /// What sort of contact: `customer` unless said; `staff` for one's own people.
    #[serde(default = "customer")]
    pub kind: String,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub locale: Option<Locale>,
    /// Mail goes to the first.
    #[serde(default)]
    pub emails: Vec<String>,
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub webhook: String,
    /// When this contact is on duty, in the book's own words.
    #[serde(default)]
    pub duty: String,
    #[serde(default)]
    pub tags: Vec<String>,
    /// Every other column of the book.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub attributes: IndexMap<String, String>,
}

/// The kind of a contact that names none.
pub fn customer() -> String {
    "customer".to_owned()
}

impl Contact {
    pub fn is_staff(&self) -> bool {
        self.kind == "staff"
    }

    /// The address mail goes to, if there is one.
    pub fn mail_address(&self) -> Option<&str> {
        self.emails.first().map(String::as_str)
    }
}
