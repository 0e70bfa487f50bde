//! Whoever wants nothing more: customers by the link in their mail, endpoints by 410; and how they come back.

use std::path::Path;

use serde_json::Value;

use super::letters::Letter;
use super::receiver::Receiver;
use super::site::Site;

const NOWHERE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Sends the next notice; what came of it.
fn next(site: &Site, hook: Option<u16>) -> Value {
    site.done(&["done", "close_form"], hook);
    site.done(&["update", "We found the cause", "--status", "identified"], hook);
    site.send("progress", hook).answer
}

fn letters(site: &Site) -> Vec<Letter> {
    let files = std::fs::read_dir(site.path("outbox")).expect("an outbox");
    files.map(|file| Letter::read(&std::fs::read(file.expect("a file").path()).expect("a mail"))).collect()
}

#[test]
fn the_link_in_a_mail_stops_all_mail_to_its_address_and_a_forged_one_stops_nobody() {
    let site = Site::new("file:outbox", Path::new(NOWHERE), None);
    site.begin("Logins", None);
    site.done(&["notice", "draft", "first_notice"], None);
    assert_eq!(site.send("first_notice", None).answer["sent"], 2);
    let letters = letters(&site);
    let ann = letters.iter().find(|letter| letter.to == "ann@acme.example").expect("ann's mail");
    let header = ann.header("List-Unsubscribe").expect("a link");
    let link = header.trim_start_matches('<').trim_end_matches('>');
    assert!(ann.text.contains(link) && !link.contains("ann"), "{link}");
    let forged = format!("{}{}", &link[..link.len() - 1], if link.ends_with('A') { 'B' } else { 'A' });
    for wrong in [&forged, &link[..link.len() - 4], "https://status.example.com/unsubscribe/"] {
        let ran = site.run(&["contacts", "suppress", wrong], None);
        assert_eq!(ran.code, 3, "{wrong}: {}", ran.told);
    }
    assert_eq!(site.done(&["contacts", "list"], None)["suppressed"], serde_json::json!([]));
    for _ in 0..2 {
        assert_eq!(site.done(&["contacts", "suppress", link], None)["suppressed"], "ann@acme.example");
    }
    let told = next(&site, None);
    assert_eq!((&told["sent"], &told["suppressed"]), (&1.into(), &1.into()), "{told}");
    // What was asked for can be undone by whoever is asked, and says what was asked.
    let back = site.done(&["contacts", "unsuppress", "Ann@Acme.example"], None);
    assert_eq!(back["reasons"], serde_json::json!(["unsubscribed"]));
    assert_eq!(site.done(&["contacts", "list"], None)["suppressed"], serde_json::json!([]));
}

/// `guarantees.md`: 410 disables.
#[test]
fn an_endpoint_that_is_gone_is_told_no_more_until_it_is_let_back() {
    let receiver = Receiver::answering(&[(410, 0), (200, 0)]);
    let hook = Some(receiver.port);
    let site = Site::new("file:outbox", Path::new(NOWHERE), hook);
    site.begin("Logins", hook);
    site.done(&["notice", "draft", "first_notice"], hook);
    let sent = site.send("first_notice", hook).answer;
    assert_eq!((&sent["sent"], &sent["failed"]), (&2.into(), &1.into()), "{sent}");
    site.done(&["deliver", "--drain"], hook);
    let told = next(&site, hook);
    assert_eq!((&told["sent"], &told["suppressed"]), (&2.into(), &1.into()), "{told}");
    assert_eq!(receiver.calls().len(), 1);
    let back = site.done(&["contacts", "unsuppress", "partner"], hook);
    let reason = back["reasons"][0].as_str().expect("a reason");
    assert!(reason.starts_with("410") && reason.contains("muster contacts unsuppress partner"), "{reason}");
    site.done(&["update", "Still at it"], hook);
    let told = site.send("progress", hook).answer;
    assert_eq!(told["suppressed"], 0, "{told}");
    assert_eq!(receiver.calls().len(), 2);
}

#[test]
fn an_endpoint_that_moved_is_another_endpoint() {
    let gone = Receiver::answering(&[(410, 0)]);
    let site = Site::new("file:outbox", Path::new(NOWHERE), Some(gone.port));
    site.begin("Logins", Some(gone.port));
    site.done(&["notice", "draft", "first_notice"], Some(gone.port));
    assert_eq!(site.send("first_notice", Some(gone.port)).answer["failed"], 1);
    let moved = Receiver::answering(&[(200, 0)]);
    let told = next(&site, Some(moved.port));
    assert_eq!((&told["sent"], &told["suppressed"]), (&3.into(), &0.into()), "{told}");
    assert_eq!((gone.calls().len(), moved.calls().len()), (1, 1));
}
