//! The doors: forged origins, strange names, open ways, long bodies, and what every answer says.

use super::site::{Console, PASSWORD};

/// `guarantees.md`, web: forged origins.
#[test]
fn another_sites_page_does_nothing_here() {
    let console = Console::start("");
    let dana = console.dana();
    let invite = || console.post("/people/invite", &[("person", "eve"), ("access", "administer")]).cookie(&dana);
    let own = format!("http://{}", console.address());
    for forged in [
        invite().header("Sec-Fetch-Site", "cross-site"),
        invite().header("Sec-Fetch-Site", "same-site"),
        invite().without("Sec-Fetch-Site").header("Origin", "https://evil.example"),
        invite().without("Sec-Fetch-Site").header("Origin", "null"),
        invite()
            .without("Sec-Fetch-Site")
            .header("Origin", &own.replace("http:", "https:").replace("127.0.0.1", "localhost")),
    ] {
        let answer = forged.send();
        assert_eq!(answer.refusal(), "This came from another site, so nothing was done");
        assert_eq!((answer.status, answer.header("content-type")), (403, Some("text/html; charset=utf-8")));
    }
    let forged = console.post("/sign-in", &[("person", "dana"), ("password", PASSWORD)]);
    assert_eq!(
        forged.header("Sec-Fetch-Site", "cross-site").send().cookie(),
        None,
        "nobody is signed in by another site"
    );
    assert_eq!(console.muster("people list")["invitations"], serde_json::json!([]));
    assert_eq!(invite().without("Sec-Fetch-Site").header("Origin", &own).send().status, 200, "an old browser");
}

/// A page of somebody's whose name server leads here reads nothing.
#[test]
fn under_a_strange_name_there_is_nothing() {
    let console = Console::start("[console]\nurl = \"https://muster.example.com\"\n");
    for (host, status) in [
        ("rebound.evil.example", 421),
        ("rebound.evil.example:7070", 421),
        ("muster.example.com.evil.example", 421),
        ("", 421),
        ("muster.example.com", 200),
        ("localhost:7070", 200),
        ("127.0.0.1", 200),
    ] {
        assert_eq!(console.get("/sign-in").host(host).send().status, status, "{host}");
    }
    let whole = console.get("http://rebound.evil.example/sign-in").send();
    assert_eq!(whole.status, 421, "the host of the request line counts, too");
}

/// What a browser shows after a form was refused is the form's own address: it leads on.
#[test]
fn the_address_of_a_form_leads_to_the_page_it_stands_on() {
    let console = Console::start("");
    let dana = console.dana();
    for (form, page) in [
        ("/me/password", "/me"),
        ("/me/end-session", "/me"),
        ("/me/end-sessions", "/me"),
        ("/me/make-token", "/me"),
        ("/me/revoke-token", "/me"),
        ("/people/invite", "/people"),
        ("/people/withdraw", "/people"),
        ("/people/amend", "/people"),
        ("/people/close", "/people"),
        ("/people/sign-out", "/people"),
        ("/people/revoke-token", "/people"),
        ("/language", "/"),
        ("/sign-out", "/"),
    ] {
        let led = console.get(form).cookie(&dana).send();
        assert_eq!((led.status, led.header("location"), led.cookie()), (303, Some(page), None), "{form}");
    }
    assert_eq!(console.get("/me").cookie(&dana).send().status, 200, "nobody was signed out by it");
}

#[test]
fn no_password_is_asked_for_where_it_could_be_read_on_the_way() {
    let console = Console::start("");
    console.dana();
    let page = console.get("/sign-in").host("192.0.2.7:7070").send();
    assert!(page.status == 200 && !page.body.contains("type=\"password\""), "{}", page.body);
    let sent = console.post("/sign-in", &[("person", "dana"), ("password", PASSWORD)]).host("192.0.2.7:7070").send();
    assert_eq!((sent.status, sent.cookie()), (200, None));
    let console = Console::start("[console]\nurl = \"http://192.0.2.7:7070\"\n");
    let page = console.get("/sign-in").host("192.0.2.7:7070").send();
    assert!(page.body.contains("type=\"password\""), "the operator says that it is meant");
}

#[test]
fn every_answer_says_what_a_browser_may_do_with_it() {
    let console = Console::start("");
    let dana = console.dana();
    let long = "x".repeat(3 << 20);
    for answer in [
        console.get("/me").cookie(&dana).send(),
        console.get("/me").send(),
        console.get("/nowhere").send(),
        console.get("/me").host("evil.example").send(),
        console.post("/sign-out", &[]).header("Sec-Fetch-Site", "cross-site").send(),
    ] {
        let csp = answer.header("content-security-policy").expect("a policy");
        assert!(csp.starts_with("default-src 'none'; script-src 'self';") && !csp.contains("unsafe"), "{csp}");
        assert!(csp.contains("frame-ancestors 'none'") && csp.contains("base-uri 'none'"), "{csp}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{}", answer.status);
    }
    let answer = console.post("/sign-in", &[("person", &long)]).send();
    assert!([413, 0].contains(&answer.status), "{}", answer.status);
    assert_eq!(console.get("/sign-in").send().status, 200);
}

#[test]
fn a_language_is_chosen_before_and_after_signing_in() {
    let console = Console::start("");
    let chinese = console.get("/sign-in").header("Accept-Language", "zh-CN,zh;q=0.9").send();
    assert!(chinese.body.contains("登录") && chinese.body.contains("还没有任何账号"), "{}", chinese.body);
    let chosen = console.post("/language", &[("to", "zh-Hans"), ("back", "/sign-in")]).send();
    assert_eq!((chosen.status, chosen.header("location")), (303, Some("/sign-in")));
    let cookie = chosen.cookie().expect("a language");
    assert!(console.get("/sign-in").cookie(&cookie).send().body.contains("登录"));
    let dana = console.dana();
    assert!(console.get("/me").cookie(&dana).send().body.contains("Your account"));
    console.post("/language", &[("to", "zh-Hans"), ("back", "/me")]).cookie(&dana).send();
    let me = console.get("/me").cookie(&dana).header("Accept-Language", "en").send();
    assert!(me.body.contains("我的账号"), "the account remembers: {}", me.body);
}
