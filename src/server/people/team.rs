//! Everybody's accounts, for those who administer: who may what, who plays which part, links, tokens.

use axum::response::Response;
use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::app::people::{AccountLine, Amendment, By, Invite, Link};
use crate::app::{Access, Error};
use crate::incident::PersonId;
use crate::server::auth::see_other;
use crate::server::desk::Desk;
use crate::server::fields::Fields;

/// What a box of a role is called in a form: `role.lead`.
const ROLE: &str = "role.";

pub(super) async fn page(desk: Desk) -> Response {
    show(&desk, Told::default()).await
}

pub(super) async fn invite(desk: Desk, fields: Fields) -> Response {
    let asked = Invite {
        person: fields.value("person").to_owned(),
        name: fields.value("name").to_owned(),
        access: access(&fields),
        // A new link for somebody changes nothing about their roles.
        roles: fields.get("with_roles").map(|_| roles(&fields)),
    };
    match desk.app().invite(By::Person(&desk.me), &asked).await {
        // Shown in the answer itself, so that no address and no later page holds it.
        Ok(link) => show(&desk, Told { link: Some(link), ..Told::default() }).await,
        Err(error) => show(&desk, Told { refusal: Some(&error), asked, ..Told::default() }).await,
    }
}

pub(super) async fn withdraw(desk: Desk, fields: Fields) -> Response {
    let done = desk.app().withdraw(By::Person(&desk.me), fields.value("id")).await;
    tell(&desk, done, "withdrawn").await
}

pub(super) async fn amend(desk: Desk, fields: Fields) -> Response {
    let name = Some(fields.value("name").to_owned());
    let asked = Amendment { name, access: access(&fields), roles: Some(roles(&fields)) };
    let done = desk.app().amend_person(By::Person(&desk.me), &person(&fields), &asked).await;
    tell(&desk, done, "amended").await
}

pub(super) async fn close(desk: Desk, fields: Fields) -> Response {
    let done = desk.app().disable_person(By::Person(&desk.me), &person(&fields)).await;
    tell(&desk, done, "closed").await
}

pub(super) async fn sign_out(desk: Desk, fields: Fields) -> Response {
    let done = desk.app().sign_out_person(By::Person(&desk.me), &person(&fields)).await;
    tell(&desk, done.map(drop), "signed_out").await
}

pub(super) async fn revoke_token(desk: Desk, fields: Fields) -> Response {
    let done = desk.app().revoke_token(&desk.me, fields.value("id")).await;
    tell(&desk, done, "token").await
}

fn person(fields: &Fields) -> PersonId {
    PersonId(fields.value("person").to_owned())
}

fn access(fields: &Fields) -> Option<Access> {
    fields.get("access").and_then(|written| written.parse().ok())
}

fn roles(fields: &Fields) -> Vec<String> {
    fields.iter().filter_map(|(name, _)| name.strip_prefix(ROLE)).map(str::to_owned).collect()
}

/// What the page says besides what there is.
#[derive(Default)]
struct Told<'a> {
    refusal: Option<&'a Error>,
    link: Option<Link>,
    /// What was refused, to be mended.
    asked: Invite,
}

async fn tell(desk: &Desk, done: Result<(), Error>, what: &str) -> Response {
    match done {
        Ok(()) => see_other(&format!("/people?done={what}")),
        Err(error) => show(desk, Told { refusal: Some(&error), ..Told::default() }).await,
    }
}

async fn show(desk: &Desk, told: Told<'_>) -> Response {
    let found = async {
        desk.may(Access::Administer)?;
        Ok((desk.app().people().await?, desk.app().roles(&desk.locale)?))
    };
    desk.answer(found.await, |(people, known)| {
        let accounts: Vec<Value> = people.accounts.iter().map(|account| line(account, &known)).collect();
        let named = |handle| called(&people.accounts, handle);
        let invitations = people
            .invitations
            .iter()
            .map(|invitation| json!({ "invitation": invitation, "by": invitation.invited_by.as_deref().map(named) }));
        let tokens = people.tokens.iter().map(|token| json!({ "token": token, "owner": named(&token.person) }));
        let asked = told.asked;
        let data = json!({
            "accounts": accounts,
            "invitations": invitations.collect::<Vec<_>>(),
            "tokens": tokens.collect::<Vec<_>>(),
            "accesses": Access::ALL,
            "invite": {
                "person": asked.person,
                "name": asked.name,
                "access": asked.access.unwrap_or(Access::Respond),
                "roles": boxes(&known, &asked.roles.unwrap_or_default()),
            },
            "link": told.link.as_ref().map(|link| json!({
                "address": desk.console(&link.path()),
                "person": link.person.as_ref().map(|person| &person.0),
            })),
        });
        let frame = desk.frame("people.title").at("/people").done(desk.asked("done"));
        frame.refused(told.refusal).fill("people", &data)
    })
}

/// What somebody is called; the handle where nobody knows more.
fn called<'p>(accounts: &'p [AccountLine], handle: &'p str) -> &'p str {
    accounts.iter().find(|account| account.person == handle).map_or(handle, |account| &account.name)
}

fn line(account: &AccountLine, known: &IndexMap<String, String>) -> Value {
    let titles = account.roles.iter().map(|role| known.get(role).unwrap_or(role));
    json!({
        "account": account,
        "roles": boxes(known, &account.roles),
        "plays": titles.collect::<Vec<_>>(),
    })
}

/// A box for every role of the runbooks at hand, and for those that somebody has besides.
fn boxes(known: &IndexMap<String, String>, held: &[String]) -> Vec<Value> {
    let others = held.iter().filter(|role| !known.contains_key(*role)).map(|role| (role, role));
    let all = known.iter().chain(others);
    all.map(|(id, title)| json!({ "id": id, "title": title, "held": held.contains(id) })).collect()
}
