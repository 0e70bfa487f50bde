//! Those who mean harm, as `guarantees.md` lists them: script in every field, link scanners, floods, slow clients.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::house::{CUT_OFF, House, Served};
use crate::server::listener::Limits;
use crate::server::page::LIMITS;

/// What breaks out of text, attributes, comments, CDATA, templates and style sheets.
const HOSTILE: &str = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>' onmouseover='alert(3) --> ]]> \
                       {{constructor}} [x](javascript:alert(4)) <svg/onload=alert(5)> &lt;script&gt; \u{202E}end";

const PATHS: [&str; 9] = [
    "/",
    "/history",
    "/incidents/INC-1",
    "/feed.atom",
    "/api/v2/summary.json",
    "/api/v2/status.json",
    "/api/v2/components.json",
    "/api/v2/incidents.json",
    "/api/v2/incidents/unresolved.json",
];

/// A page whose every field holds something that wants to be run.
async fn hostile() -> (House, Served) {
    let quoted = serde_json::to_string(HOSTILE).expect("JSON");
    let component = "<script>alert(6)</script>";
    let page = format!(
        "title = {quoted}\nurl = \"https://status.example.com\"\ncontact = {quoted}\ncomponents = {{ named = {quoted} }}\n"
    );
    let components = format!("[\"{component}\", named, \"a' onload='alert(7)\"]");
    let runbook = House::runbook().replace("[logins, app]", &components);
    let house = House::with(&page, &runbook);
    let id = house.begin("<script>alert(8)</script>\"><b onclick=x>").await;
    for fact in ["impact", "unaffected", "workaround", "affected", "contact", "changed"] {
        house.set(id, fact, HOSTILE).await;
    }
    house.tell(id, "first").await;
    let page = house.served().await;
    (house, page)
}

#[tokio::test]
async fn script_in_every_field_is_text_on_every_page() {
    let (_house, page) = hostile().await;
    for path in PATHS {
        for language in ["en", "zh-Hans"] {
            let text = page.get(&format!("{path}?lang={language}")).await.text();
            assert!(text.contains("alert("), "{path} shows the fields at all\n{text}");
            if path.ends_with(".json") {
                serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
                continue;
            }
            let lower = text.to_ascii_lowercase();
            for live in ["<script", "<img", "<svg", "<b ", "href=\"javascript", "{{constructor"] {
                let shown = if live.starts_with("{{") { false } else { lower.contains(live) };
                assert!(!shown, "{path} in {language} holds `{live}`\n{text}");
            }
        }
    }
}

#[tokio::test]
async fn elements_and_attributes_are_ours_alone() {
    let (_house, page) = hostile().await;
    let told = python(READ_HTML, &page.get("/?lang=en").await.text());
    assert_eq!(told, "", "the home page");
    let told = python(READ_HTML, &page.get("/incidents/INC-1?lang=zh-Hans").await.text());
    assert_eq!(told, "", "an incident's page");
    let told = python(READ_ATOM, &page.get("/feed.atom?lang=en").await.text());
    assert_eq!(told, "", "the feed");
}

#[tokio::test]
async fn the_feed_is_atom() {
    for house in [House::new(), House::with("", House::runbook()), House::new().lived_in().await] {
        let page = house.served().await;
        for language in ["en", "zh-Hans"] {
            assert_eq!(python(READ_ATOM, &page.get(&format!("/feed.atom?lang={language}")).await.text()), "");
        }
    }
}

#[tokio::test]
async fn a_link_scanner_that_follows_gets_changes_nothing() {
    let house = House::new().with_mail().await;
    let page = house.served().await;
    let path = house.unsubscribe_path();
    for method in ["GET", "HEAD", "GET"] {
        let asked = page.ask(method, &path, &[], "").await;
        assert_eq!((asked.status, asked.header("cache-control")), (200, "no-store"));
    }
    let asked = page.get(&path).await.text();
    assert!(asked.contains("<form method=\"post\">") && asked.contains("a…@customer.example"), "{asked}");
    assert!(!asked.contains("ann@"), "the address is nobody else's business");
    assert_eq!(house.suppressed().await, Vec::<String>::new());
}

#[tokio::test]
async fn one_click_unsubscribes_without_a_cookie_and_twice_is_once() {
    let house = House::new().with_mail().await;
    let page = house.served().await;
    let path = house.unsubscribe_path();
    // As RFC 8058, 3.2 has it; from anywhere, since no origin is its own.
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", "https://mail.example")];
    for _ in 0..2 {
        let done = page.ask("POST", &path, &headers, "List-Unsubscribe=One-Click").await;
        assert_eq!(done.status, 200);
        assert!(done.text().contains("Done."), "{}", done.text());
        assert_eq!(house.suppressed().await, ["ann@customer.example"]);
    }
    assert!(!page.get(&path).await.text().contains("<form"), "nothing is left to do");
}

#[tokio::test]
async fn a_forged_link_unsubscribes_nobody() {
    let house = House::new().with_mail().await;
    let page = house.served().await;
    let path = house.unsubscribe_path();
    let forged = format!("{}A", &path[..path.len() - 1]);
    let long = format!("/unsubscribe/{}", "x".repeat(5000));
    for path in [forged.as_str(), "/unsubscribe/x", "/unsubscribe/../../etc/passwd", long.as_str()] {
        for method in ["GET", "POST"] {
            let told = page.ask(method, path, &[], "").await;
            assert_eq!((told.status, told.header("cache-control")), (404, "no-store"), "{method} {path}");
        }
    }
    assert_eq!(house.suppressed().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_too_long_is_refused_and_the_next_is_served() {
    let house = House::new().with_mail().await;
    let page = house.served().await;
    let path = house.unsubscribe_path();
    let large = page.ask("POST", &path, &[], &"x".repeat(10_000)).await;
    assert!([413, CUT_OFF].contains(&large.status), "{}", large.status);
    assert_eq!(house.suppressed().await, Vec::<String>::new());
    let long = page.ask("GET", &format!("/{}", "x".repeat(100_000)), &[], "").await;
    assert!([414, 431, CUT_OFF].contains(&long.status), "{}", long.status);
    let many = "X-Y: z\r\n".repeat(500);
    let many = page.raw(format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n").into_bytes()).await;
    assert!([431, CUT_OFF].contains(&many.status), "{}", many.status);
    let nonsense = page.raw(b"\x16\x03\x01 nonsense\r\n\r\n".to_vec()).await;
    assert!([400, CUT_OFF].contains(&nonsense.status), "{}", nonsense.status);
    assert_eq!(page.get("/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_are_cut_off_and_keep_nobody_waiting() {
    let page = House::new().served_within(Limits { head: Duration::from_millis(300), ..LIMITS }).await;
    // Heads of requests that never end, and one that says nothing at all.
    let begun = |text: &[u8]| {
        let mut stream = TcpStream::connect(page.address).expect("a connection");
        stream.write_all(text).expect("sent");
        stream
    };
    let slow: Vec<_> = (0..100).map(|_| begun(b"GET / HTTP/1.1\r\nX: ")).chain([begun(b"")]).collect();
    assert_eq!(page.get("/").await.status, 200);
    for mut stream in slow {
        let cut_off = tokio::task::spawn_blocking(move || stream.read_to_end(&mut Vec::new()));
        assert!(cut_off.await.expect("read").is_ok(), "closed from the other side");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_never_reads_is_let_go() {
    let limits = Limits { life: Some(Duration::from_millis(300)), ..LIMITS };
    let page = House::new().lived_in().await.served_within(limits).await;
    let mut stream = TcpStream::connect(page.address).expect("a connection");
    stream.set_write_timeout(Some(Duration::from_secs(60))).expect("a limit");
    // It asks and asks, until the buffers of both sides are full of answers that nobody takes.
    let asked = tokio::task::spawn_blocking(move || {
        let request = "GET /page.css HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000);
        (0..10_000).find_map(|_| stream.write_all(request.as_bytes()).err())
    });
    let refused = asked.await.expect("an end").expect("the connection was closed");
    assert_ne!(refused.kind(), std::io::ErrorKind::WouldBlock, "it was still there after a minute");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_connections_passes() {
    let limits = Limits { most: 8, head: Duration::from_millis(100), ..LIMITS };
    let page = House::new().served_within(limits).await;
    let _flood: Vec<_> = (0..64).map(|_| TcpStream::connect(page.address).expect("a connection")).collect();
    assert_eq!(page.get("/").await.status, 200);
}

/// What a Python program says of a text; nothing where it finds nothing.
fn python(program: &str, text: &str) -> String {
    let child = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.expect("python3");
    child.stdin.take().expect("its input").write_all(text.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("an end");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Names every element and attribute that is not the page's own, and every link that leads to something to run.
const READ_HTML: &str = r#"
import sys
from html.parser import HTMLParser
ELEMENTS = set("html head meta title link body a header p nav ul li main h1 h2 h3 span section article dl div dt dd time strong em br footer ol".split())
ATTRIBUTES = set("lang charset name content rel href hreflang type title class id aria-current aria-label aria-labelledby aria-hidden datetime".split())
class Reader(HTMLParser):
    def handle_starttag(self, tag, attrs):
        if tag not in ELEMENTS: print("element", tag)
        for name, value in attrs:
            if name not in ATTRIBUTES: print("attribute", name, "of", tag)
            if name == "href" and ":" in (value or "") and not value.startswith(("https://", "mailto:", "data:,")): print("link", value)
    def handle_comment(self, data): print("comment", data)
Reader().feed(sys.stdin.read())
"#;

/// Holds a feed to what RFC 4287 asks of it, and its contents to the elements above.
const READ_ATOM: &str = r#"
import sys, re
from html.parser import HTMLParser
import xml.etree.ElementTree as tree
A = "{http://www.w3.org/2005/Atom}"
DATE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
feed = tree.fromstring(sys.stdin.buffer.read())
def one(of, name, need=True):
    found = of.findall(A + name)
    if len(found) > 1 or (need and not found): print(of.tag, "has", len(found), name)
    return (found[0].text or "") if found else ""
def common(of):
    if not re.match(r"^(https?|urn|tag):\S+$", one(of, "id")): print("id", one(of, "id"))
    if not one(of, "title").strip(): print("no title")
    if not DATE.match(one(of, "updated")): print("updated", one(of, "updated"))
    links = [link.get("rel") for link in of.findall(A + "link")]
    if links.count("alternate") != 1: print("links", links)
    for link in of.findall(A + "link"):
        if re.match(r"^\s*(javascript|data):", link.get("href")): print("link", link.get("href"))
if feed.tag != A + "feed": print("root", feed.tag)
common(feed)
if not feed.find(A + "author/" + A + "name").text.strip(): print("no author")
if "self" not in [link.get("rel") for link in feed.findall(A + "link")]: print("no self")
ids = [entry.find(A + "id").text for entry in feed.findall(A + "entry")]
if len(set(ids)) != len(ids): print("ids", ids)
class Reader(HTMLParser):
    def handle_starttag(self, tag, attrs):
        if tag not in "p ul li strong em br a ol".split(): print("element", tag)
        for name, value in attrs:
            if name != "href" or not value.startswith(("https://", "mailto:")): print("attribute", name, value)
for entry in feed.findall(A + "entry"):
    common(entry)
    if not DATE.match(one(entry, "published")): print("published")
    content = entry.find(A + "content")
    if content.get("type") != "html": print("content", content.get("type"))
    Reader().feed(content.text)
"#;
