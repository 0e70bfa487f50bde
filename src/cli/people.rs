//! `people list|invite`: who may sign in to the console, and a link for somebody who can't any more.

use serde::Serialize;

use super::args::{AccessArg, People};
use super::error::{Error, Exit};
use super::render::out::style;
use super::render::table::{Cell, Table};
use super::session::Session;
use super::translate;
use crate::app::Access;
use crate::app::people::{By, Invite};
use crate::clock::rfc3339;

/// Where the console is reached when the settings don't say.
const CONSOLE: &str = "http://127.0.0.1:7070";

/// What `--json` says of an invitation.
#[derive(Serialize)]
struct Invited {
    person: String,
    url: String,
    expires_at: String,
}

pub(crate) async fn run(session: &mut Session, command: People) -> Result<Exit, Error> {
    match command {
        People::List => list(session).await,
        People::Invite { person, name, access, roles } => {
            let asked = Invite {
                person,
                name: name.unwrap_or_default(),
                access: access.map(access_of),
                roles: (!roles.is_empty()).then_some(roles),
            };
            invite(session, &asked).await
        }
    }
}

async fn invite(session: &mut Session, asked: &Invite) -> Result<Exit, Error> {
    let app = session.open().await?;
    // Whoever can run this holds the store, and with it everything an account could give.
    let link = app.invite(By::Operator, asked).await.map_err(|error| translate::app(session, error))?;
    let path = link.path();
    let url = app.console_address(&path).unwrap_or_else(|| format!("{CONSOLE}{path}"));
    let person = link.person.as_ref().map_or_else(|| asked.person.clone(), |person| person.0.clone());
    if session.out.json {
        session.out.object(&Invited { person, url, expires_at: rfc3339(link.expires_at) })?;
        return Ok(Exit::Done);
    }
    let days = 7;
    session.out.line(session.words.link_for(&person, days));
    session.out.line(url);
    Ok(Exit::Done)
}

async fn list(session: &mut Session) -> Result<Exit, Error> {
    let app = session.open().await?;
    let people = app.people().await.map_err(|error| translate::app(session, error))?;
    if session.out.json {
        session.out.object(&people)?;
        return Ok(Exit::Done);
    }
    if people.accounts.is_empty() && people.invitations.is_empty() {
        session.out.line(session.words.nobody_may_sign_in());
        return Ok(Exit::Done);
    }
    let words = session.words;
    let mut table = Table::new();
    for account in &people.accounts {
        let state = if account.disabled { words.account_disabled() } else { "" };
        table.row([
            Cell::styled(&account.person, style::STRONG),
            (&account.name).into(),
            account.access.as_str().into(),
            account.roles.join(", ").into(),
            Cell::styled(state, style::DIM),
        ]);
    }
    for invited in &people.invitations {
        table.row([
            Cell::styled(&invited.person, style::STRONG),
            (&invited.name).into(),
            invited.access.as_str().into(),
            invited.roles.join(", ").into(),
            Cell::styled(words.account_invited(), style::DIM),
        ]);
    }
    let columns = session.out.columns;
    session.out.lines(table.lines(columns));
    Ok(Exit::Done)
}

fn access_of(access: AccessArg) -> Access {
    match access {
        AccessArg::Watch => Access::Watch,
        AccessArg::Respond => Access::Respond,
        AccessArg::Approve => Access::Approve,
        AccessArg::Administer => Access::Administer,
    }
}
