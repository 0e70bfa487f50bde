//! A whole incident through a real Postfix with TLS and to a real HTTP endpoint, read by other readers.

use std::io::Write;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::letters::Letter;
use super::postfix::Postfix;
use super::receiver::{Call, Receiver};
use super::site::{SECRET, Site};

#[test]
#[ignore = "needs postfix: run tests/run"]
fn a_whole_incident_reaches_customers_over_tls_and_endpoints_signed() {
    let postfix = Postfix::start();
    let receiver = Receiver::answering(&[(500, 0), (200, 1500)]);
    let hook = Some(receiver.port);
    let site = Site::new(&format!("smtp+starttls://localhost:{}", postfix.starttls), &postfix.authority(), hook);
    site.begin("Logins fail 登录失败", hook);
    site.done(&["notice", "draft", "first_notice"], hook);
    let sent = site.send("first_notice", hook);
    assert_eq!(sent.answer["sent"], 2, "{} {}\n{}", sent.answer, sent.told, postfix.log());
    assert_eq!(sent.answer["pending"], 1, "the endpoint answered 500: {}", sent.answer);
    site.done(&["deliver", "--drain"], hook);
    site.done(&["done", "close_form"], hook);
    site.done(&["update", "We found the cause", "--status", "identified"], hook);
    assert_eq!(site.send("progress", hook).code, 0);
    for line in [
        "answer recent_change changed",
        "fallback on phone_desk",
        "fallback off visits",
        "done desks",
        "lift close_form",
        "done accepted",
        "set started_at=2026-01-02T01:02:03Z ended_at=2026-01-02T03:04:05Z data_loss=none --confirm",
        "done outcome",
        "notice draft resolved",
    ] {
        site.done(&line.split(' ').collect::<Vec<_>>(), hook);
    }
    assert_eq!(site.send("resolved", hook).code, 0);
    let retro = site.done(&["retro", "--format", "json"], hook);
    assert_eq!(retro["sections"].as_array().map(Vec::len), Some(6));
    let mails = postfix.mail(6);
    let letters: Vec<_> = mails.iter().map(|bytes| Letter::read(bytes)).collect();
    assert_eq!(letters.len(), 6);
    for to in ["ann@acme.example", "bo@boyuan.example"] {
        in_one_thread(&letters.iter().filter(|letter| letter.to == to).collect::<Vec<_>>());
    }
    letters.iter().for_each(as_promised);
    for bytes in &mails {
        assert_eq!(python_reads(bytes), "multipart/alternative text/plain utf-8 text/html utf-8 defects 0");
    }
    let calls = receiver.calls();
    assert_eq!(calls.len(), 4);
    assert_eq!(calls[0].headers["webhook-id"], calls[1].headers["webhook-id"]);
    assert_eq!(calls[0].body, calls[1].body);
    assert_ne!(calls[1].headers["webhook-id"], calls[2].headers["webhook-id"]);
    calls.iter().for_each(is_signed);
}

#[test]
#[ignore = "needs postfix: run tests/run"]
fn implicit_tls_reaches_customers_too() {
    let postfix = Postfix::start();
    let site = Site::new(&format!("smtps://localhost:{}", postfix.smtps), &postfix.authority(), None);
    site.begin("Logins", None);
    site.done(&["notice", "draft", "first_notice"], None);
    let sent = site.send("first_notice", None);
    assert_eq!(sent.answer["sent"], 2, "{} {}\n{}", sent.answer, sent.told, postfix.log());
    assert_eq!(postfix.mail(2).len(), 2);
}

#[test]
#[ignore = "needs postfix: run tests/run"]
fn nothing_is_sent_past_a_bad_certificate_or_a_stripped_starttls() {
    let postfix = Postfix::start();
    let nowhere = std::path::Path::new("/nonexistent/ca.pem");
    let authority = postfix.authority();
    for (fault, relay, authority, why) in [
        ("stripped", format!("smtp+starttls://localhost:{}", postfix.stripped), authority.as_path(), "STARTTLS"),
        ("another name", format!("smtp+starttls://localhost:{}", postfix.misnamed), authority.as_path(), "certificate"),
        ("untrusted", format!("smtps://localhost:{}", postfix.smtps), nowhere, "certificate"),
    ] {
        let site = Site::new(&relay, authority, None);
        site.begin("Logins", None);
        site.done(&["notice", "draft", "first_notice"], None);
        let sent = site.send("first_notice", None);
        assert_eq!((&sent.answer["sent"], &sent.answer["pending"]), (&0.into(), &2.into()), "{fault}: {}", sent.answer);
        let told = format!("{}{}", sent.told, site.done(&["timeline"], None));
        assert!(told.contains(why), "{fault}: nobody is told why: {told}");
    }
    assert!(!postfix.log().contains("from=<"), "a mail was begun: {}", postfix.log());
}

/// Every mail to one customer answers the one before it, and the subject differs in its prefix only.
fn in_one_thread(letters: &[&Letter]) {
    assert_eq!(letters.len(), 3);
    for pair in letters.windows(2) {
        let root = letters[0].references.first().unwrap_or(&letters[0].id);
        assert!(pair[1].references.contains(root), "{:?} does not lead to {root}", pair[1].references);
        assert!(!pair[1].in_reply_to.is_empty());
        assert_ne!(pair[0].id, pair[1].id);
        let bare = |letter: &Letter| letter.subject.split_once("] ").map(|(_, subject)| subject.to_owned());
        assert_eq!(bare(pair[0]), bare(pair[1]));
        assert_ne!(pair[0].subject, pair[1].subject);
    }
}

fn as_promised(letter: &Letter) {
    assert_eq!(letter.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    assert_eq!(letter.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    let unsubscribe = letter.header("List-Unsubscribe").expect("a way to unsubscribe");
    assert!(unsubscribe.starts_with("<https://status.example.com/"), "{unsubscribe}");
    assert!(letter.header("From").is_some_and(|from| from.ends_with("<status@example.com>")));
    assert!(letter.header("Date").is_some());
    assert!(letter.html.contains("<html lang=\""), "{}", letter.html);
    let loads_remote = letter.html.contains("src=\"http") || letter.html.contains("url(http");
    assert!(!loads_remote, "{}", letter.html);
    assert!(letter.text.contains("support@example.com"));
    assert!(letter.raw.lines().all(|line| line.len() <= 998 && line.is_ascii()), "{}", letter.raw);
}

/// A second reader, where there is one.
fn python_reads(bytes: &[u8]) -> String {
    const READ: &str = "\
import sys, email, email.policy
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = [p for p in m.iter_parts()]
[p.get_content() for p in parts]
defects = len(m.defects) + sum(len(p.defects) for p in parts) + sum(len(v.defects) for v in m.values())
print(m.get_content_type(), *(f'{p.get_content_type()} {p.get_content_charset()}' for p in parts), 'defects', defects, end='')";
    let mut python = Command::new("python3")
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    python.stdin.take().expect("its input").write_all(bytes).expect("written");
    let output = python.wait_with_output().expect("python3 ends");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard Webhooks 1.0, computed anew: HMAC-SHA256 over `id.timestamp.body` with the secret's bytes.
fn is_signed(call: &Call) {
    let header = |name: &str| call.headers[name].clone();
    let mut signed = format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).into_bytes();
    signed.extend(&call.body);
    let key = STANDARD.decode(SECRET.trim_start_matches("whsec_")).expect("a secret");
    let wanted = format!("v1,{}", STANDARD.encode(hmac_sha256::HMAC::mac(&signed, &key)));
    assert_eq!(header("webhook-signature"), wanted);
    let body: serde_json::Value = serde_json::from_slice(&call.body).expect("JSON");
    assert_eq!((&body["type"], body["data"].is_object()), (&"incident.notice".into(), true));
}
