//! Accounts and invitations: read together with a number, changed only if that number still stands.

use super::{Account, Digest, Error, Invitation, Session, Store, joined, sessions, split};
use crate::clock::Timestamp;
use crate::incident::PersonId;
use crate::locale::Locale;
use crate::settings::Secret;
use crate::store::patience::Patience;
use crate::store::sql::{Row, Transaction, Value, unreadable, values};

/// All accounts and invitations as of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    number: i64,
    /// In the order of their persons.
    pub accounts: Vec<Account>,
    /// The newest first.
    pub invitations: Vec<Invitation>,
}

/// A change to accounts; several are made together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Opens an account, or replaces what is known of it.
    Put(Account),
    Invite(Invitation),
    UseInvitation {
        digest: Digest,
        at: Timestamp,
    },
    ForgetInvitation {
        id: String,
    },
    BeginSession(Session),
    /// Signs somebody out everywhere but here.
    EndSessions {
        person: PersonId,
        but: Option<Digest>,
    },
    ForgetTokens {
        person: PersonId,
    },
}

impl People {
    /// Where nothing was ever written.
    pub fn none() -> Self {
        Self { number: 0, accounts: Vec::new(), invitations: Vec::new() }
    }
}

const ACCOUNTS: &str = "SELECT person, name, access, roles, locale, password, disabled, created_at, signed_in_at
                        FROM accounts ORDER BY person";
const INVITATIONS: &str = "SELECT digest, id, person, name, access, roles, invited_by, invited_at, expires_at, used_at
                           FROM invitations ORDER BY invited_at DESC, id";
const NUMBER: &str = "SELECT number FROM people_changes WHERE id = 1";

impl Store {
    /// All accounts and invitations.
    pub async fn people(&self) -> Result<People, Error> {
        // The number first: whatever changes after it makes the commit fail that was decided by this.
        let number = self.first(NUMBER, Vec::new()).await?.map_or(Ok(0), |row| row.int(0))?;
        let accounts = self.all(ACCOUNTS, Vec::new()).await?;
        let invitations = self.all(INVITATIONS, Vec::new()).await?;
        Ok(People {
            number,
            accounts: accounts.iter().map(|row| account(row, 0)).collect::<Result<_, _>>()?,
            invitations: invitations.iter().map(invitation).collect::<Result<_, _>>()?,
        })
    }

    /// Makes changes that were decided by these people; a conflict if they have changed since.
    pub async fn change_people(&self, read: &People, changes: &[Change]) -> Result<(), Error> {
        let mut patience = Patience::new();
        loop {
            match self.try_change_people(read, changes).await {
                // Done or not, the number tells: what was decided is decided again.
                Err(Error::InDoubt { .. }) => return Err(Error::Conflict),
                Err(error) if patience.lasts(&error).await => {}
                done => return done,
            }
        }
    }

    async fn try_change_people(&self, read: &People, changes: &[Change]) -> Result<(), Error> {
        let mut change = self.change().await?;
        let sql = "UPDATE people_changes SET number = number + 1 WHERE id = 1 AND number = $1";
        if change.execute(sql, values![read.number]).await? == 0 {
            return Err(Error::Conflict);
        }
        for each in changes {
            make(&mut change, each).await?;
        }
        change.commit().await
    }
}

async fn make(change: &mut Transaction, one: &Change) -> Result<(), Error> {
    match one {
        Change::Put(account) => put(change, account).await,
        Change::Invite(invitation) => invite(change, invitation).await,
        Change::UseInvitation { digest, at } => {
            let sql = "UPDATE invitations SET used_at = $1 WHERE digest = $2";
            change.execute(sql, values![*at, digest.as_str()]).await.map(drop)
        }
        Change::ForgetInvitation { id } => {
            change.execute("DELETE FROM invitations WHERE id = $1", values![id.as_str()]).await.map(drop)
        }
        Change::BeginSession(session) => sessions::insert(change, session).await,
        Change::EndSessions { person, but } => {
            let sql = "DELETE FROM sessions WHERE person = $1 AND digest <> $2";
            let but = but.as_ref().map_or("", Digest::as_str);
            change.execute(sql, values![person.0.as_str(), but]).await.map(drop)
        }
        Change::ForgetTokens { person } => {
            change.execute("DELETE FROM api_tokens WHERE person = $1", values![person.0.as_str()]).await.map(drop)
        }
    }
}

async fn put(change: &mut Transaction, account: &Account) -> Result<(), Error> {
    let sql = "INSERT INTO accounts (person, name, access, roles, locale, password, disabled, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (person) DO UPDATE SET name = excluded.name, access = excluded.access,
                   roles = excluded.roles, locale = excluded.locale, password = excluded.password,
                   disabled = excluded.disabled";
    let values = values![
        account.person.0.as_str(),
        account.name.as_str(),
        account.access.as_str(),
        joined(&account.roles),
        account.locale.as_ref().map(Locale::as_str),
        account.password.reveal(),
        account.disabled,
        account.created_at,
    ];
    change.execute(sql, values).await.map(drop)
}

async fn invite(change: &mut Transaction, invitation: &Invitation) -> Result<(), Error> {
    let sql = "INSERT INTO invitations (digest, id, person, name, access, roles, invited_by, invited_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = values![
        invitation.digest.as_str(),
        invitation.id.as_str(),
        id_of(invitation.person.as_ref()),
        invitation.name.as_str(),
        invitation.access.as_str(),
        joined(&invitation.roles),
        id_of(invitation.invited_by.as_ref()),
        invitation.invited_at,
        invitation.expires_at,
    ];
    change.execute(sql, values).await.map(drop)
}

fn id_of(person: Option<&PersonId>) -> Value {
    person.map(|person| person.0.as_str()).into()
}

/// An account from nine columns that begin here.
pub(super) fn account(row: &Row, from: usize) -> Result<Account, Error> {
    let locale = row.maybe_text(from + 4)?;
    Ok(Account {
        person: PersonId(row.text(from)?),
        name: row.text(from + 1)?,
        access: row.parsed(from + 2, "access")?,
        roles: split(&row.text(from + 3)?),
        locale: locale.map(|tag| tag.parse().map_err(|reason| unreadable("locale", reason))).transpose()?,
        password: Secret::new(row.text(from + 5)?),
        disabled: row.int(from + 6)? != 0,
        created_at: row.moment(from + 7)?,
        signed_in_at: row.maybe_moment(from + 8)?,
    })
}

fn invitation(row: &Row) -> Result<Invitation, Error> {
    Ok(Invitation {
        digest: Digest(row.text(0)?),
        id: row.text(1)?,
        person: row.maybe_text(2)?.map(PersonId),
        name: row.text(3)?,
        access: row.parsed(4, "access")?,
        roles: split(&row.text(5)?),
        invited_by: row.maybe_text(6)?.map(PersonId),
        invited_at: row.moment(7)?,
        expires_at: row.moment(8)?,
        used_at: row.maybe_moment(9)?,
    })
}
