//! Accounts from the first link to the last administrator, on a store in memory and a clock that moves when told.

use std::time::Duration;

use super::password::SHORTEST;
use super::{Acceptance, Access, Amendment, App, By, Invite, NewToken, Place, Refusal, SignedIn, Token, Via};
use crate::app::{Error, Outlet};
use crate::clock::{Clock, after};
use crate::settings::{Overrides, load};
use crate::store::Store;

const PASSWORD: &str = "correct horse battery";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MINUTE: Duration = Duration::from_secs(60);

async fn installation() -> App {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("muster.toml");
    std::fs::write(&config, "[people.sam]\nname = \"Sam Gray\"\nroles = [\"lead\"]\n").expect("written");
    let settings = load(folder.path(), &Overrides { config: Some(config), ..Overrides::default() }).expect("settings");
    let clock = Clock::virtual_at("2026-11-22T03:00:00Z".parse().expect("a moment"), 1);
    App::on(Store::in_memory().await.expect("a store"), settings, clock, Outlet::World)
}

fn wait(app: &App, span: Duration) {
    app.clock().advance_to(after(app.clock().now(), span));
}

fn place(address: &str) -> Place {
    Place { browser: "a browser".to_owned(), address: address.to_owned() }
}

fn acceptance(person: Option<&str>) -> Acceptance {
    Acceptance { person: person.map(str::to_owned), password: PASSWORD.to_owned(), ..Acceptance::default() }
}

async fn session(app: &App, token: &Token) -> Option<SignedIn> {
    app.who(token.reveal()).await.expect("asked")
}

/// The first administrator, signed in.
async fn dana(app: &App) -> (SignedIn, Token) {
    let link = app.first_link().await.expect("asked").expect("a link");
    let token =
        app.accept(link.token.reveal(), &acceptance(Some("dana")), &place("192.0.2.1")).await.expect("accepted");
    (session(app, &token).await.expect("signed in"), token)
}

async fn invited(app: &App, by: &SignedIn, person: &str, access: Access) -> (SignedIn, Token) {
    let asked = Invite { person: person.to_owned(), access: Some(access), ..Invite::default() };
    let link = app.invite(By::Person(by), &asked).await.expect("invited");
    let token = app.accept(link.token.reveal(), &acceptance(None), &place("192.0.2.2")).await.expect("accepted");
    (session(app, &token).await.expect("signed in"), token)
}

fn code<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    answer.expect_err("refused").code().to_owned()
}

#[tokio::test]
async fn the_first_link_makes_an_administrator_once() {
    let app = installation().await;
    let one = app.first_link().await.expect("asked").expect("a link");
    let other = app.first_link().await.expect("asked").expect("a link, as of another node");
    let shown = app.invited(one.token.reveal()).await.expect("a page");
    assert_eq!((shown.person, shown.access), (None, Access::Administer));
    let weak = Acceptance { password: "x".repeat(SHORTEST - 1), ..acceptance(Some("dana")) };
    assert_eq!(code(app.accept(one.token.reveal(), &weak, &place("")).await), "short_password");
    let bad = acceptance(Some("da na"));
    assert_eq!(code(app.accept(one.token.reveal(), &bad, &place("")).await), "bad_handle");
    let token = app.accept(one.token.reveal(), &acceptance(Some("dana")), &place("")).await.expect("accepted");
    assert_eq!(session(&app, &token).await.expect("signed in").access, Access::Administer);
    for link in [&one, &other] {
        let again = app.accept(link.token.reveal(), &acceptance(Some("eve")), &place("")).await;
        assert_eq!(code(again), "used_link");
    }
    assert_eq!(app.first_link().await.expect("asked"), None);
    assert_eq!(code(app.invited("no such link").await), "unknown_link");
}

#[tokio::test]
async fn an_invitation_is_good_once_for_a_week_and_can_be_withdrawn() {
    let app = installation().await;
    let (dana, _) = dana(&app).await;
    let asked = Invite { person: "kim".to_owned(), access: Some(Access::Approve), ..Invite::default() };
    let first = app.invite(By::Person(&dana), &asked).await.expect("invited");
    let second = app.invite(By::Person(&dana), &asked).await.expect("invited");
    assert_eq!(code(app.invited(first.token.reveal()).await), "unknown_link", "the newer one replaces it");
    let open = app.people().await.expect("people").invitations;
    assert_eq!((open.len(), open[0].person.as_str(), open[0].invited_by.as_deref()), (1, "kim", Some("dana")));
    wait(&app, DAY * 7);
    assert_eq!(code(app.accept(second.token.reveal(), &acceptance(None), &place("")).await), "expired_link");
    assert!(app.people().await.expect("people").invitations.is_empty());

    let third = app.invite(By::Person(&dana), &asked).await.expect("invited");
    let id = app.people().await.expect("people").invitations[0].id.clone();
    app.withdraw(By::Person(&dana), &id).await.expect("withdrawn");
    assert_eq!(code(app.invited(third.token.reveal()).await), "unknown_link");
    assert_eq!(code(app.withdraw(By::Person(&dana), &id).await), "not_found");

    // Whoever follows a link can't choose whose it is.
    let fourth = app.invite(By::Person(&dana), &asked).await.expect("invited");
    let as_dana = Acceptance { person: Some("dana".to_owned()), ..acceptance(None) };
    let token = app.accept(fourth.token.reveal(), &as_dana, &place("")).await.expect("accepted");
    let kim = session(&app, &token).await.expect("signed in");
    assert_eq!((kim.person.0.as_str(), kim.access), ("kim", Access::Approve));
    assert_eq!(code(app.accept(fourth.token.reveal(), &acceptance(None), &place("")).await), "used_link");
}

#[tokio::test]
async fn only_those_who_administer_change_others() {
    let app = installation().await;
    let (dana, _) = dana(&app).await;
    let (kim, _) = invited(&app, &dana, "kim", Access::Approve).await;
    let by = By::Person(&kim);
    let asked = Invite { person: "eve".to_owned(), ..Invite::default() };
    let more = Amendment { access: Some(Access::Administer), ..Amendment::default() };
    assert_eq!(code(app.invite(by, &asked).await), "not_allowed");
    assert_eq!(code(app.amend_person(by, &kim.person, &more).await), "not_allowed");
    assert_eq!(code(app.disable_person(by, &dana.person).await), "not_allowed");
    assert_eq!(code(app.sign_out_person(by, &dana.person).await), "not_allowed");
    assert_eq!(code(app.withdraw(by, "0").await), "not_allowed");
    app.amend_person(By::Person(&dana), &kim.person, &more).await.expect("amended");
    let lines = app.people().await.expect("people").accounts;
    assert_eq!(lines.iter().find(|line| line.person == "kim").map(|line| line.access), Some(Access::Administer));
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let app = installation().await;
    let (dana, _) = dana(&app).await;
    let by = By::Person(&dana);
    let less = Amendment { access: Some(Access::Watch), ..Amendment::default() };
    let link = Invite { person: "dana".to_owned(), access: Some(Access::Watch), ..Invite::default() };
    assert_eq!(code(app.amend_person(by, &dana.person, &less).await), "last_administrator");
    assert_eq!(code(app.disable_person(by, &dana.person).await), "last_administrator");
    assert_eq!(code(app.invite(by, &link).await), "last_administrator");
    let (kim, _) = invited(&app, &dana, "kim", Access::Administer).await;
    app.disable_person(By::Person(&kim), &dana.person).await.expect("another one is there");
    assert_eq!(code(app.disable_person(By::Person(&kim), &kim.person).await), "last_administrator");
}

#[tokio::test]
async fn a_closed_account_is_closed_everywhere_until_it_is_invited_again() {
    let app = installation().await;
    let (dana, _) = dana(&app).await;
    let (kim, cookie) = invited(&app, &dana, "kim", Access::Administer).await;
    let made = NewToken { name: "ci".to_owned(), access: Access::Respond, lasts: None };
    let token = app.make_token(&kim, &made).await.expect("a token");
    let asked = Invite { person: "eve".to_owned(), ..Invite::default() };
    let link = app.invite(By::Person(&kim), &asked).await.expect("invited");
    app.disable_person(By::Person(&dana), &kim.person).await.expect("closed");
    assert_eq!(session(&app, &cookie).await, None);
    assert_eq!(app.whose(token.reveal()).await.expect("asked"), None);
    assert_eq!(code(app.invited(link.token.reveal()).await), "unknown_link", "kim's word counts no more");
    assert_eq!(code(app.sign_in("kim", PASSWORD, &place("192.0.2.9")).await), "wrong_sign_in");
    let (again, _) = invited(&app, &dana, "kim", Access::Watch).await;
    assert_eq!(again.access, Access::Watch);
    assert_eq!(app.whose(token.reveal()).await.expect("asked"), None, "what was handed out is gone for good");
}

#[tokio::test]
async fn signing_in_says_the_same_whatever_is_wrong() {
    let app = installation().await;
    dana(&app).await;
    let here = place("192.0.2.1");
    let unknown = app.sign_in("nobody", PASSWORD, &here).await.expect_err("refused");
    let wrong = app.sign_in("dana", "incorrect horse", &here).await.expect_err("refused");
    assert_eq!((unknown.to_string(), unknown.help()), (wrong.to_string(), wrong.help()));
    let token = app.sign_in(" Dana", PASSWORD, &here).await.expect("a phone's capital letter");
    assert_eq!(session(&app, &token).await.expect("signed in").person.0, "dana");
    assert_eq!(app.who("dana").await.expect("asked"), None);
}

#[tokio::test]
async fn sessions_end_by_themselves_and_by_their_owner_alone() {
    let app = installation().await;
    let (dana, cookie) = dana(&app).await;
    let (kim, kims) = invited(&app, &dana, "kim", Access::Watch).await;
    wait(&app, DAY * 13);
    assert!(session(&app, &cookie).await.is_some());
    wait(&app, DAY * 13);
    assert!(session(&app, &cookie).await.is_some(), "in use");
    assert_eq!(session(&app, &kims).await, None, "not in use for two weeks");
    for _ in 0..4 {
        wait(&app, DAY * 10);
        session(&app, &cookie).await;
    }
    assert_eq!(session(&app, &cookie).await, None, "sixty days are the end of any session");

    let here = app.sign_in("dana", PASSWORD, &place("192.0.2.1")).await.expect("signed in");
    let phone = app.sign_in("dana", PASSWORD, &place("192.0.2.3")).await.expect("signed in");
    let me = session(&app, &here).await.expect("signed in");
    let lines = app.own_sessions(&me).await.expect("sessions");
    assert_eq!(lines.iter().map(|line| line.here).filter(|here| *here).count(), 1);
    let other = lines.iter().find(|line| !line.here).expect("the phone").id.clone();
    assert_eq!(lines.len(), 2, "those that are over are forgotten");
    assert_eq!(code(app.end_own_session(&kim, &other).await), "not_found", "another's session");
    app.end_own_session(&me, &other).await.expect("ended");
    assert_eq!(session(&app, &phone).await, None);
    app.sign_out(here.reveal()).await.expect("signed out");
    assert_eq!(session(&app, &here).await, None);
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_elsewhere() {
    let app = installation().await;
    let (dana, here) = dana(&app).await;
    let elsewhere = app.sign_in("dana", PASSWORD, &place("192.0.2.3")).await.expect("signed in");
    let new = "another horse stapled";
    let at = place("192.0.2.1");
    assert_eq!(code(app.change_password(&dana, "not my password", new, &at).await), "wrong_password");
    assert_eq!(code(app.change_password(&dana, PASSWORD, "password123", &at).await), "common_password");
    assert!(session(&app, &elsewhere).await.is_some());
    app.change_password(&dana, PASSWORD, new, &at).await.expect("changed");
    assert!(session(&app, &here).await.is_some());
    assert_eq!(session(&app, &elsewhere).await, None);
    assert_eq!(code(app.sign_in("dana", PASSWORD, &at).await), "wrong_sign_in");
    app.sign_in("dana", new, &at).await.expect("signed in");
}

#[tokio::test]
async fn a_lost_password_is_no_dead_end() {
    let app = installation().await;
    let (_, cookie) = dana(&app).await;
    let asked = Invite { person: "dana".to_owned(), ..Invite::default() };
    let link = app.invite(By::Operator, &asked).await.expect("a link");
    let shown = app.invited(link.token.reveal()).await.expect("a page");
    assert_eq!((shown.has_account, shown.access), (true, Access::Administer));
    let answer = Acceptance { password: "another horse stapled".to_owned(), ..Acceptance::default() };
    app.accept(link.token.reveal(), &answer, &place("")).await.expect("accepted");
    assert_eq!(session(&app, &cookie).await, None, "whoever knew the old password is out");
    assert_eq!(app.people().await.expect("people").accounts.len(), 1);
}

#[tokio::test]
async fn failed_sign_ins_wait_and_others_get_in() {
    let app = installation().await;
    let (dana, _) = dana(&app).await;
    invited(&app, &dana, "kim", Access::Watch).await;
    let guesser = place("198.51.100.7");
    for _ in 0..5 {
        assert_eq!(code(app.sign_in("dana", "guess", &guesser).await), "wrong_sign_in");
    }
    wait(&app, MINUTE);
    // Even the right password waits, and whether there is such an account makes no difference.
    match app.sign_in("dana", PASSWORD, &guesser).await {
        Err(Error::Access(Refusal::Throttled { wait })) => assert_eq!(wait, MINUTE * 14),
        other => panic!("{other:?}"),
    }
    for _ in 0..5 {
        assert_eq!(code(app.sign_in("nobody", "guess", &guesser).await), "wrong_sign_in");
    }
    assert_eq!(code(app.sign_in("nobody", "guess", &guesser).await), "throttled");
    // Dana's own place and other accounts from that place are served.
    app.sign_in("dana", PASSWORD, &place("192.0.2.1")).await.expect("signed in");
    app.sign_in("kim", PASSWORD, &guesser).await.expect("signed in");
    // Refused tries count for nothing: after the time that was said, it goes.
    wait(&app, MINUTE * 14);
    app.sign_in("dana", PASSWORD, &guesser).await.expect("signed in");
    // The right password clears what was mistyped before.
    for _ in 0..4 {
        assert_eq!(code(app.sign_in("kim", "oops", &guesser).await), "wrong_sign_in");
        app.sign_in("kim", PASSWORD, &guesser).await.expect("signed in");
    }
}

#[tokio::test]
async fn one_address_can_not_try_every_account_and_many_can_not_try_one() {
    let app = installation().await;
    let guess = async |person: &str, address: &str| code(app.sign_in(person, "guess", &place(address)).await);
    let mut answers = Vec::new();
    for person in 0..41 {
        answers.push(guess(&format!("p{person}"), "198.51.100.7").await);
    }
    assert_eq!(answers.iter().filter(|code| *code == "wrong_sign_in").count(), 40);
    answers.clear();
    for address in 0..51 {
        answers.push(guess("dana", &format!("203.0.113.{address}")).await);
    }
    assert_eq!(answers.iter().filter(|code| *code == "wrong_sign_in").count(), 50);
}

#[tokio::test]
async fn a_token_may_what_it_was_given_and_never_more_than_its_owner() {
    let app = installation().await;
    let (dana, _) = dana(&app).await;
    let (kim, _) = invited(&app, &dana, "kim", Access::Respond).await;
    let asked = |access, lasts| NewToken { name: "ci".to_owned(), access, lasts };
    assert_eq!(code(app.make_token(&kim, &asked(Access::Approve, None)).await), "not_allowed");
    assert_eq!(
        code(app.make_token(&kim, &NewToken { name: " ".to_owned(), ..asked(Access::Watch, None) }).await),
        "nameless_token"
    );
    let token = app.make_token(&kim, &asked(Access::Respond, Some(DAY))).await.expect("a token");
    assert!(token.reveal().starts_with("muster_") && token.reveal().len() > 40);
    assert_eq!(format!("{token:?}"), "Token(…)");
    let who = app.whose(token.reveal()).await.expect("asked").expect("kim");
    assert_eq!((&who.person, who.access, &who.via), (&kim.person, Access::Respond, &Via::Token("ci".to_owned())));
    assert_eq!(app.who(token.reveal()).await.expect("asked"), None, "no cookie");
    let less = Amendment { access: Some(Access::Watch), ..Amendment::default() };
    app.amend_person(By::Person(&dana), &kim.person, &less).await.expect("amended");
    assert_eq!(app.whose(token.reveal()).await.expect("asked").map(|who| who.access), Some(Access::Watch));
    let (eve, _) = invited(&app, &dana, "eve", Access::Respond).await;
    let line = app.own_tokens(&kim).await.expect("tokens").remove(0);
    assert!(line.used_at.is_some());
    assert_eq!(code(app.revoke_token(&eve, &line.id).await), "not_found", "another's token");
    wait(&app, DAY);
    assert_eq!(app.whose(token.reveal()).await.expect("asked"), None, "expired");
    app.revoke_token(&dana, &line.id).await.expect("revoked by who administers");
}

#[tokio::test]
async fn a_team_managed_here_needs_no_settings() {
    let app = installation().await;
    let (dana, _) = dana(&app).await;
    let asked = Invite {
        person: "kim".to_owned(),
        roles: Some(vec!["lead".to_owned(), "comms".to_owned()]),
        ..Invite::default()
    };
    let link = app.invite(By::Person(&dana), &asked).await.expect("invited");
    app.accept(link.token.reveal(), &acceptance(None), &place("")).await.expect("accepted");
    let start = crate::app::Start { runbook: "general".to_owned(), severity: "sev2".to_owned(), ..Default::default() };
    let caller = dana.acting(crate::locale::Locale::english(), None);
    let started = app.start(&caller, start).await.expect("started");
    let loaded = app.load(started.id).await.expect("the incident");
    let holders = |role: &str| loaded.incident.roles[role].iter().map(|p| p.0.clone()).collect::<Vec<_>>();
    assert_eq!(holders("lead"), ["sam", "kim"]);
    assert_eq!(holders("comms"), ["kim"]);
    assert_eq!(
        code(app.invite(By::Operator, &Invite { roles: Some(vec!["Lead".to_owned()]), ..asked }).await),
        "bad_role"
    );
}
