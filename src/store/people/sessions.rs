//! Sessions: begun by the right password, found by their token, ended one by one or all at once.

use super::accounts::account;
use super::{Account, Digest, Error, Session, Store};
use crate::clock::Timestamp;
use crate::incident::PersonId;
use crate::store::patience::patiently;
use crate::store::sql::{Row, Transaction, values};

impl Store {
    /// Begins a session if the account still has the password that was checked; false if it no longer has.
    ///
    /// Takes the chance to forget sessions last seen, or begun, before these moments.
    pub async fn begin_session(
        &self,
        session: &Session,
        checked: &Account,
        unseen_since: Timestamp,
        begun_before: Timestamp,
    ) -> Result<bool, Error> {
        patiently!(async {
            let mut change = self.change().await?;
            let sql = "DELETE FROM sessions WHERE digest = $1 OR seen_at < $2 OR begun_at < $3";
            change.execute(sql, values![session.digest.as_str(), unseen_since, begun_before]).await?;
            // Whoever is just changing the password is waited for here.
            let sql = "UPDATE accounts SET signed_in_at = $1 WHERE person = $2 AND password = $3 AND disabled = 0";
            let values = values![session.begun_at, checked.person.0.as_str(), checked.password.reveal()];
            if change.execute(sql, values).await? == 0 {
                return Ok(false);
            }
            insert(&mut change, session).await?;
            change.commit().await?;
            Ok(true)
        })
    }

    /// The session of this token with its account, whatever their age and state.
    pub async fn session(&self, digest: &Digest) -> Result<Option<(Session, Account)>, Error> {
        let sql = "SELECT s.digest, s.id, s.person, s.browser, s.address, s.begun_at, s.seen_at,
                       a.person, a.name, a.access, a.roles, a.locale, a.password, a.disabled, a.created_at, a.signed_in_at
                   FROM sessions s JOIN accounts a ON a.person = s.person WHERE s.digest = $1";
        let row = self.first(sql, values![digest.as_str()]).await?;
        row.map(|row| Ok((session(&row)?, account(&row, 7)?))).transpose()
    }

    /// Someone's sessions, the last seen first.
    pub async fn sessions(&self, person: &PersonId) -> Result<Vec<Session>, Error> {
        let sql = "SELECT digest, id, person, browser, address, begun_at, seen_at FROM sessions
                   WHERE person = $1 ORDER BY seen_at DESC, id";
        self.all(sql, values![person.0.as_str()]).await?.iter().map(session).collect()
    }

    /// Says that a session was used.
    pub async fn see_session(&self, digest: &Digest, at: Timestamp) -> Result<(), Error> {
        patiently!(async {
            let mut change = self.change().await?;
            let sql = "UPDATE sessions SET seen_at = $1 WHERE digest = $2 AND seen_at < $1";
            change.execute(sql, values![at, digest.as_str()]).await?;
            change.commit().await
        })
    }

    /// Ends the session of this token, if there is one.
    pub async fn end_session(&self, digest: &Digest) -> Result<bool, Error> {
        patiently!(async {
            let mut change = self.change().await?;
            let ended = change.execute("DELETE FROM sessions WHERE digest = $1", values![digest.as_str()]).await?;
            change.commit().await?;
            Ok(ended > 0)
        })
    }

    /// Ends someone's session by what it is called in their list; false if they have none of that name.
    pub async fn end_session_of(&self, person: &PersonId, id: &str) -> Result<bool, Error> {
        patiently!(async {
            let mut change = self.change().await?;
            let sql = "DELETE FROM sessions WHERE person = $1 AND id = $2";
            let ended = change.execute(sql, values![person.0.as_str(), id]).await?;
            change.commit().await?;
            Ok(ended > 0)
        })
    }

    /// Signs someone out everywhere but here; says in how many places.
    pub async fn end_sessions(&self, person: &PersonId, but: Option<&Digest>) -> Result<u64, Error> {
        patiently!(async {
            let mut change = self.change().await?;
            let sql = "DELETE FROM sessions WHERE person = $1 AND digest <> $2";
            let but = but.map_or("", Digest::as_str);
            let ended = change.execute(sql, values![person.0.as_str(), but]).await?;
            change.commit().await?;
            Ok(ended)
        })
    }
}

pub(super) async fn insert(change: &mut Transaction, session: &Session) -> Result<(), Error> {
    let sql = "INSERT INTO sessions (digest, id, person, browser, address, begun_at, seen_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = values![
        session.digest.as_str(),
        session.id.as_str(),
        session.person.0.as_str(),
        session.browser.as_str(),
        session.address.as_str(),
        session.begun_at,
        session.seen_at,
    ];
    change.execute(sql, values).await.map(drop)
}

fn session(row: &Row) -> Result<Session, Error> {
    Ok(Session {
        digest: Digest(row.text(0)?),
        id: row.text(1)?,
        person: PersonId(row.text(2)?),
        browser: row.text(3)?,
        address: row.text(4)?,
        begun_at: row.moment(5)?,
        seen_at: row.moment(6)?,
    })
}
