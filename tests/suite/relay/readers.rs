//! What Muster sends, read by libraries of another language: Python's mail reader, the official Standard Webhooks.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::receiver::{Call, Receiver};
use super::site::{SECRET, Site};

const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const NOWHERE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Python with the official library, as `tests/run` installs it.
fn python() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/readers/bin/python")
}

fn verified(calls: &[(Call, Vec<&str>)]) -> String {
    let mut python = Command::new(python())
        .args(["-c", include_str!("verify.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python runs: call tests/run");
    let mut stdin = python.stdin.take().expect("its input");
    for (call, secrets) in calls {
        let body = String::from_utf8(call.body.clone()).expect("text");
        let line = serde_json::json!({ "headers": call.headers, "body": body, "secrets": secrets });
        writeln!(stdin, "{line}").expect("written");
    }
    drop(stdin);
    String::from_utf8(python.wait_with_output().expect("python ends").stdout).expect("text")
}

/// What Python's mail reader sees in each mail of these folders.
fn read(folders: &[PathBuf]) -> Vec<Value> {
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).expect("an outbox"));
    let files =
        files.map(|file| file.expect("a file").path()).filter(|file| file.extension().is_some_and(|e| e == "eml"));
    let output = Command::new(python())
        .args(["-c", include_str!("read_mail.py")])
        .args(files)
        .output()
        .expect("python runs: call tests/run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn of<'m>(mail: &'m Value, what: &str) -> &'m str {
    mail[what].as_str().unwrap_or_default()
}

#[test]
#[ignore = "needs python with standardwebhooks: run tests/run"]
fn the_official_library_of_another_language_verifies_what_was_sent() {
    let (partner, contact) = (Receiver::answering(&[(200, 0)]), Receiver::answering(&[(204, 0)]));
    let hook = Some(partner.port);
    // Nobody has a mail address here, so that the relay is never asked.
    let mut site = Site::new("smtp://127.0.0.1:9", Path::new(NOWHERE), hook);
    let own = format!("http://127.0.0.1:{}/own", contact.port);
    site.write("contacts.csv", &format!("id,org,name,locale,webhook\nann,Acme,Ann,en,{own}\n"));
    site.begin("Logins fail 登录失败", hook);
    site.done(&["notice", "draft", "first_notice"], hook);
    assert_eq!(site.send("first_notice", hook).answer["sent"], 2);
    // While one secret replaces another, both sign.
    site.secret = format!("{OTHER} {SECRET}");
    site.done(&["done", "close_form"], hook);
    site.done(&["update", "We found the cause 😀", "--status", "identified"], hook);
    assert_eq!(site.send("progress", hook).answer["sent"], 2);
    let shown = site.done(&["contacts", "secret", "ANN"], hook);
    assert_eq!(shown["url"], own);
    let [first, second] = partner.calls().try_into().expect("two calls");
    let mut calls = vec![(first, vec![SECRET]), (second, vec![SECRET, OTHER])];
    calls.extend(contact.calls().into_iter().map(|call| (call, vec![of(&shown, "secret")])));
    assert_eq!(calls.len(), 4);
    assert_eq!(verified(&calls), "5");
}

#[test]
#[ignore = "needs python: run tests/run"]
fn an_independent_reader_finds_every_shipped_mail_whole_in_both_languages() {
    let site = Site::new("file:outbox", Path::new(NOWHERE), None);
    let runbooks = ["general", "crm-withdrawals", "platform-rule-change", "tags-deleted", "smear"];
    for runbook in runbooks {
        site.done(&["drill", runbook, "--out", &format!("drill/{runbook}")], None);
    }
    let outboxes: Vec<_> = runbooks.iter().map(|runbook| site.path(&format!("drill/{runbook}/outbox"))).collect();
    let mails = read(&outboxes);
    let prefixes = [
        ["[Drill] [Investigating] ", "[演练] [调查中] "],
        ["[Drill] [Identified] ", "[演练] [已定位] "],
        ["[Drill] [Update] ", "[演练] [进展] "],
        ["[Drill] [Monitoring] ", "[演练] [观察中] "],
        ["[Drill] [Resolved] ", "[演练] [已恢复] "],
        ["[Drill] [Statement] ", "[演练] [声明] "],
    ];
    for [english, chinese] in prefixes {
        for (prefix, language) in [(english, "en"), (chinese, "zh-Hans")] {
            let of_this_kind = mails.iter().filter(|mail| of(mail, "subject").starts_with(prefix)).collect::<Vec<_>>();
            assert!(!of_this_kind.is_empty(), "no mail begins with {prefix}");
            assert!(of_this_kind.iter().all(|mail| of(mail, "language") == language), "{prefix}");
        }
    }
    let links: std::collections::BTreeSet<_> =
        mails.iter().map(|mail| of(mail, "link")).filter(|l| !l.is_empty()).collect();
    let linked = mails.iter().filter(|mail| !mail["link"].is_null()).count();
    assert!(linked > 100 && links.len() == linked, "{linked} links, {} different", links.len());
}

/// `guarantees.md`: CRLF in a subject, `\n.\n`, long subjects.
#[test]
#[ignore = "needs python: run tests/run"]
fn an_independent_reader_finds_hostile_texts_unharmed() {
    let site = Site::new("file:outbox", Path::new(NOWHERE), None);
    let title = format!("Logins fail 登录失败 😀 =?utf-8?q?no?= {}", "very long ".repeat(11));
    let title = title.trim();
    site.begin(title, None);
    let impact = "Logins fail\n.\n..\n.hidden\r\nFrom me\r\rBcc: x@example.com\n👩‍👩‍👧 emoji";
    site.done(&["set", &format!("impact={impact}"), &format!("impact.zh-Hans={impact}")], None);
    site.done(&["notice", "draft", "first_notice"], None);
    assert_eq!(site.send("first_notice", None).answer["sent"], 2);
    let mails = read(&[site.path("outbox")]);
    assert_eq!(mails.len(), 2);
    let threads: Vec<_> = mails.iter().map(|mail| of(mail, "thread")).collect();
    assert_ne!(threads[0], threads[1], "two customers in one thread");
    for mail in &mails {
        let subject = of(mail, "subject").split_once("] ").expect("a prefix").1;
        assert_eq!(subject, title.split_whitespace().collect::<Vec<_>>().join(" "));
        for line in ["Logins fail", ".", "..", ".hidden", "From me", "Bcc: x@example.com", "👩‍👩‍👧 emoji"] {
            let found = of(mail, "text").lines().any(|l| l.trim_start_matches(['-', ' ']).trim().ends_with(line));
            assert!(found, "{line:?} is not in\n{}", of(mail, "text"));
        }
    }
    // The next notice stands in the same thread, under the same subject but for its prefix.
    site.done(&["done", "close_form"], None);
    site.done(&["update", "We found the cause", "--status", "identified"], None);
    assert_eq!(site.send("progress", None).answer["sent"], 2);
    let mails = read(&[site.path("outbox")]);
    for to in ["ann@acme.example", "bo@boyuan.example"] {
        let both: Vec<_> = mails.iter().filter(|mail| of(mail, "to") == to).collect();
        assert_eq!((both.len(), of(both[0], "thread")), (2, of(both[1], "thread")));
        let bare = |mail: &Value| of(mail, "subject").split_once("] ").map(|(_, rest)| rest.to_owned());
        assert_eq!(bare(both[0]), bare(both[1]));
        assert_ne!(of(both[0], "id"), of(both[1], "id"));
    }
}
