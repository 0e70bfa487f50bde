//! What faces show of people: no secret, and nothing from which one follows.

use serde::Serialize;

use crate::app::view::Moment;
use crate::clock::Timestamp;
use crate::store::people::{Access, Account, ApiToken, Digest, Invitation, Session};

/// Accounts, open invitations and tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeopleView {
    pub accounts: Vec<AccountLine>,
    pub invitations: Vec<InvitationLine>,
    pub tokens: Vec<TokenLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountLine {
    pub person: String,
    pub name: String,
    pub access: Access,
    pub roles: Vec<String>,
    pub disabled: bool,
    pub created_at: Moment,
    pub signed_in_at: Option<Moment>,
}

/// A link that somebody has not used yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvitationLine {
    pub id: String,
    pub person: String,
    pub name: String,
    pub access: Access,
    pub roles: Vec<String>,
    pub invited_by: Option<String>,
    pub expires_at: Moment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionLine {
    pub id: String,
    /// What the browser said of itself.
    pub browser: String,
    pub address: String,
    pub begun_at: Moment,
    pub seen_at: Moment,
    /// Whether it is the one that asks.
    pub here: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenLine {
    pub id: String,
    pub person: String,
    pub name: String,
    pub access: Access,
    pub created_at: Moment,
    pub expires_at: Option<Moment>,
    pub expired: bool,
    pub used_at: Option<Moment>,
}

impl From<Account> for AccountLine {
    fn from(account: Account) -> Self {
        Self {
            person: account.person.0,
            name: account.name,
            access: account.access,
            roles: account.roles,
            disabled: account.disabled,
            created_at: account.created_at.into(),
            signed_in_at: account.signed_in_at.map(Into::into),
        }
    }
}

impl InvitationLine {
    /// None for a first link, which is for nobody yet.
    pub(super) fn of(invitation: Invitation) -> Option<Self> {
        Some(Self {
            id: invitation.id,
            person: invitation.person?.0,
            name: invitation.name,
            access: invitation.access,
            roles: invitation.roles,
            invited_by: invitation.invited_by.map(|person| person.0),
            expires_at: invitation.expires_at.into(),
        })
    }
}

impl SessionLine {
    pub(super) fn new(session: Session, own: Option<&Digest>) -> Self {
        Self {
            here: own == Some(&session.digest),
            id: session.id,
            browser: session.browser,
            address: session.address,
            begun_at: session.begun_at.into(),
            seen_at: session.seen_at.into(),
        }
    }
}

impl TokenLine {
    pub(super) fn new(token: ApiToken, now: Timestamp) -> Self {
        Self {
            id: token.id,
            person: token.person.0,
            name: token.name,
            access: token.access,
            created_at: token.created_at.into(),
            expired: token.expires_at.is_some_and(|expires_at| expires_at <= now),
            expires_at: token.expires_at.map(Into::into),
            used_at: token.used_at.map(Into::into),
        }
    }
}
