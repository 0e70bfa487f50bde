//! People: accounts, invitations, sessions, API tokens and failed sign-ins, as they are stored.
//!
//! Rules about accounts are the conductor's: it reads [`People`], decides, and commits against the number it read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::{Error, Store};
use crate::clock::Timestamp;
use crate::incident::PersonId;
use crate::locale::Locale;
use crate::settings::Secret;

mod accounts;
mod failures;
mod sessions;
mod tokens;

pub use accounts::{Change, People};
pub use failures::{Bound, Turn};

/// What someone may do, each including what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Sees everything.
    Watch,
    /// Declares incidents and acts in them.
    Respond,
    /// Approves and rejects steps and notices.
    Approve,
    /// Sees to people, tokens, contacts.
    Administer,
}

impl Access {
    pub const ALL: [Self; 4] = [Self::Watch, Self::Respond, Self::Approve, Self::Administer];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Respond => "respond",
            Self::Approve => "approve",
            Self::Administer => "administer",
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Written like none of the four.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an access: watch, respond, approve or administer")]
pub struct UnknownAccess(String);

impl FromStr for Access {
    type Err = UnknownAccess;

    fn from_str(written: &str) -> Result<Self, UnknownAccess> {
        let known = Self::ALL.into_iter().find(|access| access.as_str() == written);
        known.ok_or_else(|| UnknownAccess(written.to_owned()))
    }
}

/// The SHA-256 of a token, which is all that is kept of one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Digest(String);

impl Digest {
    pub fn of(token: &str) -> Self {
        Self(sha2::Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

/// Someone who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub person: PersonId,
    pub name: String,
    pub access: Access,
    /// The parts they play in incidents, by the ids that runbooks use.
    pub roles: Vec<String>,
    /// The language they read in; where none is chosen, what their browser asks for.
    pub locale: Option<Locale>,
    /// In the form of the PHC strings that argon2id writes.
    pub password: Secret,
    pub disabled: bool,
    pub created_at: Timestamp,
    pub signed_in_at: Option<Timestamp>,
}

/// A link that was handed to someone, as long as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub digest: Digest,
    /// What it is called where it is listed; says nothing about the link.
    pub id: String,
    /// Whom it is for; none where it makes the first account.
    pub person: Option<PersonId>,
    pub name: String,
    pub access: Access,
    pub roles: Vec<String>,
    /// None where whoever runs Muster made it.
    pub invited_by: Option<PersonId>,
    pub invited_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub digest: Digest,
    /// What it is called where it is listed; says nothing about the cookie.
    pub id: String,
    pub person: PersonId,
    /// What the browser said of itself.
    pub browser: String,
    pub address: String,
    pub begun_at: Timestamp,
    /// To some minutes.
    pub seen_at: Timestamp,
}

/// What a program calls the interface with, in its owner's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    pub digest: Digest,
    pub id: String,
    pub person: PersonId,
    pub name: String,
    pub access: Access,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// To the hour.
    pub used_at: Option<Timestamp>,
}

fn joined(roles: &[String]) -> String {
    roles.join(" ")
}

fn split(roles: &str) -> Vec<String> {
    roles.split_whitespace().map(str::to_owned).collect()
}
