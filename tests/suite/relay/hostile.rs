//! Hostile facts: refused with a reason, or delivered as the letters they are.

use super::letters::Letter;
use super::postfix::Postfix;
use super::site::Site;

#[test]
#[ignore = "needs postfix: run tests/run"]
fn hostile_facts_are_refused_or_arrive_as_they_are() {
    let postfix = Postfix::start();
    let long = "客户无法登录".repeat(570);
    let cases: &[(&str, &str)] = &[
        ("a lone dot", "before\n.\nafter"),
        ("a lone dot with CRLF", "before\r\n.\r\nQUIT\r\nafter"),
        ("a header", "x\r\nBcc: eve@evil.example\r\n\r\nbody"),
        ("a template", "{{impact}} {{{impact}}} {{#if impact}}x{{/if}}"),
        ("a partial", "{{> layout}} ../ {{lookup this 0}}"),
        ("a script", "<script>alert(1)</script><img src=http://evil.example/x.png onerror=alert(1)>"),
        ("Markdown", "![x](http://evil.example/x.png) [y](javascript:alert(1)) <b>b</b>"),
        ("bidi", "safe \u{202e}txt.exe\u{202c}"),
        ("an escape", "\u{1b}[31mred"),
        ("10 KB of Chinese", &long),
    ];
    let mut delivered = 0;
    for (name, fact) in cases {
        let site = Site::new(&format!("smtp+starttls://localhost:{}", postfix.starttls), &postfix.authority(), None);
        site.begin("Logins", None);
        let stated = site.run(&["set", &format!("impact={fact}"), &format!("impact.zh-Hans={fact}")], None);
        if stated.code != 0 {
            assert!(stated.told.contains("message"), "{name}: refused without a reason: {}", stated.told);
            continue;
        }
        let draft = site.run(&["notice", "draft", "first_notice"], None);
        if draft.code != 0 {
            assert!(!draft.answer["problems"].as_array().is_none_or(Vec::is_empty), "{name}: {}", draft.told);
            continue;
        }
        let sent = site.send("first_notice", None);
        assert_eq!(sent.answer["sent"], 2, "{name}: {} {}", sent.answer, sent.told);
        delivered += 2;
        let mails = postfix.mail(delivered);
        assert_eq!(mails.len(), delivered, "{name}: more mails than were sent");
        for letter in mails.iter().map(|bytes| Letter::read(bytes)).skip(delivered - 2) {
            inert(name, fact, &letter);
        }
    }
    assert!(delivered >= 8, "only {delivered} mails: the cases show nothing");
}

#[test]
#[ignore = "needs postfix: run tests/run"]
fn a_hostile_title_is_refused_or_stays_one_subject() {
    let postfix = Postfix::start();
    let long = "客户无法登录".repeat(570);
    for title in
        ["a\r\nBcc: eve@evil.example", "a\n.\nb", "{{{impact}}}", "<script>x</script>", &long, "\u{202e}gnp.exe"]
    {
        let site = Site::new(&format!("smtp+starttls://localhost:{}", postfix.starttls), &postfix.authority(), None);
        site.done(&["contacts", "import", "contacts.csv"], None);
        let started = site.run(&["start", "whole", "--severity", "high", "--title", title], None);
        if started.code != 0 {
            assert!(started.told.contains("message"), "refused without a reason: {}", started.told);
            continue;
        }
        site.done(&["done", "take_lead"], None);
        site.done(&["done", "first_facts"], None);
        let draft = site.run(&["notice", "draft", "first_notice"], None);
        if draft.code != 0 {
            assert!(!draft.answer["problems"].as_array().is_none_or(Vec::is_empty), "{}", draft.told);
            continue;
        }
        let before = postfix.log().matches("status=sent").count();
        assert_eq!(site.send("first_notice", None).answer["sent"], 2);
        let letters: Vec<_> = postfix.mail(before + 2).iter().map(|bytes| Letter::read(bytes)).collect();
        for letter in &letters[before..] {
            assert_eq!(letter.header("Bcc"), None);
            assert!(letter.raw.lines().all(|line| line.len() <= 998), "a line too long for SMTP");
            assert!(!letter.html.contains("<script>x"), "{}", letter.html);
        }
    }
}

fn inert(name: &str, fact: &str, letter: &Letter) {
    assert_eq!(letter.header("Bcc"), None, "{name}");
    assert!(!letter.html.contains("<script") && !letter.html.contains("<img"), "{name}: {}", letter.html);
    assert!(!letter.html.contains("href=\"javascript"), "{name}: {}", letter.html);
    // What turns the direction of text around is left out.
    let fact = fact.replace(['\u{202e}', '\u{202c}'], "");
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    assert!(words(&letter.text).contains(&words(&fact)), "{name}: the text lost something: {}", letter.text);
}
