//! The protocol: languages, caches, encodings, methods, unsubscribing, and clients that take their time.

use std::io::Read as _;

use flate2::read::GzDecoder;

use super::house::House;

#[tokio::test]
async fn a_reader_is_served_in_a_language_they_read() {
    let page = House::new().served().await;
    for (path, header, language) in [
        ("/", "", "en"),
        ("/", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("/", "fr", "en"),
        ("/?lang=zh-Hans", "en", "zh-Hans"),
        ("/?lang=zh-TW&x=1", "en", "zh-Hans"),
        ("/?lang=xx", "zh", "zh-Hans"),
        ("/nowhere/at/all", "zh", "zh-Hans"),
    ] {
        let answer = page.ask("GET", path, &[("Accept-Language", header)], "").await;
        assert_eq!(answer.header("content-language"), language, "{path} for {header}");
        assert!(answer.text().contains(&format!("<html lang=\"{language}\">")), "{path} for {header}");
        assert_eq!(answer.header("vary"), "Accept-Language, Accept-Encoding");
    }
}

#[tokio::test]
async fn what_a_reader_has_is_not_sent_again() {
    let page = House::new().lived_in().await.served().await;
    let first = page.ask("GET", "/", &[("Accept-Encoding", "br, gzip;q=0.5")], "").await;
    assert_eq!((first.status, first.header("content-encoding")), (200, "gzip"));
    let mut unpacked = String::new();
    GzDecoder::new(&first.body[..]).read_to_string(&mut unpacked).expect("gzip");
    let plain = page.ask("GET", "/", &[("Accept-Encoding", "gzip;q=0, br")], "").await;
    assert_eq!((plain.header("content-encoding"), plain.text() == unpacked), ("", true));
    assert_ne!(plain.header("etag"), first.header("etag"));
    let (packed, weak) = (first.header("etag"), format!("\"other\", W/{}", plain.header("etag")));
    for known in [packed, plain.header("etag"), weak.as_str(), "*"] {
        let again = page.ask("GET", "/", &[("If-None-Match", known)], "").await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{known}");
        assert_eq!(again.header("etag"), plain.header("etag"));
    }
    assert_eq!(page.ask("GET", "/", &[("If-None-Match", "\"other\"")], "").await.status, 200);
    assert_eq!(page.ask("GET", "/nowhere", &[("If-None-Match", "*")], "").await.status, 404);
}

#[tokio::test]
async fn every_path_knows_its_methods() {
    let page = House::new().lived_in().await.served().await;
    let whole = page.get("/").await;
    let head = page.ask("HEAD", "/", &[], "").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), whole.header("content-length"));
    for (method, path, status) in [
        ("POST", "/", 405),
        ("PUT", "/feed.atom", 405),
        ("DELETE", "/unsubscribe/token", 405),
        ("POST", "/nowhere", 404),
        ("GET", "/incidents/INC-1", 200),
        ("GET", "/incidents/INC-1/", 308),
        ("GET", "/incidents/inc-1", 404),
        ("GET", "/incidents/../history", 404),
        ("GET", "//", 404),
        ("GET", "/unsubscribe/", 404),
        ("GET", "/robots.txt", 200),
        ("GET", "/page.css?v=1", 200),
    ] {
        assert_eq!(page.ask(method, path, &[], "").await.status, status, "{method} {path}");
    }
    let moved = page.get("/incidents/INC-1/?lang=en").await;
    assert_eq!(moved.header("location"), "../INC-1?lang=en");
    assert_eq!(page.ask("POST", "/", &[], "").await.header("allow"), "GET, HEAD");
}

#[tokio::test]
async fn nothing_of_the_console_is_there() {
    let page = House::new().served().await;
    for path in [
        "/api/v1/incidents",
        "/api/v1/openapi.json",
        "/metrics",
        "/healthz",
        "/readyz",
        "/sign-in",
        "/incidents",
        "/start",
    ] {
        assert_eq!(page.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn every_answer_forbids_what_a_page_does_not_need() {
    let page = House::new().served().await;
    for (method, path) in
        [("GET", "/"), ("GET", "/nowhere"), ("POST", "/"), ("GET", "/unsubscribe/x"), ("GET", "/feed.atom")]
    {
        let answer = page.ask(method, path, &[], "").await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{method} {path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{method} {path}");
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("set-cookie", ""),
        ] {
            assert_eq!(answer.header(header), value, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn stopping_ends_the_listener_and_answers_what_was_asked() {
    let page = House::new().served().await;
    assert_eq!(page.get("/").await.status, 200);
    page.stop.ask();
    page.task.await.expect("an end");
    assert!(std::net::TcpStream::connect(page.address).is_err());
}
