//! Links: of the first account, of invitations, of whoever lost a password.

use super::site::{Console, PASSWORD};

/// `guarantees.md`, web: link scanners following GETs.
#[test]
fn scanners_that_follow_a_link_use_nothing_up() {
    let console = Console::start("");
    let first = console.first_link.clone().expect("a link");
    let path = &first[first.find("/join/").expect("a path")..];
    for _ in 0..3 {
        assert_eq!(console.get(path).send().status, 200);
    }
    let weak = console.post(path, &[("person", "dana"), ("password", "password123")]).send();
    assert_eq!((weak.status, weak.refusal().as_str()), (422, "This password is one of the first that are guessed"));
    let dana = console.dana();
    let again = console.post(path, &[("person", "eve"), ("password", PASSWORD)]).send();
    assert_eq!((again.status, again.refusal().as_str(), again.cookie()), (422, "This link has been used", None));
    assert_eq!(console.get(path).send().refusal(), "This link has been used");
    assert_eq!(console.get("/join/nonsense").send().refusal(), "This link is not known here");

    let link = console.link_for(&dana, "kim", "respond");
    let id = console.get("/people").cookie(&dana).send().value_of_named("id");
    let withdrawn = console.post("/people/withdraw", &[("id", &id)]).cookie(&dana).send();
    assert_eq!(withdrawn.header("location"), Some("/people?done=withdrawn"));
    let late = console.post(&link[link.find("/join/").expect("a path")..], &[("password", PASSWORD)]).send();
    assert_eq!((late.status, late.refusal().as_str()), (422, "This link is not known here"));
}

#[test]
fn whoever_runs_it_lets_somebody_in_who_lost_the_password() {
    let console = Console::start("");
    let old = console.dana();
    let said = console.muster("people invite dana");
    assert_eq!(said["person"], "dana");
    let link = said["url"].as_str().expect("a link").to_owned();
    let new = console.accept(&link, &[("password", "another horse stapled")]);
    assert_eq!(console.get("/people").cookie(&new).send().status, 200, "still who administers");
    assert_eq!(console.get("/me").cookie(&old).send().status, 303, "whoever knew the old one is out");
    console.muster("people invite kim --name 王芳 --access approve --role lead");
    let listed = console.muster("people list");
    assert_eq!(listed["accounts"][0]["person"], "dana");
    let invited = &listed["invitations"][0];
    assert_eq!(
        (&invited["person"], &invited["access"], &invited["name"]),
        (&"kim".into(), &"approve".into(), &"王芳".into())
    );
    assert!(!listed.to_string().contains("argon2"), "{listed}");
}
