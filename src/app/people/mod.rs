//! People: who has an account, how they sign in, and what each may do.

use std::time::Duration;

use chrono::TimeDelta;

use super::{App, Caller, Error, Result};
use crate::clock::{Timestamp, unpredictable};
use crate::incident::PersonId;
use crate::locale::Locale;
use crate::store::Store;
use crate::store::people::{Change, Digest, People, Session};

mod accounts;
mod links;
pub mod password;
mod rules;
mod sessions;
mod sign_in;
mod team;
#[cfg(test)]
mod tests;
mod throttle;
mod tokens;
mod view;

pub use links::{Acceptance, Invite, Invited, Link};
pub use password::Passwords;
pub use rules::Amendment;
pub use tokens::NewToken;
pub use view::{AccountLine, InvitationLine, PeopleView, SessionLine, TokenLine};

pub use crate::store::people::Access;

/// How often a change to accounts is decided again after someone else was first.
const ATTEMPTS: usize = 16;

/// Somebody who has proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub person: PersonId,
    pub name: String,
    pub access: Access,
    /// The language they chose, if they chose one.
    pub chosen: Option<Locale>,
    pub via: Via,
}

/// What they proved it with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    Session(Digest),
    /// An API token, by what it is called.
    Token(String),
    /// Nothing: in a trial, where nothing leaves and nothing stays, everyone may try everything.
    Trial,
}

impl SignedIn {
    /// Whoever looks at a trial.
    pub fn visitor(person: PersonId, name: &str) -> Self {
        let name = if name.is_empty() { person.0.clone() } else { name.to_owned() };
        Self { name, person, access: Access::Administer, chosen: None, via: Via::Trial }
    }

    /// Whether they may do what needs this access.
    pub fn may(&self, needs: Access) -> std::result::Result<(), Refusal> {
        if self.access >= needs { Ok(()) } else { Err(Refusal::NotAllowed { needs }) }
    }

    /// As whom they act, reading and writing in this language.
    pub fn acting(&self, locale: Locale, key: Option<String>) -> Caller {
        let key = key.map(|key| super::key::of(&self.person, &key));
        Caller { person: self.person.clone(), locale, key, early: None }
    }
}

/// Why someone may not, or not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("nobody is signed in")]
    NotSignedIn,
    #[error("this needs `{needs}` access")]
    NotAllowed { needs: Access },
    #[error("too many tries; try again in {}", in_minutes(*wait))]
    Throttled { wait: Duration },
}

/// A wait in whole minutes, never shorter than it is.
pub(super) fn minutes(wait: Duration) -> u64 {
    wait.as_secs().div_ceil(60).max(1)
}

fn in_minutes(wait: Duration) -> String {
    match minutes(wait) {
        1 => "1 minute".to_owned(),
        more => format!("{more} minutes"),
    }
}

impl Refusal {
    /// A stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotSignedIn => "not_signed_in",
            Self::NotAllowed { .. } => "not_allowed",
            Self::Throttled { .. } => "throttled",
        }
    }

    pub fn help(self) -> &'static str {
        match self {
            Self::NotSignedIn => "sign in, or send an API token: `Authorization: Bearer muster_…`",
            Self::NotAllowed { .. } => "ask someone who administers Muster for more access",
            Self::Throttled { .. } => "if it is urgent, ask someone who administers Muster for a new link",
        }
    }
}

/// Who changes accounts.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    Person(&'a SignedIn),
    /// Whoever runs Muster on the installation itself, and so holds its store anyway.
    Operator,
}

impl By<'_> {
    fn may_administer(self) -> std::result::Result<(), Refusal> {
        match self {
            Self::Person(person) => person.may(Access::Administer),
            Self::Operator => Ok(()),
        }
    }

    fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person.person.clone()),
            Self::Operator => None,
        }
    }
}

/// Where a session is: what is shown in the list of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// What the browser said of itself.
    pub browser: String,
    /// The network address it came from.
    pub address: String,
}

/// A secret on its way to the only one who will ever see it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    fn new(prefix: &str) -> Self {
        use base64::Engine as _;
        let secret = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(unpredictable());
        Self(format!("{prefix}{secret}"))
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl App {
    /// Decides a change to accounts by what they are now, and makes it; decides again where someone else was first.
    async fn change_people<T>(&self, decide: impl Fn(&People, Timestamp) -> Result<(Vec<Change>, T)>) -> Result<T> {
        let store = self.writer().await?;
        for _ in 0..ATTEMPTS {
            let people = store.people().await?;
            let (changes, answer) = decide(&people, self.clock.now())?;
            if changes.is_empty() {
                return Ok(answer);
            }
            match store.change_people(&people, &changes).await {
                Ok(()) => return Ok(answer),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Fault("accounts kept changing meanwhile; nothing was done".to_owned()))
    }

    async fn people_now(&self) -> Result<People> {
        match self.reader().await? {
            Some(store) => Ok(store.people().await?),
            None => Ok(People::none()),
        }
    }

    fn new_session(&self, token: &Token, person: &PersonId, place: &Place) -> Session {
        let now = self.clock.now();
        Session {
            digest: token.digest(),
            id: new_id(),
            person: person.clone(),
            browser: shortened(&place.browser, 200),
            address: shortened(&place.address, 60),
            begun_at: now,
            seen_at: now,
        }
    }

    async fn people_store(&self) -> Result<&Store> {
        self.writer().await
    }
}

/// What something is called in a list: says nothing about the secret beside it.
fn new_id() -> String {
    unpredictable()[..9].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn shortened(text: &str, longest: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(longest).collect()
}

/// A moment this long before another.
fn before(moment: Timestamp, span: Duration) -> Timestamp {
    TimeDelta::from_std(span).ok().and_then(|span| moment.checked_sub_signed(span)).unwrap_or(Timestamp::UNIX_EPOCH)
}
