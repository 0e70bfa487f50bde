//! One's own account: the password, the language, and where one is signed in.

use super::view::SessionLine;
use super::{App, Error, Place, Result, SignedIn, Via, password, rules};
use crate::locale::Locale;
use crate::store::people::{Account, Change, Digest};

impl App {
    /// Where somebody is signed in, the last seen first.
    pub async fn own_sessions(&self, me: &SignedIn) -> Result<Vec<SessionLine>> {
        let Some(store) = self.reader().await? else { return Ok(Vec::new()) };
        let now = self.clock.now();
        let sessions = store.sessions(&me.person).await?;
        let alive = sessions.into_iter().filter(|session| !super::sign_in::is_over(session, now));
        Ok(alive.map(|session| SessionLine::new(session, own_digest(me))).collect())
    }

    /// Signs somebody out in one place, by what it is called in their list.
    pub async fn end_own_session(&self, me: &SignedIn, id: &str) -> Result<()> {
        match self.people_store().await?.end_session_of(&me.person, id).await? {
            true => Ok(()),
            false => Err(Error::NotFound {
                message: "no such session".to_owned(),
                help: Some("it has ended already".to_owned()),
            }),
        }
    }

    /// Signs somebody out everywhere, here too.
    pub async fn end_own_sessions(&self, me: &SignedIn) -> Result<u64> {
        Ok(self.people_store().await?.end_sessions(&me.person, None).await?)
    }

    /// Changes one's own password, and ends the sessions elsewhere.
    pub async fn change_password(&self, me: &SignedIn, old: &str, new: &str, place: &Place) -> Result<()> {
        let people = self.people_now().await?;
        let account = rules::find(&people, &me.person)?;
        if !self.is_own_password(account, old, place).await? {
            let help = "type the one you signed in with; if you can't remember, ask for a new link";
            return Err(Error::refused("wrong_password", "this is not your password", help));
        }
        password::check(new, &account.person.0, &account.name)?;
        let hash = self.passwords.hash(new).await?;
        self.change_people(|people, _| {
            let now_account = rules::find(people, &me.person)?;
            if now_account.password != account.password {
                let message = "the password was changed somewhere else meanwhile";
                return Err(Error::refused("wrong_password", message, "sign in with the new one"));
            }
            let account = Account { password: hash.clone(), ..now_account.clone() };
            let sessions = Change::EndSessions { person: me.person.clone(), but: own_digest(me).cloned() };
            Ok((vec![Change::Put(account), sessions], ()))
        })
        .await
    }

    /// Chooses the language one reads in; none: as the browser asks for.
    pub async fn choose_locale(&self, me: &SignedIn, locale: Option<Locale>) -> Result<()> {
        self.change_people(|people, _| {
            let account = rules::find(people, &me.person)?;
            if account.locale == locale {
                return Ok((Vec::new(), ()));
            }
            Ok((vec![Change::Put(Account { locale: locale.clone(), ..account.clone() })], ()))
        })
        .await
    }
}

fn own_digest(me: &SignedIn) -> Option<&Digest> {
    match &me.via {
        Via::Session(digest) => Some(digest),
        Via::Token(_) | Via::Trial => None,
    }
}
