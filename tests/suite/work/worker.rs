//! A standing worker, a send beside it, and what a signal does to either.

use std::time::Duration;

use super::site::{QUIET, RUNBOOK, Site, until};
use crate::delivery::sink::Sink;

const WORKERS: &str = "select count(*) from workers";

#[test]
#[ignore = "needs sqlite3: run tests/run"]
fn a_send_leaves_the_rows_to_a_worker_which_tells_the_journal_and_goes_when_told() {
    let site = Site::new("file:outbox", 200, 30, QUIET).approved();
    let worker = site.spawn("deliver --stay");
    until("a worker", || site.ask(WORKERS) == "1");
    let sent = site.run(&site.send());
    let (said, told) = (String::from_utf8_lossy(&sent.stdout), String::from_utf8_lossy(&sent.stderr));
    assert_eq!((said.trim(), sent.status.code()), ("30 sent", Some(0)), "{told}");
    assert!(told.contains("A worker is running and delivers it"), "{told}");
    until("the word to the journal", || site.events("NoticeSettled") == 1);
    assert_eq!(site.events("NoticeFirstSent"), 1);
    worker.signal("-TERM");
    let (code, said, told) = worker.end();
    assert_eq!((code, said.trim()), (Some(0), "30 sent"), "{told}");
    assert_eq!(site.ask(WORKERS), "0", "a worker that ends says so");
}

/// `guarantees.md`: SIGSTOP past the lease, then CONT; seen from the send that waits for the one who fell silent.
#[test]
#[ignore = "needs sqlite3: run tests/run"]
fn a_send_takes_over_from_a_worker_that_fell_silent() {
    let site = Site::new("file:outbox", 200, 30, QUIET).approved();
    let worker = site.spawn("deliver --stay");
    until("a worker", || site.ask(WORKERS) == "1");
    worker.signal("-STOP");
    let sent = site.run(&site.send());
    let told = String::from_utf8_lossy(&sent.stderr).into_owned();
    assert!(told.contains("has fallen silent; delivering from here"), "{told}");
    assert_eq!(site.count("sent"), 30, "{told}");
    worker.signal("-CONT");
    worker.signal("-TERM");
    assert_eq!(worker.end().0, Some(0));
    assert_eq!(site.mails("customer.example").len(), 30, "each of them once");
}

/// `guarantees.md`: SIGKILL of a worker leaves its word behind, which counts for nothing after a while.
#[test]
#[ignore = "needs sqlite3: run tests/run"]
fn the_word_of_a_worker_that_was_killed_holds_nobody_up() {
    let site = Site::new("file:outbox", 200, 5, QUIET).approved();
    let worker = site.spawn("deliver --stay");
    until("a worker", || site.ask(WORKERS) == "1");
    worker.signal("-KILL");
    worker.end();
    assert_eq!(site.ask(WORKERS), "1");
    site.run(&site.send());
    assert_eq!(site.count("sent"), 5);
}

#[test]
#[ignore = "needs postfix and sqlite3: run tests/run"]
fn ctrl_c_finishes_what_is_on_its_way_and_says_how_the_rest_goes_on() {
    let sink = Sink::start();
    let site = Site::new(&format!("smtp://127.0.0.1:{}", sink.port), 40, 400, QUIET).approved();
    let send = site.spawn(&site.send());
    until("the first mails", || site.count("sent") > 20);
    send.signal("-INT");
    let (code, said, told) = send.end();
    let pending = site.count("queued");
    let sent = site.count("sent");
    assert_eq!((sent + pending, site.count("sending")), (400, 0), "nothing is lost, and nothing is in doubt");
    assert!(pending > 0 && code == Some(1), "{code:?} {said}{told}");
    assert_eq!(
        said.trim(),
        format!(
            "{sent} sent, {pending} pending\n\
             Stopped. {pending} stay queued and nothing is lost. Go on with: muster deliver --drain"
        )
    );
    assert_eq!(site.ask("select count(*) from deliveries where lease <> 0 and state = 'queued'"), "0", "released");
    let fast = std::fs::read_to_string(site.path("muster.toml")).expect("settings").replace("= 40\n", "= 4000\n");
    std::fs::write(site.path("muster.toml"), fast).expect("settings");
    site.done("deliver --drain");
    assert_eq!((site.count("sent"), site.events("NoticeSettled")), (400, 1));
}

#[test]
#[ignore = "needs postfix: run tests/run"]
fn a_second_ctrl_c_ends_at_once() {
    // The sink thinks about each message for far longer than this test takes.
    let sink = Sink::with(&["-w", "120"]);
    let site = Site::new(&format!("smtp://127.0.0.1:{}", sink.port), 200, 20, QUIET).approved();
    let worker = site.spawn("deliver --stay");
    let send = site.spawn(&site.send());
    until("a message on its way", || site.count("sending") > 0);
    send.signal("-INT");
    assert_eq!(send.end().0, Some(0), "whoever only watches a worker goes");
    worker.signal("-INT");
    std::thread::sleep(Duration::from_millis(300));
    worker.signal("-INT");
    assert_eq!(worker.end().0, Some(130));
}

/// The journal hears of the first one soon, not only once everybody has theirs; and deadlines pass meanwhile.
#[test]
#[ignore = "needs postfix: run tests/run"]
fn the_clock_and_the_journal_go_on_during_a_long_pass() {
    let sink = Sink::start();
    let title = "title: Close the login form";
    let hasty = RUNBOOK.replace(title, &format!("{title}\n          within: 5s"));
    let site = Site::with_runbook(&hasty, &format!("smtp://127.0.0.1:{}", sink.port), 8, 400, QUIET).approved();
    let send = site.spawn(&site.send());
    until("the word of the first", || site.events("NoticeFirstSent") == 1);
    until("the missed deadline", || site.events("DeadlineMissed") == 1);
    assert!(site.count("queued") > 0, "while others still wait");
    drop(send);
}

/// `guarantees.md`: SIGKILL at any write. Killed between preparing its rows and being decided, a draft leaves rows that
/// nobody looks at; after a day they go, and so does nothing else.
#[test]
#[ignore = "needs sqlite3: run tests/run"]
fn rows_of_a_draft_that_was_never_decided_are_swept_up_and_those_that_stand_are_not() {
    let site = Site::new("file:outbox", 200, 3, QUIET).approved();
    let orphan = "01900000-0000-7000-8000-000000000001";
    let prepared = "select count(*) from deliveries where state = 'prepared'";
    site.ask(&format!(
        "insert into notices (id, incident, step, state) select '{orphan}', incident, step, 'prepared' from notices;
         insert into deliveries (notice, channel, kind, recipient, address, locale, name, org, state)
         select '{orphan}', channel, kind, recipient, address, locale, name, org, state from deliveries;"
    ));
    assert_eq!(site.ask(prepared), "6");
    site.done("deliver");
    assert_eq!(site.ask(prepared), "3");
    assert_eq!(site.ask(&format!("select count(*) from notices where id = '{orphan}'")), "0");
    site.done(&site.send());
    assert_eq!(site.count("sent"), 3);
}

/// `guarantees.md`: cancel during a fan-out; and pausing and resuming it, from another window.
#[test]
#[ignore = "needs postfix: run tests/run"]
fn a_fan_out_is_paused_resumed_and_cancelled_from_another_window_and_the_counts_add_up() {
    let sink = Sink::start();
    let site = Site::new(&format!("smtp://127.0.0.1:{}", sink.port), 25, 300, QUIET).approved();
    let adds_up = |site: &Site| {
        let counts = site.done("show")["notices"][0]["counts"].clone();
        let all: u64 = counts.as_object().expect("counts").values().filter_map(serde_json::Value::as_u64).sum();
        assert_eq!(all, 300, "{counts}");
    };
    let send = site.spawn(&site.send());
    until("the first mails", || site.count("sent") > 5);
    site.done("notice pause first_notice");
    let (code, said, _) = send.end();
    assert!(said.contains("wait because sending is paused") && code == Some(0), "{said}");
    let before = site.count("sent");
    adds_up(&site);
    site.done("deliver");
    assert_eq!((site.count("sent"), site.count("sending")), (before, 0), "nothing leaves while it is paused");
    site.done("notice resume first_notice");
    let going_on = site.spawn("deliver --drain");
    until("more mails", || site.count("sent") > before + 5);
    adds_up(&site);
    site.done("notice cancel first_notice");
    going_on.end();
    adds_up(&site);
    let (sent, expired) = (site.count("sent"), site.count("expired"));
    assert!(sent > before && expired > 0 && sent + expired == 300, "{sent} {expired}");
}

/// After hours of a dead relay the customer gets the newest, once.
#[test]
#[ignore = "needs sqlite3: run tests/run"]
fn after_hours_of_a_dead_relay_each_customer_gets_the_newest_notice_once() {
    let dead = crate::delivery::sink::free_port();
    let site = Site::new(&format!("smtp://127.0.0.1:{dead}"), 200, 5, QUIET).approved();
    let sent = site.run(&site.send());
    let said = String::from_utf8_lossy(&sent.stdout);
    assert!(said.starts_with("5 pending\n5 pending, to be tried again from "), "{said}");
    site.done("set changed=Repairing");
    site.done("notice draft progress");
    site.done("approve progress --as dana");
    site.run("notice send progress --recipients 5");
    let alive = std::fs::read_to_string(site.path("muster.toml")).expect("settings");
    std::fs::write(site.path("muster.toml"), alive.replace(&format!("smtp://127.0.0.1:{dead}"), "file:outbox"))
        .expect("settings");
    site.ask("update deliveries set again_at = 0 where state = 'queued'");
    let counts = site.done("deliver --drain");
    assert_eq!((counts["sent"].clone(), counts["expired"].clone()), (5.into(), 5.into()), "{counts}");
    for n in 1..=5 {
        let mails = site.mails(&format!("c{n}@customer.example"));
        assert!(mails.len() == 1 && String::from_utf8_lossy(&mails[0]).contains("Repairing"), "c{n}");
    }
}
