//! Signing in and out, and finding out who it is that sends a cookie or a token.

use std::time::Duration;

use super::throttle::Counted;
use super::{App, Error, Place, Refusal, Result, SignedIn, Token, Via, before, rules};
use crate::clock::{Timestamp, between};
use crate::store::people::{Account, Digest, Session, Turn};

/// A session that nobody used for so long has ended.
const IDLE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// And any session after so long.
const LONGEST: Duration = Duration::from_secs(60 * 24 * 60 * 60);
/// How coarsely it is kept when a session, and when a token was used.
const SEEN: Duration = Duration::from_secs(10 * 60);
const USED: Duration = Duration::from_secs(60 * 60);
/// What API tokens begin with, so that whoever finds one knows what it is.
pub(super) const PREFIX: &str = "muster_";

impl App {
    /// Signs in; says the same, after the same work, whether the account is unknown, closed or has another password.
    pub async fn sign_in(&self, person: &str, password: &str, place: &Place) -> Result<Token> {
        let counted = Counted::of(person, &place.address);
        let store = self.people_store().await?;
        let now = self.clock.now();
        if let Turn::NotBefore(moment) = store.take_try(&counted.bounds(), now).await? {
            return Err(Refusal::Throttled { wait: between(now, moment) }.into());
        }
        let people = store.people().await?;
        let account = rules::meant(&people, person).filter(|account| !account.disabled);
        let right = self.passwords.matches(password, account.map(|account| &account.password)).await?;
        let Some(account) = account.filter(|_| right) else { return Err(wrong()) };
        store.went_well(&counted.anew(), &counted.taken_back()).await?;
        let token = Token::new("");
        let session = self.new_session(&token, &account.person, place);
        let now = self.clock.now();
        match store.begin_session(&session, account, before(now, IDLE), before(now, LONGEST)).await? {
            true => Ok(token),
            false => Err(wrong()),
        }
    }

    /// Ends the session of this cookie.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        self.people_store().await?.end_session(&Digest::of(token)).await?;
        Ok(())
    }

    /// Who is signed in with this cookie.
    pub async fn who(&self, token: &str) -> Result<Option<SignedIn>> {
        let Some(store) = self.reader().await? else { return Ok(None) };
        let Some((session, account)) = store.session(&Digest::of(token)).await? else { return Ok(None) };
        let now = self.clock.now();
        if account.disabled || is_over(&session, now) {
            return Ok(None);
        }
        if between(session.seen_at, now) >= SEEN {
            // Missed, as on a full disk, it is made up for by the next one.
            let _ = self.people_store().await?.see_session(&session.digest, now).await;
        }
        Ok(Some(signed_in(account, Via::Session(session.digest))))
    }

    /// Whose API token this is. It may do no more than its owner may by now.
    pub async fn whose(&self, token: &str) -> Result<Option<SignedIn>> {
        let Some(store) = self.reader().await? else { return Ok(None) };
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        let Some((token, account)) = store.token(&Digest::of(token)).await? else { return Ok(None) };
        let now = self.clock.now();
        if account.disabled || token.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Ok(None);
        }
        if token.used_at.is_none_or(|used_at| between(used_at, now) >= USED) {
            let _ = self.people_store().await?.use_token(&token.digest, now).await;
        }
        let access = token.access.min(account.access);
        Ok(Some(SignedIn { access, ..signed_in(account, Via::Token(token.name)) }))
    }

    /// Checks one's own password, as often as one may try to sign in.
    pub(super) async fn is_own_password(&self, account: &Account, password: &str, place: &Place) -> Result<bool> {
        let counted = Counted::of(&account.person.0, &place.address);
        let store = self.people_store().await?;
        let now = self.clock.now();
        if let Turn::NotBefore(moment) = store.take_try(&counted.bounds(), now).await? {
            return Err(Refusal::Throttled { wait: between(now, moment) }.into());
        }
        let right = self.passwords.matches(password, Some(&account.password)).await?;
        if right {
            store.went_well(&counted.anew(), &counted.taken_back()).await?;
        }
        Ok(right)
    }
}

/// Whether a session has ended by itself.
pub(super) fn is_over(session: &Session, now: Timestamp) -> bool {
    between(session.seen_at, now) >= IDLE || between(session.begun_at, now) >= LONGEST
}

fn signed_in(account: Account, via: Via) -> SignedIn {
    SignedIn { person: account.person, name: account.name, access: account.access, chosen: account.locale, via }
}

fn wrong() -> Error {
    let help = "check both; if you can't remember, ask someone who administers Muster for a new link";
    Error::refused("wrong_sign_in", "the name or the password is not right", help)
}
