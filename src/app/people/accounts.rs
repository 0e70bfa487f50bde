//! Everyone's accounts, as those who administer them see and change them.

use super::view::{AccountLine, InvitationLine, PeopleView, TokenLine};
use super::{Amendment, App, By, Result, rules};
use crate::incident::PersonId;

impl App {
    /// Accounts, open invitations and tokens.
    pub async fn people(&self) -> Result<PeopleView> {
        let people = self.people_now().await?;
        let tokens = match self.reader().await? {
            Some(store) => store.tokens().await?,
            None => Vec::new(),
        };
        let now = self.clock.now();
        let open = people.invitations.into_iter();
        let open = open.filter(|invitation| invitation.used_at.is_none() && invitation.expires_at > now);
        Ok(PeopleView {
            accounts: people.accounts.into_iter().map(AccountLine::from).collect(),
            invitations: open.filter_map(InvitationLine::of).collect(),
            tokens: tokens.into_iter().map(|token| TokenLine::new(token, now)).collect(),
        })
    }

    /// Changes what somebody is called, may do, or plays in incidents that start from now on.
    pub async fn amend_person(&self, by: By<'_>, person: &PersonId, asked: &Amendment) -> Result<()> {
        self.change_people(|people, _| Ok((rules::amend(people, by, person, asked)?, ()))).await
    }

    /// Closes an account; what it did stays in the journals.
    pub async fn disable_person(&self, by: By<'_>, person: &PersonId) -> Result<()> {
        self.change_people(|people, _| Ok((rules::disable(people, by, person)?, ()))).await
    }

    /// Signs somebody out everywhere, as when a phone is lost.
    pub async fn sign_out_person(&self, by: By<'_>, person: &PersonId) -> Result<u64> {
        by.may_administer()?;
        rules::find(&self.people_now().await?, person)?;
        Ok(self.people_store().await?.end_sessions(person, None).await?)
    }
}
