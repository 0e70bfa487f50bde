//! The rules about accounts: from what they are and what is asked to what changes, or why not.

use std::time::Duration;

use super::links::{Acceptance, Invite, Invited};
use super::{By, Error, Result, new_id, shortened};
use crate::clock::{Timestamp, after};
use crate::incident::PersonId;
use crate::settings::Secret;
use crate::store::people::{Access, Account, Change, Digest, Invitation, People};

/// How long a link is good for, and how long it is remembered so that a later use is told why.
pub(super) const LINK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// First links that are good at once, for nodes that start together.
const FIRST_LINKS: usize = 8;
const LONGEST_HANDLE: usize = 64;
const LONGEST_NAME: usize = 100;

/// What is to be different about somebody; what is none stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Amendment {
    pub name: Option<String>,
    pub access: Option<Access>,
    pub roles: Option<Vec<String>>,
}

/// A handle as accounts have it: what stands for the person in journals and settings.
pub(super) fn handle(written: &str) -> Result<PersonId> {
    let written = written.trim();
    let fits = |c: char| c.is_alphanumeric() || "-_.@".contains(c);
    if written.is_empty() || written.chars().count() > LONGEST_HANDLE || !written.chars().all(fits) {
        let message = format!("`{}` can't be a handle", shortened(written, LONGEST_HANDLE));
        let help = "letters, digits, `-`, `_`, `.` and `@`, as in `dana`; at most 64";
        return Err(Error::refused("bad_handle", message, help));
    }
    Ok(PersonId(written.to_owned()))
}

pub(super) fn name_or(written: &str, person: &PersonId) -> String {
    let name = shortened(written.trim(), LONGEST_NAME);
    if name.is_empty() { person.0.clone() } else { name }
}

pub(super) fn roles(written: &[String]) -> Result<Vec<String>> {
    let mut roles: Vec<String> = Vec::new();
    for role in written.iter().map(|role| role.trim()).filter(|role| !role.is_empty()) {
        let starts = role.starts_with(|c: char| c.is_ascii_lowercase());
        if !starts || role.len() > 64 || !role.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        {
            let message = format!("`{}` is not a role's id", shortened(role, 64));
            return Err(Error::refused("bad_role", message, "ids are lowercase, as in `lead`"));
        }
        if !roles.iter().any(|known| known == role) {
            roles.push(role.to_owned());
        }
    }
    Ok(roles)
}

pub(super) fn find<'a>(people: &'a People, person: &PersonId) -> Result<&'a Account> {
    people.accounts.iter().find(|account| account.person == *person).ok_or_else(|| {
        Error::unknown("account", &person.0, people.accounts.iter().map(|account| account.person.0.as_str()))
    })
}

/// The account that is meant by what someone typed: phones like to begin with a capital.
pub(super) fn meant<'a>(people: &'a People, written: &str) -> Option<&'a Account> {
    let (written, folded) = (written.trim(), written.trim().to_lowercase());
    let exact = people.accounts.iter().find(|account| account.person.0 == written);
    exact.or_else(|| people.accounts.iter().find(|account| account.person.0.to_lowercase() == folded))
}

/// A link for the first account, while there is none; links that ran out are forgotten on the way.
pub(super) fn first_link(people: &People, digest: Digest, now: Timestamp) -> Option<(Vec<Change>, Invitation)> {
    if !people.accounts.is_empty() {
        return None;
    }
    let invitation = Invitation {
        digest,
        id: new_id(),
        person: None,
        name: String::new(),
        access: Access::Administer,
        roles: Vec::new(),
        invited_by: None,
        invited_at: now,
        expires_at: after(now, LINK),
        used_at: None,
    };
    let mut changes = forgotten(people, now);
    let first = people.invitations.iter().filter(|invitation| invitation.person.is_none());
    changes.extend(first.skip(FIRST_LINKS - 1).map(forget));
    changes.push(Change::Invite(invitation.clone()));
    Some((changes, invitation))
}

/// A link for somebody: a new account, or a new password for the one they have. It replaces the one before it.
pub(super) fn invite(
    people: &People,
    by: By<'_>,
    asked: &Invite,
    digest: Digest,
    now: Timestamp,
) -> Result<(Vec<Change>, Invitation)> {
    by.may_administer()?;
    let person = handle(&asked.person)?;
    let known = meant(people, &person.0);
    let person = known.map_or(person, |account| account.person.clone());
    let invitation = Invitation {
        digest,
        id: new_id(),
        name: match known {
            Some(account) if asked.name.trim().is_empty() => account.name.clone(),
            _ => name_or(&asked.name, &person),
        },
        access: asked.access.or(known.map(|account| account.access)).unwrap_or(Access::Respond),
        roles: match (&asked.roles, known) {
            (Some(written), _) => roles(written)?,
            (None, Some(account)) => account.roles.clone(),
            (None, None) => Vec::new(),
        },
        person: Some(person.clone()),
        invited_by: by.person(),
        invited_at: now,
        expires_at: after(now, LINK),
        used_at: None,
    };
    if let Some(account) = known.filter(|account| invitation.access < account.access) {
        keeps_an_administrator(people, account)?;
    }
    let mut changes = forgotten(people, now);
    changes.extend(open_links(people).filter(|other| other.person.as_ref() == Some(&person)).map(forget));
    changes.push(Change::Invite(invitation.clone()));
    Ok((changes, invitation))
}

/// The invitation that a link stands for, if it is still good.
pub(super) fn opened<'a>(people: &'a People, digest: &Digest, now: Timestamp) -> Result<&'a Invitation> {
    let invitation = people.invitations.iter().find(|invitation| invitation.digest == *digest).ok_or_else(|| {
        let help = "copy the whole of it, or ask for a new one: someone may have withdrawn it";
        Error::refused("unknown_link", "this link is not known here", help)
    })?;
    let first_is_over = invitation.person.is_none() && !people.accounts.is_empty();
    if invitation.used_at.is_some() || first_is_over {
        let help = "sign in; if you don't know your password any more, ask for a new link";
        return Err(Error::refused("used_link", "this link has been used", help));
    }
    if invitation.expires_at <= now {
        return Err(Error::refused("expired_link", "this link has expired", "ask for a new one"));
    }
    Ok(invitation)
}

/// What a link is for, as its page shows it.
pub(super) fn shown(people: &People, invitation: &Invitation) -> Invited {
    let person = invitation.person.clone();
    Invited {
        has_account: person.as_ref().is_some_and(|person| find(people, person).is_ok()),
        person,
        name: invitation.name.clone(),
        access: invitation.access,
        expires_at: invitation.expires_at,
    }
}

/// What accepting a link changes, given the hash of the password: the account, its sessions, the link.
pub(super) fn accept(
    people: &People,
    digest: &Digest,
    acceptance: &Acceptance,
    password: &Secret,
    now: Timestamp,
) -> Result<(Vec<Change>, PersonId)> {
    let invitation = opened(people, digest, now)?;
    let person = match &invitation.person {
        Some(person) => person.clone(),
        None => handle(acceptance.person.as_deref().unwrap_or_default())?,
    };
    let name = if acceptance.name.trim().is_empty() { &invitation.name } else { &acceptance.name };
    let known = find(people, &person).ok();
    let account = Account {
        person: person.clone(),
        name: name_or(name, &person),
        access: invitation.access,
        roles: invitation.roles.clone(),
        locale: acceptance.locale.clone().or_else(|| known.and_then(|account| account.locale.clone())),
        password: password.clone(),
        disabled: false,
        created_at: known.map_or(now, |account| account.created_at),
        signed_in_at: None,
    };
    if let Some(before) = known.filter(|before| account.access < before.access) {
        keeps_an_administrator(people, before)?;
    }
    let changes = vec![
        Change::UseInvitation { digest: digest.clone(), at: now },
        Change::Put(account),
        Change::EndSessions { person: person.clone(), but: None },
    ];
    Ok((changes, person))
}

/// Withdraws a link that was not used yet.
pub(super) fn withdraw(people: &People, by: By<'_>, id: &str) -> Result<Vec<Change>> {
    by.may_administer()?;
    let found = open_links(people).find(|invitation| invitation.id == id);
    found.map(|invitation| vec![forget(invitation)]).ok_or_else(|| Error::NotFound {
        message: "no such invitation".to_owned(),
        help: Some("it was used or withdrawn already".to_owned()),
    })
}

/// Changes what somebody is called, may do, or plays.
pub(super) fn amend(people: &People, by: By<'_>, person: &PersonId, asked: &Amendment) -> Result<Vec<Change>> {
    by.may_administer()?;
    let before = find(people, person)?;
    let mut account = before.clone();
    if let Some(name) = &asked.name {
        account.name = name_or(name, person);
    }
    if let Some(access) = asked.access {
        account.access = access;
    }
    if let Some(written) = &asked.roles {
        account.roles = roles(written)?;
    }
    if account == *before {
        return Ok(Vec::new());
    }
    let mut changes = Vec::new();
    if account.access < before.access {
        keeps_an_administrator(people, before)?;
        changes.extend(invited_by(people, person));
    }
    changes.push(Change::Put(account));
    Ok(changes)
}

/// Closes an account: nobody signs in to it any more, nothing it handed out is good. A new invitation opens it again.
pub(super) fn disable(people: &People, by: By<'_>, person: &PersonId) -> Result<Vec<Change>> {
    by.may_administer()?;
    let account = find(people, person)?;
    if account.disabled {
        return Ok(Vec::new());
    }
    keeps_an_administrator(people, account)?;
    let mut changes = vec![
        Change::Put(Account { disabled: true, ..account.clone() }),
        Change::EndSessions { person: person.clone(), but: None },
        Change::ForgetTokens { person: person.clone() },
    ];
    let own = open_links(people).filter(|invitation| invitation.person.as_ref() == Some(person));
    changes.extend(own.map(forget));
    changes.extend(invited_by(people, person));
    Ok(changes)
}

/// Refuses to take the last administrator away.
fn keeps_an_administrator(people: &People, without: &Account) -> Result<()> {
    let administers = |account: &&Account| account.access == Access::Administer && !account.disabled;
    let others = people.accounts.iter().filter(administers).filter(|account| account.person != without.person);
    if administers(&without) && others.count() == 0 {
        let message = format!("`{}` is the only one who administers Muster", without.person);
        return Err(Error::refused("last_administrator", message, "give somebody else this access first"));
    }
    Ok(())
}

fn open_links(people: &People) -> impl Iterator<Item = &Invitation> {
    people.invitations.iter().filter(|invitation| invitation.used_at.is_none())
}

/// The open links that somebody handed out: they are worth no more than their word.
fn invited_by(people: &People, person: &PersonId) -> impl Iterator<Item = Change> {
    open_links(people).filter(|invitation| invitation.invited_by.as_ref() == Some(person)).map(forget)
}

fn forgotten(people: &People, now: Timestamp) -> Vec<Change> {
    people.invitations.iter().filter(|invitation| after(invitation.expires_at, REMEMBERED) <= now).map(forget).collect()
}

fn forget(invitation: &Invitation) -> Change {
    Change::ForgetInvitation { id: invitation.id.clone() }
}
