//! Hostile values: refused with a reason, or inert in every rendering.

use crate::locale::Locale;
use crate::notice::fixture::{Draft, text};
use crate::notice::{inert, personal};
use crate::runbook::Status;

/// Values that people, or an attacker through them, may type.
const HOSTILE: [&str; 9] = [
    "before\n.\nafter",
    "Down\r\nBcc: everyone@example.com\r\n\r\n<h1>x</h1>",
    "{{impact}} {{#if x}}",
    "{{{title}}} {{> promise}}",
    "<script>alert(1)</script>",
    "[click](javascript:alert(1)) ![x](https://evil.example/p.gif)",
    "\u{202E}gnp.exe\u{202C}",
    "\u{E000}unsubscribe\u{E001}",
    "**bold** _it_ `code` # head",
];

#[test]
fn hostile_facts_are_inert_in_every_rendering() {
    let quiet = Draft::of(Status::Investigating).first_facts().compose();
    let elements = |html: &str| html.replace("<br />", "").matches('<').count();
    for value in HOSTILE {
        let mut draft = Draft::of(Status::Investigating).first_facts().say("impact", value, value);
        draft.page.contact = Some(value.to_owned());
        let composed = draft.compose();
        assert!(composed.is_sound(), "{value}: {:?}", composed.problems);
        for (message, usual) in composed.messages.iter().zip(&quiet.messages) {
            assert_eq!(elements(&message.html), elements(&usual.html), "{value}: {}", message.html);
            assert_eq!(message.subject, usual.subject);
            for line in [&message.subject, &message.preheader, &message.short] {
                assert!(!line.contains(['\r', '\n', '\u{202E}', '\u{E000}']), "{line}");
            }
            let shown: Vec<String> = inert::clean(value).lines().filter(|l| !l.is_empty()).map(str::to_owned).collect();
            for line in shown {
                assert!(message.text.contains(&line), "{line}: {}", message.text);
            }
            assert_eq!(message.text.matches(&personal::token("unsubscribe")).count(), 1);
        }
    }
}

#[test]
fn ten_kilobytes_of_chinese_are_refused_in_a_subject_and_inert_in_a_fact() {
    let long = "出金失败".repeat(850);
    let mut draft = Draft::of(Status::Investigating).first_facts();
    draft.incident.title.set(Locale::chinese(), long.clone());
    assert_eq!(draft.codes(), ["subject_too_long"]);
    let composed = Draft::of(Status::Investigating).first_facts().say("impact", &long, &long).compose();
    assert!(composed.is_sound());
    assert!(composed.messages.iter().all(|m| m.text.contains(&long) && m.short.chars().count() <= 70));
}

#[test]
fn a_crlf_in_a_title_stays_in_the_subject() {
    let mut draft = Draft::of(Status::Investigating).first_facts();
    draft.incident.title = text("Down\r\nBcc: all@example.com", "");
    assert_eq!(draft.compose().messages[0].subject, "[Investigating] Down Bcc: all@example.com");
}
