//! Accounts, links, sessions, API tokens and failed sign-ins.

use std::time::Duration;

use muster::clock::after;
use muster::incident::PersonId;
use muster::locale::Locale;
use muster::settings::Secret;
use muster::store::people::{Access, Account, ApiToken, Bound, Change, Digest, Invitation, People, Session, Turn};
use muster::store::{Error, Store};

use super::fixture::{Fixture, On, at, on_both};

on_both! {
    an_account_is_kept_as_it_was_put,
    changes_that_were_decided_by_something_older_conflict,
    of_two_at_once_one_decides_and_the_other_hears_of_it,
    a_session_begins_only_with_the_password_that_was_checked,
    a_session_is_found_by_its_token_and_ended_by_its_owner,
    nothing_that_is_kept_lets_anybody_in,
    tokens_are_found_used_and_forgotten,
    tries_are_counted_for_all_nodes_and_across_restarts,
    a_refused_try_counts_for_nothing_and_a_good_one_is_taken_back,
    many_tries_at_once_gain_nothing,
}

const MINUTE: Duration = Duration::from_secs(60);

fn person(id: &str) -> PersonId {
    PersonId(id.to_owned())
}

fn account(id: &str) -> Account {
    Account {
        person: person(id),
        name: "王 Dana".to_owned(),
        access: Access::Administer,
        roles: vec!["lead".to_owned(), "comms".to_owned()],
        locale: Some(Locale::chinese()),
        password: Secret::new("$argon2id$one"),
        disabled: false,
        created_at: at(1),
        signed_in_at: None,
    }
}

fn session(token: &str, id: &str, owner: &str, seconds: u64) -> Session {
    Session {
        digest: Digest::of(token),
        id: id.to_owned(),
        person: person(owner),
        browser: "a browser".to_owned(),
        address: "192.0.2.1".to_owned(),
        begun_at: at(seconds),
        seen_at: at(seconds),
    }
}

fn invitation(token: &str, id: &str) -> Invitation {
    Invitation {
        digest: Digest::of(token),
        id: id.to_owned(),
        person: Some(person("kim")),
        name: "Kim".to_owned(),
        access: Access::Approve,
        roles: Vec::new(),
        invited_by: Some(person("dana")),
        invited_at: at(2),
        expires_at: at(100),
        used_at: None,
    }
}

fn token(token: &str, id: &str, owner: &str) -> ApiToken {
    ApiToken {
        digest: Digest::of(token),
        id: id.to_owned(),
        person: person(owner),
        name: "ci".to_owned(),
        access: Access::Respond,
        created_at: at(3),
        expires_at: Some(at(90)),
        used_at: None,
    }
}

async fn put(store: &Store, accounts: &[Account]) -> People {
    let read = store.people().await.expect("people");
    let changes: Vec<_> = accounts.iter().cloned().map(Change::Put).collect();
    store.change_people(&read, &changes).await.expect("changed");
    store.people().await.expect("people")
}

async fn an_account_is_kept_as_it_was_put(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let people = put(store, &[account("dana"), account("阿明")]).await;
    assert_eq!(people.accounts, [account("dana"), account("阿明")]);
    let changed = Account {
        name: "Dana".to_owned(),
        access: Access::Watch,
        roles: Vec::new(),
        locale: None,
        password: Secret::new("$argon2id$two"),
        disabled: true,
        ..account("dana")
    };
    let invite = [Change::Put(changed.clone()), Change::Invite(invitation("link", "i1"))];
    store.change_people(&people, &invite).await.expect("changed");
    let people = store.people().await.expect("people");
    assert_eq!(people.accounts[0], changed);
    assert_eq!(people.invitations, [invitation("link", "i1")]);
    let used = [Change::UseInvitation { digest: Digest::of("link"), at: at(9) }];
    store.change_people(&people, &used).await.expect("changed");
    let people = store.people().await.expect("people");
    assert_eq!(people.invitations[0].used_at, Some(at(9)));
    store.change_people(&people, &[Change::ForgetInvitation { id: "i1".to_owned() }]).await.expect("changed");
    assert!(store.people().await.expect("people").invitations.is_empty());
}

async fn changes_that_were_decided_by_something_older_conflict(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let old = store.people().await.expect("people");
    put(store, &[account("dana")]).await;
    let late = store.change_people(&old, &[Change::Put(account("eve"))]).await;
    assert!(matches!(late, Err(Error::Conflict)), "{late:?}");
    assert_eq!(store.people().await.expect("people").accounts.len(), 1);
}

async fn of_two_at_once_one_decides_and_the_other_hears_of_it(on: On) {
    let fixture = Fixture::new(on).await;
    let other = fixture.again().await;
    let read = fixture.store.people().await.expect("people");
    let accounts: Vec<_> = (0..8).map(|n| [Change::Put(account(&format!("p{n}")))]).collect();
    let changes = accounts.iter().enumerate().map(|(n, change)| {
        if n % 2 == 0 { fixture.store.change_people(&read, change) } else { other.change_people(&read, change) }
    });
    let done = futures_util::future::join_all(changes).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
    assert_eq!(done.iter().filter(|done| matches!(done, Err(Error::Conflict))).count(), 7, "{done:?}");
    assert_eq!(other.people().await.expect("people").accounts.len(), 1);
}

async fn a_session_begins_only_with_the_password_that_was_checked(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    put(store, &[account("dana")]).await;
    let begin = async |token: &str, checked: &Account| {
        store.begin_session(&session(token, token, "dana", 50), checked, at(10), at(0)).await.expect("asked")
    };
    assert!(begin("one", &account("dana")).await);
    let found = store.session(&Digest::of("one")).await.expect("asked").expect("a session");
    assert_eq!(found.0, session("one", "one", "dana", 50));
    assert_eq!(found.1.signed_in_at, Some(at(50)));
    let changed = Account { password: Secret::new("$argon2id$two"), ..account("dana") };
    put(store, std::slice::from_ref(&changed)).await;
    assert!(!begin("two", &account("dana")).await, "the password was changed meanwhile");
    put(store, &[Account { disabled: true, ..changed.clone() }]).await;
    assert!(!begin("three", &changed).await, "the account was closed meanwhile");
    assert_eq!(store.sessions(&person("dana")).await.expect("sessions").len(), 1);
}

async fn a_session_is_found_by_its_token_and_ended_by_its_owner(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let people = put(store, &[account("dana"), account("kim")]).await;
    let begin = [
        Change::BeginSession(session("laptop", "s1", "dana", 20)),
        Change::BeginSession(session("phone", "s2", "dana", 30)),
        Change::BeginSession(session("kims", "s3", "kim", 30)),
    ];
    store.change_people(&people, &begin).await.expect("begun");
    let ids = async |id| {
        let sessions = store.sessions(&person(id)).await.expect("sessions");
        sessions.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("dana").await, ["s2", "s1"], "the last seen first");
    store.see_session(&Digest::of("laptop"), at(40)).await.expect("seen");
    assert_eq!(ids("dana").await, ["s1", "s2"]);
    assert!(store.session(&Digest::of("s1")).await.expect("asked").is_none(), "its name lets nobody in");
    assert!(!store.end_session_of(&person("kim"), "s1").await.expect("asked"), "another's");
    assert!(store.end_session_of(&person("dana"), "s1").await.expect("ended"));
    assert!(store.end_session(&Digest::of("kims")).await.expect("ended"));
    assert!(!store.end_session(&Digest::of("kims")).await.expect("asked"));
    store.begin_session(&session("new", "s4", "dana", 60), &account("dana"), at(10), at(0)).await.expect("begun");
    assert_eq!(store.end_sessions(&person("dana"), Some(&Digest::of("new"))).await.expect("ended"), 1);
    assert_eq!(ids("dana").await, ["s4"]);
    // Whoever begins a session takes those away that nobody uses any more.
    store.begin_session(&session("last", "s5", "kim", 900), &account("kim"), at(800), at(0)).await.expect("begun");
    assert_eq!((ids("dana").await.len(), ids("kim").await.len()), (0, 1));
}

async fn nothing_that_is_kept_lets_anybody_in(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let people = put(store, &[account("dana")]).await;
    let begin = [Change::BeginSession(session("secret", "s1", "dana", 20)), Change::Invite(invitation("secret", "i1"))];
    store.change_people(&people, &begin).await.expect("begun");
    store.add_token(&token("secret", "t1", "dana")).await.expect("kept");
    let kept = fixture
        .texts("SELECT digest FROM sessions UNION ALL SELECT digest FROM invitations UNION ALL SELECT digest FROM api_tokens")
        .await;
    let sha256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
    assert_eq!(kept, [sha256, sha256, sha256]);
    assert!(store.session(&Digest::of(sha256)).await.expect("asked").is_none());
}

async fn tokens_are_found_used_and_forgotten(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    put(store, &[account("dana"), account("kim")]).await;
    for (secret, id, owner) in [("a", "t1", "dana"), ("b", "t2", "kim"), ("c", "t3", "kim")] {
        store.add_token(&token(secret, id, owner)).await.expect("kept");
    }
    let (found, owner) = store.token(&Digest::of("b")).await.expect("asked").expect("a token");
    assert_eq!((found, owner.person), (token("b", "t2", "kim"), person("kim")));
    store.use_token(&Digest::of("b"), at(50)).await.expect("used");
    store.use_token(&Digest::of("b"), at(40)).await.expect("used");
    let used: Vec<_> = store.tokens().await.expect("tokens").into_iter().map(|token| token.used_at).collect();
    assert_eq!(used.iter().flatten().collect::<Vec<_>>(), [&at(50)]);
    assert!(!store.forget_token("t2", Some(&person("dana"))).await.expect("asked"), "another's");
    assert!(store.forget_token("t2", Some(&person("kim"))).await.expect("forgotten"));
    assert!(store.forget_token("t1", None).await.expect("forgotten"));
    assert!(store.token(&Digest::of("b")).await.expect("asked").is_none());
    let people = store.people().await.expect("people");
    store.change_people(&people, &[Change::ForgetTokens { person: person("kim") }]).await.expect("changed");
    assert!(store.tokens().await.expect("tokens").is_empty());
}

fn bound(counted: &str, most: u32) -> Bound {
    Bound { counted: counted.to_owned(), most, within: MINUTE }
}

async fn tries_are_counted_for_all_nodes_and_across_restarts(on: On) {
    let fixture = Fixture::new(on).await;
    let bounds = [bound("dana", 3)];
    let take = async |store: &Store, seconds| store.take_try(&bounds, at(seconds)).await.expect("asked");
    assert_eq!(take(&fixture.store, 0).await, Turn::Taken);
    let other = fixture.again().await;
    assert_eq!(take(&other, 1).await, Turn::Taken);
    assert_eq!(take(&fixture.store, 2).await, Turn::Taken);
    assert_eq!(take(&other, 3).await, Turn::NotBefore(at(60)));
    fixture.store.close().await;
    let started_again = fixture.again().await;
    assert_eq!(take(&started_again, 59).await, Turn::NotBefore(at(60)));
    assert_eq!(take(&started_again, 60).await, Turn::Taken);
    // A clock set back by a day keeps nobody waiting until tomorrow.
    let day = 24 * 60 * 60;
    for _ in 0..4 {
        take(&other, day).await;
    }
    assert_eq!(take(&other, 60).await, Turn::Taken);
}

async fn a_refused_try_counts_for_nothing_and_a_good_one_is_taken_back(on: On) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let both = [bound("dana", 2), bound("all", 3)];
    let take = async |bounds: &[Bound]| store.take_try(bounds, at(0)).await.expect("asked");
    assert_eq!((take(&both).await, take(&both).await), (Turn::Taken, Turn::Taken));
    for _ in 0..5 {
        assert_eq!(take(&both).await, Turn::NotBefore(at(60)));
    }
    assert_eq!(take(&[bound("kim", 2), bound("all", 3)]).await, Turn::Taken, "the refused ones used nothing up");
    assert_eq!(take(&[bound("eve", 2), bound("all", 3)]).await, Turn::NotBefore(at(60)));
    store.went_well(&["dana".to_owned()], &["all".to_owned()]).await.expect("noted");
    assert_eq!(take(&both).await, Turn::Taken, "dana begins anew, and one of all is free");
    assert_eq!(take(&both).await, Turn::NotBefore(at(60)));
}

async fn many_tries_at_once_gain_nothing(on: On) {
    let fixture = Fixture::new(on).await;
    let other = fixture.again().await;
    let bounds = [bound("dana", 5), bound("address", 40)];
    let tries = (0..30).map(|n| if n % 2 == 0 { &fixture.store } else { &other }.take_try(&bounds, at(0)));
    let turns = futures_util::future::join_all(tries).await;
    let taken = turns.iter().filter(|turn| matches!(turn, Ok(Turn::Taken))).count();
    let refused =
        turns.iter().filter(|turn| matches!(turn, Ok(Turn::NotBefore(moment)) if *moment == after(at(0), MINUTE)));
    assert_eq!((taken, refused.count()), (5, 25), "{turns:?}");
}
