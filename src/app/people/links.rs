//! Links: the first account, invitations, and what accepting one does.

use super::{App, By, Error, Place, Result, Token, password, rules};
use crate::clock::Timestamp;
use crate::incident::PersonId;
use crate::locale::Locale;
use crate::store::people::{Access, Change};

/// A link's secret part; shown once, to whoever hands it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub token: Token,
    /// None for the first account.
    pub person: Option<PersonId>,
    pub expires_at: Timestamp,
}

impl Link {
    /// Where on the console it leads.
    pub fn path(&self) -> String {
        format!("/join/{}", self.token.reveal())
    }
}

/// Whom to invite. With an account already, it is a new password for that.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Invite {
    pub person: String,
    pub name: String,
    /// None: as before, or `respond`.
    pub access: Option<Access>,
    /// None: as before, or none.
    pub roles: Option<Vec<String>>,
}

/// What a link is for, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// None where it makes the first account, whose handle is chosen there.
    pub person: Option<PersonId>,
    pub name: String,
    pub access: Access,
    /// Whether it is a new password for an account they have.
    pub has_account: bool,
    pub expires_at: Timestamp,
}

/// What somebody answers to a link.
#[derive(Debug, Clone, Default)]
pub struct Acceptance {
    /// The handle, where the link leaves it open.
    pub person: Option<String>,
    pub name: String,
    pub password: String,
    pub locale: Option<Locale>,
}

impl App {
    /// A link by which the first account is made, while there is none.
    pub async fn first_link(&self) -> Result<Option<Link>> {
        let token = Token::new("");
        self.change_people(|people, now| {
            let Some((changes, invitation)) = rules::first_link(people, token.digest(), now) else {
                return Ok((Vec::new(), None));
            };
            let link = Link { token: token.clone(), person: None, expires_at: invitation.expires_at };
            Ok((changes, Some(link)))
        })
        .await
    }

    /// Whether anybody has an account.
    pub async fn has_accounts(&self) -> Result<bool> {
        Ok(!self.people_now().await?.accounts.is_empty())
    }

    /// Invites somebody; the link is told this once.
    pub async fn invite(&self, by: By<'_>, asked: &Invite) -> Result<Link> {
        let token = Token::new("");
        self.change_people(|people, now| {
            let (changes, invitation) = rules::invite(people, by, asked, token.digest(), now)?;
            let link = Link { token: token.clone(), person: invitation.person, expires_at: invitation.expires_at };
            Ok((changes, link))
        })
        .await
    }

    /// What a link is for. Does nothing: link scanners may ask as often as they like.
    pub async fn invited(&self, token: &str) -> Result<Invited> {
        let people = self.people_now().await?;
        let digest = crate::store::people::Digest::of(token);
        rules::opened(&people, &digest, self.clock.now()).map(|invitation| rules::shown(&people, invitation))
    }

    /// Accepts a link: opens the account or gives it a new password, ends its other sessions, and signs in here.
    pub async fn accept(&self, token: &str, acceptance: &Acceptance, place: &Place) -> Result<Token> {
        // Looked at before the password is hashed: an unknown link costs nothing.
        let invited = self.invited(token).await?;
        let written = match &invited.person {
            Some(person) => person.clone(),
            None => rules::handle(acceptance.person.as_deref().unwrap_or_default())?,
        };
        password::check(&acceptance.password, &written.0, &acceptance.name)?;
        let hash = self.passwords.hash(&acceptance.password).await?;
        let session = Token::new("");
        let digest = crate::store::people::Digest::of(token);
        self.change_people(|people, now| {
            let (mut changes, person) = rules::accept(people, &digest, acceptance, &hash, now)?;
            changes.push(Change::BeginSession(self.new_session(&session, &person, place)));
            Ok((changes, session.clone()))
        })
        .await
    }

    /// Withdraws an invitation that was not used yet.
    pub async fn withdraw(&self, by: By<'_>, id: &str) -> Result<()> {
        self.change_people(|people, _| Ok((rules::withdraw(people, by, id)?, ()))).await
    }

    /// Whether somebody at this address may say on whose behalf they ask: a proxy on this machine, or one of the settings.
    pub fn is_proxy(&self, address: std::net::IpAddr) -> bool {
        address.to_canonical().is_loopback() || crate::delivery::guard::is_in(&self.settings.console.proxies, address)
    }

    /// The address of something on the console, where the settings say under which address that is reached.
    pub fn console_address(&self, path: &str) -> Option<String> {
        self.settings.console.url.as_ref().map(|url| format!("{url}{path}"))
    }
}

impl From<super::Refusal> for Error {
    fn from(refusal: super::Refusal) -> Self {
        Self::Access(refusal)
    }
}
