//! Handing mail over to a relay that misbehaves at each verb.

use std::time::Duration;

use super::faulty::{At, Fault, Faulty, Pipelining};
use super::smtp::{Patience, Relay, Session};
use crate::delivery::mime::{Mail, mail, sender};
use crate::delivery::samples::letter;
use crate::delivery::{Letter, Verdict};
use crate::settings::{Secret, Security};

fn relay(port: u16, security: Security) -> Relay {
    let short = Duration::from_millis(300);
    Relay {
        host: "127.0.0.1".into(),
        port,
        security,
        credentials: Some(("status".into(), Secret::new("hunter2"))),
        patience: Patience { opening: short, command: short, message: short },
    }
}

fn sample(to: &str) -> Mail {
    let from = sender("status@example.com").expect("a sender");
    mail(&Letter { to: to.to_owned(), ..letter() }, &from).expect("a mail")
}

/// What came of one message, and whether the session was still good.
async fn send(pipelining: Pipelining, at: At, fault: Fault) -> (String, bool) {
    let faulty = Faulty::offering(pipelining, Some((at, fault, 1))).await;
    match Session::open(&relay(faulty.port, Security::Plain)).await {
        Ok(mut session) => {
            let verdict = session.send(&sample("dana@example.com")).await;
            (word(&verdict), session.is_sound())
        }
        Err(verdict) => (word(&verdict), false),
    }
}

fn word(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Sent { .. } => "sent",
        Verdict::Failed { suppress: true, .. } => "failed, suppressed",
        Verdict::Failed { suppress: false, .. } => "failed",
        Verdict::Later { .. } => "later",
        Verdict::Unknown { .. } => "unknown",
        Verdict::Stalled { .. } => "stalled",
        Verdict::Disabled { .. } => "disabled",
        Verdict::Limited { .. } => "limited",
        Verdict::Suppressed { .. } => "suppressed",
    }
    .to_owned()
}

#[tokio::test]
async fn each_refusal_is_judged_by_the_verb_it_came_at() {
    use At::{Auth, Banner, Data, Dot, Ehlo, Mail, Rcpt};
    for (at, said, verdict, sound) in [
        (Banner, "421 4.3.2 too busy", "later", false),
        (Banner, "554 5.7.1 no service for you", "stalled", false),
        (Ehlo, "421 closing", "later", false),
        (Auth, "454 4.7.0 try later", "later", false),
        (Auth, "535 5.7.8 bad credentials", "stalled", false),
        (Mail, "451 4.3.0 local error", "later", false),
        (Mail, "550 5.7.1 sender refused", "stalled", false),
        (Rcpt, "450 4.2.1 mailbox busy", "later", true),
        (Rcpt, "451 greylisted", "later", true),
        (Rcpt, "452 4.2.2 full", "later", true),
        (Rcpt, "421 4.7.0 closing", "later", false),
        (Rcpt, "550 5.1.1 no such user", "failed, suppressed", true),
        (Rcpt, "550-5.1.1 no such user\r\n550 5.1.1 really", "failed, suppressed", true),
        (Rcpt, "550 5.7.1 policy", "failed", true),
        (Rcpt, "553 no", "failed", true),
        (Rcpt, "530 5.7.0 sign in first", "stalled", true),
        (Data, "451 4.3.0 later", "later", false),
        (Data, "554 5.5.1 no", "stalled", false),
        (Data, "250 not what was asked", "later", false),
        (Dot, "451 4.3.0 later", "later", false),
        (Dot, "554 5.6.0 content refused", "stalled", false),
        (Dot, "550 5.1.1 no such user", "failed, suppressed", false),
        (Dot, "354 out of place", "unknown", false),
        (Dot, "nonsense", "unknown", false),
        (Rcpt, "nonsense", "later", false),
    ] {
        for pipelining in [Pipelining::No, Pipelining::Yes, Pipelining::Lax] {
            let came_of_it = send(pipelining, at, Fault::Say(said)).await;
            assert_eq!(came_of_it, (verdict.to_owned(), sound), "{at:?}: {said}, pipelining: {pipelining:?}");
        }
    }
}

#[tokio::test]
async fn silence_a_lost_connection_and_endless_answers_end_within_the_time_given() {
    use At::{Auth, Banner, Data, Dot, Ehlo, Mail, Rcpt};
    for at in [Banner, Ehlo, Auth, Mail, Rcpt, Data, Dot] {
        let verdict = if at == Dot { "unknown" } else { "later" };
        let slow = Fault::Slowly("250 2.0.0 ok ok ok", Duration::from_millis(50));
        for fault in [Fault::Silence, Fault::Drop, Fault::Endless, slow] {
            for pipelining in [Pipelining::No, Pipelining::Yes] {
                let sent = tokio::time::timeout(Duration::from_secs(5), send(pipelining, at, fault)).await;
                assert_eq!(sent.ok(), Some((verdict.to_owned(), false)), "{at:?}: {fault:?}, {pipelining:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_answer_byte_by_byte_that_comes_in_time_is_an_answer() {
    let slowly = Fault::Slowly("250 2.0.0 ok", Duration::from_millis(2));
    assert_eq!(send(Pipelining::No, At::Dot, slowly).await, ("sent".to_owned(), true));
}

#[tokio::test]
async fn a_late_answer_is_never_taken_for_the_next_ones() {
    let slow = Fault::Slowly("250 2.1.5 ok", Duration::from_millis(40));
    let faulty = Faulty::start(Some((At::Rcpt, slow, 1))).await;
    let mut session = Session::open(&relay(faulty.port, Security::Plain)).await.expect("a session");
    let verdict = session.send(&sample("slow@example.com")).await;
    assert_eq!((word(&verdict).as_str(), session.is_sound()), ("later", false), "{verdict:?}");
}

#[tokio::test]
async fn a_refused_recipient_leaves_the_session_good_for_the_next() {
    for pipelining in [Pipelining::No, Pipelining::Yes, Pipelining::Lax] {
        refused_then_taken(pipelining).await;
    }
}

async fn refused_then_taken(pipelining: Pipelining) {
    let fault = (At::Rcpt, Fault::Say("550 5.1.1 no such user"), 1);
    let faulty = Faulty::offering(pipelining, Some(fault)).await;
    let mut session = Session::open(&relay(faulty.port, Security::Plain)).await.expect("a session");
    assert_eq!(word(&session.send(&sample("gone@example.com")).await), "failed, suppressed");
    let verdict = session.send(&sample("dana@example.com")).await;
    assert_eq!(verdict, Verdict::Sent { detail: "250 2.0.0 queued as 1".into() });
    session.close().await;
    let taken = faulty.taken.lock().expect("messages");
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].0, "RCPT TO:<dana@example.com>");
    assert_eq!(*faulty.connections.lock().expect("a count"), 1);
}

#[tokio::test]
async fn what_arrives_is_what_was_written_lone_dots_included() {
    let faulty = Faulty::start(None).await;
    let from = sender("status@example.com").expect("a sender");
    let mut hostile = letter();
    hostile.message.text = "one\n.\ntwo\r.\rthree\r\n.\r\n..four\n.".into();
    let written = mail(&hostile, &from).expect("a mail");
    let mut session = Session::open(&relay(faulty.port, Security::Plain)).await.expect("a session");
    assert_eq!(word(&session.send(&written).await), "sent");
    let taken = faulty.taken.lock().expect("messages")[0].1.clone();
    assert_eq!(taken.trim_end(), String::from_utf8_lossy(&written.bytes).trim_end());
    let parsed = mail_parser::MessageParser::default().parse(taken.as_bytes()).expect("a mail");
    let text = parsed.body_text(0).expect("a text").replace("\r\n", "\n");
    assert_eq!(text.trim_end(), "one\n.\ntwo\n.\nthree\n.\n..four\n.");
}

#[tokio::test]
async fn starttls_that_is_stripped_or_poisoned_is_never_done_without() {
    let stripped = Faulty::start(None).await;
    let Err(Verdict::Stalled { reason }) = Session::open(&relay(stripped.port, Security::StartTls)).await else {
        panic!("mail would have gone out unencrypted")
    };
    assert_eq!(reason, "the relay does not offer STARTTLS, and mail is not sent unencrypted");
    // An answer slipped in before the handshake must not be believed after it.
    let offer = Fault::Say("250-relay\r\n250 STARTTLS");
    let poisoned = Faulty::start(Some((At::Ehlo, offer, 1))).await;
    let verdict = Session::open(&relay(poisoned.port, Security::StartTls)).await.err().expect("no session");
    assert_eq!(word(&verdict), "stalled", "{verdict:?}");
    assert!(poisoned.taken.lock().expect("messages").is_empty());
}

#[tokio::test]
async fn a_relay_without_tls_or_at_all_is_asked_again_later() {
    let plain = Faulty::start(None).await;
    let verdict = Session::open(&relay(plain.port, Security::ImplicitTls)).await.err().expect("no session");
    assert!(matches!(verdict, Verdict::Later { .. } | Verdict::Stalled { .. }), "{verdict:?}");
    let verdict = Session::open(&relay(1, Security::Plain)).await.err().expect("no session");
    assert_eq!(word(&verdict), "later");
}

#[tokio::test]
async fn a_relay_without_smtputf8_costs_that_recipient_only() {
    let faulty = Faulty::start(None).await;
    let mut session = Session::open(&relay(faulty.port, Security::Plain)).await.expect("a session");
    let verdict = session.send(&sample("丹@example.com")).await;
    assert_eq!((word(&verdict).as_str(), session.is_sound()), ("failed", true), "{verdict:?}");
    assert_eq!(word(&session.send(&sample("dana@example.com")).await), "sent");
}

#[test]
fn a_password_is_never_shown() {
    let shown = format!("{:?}", relay(25, Security::Plain));
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_folder_holds_each_delivery_once_and_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = super::folder::put(folder.path(), &letter(), "eml", b"one");
    assert!(matches!(first, Verdict::Sent { .. }), "{first:?}");
    super::folder::put(folder.path(), &letter(), "eml", b"two");
    let other = Letter { delivery: "0190.2".into(), to: "../../etc/passwd\n@x".into(), ..letter() };
    super::folder::put(folder.path(), &other, "eml", b"three");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("a file").path())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a text"))
        })
        .collect();
    files.sort();
    let contents: Vec<&str> = files.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(contents, ["three", "two"], "{files:?}");
}

#[tokio::test]
async fn a_session_signs_in_as_the_settings_say_and_a_wrong_password_stalls_mail() {
    let faulty = Faulty::start(None).await;
    let right = relay(faulty.port, Security::Plain);
    let mut session = Session::open(&right).await.expect("a session");
    assert_eq!(word(&session.send(&sample("dana@example.com")).await), "sent");
    let wrong = Relay { credentials: Some(("status".into(), Secret::new("hunter3"))), ..right };
    let refused = Session::open(&wrong).await.err().expect("no session");
    assert_eq!(word(&refused), "stalled");
    assert!(!format!("{refused:?} {wrong:?}").contains("hunter3"), "a secret is never shown");
}
