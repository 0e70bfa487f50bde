//! Everybody's accounts, for those who administer: who may what, who plays which part, links, tokens.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::people::{AccountLine, Amendment, By, Invite, Link};
use crate::app::{Access, Error};
use crate::incident::PersonId;
use crate::server::auth::{Reader, Signed, refuse_reader, see_other};
use crate::server::frame::Frame;
use crate::server::site::Site;

/// What a box of a role is called in a form: `role.lead`.
const ROLE: &str = "role.";

#[derive(Deserialize)]
pub(super) struct Done {
    done: Option<String>,
}

/// A form as it comes; which of its fields are roles is known by their names.
type Fields = BTreeMap<String, String>;

pub(super) async fn page(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Query(Done { done }): Query<Done>,
) -> Response {
    show(&site, &me, &reader, Told { done: done.as_deref(), ..Told::default() }).await
}

pub(super) async fn invite(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(fields): Form<Fields>,
) -> Response {
    let asked = Invite {
        person: field(&fields, "person"),
        name: field(&fields, "name"),
        access: access(&fields),
        // A new link for somebody changes nothing about their roles.
        roles: fields.contains_key("with_roles").then(|| roles(&fields)),
    };
    let told = match site.app.invite(By::Person(&me), &asked).await {
        // Shown in the answer itself, so that no address and no later page holds it.
        Ok(link) => Told { link: Some(link), ..Told::default() },
        Err(error) => Told { refusal: Some(error), asked: Some(asked), ..Told::default() },
    };
    show(&site, &me, &reader, told).await
}

pub(super) async fn withdraw(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(fields): Form<Fields>,
) -> Response {
    let done = site.app.withdraw(By::Person(&me), &field(&fields, "id")).await;
    answer(&site, &me, &reader, done, "withdrawn").await
}

pub(super) async fn amend(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(fields): Form<Fields>,
) -> Response {
    let asked = Amendment { name: Some(field(&fields, "name")), access: access(&fields), roles: Some(roles(&fields)) };
    let done = site.app.amend_person(By::Person(&me), &person(&fields), &asked).await;
    answer(&site, &me, &reader, done, "amended").await
}

pub(super) async fn close(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(fields): Form<Fields>,
) -> Response {
    let done = site.app.disable_person(By::Person(&me), &person(&fields)).await;
    answer(&site, &me, &reader, done, "closed").await
}

pub(super) async fn sign_out(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(fields): Form<Fields>,
) -> Response {
    let done = site.app.sign_out_person(By::Person(&me), &person(&fields)).await;
    answer(&site, &me, &reader, done.map(drop), "signed_out").await
}

pub(super) async fn revoke_token(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Form(fields): Form<Fields>,
) -> Response {
    let done = site.app.revoke_token(&me, &field(&fields, "id")).await;
    answer(&site, &me, &reader, done, "token").await
}

fn field(fields: &Fields, name: &str) -> String {
    fields.get(name).cloned().unwrap_or_default()
}

fn person(fields: &Fields) -> PersonId {
    PersonId(field(fields, "person"))
}

fn access(fields: &Fields) -> Option<Access> {
    fields.get("access").and_then(|written| written.parse().ok())
}

fn roles(fields: &Fields) -> Vec<String> {
    fields.keys().filter_map(|name| name.strip_prefix(ROLE)).map(str::to_owned).collect()
}

/// What the page says besides what there is.
#[derive(Default)]
struct Told<'a> {
    done: Option<&'a str>,
    refusal: Option<Error>,
    link: Option<Link>,
    /// What was refused, to be mended.
    asked: Option<Invite>,
}

async fn answer(site: &Site, me: &Signed, reader: &Reader, done: Result<(), Error>, what: &str) -> Response {
    match done {
        Ok(()) => see_other(&format!("/people?done={what}")),
        Err(error) => show(site, me, reader, Told { refusal: Some(error), ..Told::default() }).await,
    }
}

async fn show(site: &Site, me: &Signed, reader: &Reader, told: Told<'_>) -> Response {
    let people = match me.may(Access::Administer) {
        Ok(()) => site.app.people().await,
        Err(refusal) => Err(Error::Access(refusal)),
    };
    let (people, known) = match people.and_then(|people| Ok((people, site.app.roles(&reader.locale)?))) {
        Ok(both) => both,
        Err(error) => return refuse_reader(site, reader, &error),
    };
    let accounts: Vec<Value> = people.accounts.iter().map(|account| line(account, &known)).collect();
    let asked = told.asked.unwrap_or_default();
    let data = json!({
        "accounts": accounts,
        "invitations": people.invitations,
        "tokens": people.tokens,
        "accesses": Access::ALL,
        "invite": {
            "person": asked.person,
            "name": asked.name,
            "access": asked.access.unwrap_or(Access::Respond),
            "roles": boxes(&known, &asked.roles.unwrap_or_default()),
        },
        "link": told.link.as_ref().map(|link| json!({
            "address": reader.console(site, &link.path()),
            "person": link.person.as_ref().map(|person| &person.0),
        })),
    });
    let frame = Frame::new(site, reader, "people.title", "/people");
    frame.done(told.done).refused(told.refusal.as_ref()).fill("people", &data)
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
