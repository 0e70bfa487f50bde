//! Signing in: cookies, fixation, throttling, floods.

use super::site::{Console, PASSWORD};

const WRONG: &str = "The name or the password is not right";

#[test]
fn a_page_sends_a_stranger_to_sign_in_and_back_again() {
    let console = Console::start("");
    let answer = console.get("/people?done=amended").send();
    assert_eq!((answer.status, answer.header("location")), (303, Some("/sign-in?back=/people%3Fdone%3Damended")));
    assert!(console.get("/sign-in").send().body.contains("Nobody has an account yet"));
    console.dana();
    assert!(!console.get("/sign-in").send().body.contains("Nobody has an account yet"));
    let sign_in = |back| console.post("/sign-in", &[("person", "dana"), ("password", PASSWORD), ("back", back)]).send();
    let answer = sign_in("/people?done=amended");
    assert_eq!(answer.header("location"), Some("/people?done=amended"));
    let cookie = answer.cookie().expect("a session");
    assert_eq!(console.get("/people?done=amended").cookie(&cookie).send().status, 200);
    for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        assert_eq!(sign_in(elsewhere).header("location"), Some("/"), "{elsewhere}");
    }
    let out = console.post("/sign-out", &[]).cookie(&cookie).send();
    assert_eq!(out.header("set-cookie"), Some("muster=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
    assert_eq!(console.get("/me").cookie(&cookie).send().status, 303, "the session itself has ended");
}

/// A session that somebody planted in the browser is not the one that is signed in afterwards.
#[test]
fn a_planted_session_is_worth_nothing_after_signing_in() {
    let console = Console::start("");
    let attackers = console.dana();
    let planted = "muster=planted-by-somebody";
    for cookie in [planted, attackers.as_str()] {
        let answer = console.post("/sign-in", &[("person", "dana"), ("password", PASSWORD)]).cookie(cookie).send();
        let given = answer.cookie().expect("a session");
        assert_ne!(given, cookie);
        assert_eq!(console.get("/me").cookie(cookie).send().status, 303, "{cookie}");
        assert_eq!(console.get("/me").cookie(&given).send().status, 200);
    }
}

#[test]
fn failed_sign_ins_have_to_wait_across_a_restart_and_others_do_not() {
    let console = Console::start("[console]\nurl = \"https://muster.example.com\"\n");
    let link = console.first_link.clone().expect("a link");
    assert!(link.starts_with("https://muster.example.com/join/"), "{link}");
    let join = console.post(&link["https://muster.example.com".len()..], &[("person", "dana"), ("password", PASSWORD)]);
    let joined = join.host("muster.example.com").send();
    let given = joined.header("set-cookie").expect("a session").to_owned();
    assert!(given.starts_with("__Host-muster=") && given.ends_with("; Secure"), "{given}");
    assert!(given.contains("; Path=/; HttpOnly; SameSite=Lax;"), "{given}");
    let plain = joined.cookie().expect("a session").replace("__Host-", "");
    let me =
        |console: &Console, cookie: &str| console.get("/me").host("muster.example.com").cookie(cookie).send().status;
    assert_eq!(me(&console, &joined.cookie().expect("a session")), 200);
    assert_eq!(me(&console, &plain), 303, "a cookie that any neighbour could set");

    let try_from = |console: &Console, address: &str, person: &str, password: &str| {
        let ask = console.post("/sign-in", &[("person", person), ("password", password)]).host("muster.example.com");
        ask.header("X-Forwarded-For", address).send()
    };
    for _ in 0..5 {
        let answer = try_from(&console, "203.0.113.5", "dana", "a wrong password");
        assert_eq!((answer.status, answer.refusal().as_str()), (422, WRONG));
    }
    let answer = try_from(&console, "203.0.113.5", "dana", PASSWORD);
    assert_eq!((answer.status, answer.refusal().as_str()), (429, "Too many tries; try again in 15 minutes"));
    let seconds: u64 = answer.header("retry-after").and_then(|after| after.parse().ok()).expect("seconds");
    assert!((800..=900).contains(&seconds), "{seconds}");
    let console = console.restarted();
    assert_eq!(console.first_link, None, "there is an account");
    assert_eq!(try_from(&console, "203.0.113.5", "dana", PASSWORD).status, 429, "it does not begin anew");
    assert_eq!(try_from(&console, "203.0.113.5, 198.51.100.9", "dana", PASSWORD).status, 303, "from elsewhere");
}

/// `guarantees.md`, web: floods. Hashing is bounded in memory, and the console answers meanwhile.
#[test]
fn a_flood_of_sign_ins_takes_little_memory_and_keeps_nobody_out() {
    let console = Console::start("");
    let cookie = console.dana();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let flood: Vec<_> = (0..80)
            .map(|n| {
                let console = &console;
                scope.spawn(move || {
                    let person = format!("person-{n}");
                    let ask = console.post("/sign-in", &[("person", &person), ("password", "a wrong password")]);
                    ask.header("X-Forwarded-For", &format!("203.0.113.{n}")).send().status
                })
            })
            .collect();
        assert_eq!(console.get("/me").cookie(&cookie).send().status, 200, "those inside notice nothing");
        flood.into_iter().map(|one| one.join().expect("answered")).collect()
    });
    assert!(statuses.iter().all(|status| [422, 429].contains(status)), "{statuses:?}");
    assert!(statuses.contains(&422), "some are looked at");
    // All at once would take 1.5 GB.
    assert!(console.peak_mib() < 300, "{} MiB", console.peak_mib());
    let answer = console.post("/sign-in", &[("person", "dana"), ("password", PASSWORD)]).send();
    assert_eq!(answer.status, 303, "{}", answer.body);
}
