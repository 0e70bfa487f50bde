//! Nudges: who hears what, when, and when they no longer need to.

use mail_parser::MessageParser;

use super::site::{QUIET, Site, TEAM};
use crate::delivery::sink::Sink;

/// A mail as its reader sees it: subject, text, and the conversation it belongs to.
fn read(mail: &[u8]) -> (String, String, String) {
    let mail = MessageParser::default().parse(mail).expect("a mail");
    let thread = mail.in_reply_to().as_text().expect("a conversation").to_owned();
    (mail.subject().expect("a subject").to_owned(), mail.body_text(0).expect("text").replace("\r\n", "\n"), thread)
}

const NUDGES: &str = "select count(*) from notices where nudge is not null";

#[test]
fn what_opened_and_ended_before_anything_left_is_never_told_and_a_burst_is_one_word() {
    let site = Site::new("file:outbox", 200, 2, TEAM);
    // Somebody else does the lead's first steps before a worker comes by; then two things wait for Dana at once.
    site.done("done take_lead");
    site.done("role comms=dana");
    site.done("done first_facts");
    let counts = site.done("deliver");
    assert_eq!((counts["sent"].clone(), counts["failed"].clone()), (1.into(), 0.into()), "{counts}");
    let (subject, text, _) = read(&site.mails("dana@example.com")[0]);
    assert_eq!(subject, "[待处理] INC-1 Logins");
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains("请在")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    小丹，有 2 件事等你处理。

    muster --incident INC-1 notice draft first_notice

    轮到你了：关闭登录入口。
    muster --incident INC-1 done close_form

    其他待办：muster --incident INC-1
    ");
    site.done("deliver");
    assert_eq!(site.mails("example.com").len(), 1, "told once");
}

#[test]
fn an_approval_is_asked_for_in_the_approvers_language_and_then_the_sender_hears_of_it() {
    let site = Site::new("file:outbox", 200, 2, TEAM);
    site.done("done take_lead --as dana");
    site.done("done first_facts --as dana");
    site.done("deliver");
    let before = site.mails("dana@example.com").len();
    let drafted = site.done("notice draft first_notice --as kim");
    site.done("deliver");
    let to_dana = site.mails("dana@example.com");
    assert_eq!(to_dana.len(), before + 1);
    let (subject, text, _) = read(&to_dana[before]);
    assert_eq!(subject, "[待批准] INC-1 Logins");
    let hash = drafted["hash"].as_str().expect("a hash");
    assert!(text.contains(&format!("muster --incident INC-1 approve first_notice --hash {}", &hash[..12])), "{text}");
    site.done(&format!("approve first_notice --as dana --hash {}", &hash[..12]));
    site.done("deliver");
    let to_kim = site.mails("kim@example.com");
    let (subject, text, thread) = read(to_kim.last().expect("a mail"));
    assert!(subject.starts_with("[To do] INC-1") && text.contains("approved, please send: Tell customers"), "{text}");
    assert_eq!(read(&to_kim[0]).2, thread, "one conversation for the whole incident");
    assert_eq!(site.mails("dana@example.com").len(), before + 1, "nobody hears of their own deed");
}

#[test]
#[ignore = "needs sqlite3: run tests/run"]
fn an_approval_that_came_takes_back_what_had_not_left() {
    let site = Site::new("file:outbox", 200, 2, TEAM);
    for line in ["done take_lead", "done first_facts", "deliver", "notice draft first_notice --as kim"] {
        site.done(line);
    }
    let before = site.mails("dana@example.com").len();
    site.done("approve first_notice --as dana");
    site.done("deliver");
    assert_eq!(site.mails("dana@example.com").len(), before);
    assert_eq!(site.ask("select count(*) from deliveries where state = 'queued'"), "0");
}

#[test]
#[ignore = "needs sqlite3: run tests/run"]
fn nobody_is_nudged_whom_nothing_reaches() {
    let site = Site::new("file:outbox", 200, 2, QUIET).approved();
    assert_eq!(site.ask(NUDGES), "0");
}

/// `guarantees.md`: 5xx at a verb that concerns everyone. The customers' notice waits for a person, and a person hears
/// of it; the nudges themselves pause nothing, however often the relay refuses them.
#[test]
#[ignore = "needs postfix and sqlite3: run tests/run"]
fn a_relay_that_refuses_everyone_pauses_the_notice_nudges_the_lead_and_floods_no_timeline() {
    let sink = Sink::with(&["-f", "DATA"]);
    let site = Site::new(&format!("smtp://127.0.0.1:{}", sink.port), 200, 20, TEAM).approved();
    let sent = site.run(&site.send());
    let said = String::from_utf8_lossy(&sent.stdout);
    assert_eq!(
        said.trim(),
        "20 pending\n20 wait because sending is paused; the timeline says why. Go on with: muster notice resume first_notice"
    );
    assert_eq!((site.events("NoticePaused"), site.count("queued")), (1, 20));
    let nudge = site.ask("select nudge from notices where nudge like '%\"resume\"%' and state = 'queued'");
    assert!(nudge.contains("\"person\":\"dana\"") && nudge.contains("notice resume first_notice"), "{nudge}");
    site.ask("update deliveries set again_at = 0 where state = 'queued'");
    let all = site.done("timeline")["events"].as_array().map(Vec::len);
    site.done("deliver");
    assert_eq!(site.done("timeline")["events"].as_array().map(Vec::len), all, "the timeline stays as it was");
    assert_eq!(site.ask("select count(*) from deliveries where state not in ('queued', 'expired')"), "0");
    site.done("notice resume first_notice");
    let left = site.ask("select count(*) from notices where nudge like '%\"resume\"%' and state = 'queued'");
    assert_eq!(left, "0", "and is taken back once it goes on");
}
