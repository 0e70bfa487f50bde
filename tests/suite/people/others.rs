//! Other people's things: their sessions, tokens, links and accounts are theirs.

use super::site::{Answer, Console, PASSWORD};

fn token(console: &Console, cookie: &str) -> Answer {
    console.post("/me/make-token", &[("name", "ci"), ("access", "watch"), ("days", "30")]).cookie(cookie).send()
}

/// `guarantees.md`, web: other people's ids.
#[test]
fn nobody_ends_revokes_or_changes_what_is_anothers() {
    let console = Console::start("");
    let dana = console.dana();
    let kim = console.invited(&dana, "kim", "approve");
    let elsewhere = console.post("/sign-in", &[("person", "dana"), ("password", PASSWORD)]).send();
    let elsewhere = elsewhere.cookie().expect("a session");
    let made = token(&console, &dana);
    let secret = made.value_of("made");
    let danas = console.get("/me").cookie(&dana).send();
    for (path, id) in [("/me/end-session", danas.value_of_named("id")), ("/me/revoke-token", danas.last_value_of("id"))]
    {
        let refused = console.post(path, &[("id", &id)]).cookie(&kim).send();
        assert_eq!(refused.status, 404, "{path}: {}", refused.body);
    }
    assert_eq!(console.get("/me").cookie(&elsewhere).send().status, 200);
    for (path, fields) in [
        ("/people/invite", vec![("person", "eve"), ("access", "administer")]),
        ("/people/amend", vec![("person", "kim"), ("name", "Kim"), ("access", "administer")]),
        ("/people/close", vec![("person", "dana")]),
        ("/people/sign-out", vec![("person", "dana")]),
        ("/people/withdraw", vec![("id", "0")]),
    ] {
        let refused = console.post(path, &fields).cookie(&kim).send();
        assert_eq!((refused.status, refused.refusal().as_str()), (403, "This needs administer access"), "{path}");
    }
    assert_eq!(console.get("/people").cookie(&kim).send().status, 403);
    let more = console.post("/me/make-token", &[("name", "ci"), ("access", "administer")]).cookie(&kim).send();
    assert_eq!((more.status, more.refusal().as_str()), (403, "This needs administer access"));

    // A token is no cookie, and a cookie is no token.
    let bearer = |token: &str| console.get("/me").header("Authorization", &format!("Bearer {token}")).send();
    let mine = bearer(&secret);
    assert_eq!(mine.status, 200);
    assert!(!mine.body.contains(&secret) && !mine.body.contains("name=\"old\""), "{}", mine.body);
    assert_eq!(bearer(dana.trim_start_matches("muster=")).status, 303);
    assert_eq!(console.get("/me").cookie(&format!("muster={secret}")).send().status, 303);
    let id = danas.last_value_of("id");
    assert_eq!(console.post("/me/revoke-token", &[("id", &id)]).cookie(&dana).send().status, 303);
    assert_eq!(bearer(&secret).status, 303);
    let closed = console.post("/people/close", &[("person", "kim")]).cookie(&dana).send();
    assert_eq!(closed.header("location"), Some("/people?done=closed"));
    assert_eq!(console.get("/me").cookie(&kim).send().status, 303);
}

/// Whoever follows a link that is meant for somebody else gets that account, and loses their own here: nothing mixes.
#[test]
fn a_link_leads_to_its_own_account_alone() {
    let console = Console::start("");
    let dana = console.dana();
    let kim = console.invited(&dana, "kim", "watch");
    let link = console.link_for(&dana, "eve", "respond");
    let path = &link[link.find("/join/").expect("a path")..];
    let answer = console.post(path, &[("person", "dana"), ("name", "E"), ("password", PASSWORD)]).cookie(&kim).send();
    let eve = answer.cookie().expect("a session");
    let me = console.get("/me").cookie(&eve).send();
    assert!(me.body.contains("<span class=\"mono\">eve</span>"), "{}", me.body);
    assert_eq!(console.get("/me").cookie(&kim).send().status, 303);
    assert_eq!(console.get("/me").cookie(&dana).send().status, 200);
}

/// `guarantees.md`, web: HTML and script in every field.
#[test]
fn what_people_type_is_shown_and_never_run() {
    let console = Console::start("");
    let script = "<script>alert(1)</script>\"'{{t \"x\"}}";
    let link = console.first_link.clone().expect("a link");
    let dana = console.accept(&link, &[("person", "dana"), ("name", script), ("password", PASSWORD)]);
    let asked = [("person", "kim"), ("name", script), ("access", "watch"), ("with_roles", "yes")];
    assert_eq!(console.post("/people/invite", &asked).cookie(&dana).send().status, 200);
    assert_eq!(
        console.post("/me/make-token", &[("name", script), ("access", "watch")]).cookie(&dana).send().status,
        200
    );
    let again = console.post("/sign-in", &[("person", script), ("password", script), ("back", script)]).send();
    let bad = console.post("/people/invite", &[("person", script), ("name", script)]).cookie(&dana).send();
    let browser = console.post("/sign-in", &[("person", "dana"), ("password", PASSWORD)]).header("User-Agent", script);
    let there = browser.send().cookie().expect("a session");
    let pages = ["/me", "/people", "/people?done=<script>", "/join/<script>", "/sign-in?back=<script>"];
    let shown = pages.map(|path| console.get(path).cookie(&there).send());
    for answer in shown.iter().chain([&again, &bad]) {
        assert!(!answer.body.contains("<script>"), "{}", answer.body);
    }
    assert_eq!(bad.status, 422);
    assert!(shown[1].body.matches("&lt;script&gt;").count() >= 3, "{}", shown[1].body);
}
