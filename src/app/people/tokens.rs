//! API tokens: programs call in their owner's name, and may do no more than the owner may.

use std::time::Duration;

use super::sign_in::PREFIX;
use super::view::TokenLine;
use super::{Access, App, Error, Result, SignedIn, Token, new_id, shortened};
use crate::clock::after;
use crate::store::people::ApiToken;

const LONGEST_NAME: usize = 100;
/// Tokens of one person: more would be a mistake.
const MOST: usize = 50;

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    pub access: Access,
    /// None: until it is revoked.
    pub lasts: Option<Duration>,
}

impl App {
    /// Makes a token; it is told this once.
    pub async fn make_token(&self, me: &SignedIn, asked: &NewToken) -> Result<Token> {
        me.may(asked.access)?;
        let name = shortened(asked.name.trim(), LONGEST_NAME);
        if name.is_empty() {
            return Err(Error::refused("nameless_token", "the token has no name", "say what it is for"));
        }
        let store = self.people_store().await?;
        if self.own_tokens(me).await?.len() >= MOST {
            let message = format!("there are {MOST} tokens already");
            return Err(Error::refused("too_many_tokens", message, "revoke those that are no longer used"));
        }
        let (token, now) = (Token::new(PREFIX), self.clock.now());
        let kept = ApiToken {
            digest: token.digest(),
            id: new_id(),
            person: me.person.clone(),
            name,
            access: asked.access,
            created_at: now,
            expires_at: asked.lasts.map(|lasts| after(now, lasts)),
            used_at: None,
        };
        store.add_token(&kept).await?;
        Ok(token)
    }

    /// One's own tokens, the newest first.
    pub async fn own_tokens(&self, me: &SignedIn) -> Result<Vec<TokenLine>> {
        let Some(store) = self.reader().await? else { return Ok(Vec::new()) };
        let now = self.clock.now();
        let own = store.tokens().await?.into_iter().filter(|token| token.person == me.person);
        Ok(own.map(|token| TokenLine::new(token, now)).collect())
    }

    /// Revokes a token: one's own, or anybody's for those who administer.
    pub async fn revoke_token(&self, me: &SignedIn, id: &str) -> Result<()> {
        let owner = if me.may(Access::Administer).is_ok() { None } else { Some(&me.person) };
        match self.people_store().await?.forget_token(id, owner).await? {
            true => Ok(()),
            false => Err(Error::NotFound {
                message: "no such token".to_owned(),
                help: Some("it was revoked already, or is not yours".to_owned()),
            }),
        }
    }
}
