//! API tokens: made, found by their digest, marked as used, revoked.

use super::accounts::account;
use super::{Account, ApiToken, Digest, Error, Store};
use crate::clock::Timestamp;
use crate::incident::PersonId;
use crate::store::patience::patiently;
use crate::store::sql::{Row, values};

impl Store {
    /// Keeps a new token.
    pub async fn add_token(&self, token: &ApiToken) -> Result<(), Error> {
        let sql = "INSERT INTO api_tokens (digest, id, person, name, access, created_at, expires_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (digest) DO NOTHING";
        patiently!(async {
            let mut change = self.change().await?;
            let values = values![
                token.digest.as_str(),
                token.id.as_str(),
                token.person.0.as_str(),
                token.name.as_str(),
                token.access.as_str(),
                token.created_at,
                token.expires_at,
            ];
            change.execute(sql, values).await?;
            change.commit().await
        })
    }

    /// The token with its owner's account, whatever their state.
    pub async fn token(&self, digest: &Digest) -> Result<Option<(ApiToken, Account)>, Error> {
        let sql = "SELECT t.digest, t.id, t.person, t.name, t.access, t.created_at, t.expires_at, t.used_at,
                       a.person, a.name, a.access, a.roles, a.locale, a.password, a.disabled, a.created_at, a.signed_in_at
                   FROM api_tokens t JOIN accounts a ON a.person = t.person WHERE t.digest = $1";
        let row = self.first(sql, values![digest.as_str()]).await?;
        row.map(|row| Ok((token(&row)?, account(&row, 8)?))).transpose()
    }

    /// All tokens, the newest first.
    pub async fn tokens(&self) -> Result<Vec<ApiToken>, Error> {
        let sql = "SELECT digest, id, person, name, access, created_at, expires_at, used_at FROM api_tokens
                   ORDER BY created_at DESC, id";
        self.all(sql, Vec::new()).await?.iter().map(token).collect()
    }

    /// Says that a token was used.
    pub async fn use_token(&self, digest: &Digest, at: Timestamp) -> Result<(), Error> {
        patiently!(async {
            let mut change = self.change().await?;
            let sql = "UPDATE api_tokens SET used_at = $1 WHERE digest = $2 AND coalesce(used_at, 0) < $1";
            change.execute(sql, values![at, digest.as_str()]).await?;
            change.commit().await
        })
    }

    /// Revokes a token by what it is called in lists, of this owner where one is given; false if there is none.
    pub async fn forget_token(&self, id: &str, owner: Option<&PersonId>) -> Result<bool, Error> {
        patiently!(async {
            let mut change = self.change().await?;
            let sql = "DELETE FROM api_tokens WHERE id = $1 AND ($2 = '' OR person = $2)";
            let owner = owner.map_or("", |owner| owner.0.as_str());
            let gone = change.execute(sql, values![id, owner]).await?;
            change.commit().await?;
            Ok(gone > 0)
        })
    }
}

fn token(row: &Row) -> Result<ApiToken, Error> {
    Ok(ApiToken {
        digest: Digest(row.text(0)?),
        id: row.text(1)?,
        person: PersonId(row.text(2)?),
        name: row.text(3)?,
        access: row.parsed(4, "access")?,
        created_at: row.moment(5)?,
        expires_at: row.maybe_moment(6)?,
        used_at: row.maybe_moment(7)?,
    })
}
