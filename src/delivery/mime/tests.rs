//! Mail read back by an independent reader: threads, headers, hostile texts.

use mail_parser::{HeaderValue, Message as Parsed, MessageParser, MimeHeaders};

use super::{Malformed, encoded_words, mail, sender};
use crate::delivery::Letter;
use crate::delivery::samples::letter;

fn bytes(letter: &Letter) -> Vec<u8> {
    let from = sender("Example Status <status@example.com>").expect("a sender");
    mail(letter, &from).expect("a mail").bytes
}

fn parsed(bytes: &[u8]) -> Parsed<'_> {
    MessageParser::default().parse(bytes).expect("a mail that parses")
}

fn header(bytes: &[u8], name: &str) -> Vec<String> {
    let head = String::from_utf8(bytes.to_vec()).expect("ASCII");
    let head = head.split("\r\n\r\n").next().expect("a head").replace("\r\n ", " ");
    let prefix = format!("{}:", name.to_lowercase());
    let matching = head.lines().filter(|line| line.to_lowercase().starts_with(&prefix));
    matching.map(|line| line[prefix.len()..].trim().to_owned()).collect()
}

#[test]
fn a_mail_says_what_it_is() {
    let bytes = bytes(&letter());
    insta::assert_snapshot!(String::from_utf8(bytes).expect("ASCII").replace("\r\n", "\n"), @r###"
From: "Example Status" <status@example.com>
To: =?utf-8?B?RGFuYSDkuLk=?=
 <dana@example.com>
Date: Mon, 21 Sep 2026 14:13:20 +0000
Message-ID: <0190.1@example.com>
In-Reply-To: <a8946de8927e7b35150f5722271dc862@example.com>
References: <a8946de8927e7b35150f5722271dc862@example.com>
Subject: =?utf-8?B?W+iwg+afpeS4rV0g5Ye66YeR55Sz6K+35LiN5Y+v55So?=
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary="muster-ce43badee93c57c2aed4c48fcb2357d3"

--muster-ce43badee93c57c2aed4c48fcb2357d3
Content-Type: text/plain; charset=utf-8
Content-Language: zh-Hans
Content-Transfer-Encoding: base64

5b2x5ZON77ya5Ye66YeR55Sz6K+35o+Q5Lqk5aSx6LSlDQoNCuS4i+asoeabtOaWsO+8mjAzOjMw
DQo=
--muster-ce43badee93c57c2aed4c48fcb2357d3
Content-Type: text/html; charset=utf-8
Content-Language: zh-Hans
Content-Transfer-Encoding: base64

PCFkb2N0eXBlIGh0bWw+PGh0bWwgbGFuZz0iemgtSGFucyI+PGJvZHk+PHA+5b2x5ZON77ya5Ye6
6YeR55Sz6K+35o+Q5Lqk5aSx6LSlPC9wPjwvYm9keT48L2h0bWw+
--muster-ce43badee93c57c2aed4c48fcb2357d3--
"###);
}

#[test]
fn the_same_letter_is_the_same_bytes_every_time() {
    assert_eq!(bytes(&letter()), bytes(&letter()));
    let other = Letter { delivery: "n.2".into(), ..letter() };
    assert_ne!(bytes(&letter()), bytes(&other));
}

#[test]
fn notices_of_one_incident_thread_per_recipient() {
    let thread = |letter: &Letter| {
        let bytes = bytes(letter);
        assert_eq!(header(&bytes, "In-Reply-To"), header(&bytes, "References"));
        (header(&bytes, "References").remove(0), header(&bytes, "Message-ID").remove(0))
    };
    let first = thread(&letter());
    let second = thread(&Letter { delivery: "n.2".into(), to: "Dana@Example.com".into(), ..letter() });
    let other_person = thread(&Letter { to: "kim@example.com".into(), ..letter() });
    let other_incident =
        thread(&Letter { incident: crate::incident::IncidentId(uuid::Uuid::from_u128(99)), ..letter() });
    assert_eq!(first.0, second.0);
    assert_ne!(first.1, second.1);
    assert_ne!(first.0, other_person.0);
    assert_ne!(first.0, other_incident.0);
}

#[test]
fn hostile_texts_are_delivered_inert() {
    for hostile in [
        "a\n.\nb",
        "a\r\n.\r\nMAIL FROM:<x@example.com>",
        "\r.\r",
        ".",
        "..\n.\n..",
        "line\r\n\r\n--muster-boundary--\r\n",
        "{{impact}} {{{html}}} {{#each x}}",
        "<script>alert(1)</script>",
        "nul\0bell\u{7}",
        "\u{202e}reversed",
        &"字".repeat(5_000),
        &"x".repeat(20_000),
    ] {
        let mut letter = letter();
        letter.message.text = hostile.to_owned();
        letter.message.html = format!("<p>{hostile}</p>");
        let bytes = bytes(&letter);
        assert!(bytes.is_ascii(), "{hostile:?}");
        for line in String::from_utf8_lossy(&bytes).split("\r\n") {
            assert!(line.len() <= 998 && !line.contains(['\r', '\n']), "a bare line ending or a long line: {line:?}");
        }
        let mail = parsed(&bytes);
        assert_eq!((mail.text_body_count(), mail.html_body_count(), mail.attachment_count()), (1, 1, 0), "{hostile:?}");
        let text = mail.body_text(0).expect("a text");
        let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n").trim_end().to_owned();
        assert_eq!(lines(&text), lines(hostile));
        assert_eq!(header(&bytes, "MAIL FROM"), Vec::<String>::new());
    }
}

#[test]
fn no_field_can_add_a_header() {
    for hostile in [
        "x\r\nBcc: eve@example.com",
        "x\nBcc: eve@example.com",
        "x\rBcc: eve@example.com",
        "x\u{85}\u{2028}Bcc: e@example.com",
    ] {
        let mut letter = letter();
        letter.message.subject = hostile.to_owned();
        letter.name = hostile.to_owned();
        letter.unsubscribe = Some(format!("https://status.example.com/{hostile}"));
        let bytes = bytes(&letter);
        let mail = parsed(&bytes);
        assert!(mail.bcc().is_none(), "{hostile:?}");
        assert_eq!(header(&bytes, "Bcc"), Vec::<String>::new());
        assert_eq!(header(&bytes, "List-Unsubscribe"), Vec::<String>::new());
        let to = mail.to().and_then(|to| to.first()).expect("a recipient");
        assert_eq!(to.address(), Some("dana@example.com"));
    }
}

#[test]
fn an_address_is_one_address_or_none() {
    let from = sender("status@example.com").expect("a sender");
    for hostile in [
        "a@example.com\r\nRCPT TO:<eve@example.com>",
        "a@example.com, eve@example.com",
        "<eve@example.com> a@example.com",
        "a@example.com>",
        "nobody",
        "",
        "a@",
        "a b@example.com",
    ] {
        let letter = Letter { to: hostile.to_owned(), ..letter() };
        assert!(matches!(mail(&letter, &from), Err(Malformed::Address(_))), "{hostile:?}");
    }
    let letter = Letter { to: "dana@例え.jp".into(), ..letter() };
    assert_eq!(mail(&letter, &from).expect("a mail").to.to_string(), "dana@xn--r8jz45g.jp");
}

#[test]
fn long_chinese_subjects_are_folded_and_come_back_whole() {
    for subject in [
        "[调查中] CRM 出金申请不可用".to_owned(),
        "出金".repeat(1_700),
        "x".repeat(10_000),
        "[Investigating] Withdrawals =?utf-8?B?ZXZpbA==?= fail".to_owned(),
        "👩‍👩‍👧".repeat(50),
    ] {
        let mut letter = letter();
        letter.message.subject.clone_from(&subject);
        let bytes = bytes(&letter);
        for line in String::from_utf8_lossy(&bytes).split("\r\n\r\n").next().expect("a head").split("\r\n") {
            assert!(line.len() <= 78, "{} characters: {line}", line.len());
        }
        assert_eq!(parsed(&bytes).subject(), Some(subject.as_str()));
    }
    assert_eq!(encoded_words("出金"), "=?utf-8?B?5Ye66YeR?=");
}

#[test]
fn one_click_unsubscribing_needs_https() {
    let with = |link: &str| bytes(&Letter { unsubscribe: Some(link.to_owned()), ..letter() });
    let secure = with("https://status.example.com/unsubscribe/7-a");
    assert_eq!(header(&secure, "List-Unsubscribe"), ["<https://status.example.com/unsubscribe/7-a>"]);
    assert_eq!(header(&secure, "List-Unsubscribe-Post"), ["List-Unsubscribe=One-Click"]);
    assert_eq!(header(&with("http://127.0.0.1/u"), "List-Unsubscribe-Post"), Vec::<String>::new());
    assert_eq!(header(&bytes(&letter()), "List-Unsubscribe"), Vec::<String>::new());
}

#[test]
fn each_part_says_its_language_and_its_kind() {
    let bytes = bytes(&letter());
    let mail = parsed(&bytes);
    let kinds: Vec<_> = mail.parts[1..]
        .iter()
        .map(|part| {
            let kind = part.content_type().expect("a kind");
            let language = match part.content_language() {
                HeaderValue::Text(language) => language.to_string(),
                other => format!("{other:?}"),
            };
            (
                kind.subtype().unwrap_or_default().to_owned(),
                kind.attribute("charset").unwrap_or_default().to_owned(),
                language,
            )
        })
        .collect();
    let part = |kind: &str| (kind.to_owned(), "utf-8".to_owned(), "zh-Hans".to_owned());
    assert_eq!(kinds, [part("plain"), part("html")]);
}
