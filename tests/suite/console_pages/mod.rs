//! The console's pages of peace time and of learning, over HTTP and without a browser: what they show, and to whom.

mod desk;
mod incident;

use desk::Desk;

const PAGES: [&str; 10] = [
    "/",
    "/follow-ups",
    "/contacts",
    "/contacts/import",
    "/contacts/suppressed",
    "/ready",
    "/runbooks",
    "/runbooks/general",
    "/incidents/INC-1/retrospective",
    "/incidents/INC-1/retrospective?edition=public&lang=zh-Hans",
];

/// A script in every field that people fill in.
const SCRIPT: &str = "<script>alert(1)</script>";

#[test]
fn every_page_answers_in_both_languages_and_shows_what_people_wrote_as_text() {
    let desk = Desk::open();
    desk.muster(&["start", "general", "--severity", "sev2", "--title", SCRIPT]);
    desk.muster(&["note", SCRIPT]);
    desk.muster(&["retro", "edit", "goals", "--text", SCRIPT]);
    desk.muster(&["retro", "factor", "add", SCRIPT]);
    desk.muster(&["followup", "add", SCRIPT, "--check", SCRIPT]);
    desk.muster(&["followup", "add", "late", "--due", "2026-01-01"]);
    for language in ["en", "zh-CN"] {
        for page in PAGES {
            let answer = desk.get(page, language);
            assert_eq!(answer.status, 200, "{page} {language}: {}", answer.body);
            assert!(!answer.body.contains("<script>alert"), "{page} {language}");
            assert!(answer.body.contains(if language == "en" { "lang=\"en\"" } else { "lang=\"zh-Hans\"" }), "{page}");
        }
    }
    for (file, begins) in [("md", "# INC-1"), ("html", "<!doctype html>"), ("json", "{")] {
        for edition in ["", "?edition=public"] {
            let answer = desk.get(&format!("/incidents/INC-1/retrospective.{file}{edition}"), "en");
            assert!(answer.status == 200 && answer.body.starts_with(begins), "{file}{edition}: {}", answer.body);
        }
    }
}

#[test]
fn nobody_sees_them_who_is_not_signed_in_and_only_administrators_change_the_book() {
    let desk = Desk::open();
    let watcher = desk.token("watch");
    for page in PAGES.iter().filter(|page| !page.contains("INC-1")) {
        assert_eq!(desk.stranger(page).status, 303, "{page}");
    }
    let book = [("book", "id,org\nacme-1,Acme\n")];
    for (path, fields) in [
        ("/contacts/import", &book[..]),
        ("/contacts/suppressed", &[("act", "suppress"), ("address", "a@b.example")][..]),
        ("/ready", &[("check", "general.roles")][..]),
        ("/runbooks/general/drill", &[][..]),
    ] {
        let answer = desk.post_as(&watcher, path, fields);
        assert_eq!(answer.status, 403, "{path}: {}", answer.body);
    }
    assert!(!desk.get("/contacts", "en").body.contains("acme-1"));
}

#[test]
fn a_book_is_taken_in_a_row_at_a_time_and_found_again() {
    let desk = Desk::open();
    let book =
        "id,org,name,emails\nacme-1,Acme,Ann,ann@acme.example\nacme-2,Acme,东方,not an address\n,,,\nacme-3,Acme,Cy,\n";
    let answer = desk.post("/contacts/import", &[("book", book)]);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("emails"), "{}", answer.body);
    let found = desk.get("/contacts?q=ann%40acme", "en").body;
    assert!(found.contains("acme-1") && !found.contains("acme-3"), "{found}");
    let refused = desk.post("/contacts/suppressed", &[("act", "lift"), ("address", "nobody@acme.example")]);
    assert!(refused.status == 422 && refused.body.contains("nobody@acme.example"), "{}", refused.body);
    assert_eq!(desk.post("/contacts/suppressed", &[("act", "suppress"), ("address", "ann@acme.example")]).status, 303);
    assert!(desk.get("/contacts", "zh-CN").body.contains("已停发邮件"));
}

#[test]
fn a_drill_is_played_from_its_runbook_and_nothing_is_sent() {
    let desk = Desk::open();
    let answer = desk.post("/runbooks/general/drill", &[("severity", "sev2")]);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let page = desk.played(&answer.location);
    assert!(page.contains("Against the runbook") && page.contains("Nothing was sent"), "{page}");
    assert!(!page.contains("<dd></dd>"), "every figure stands there: {page}");
    let document = desk.get(&format!("{}/retrospective.en.html", answer.location), "en");
    assert!(document.status == 200 && document.body.starts_with("<!doctype html>"), "{}", document.body);
    assert!(!desk.has("outbox"));
    for path in ["/runbooks/%2Fetc%2Fpasswd", "/runbooks/..%2Fgeneral.yaml", "/runbooks/general/drills/99"] {
        assert_eq!(desk.get(path, "en").status, 404, "{path}");
    }
    assert_eq!(desk.post("/runbooks/%2Fetc%2Fpasswd/drill", &[]).status, 404);
}
