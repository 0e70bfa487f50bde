//! A small incident from beginning to recovery by the interface alone, and what can be asked about it.

use std::time::Duration;

use muster::clock::Stopwatch;
use serde_json::json;

use super::site::Site;

#[test]
fn a_whole_small_incident() {
    let site = Site::serving();
    let facts = json!({ "impact": "Nobody can log in", "impact.zh-Hans": "所有人都无法登录" });
    let start = json!({ "runbook": "small", "severity": "high", "facts": facts, "roles": { "lead": ["dana"] } });
    let started = site.post("/api/v1/incidents", &site.dana, &[], &start);
    assert_eq!(started.status, 201, "{}", started.body);
    assert!(started.head.contains("location: /api/v1/incidents/inc-1"), "{}", started.head);

    site.done("INC-1", &json!({ "command": "done", "step": "take_lead" }));
    site.done("1", &json!({ "command": "set", "facts": { "workaround": "Call us" }, "confirm": true }));
    site.done("INC-1", &json!({ "command": "done", "step": "first_facts" }));
    let drafted = site.done("INC-1", &json!({ "command": "notice_draft", "step": "first_notice" }));
    assert_eq!(drafted["messages"].as_array().map(Vec::len), Some(2), "{drafted}");
    let sending = json!({ "command": "notice_send", "step": "first_notice", "recipients": drafted["recipients"] });
    site.done("INC-1", &sending);
    let waited = Stopwatch::start();
    let sent = loop {
        let page = site.get("/api/v1/deliveries?incident=INC-1&state=sent&limit=1");
        if page.json["deliveries"].as_array().is_some_and(|rows| !rows.is_empty()) && !page.json["next"].is_null() {
            break page.json;
        }
        assert!(waited.elapsed() < Duration::from_secs(60), "{}", page.body);
        std::thread::sleep(Duration::from_millis(100));
    };
    let next = site.get(&format!(
        "/api/v1/deliveries?notice={}&state=sent&after={}",
        drafted["notice"].as_str().expect("an id"),
        sent["next"]
    ));
    let addresses = [&sent["deliveries"][0]["address"], &next.json["deliveries"][0]["address"]];
    assert_eq!(addresses, [&json!("ann@acme.example"), &json!("bo@boyuan.example")]);
    assert_eq!((&next.json["next"], next.json["deliveries"].as_array().map(Vec::len)), (&json!(null), Some(1)));

    site.done("INC-1", &json!({ "command": "answer", "step": "recent_change", "answer": "unchanged" }));
    site.done("INC-1", &json!({ "command": "done", "step": "close_form", "outcome": "worked" }));
    let shown = site.get("/api/v1/incidents/INC-1").json;
    assert_eq!(shown["obligations"], json!([{ "step": "close_form", "lift": "Open the login form" }]));
    site.done("INC-1", &json!({ "command": "lift", "step": "close_form" }));
    site.done("INC-1", &json!({ "command": "resolve", "reason": "Logins work again" }));
    site.done("INC-1", &json!({ "command": "followup_add", "text": "A test account", "important": true }));

    assert_eq!(site.get("/api/v1/incidents").json["incidents"][0]["state"], "resolved");
    assert_eq!(site.get("/api/v1/followups?incident=1").json["follow_ups"][0]["text"], "A test account");
    let book = site.get("/api/v1/contacts?limit=2").json;
    assert_eq!((&book["contacts"][1]["id"], &book["next"]), (&json!("bo"), &json!("bo")));
    assert_eq!(site.get("/api/v1/contacts?after=bo").json["contacts"].as_array().map(Vec::len), Some(1));
    let runbooks = site.get("/api/v1/runbooks").json;
    let own = runbooks["runbooks"].as_array().and_then(|all| all.iter().find(|runbook| runbook["id"] == "small"));
    assert_eq!(own.map(|own| &own["severities"][0]["means"]), Some(&json!("Nobody can log in")));
    let document =
        site.ask("GET", "/api/v1/incidents/INC-1/retrospective", &site.onlooker, &["Accept: text/markdown"], "");
    assert!(document.body.starts_with("# INC-1"), "{}", document.body);
    let in_chinese = site.get("/api/v1/incidents/INC-1/retrospective?format=json&edition=public&locale=zh-Hans").json;
    assert_eq!((&in_chinese["edition"], &in_chinese["sections"][0]["id"]), (&json!("public"), &json!("goals")));

    // What the command line says of it is what the interface says.
    let by_hand = site.environment.json("show INC-1");
    assert_eq!(site.get("/api/v1/incidents/INC-1").json, by_hand);
    watched_over(&site);
}

fn watched_over(site: &Site) {
    assert_eq!(site.ask("GET", "/healthz", "", &[], "").body, "ok\n");
    let ready = site.ask("GET", "/readyz", "", &[], "");
    assert_eq!((ready.status, &ready.json), (200, &json!({ "ready": true, "problems": [] })));
    let metrics = site.ask("GET", "/metrics", "", &["Host: muster.internal"], "").body;
    for line in [
        "muster_incidents{state=\"resolved\"} 1",
        "muster_deliveries{channel=\"mail\",state=\"sent\"} 2",
        "muster_sends_total{outcome=\"sent\"} 2",
        "muster_oldest_queued_delivery_age_seconds 0.0",
        "muster_http_requests_total{method=\"POST\",route=\"/api/v1/incidents\",status=\"201\"} 1",
        "muster_live_watchers 0",
        "muster_store_errors_total 0",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
    for personal in ["ann", "dana", "acme", "Nobody can log in"] {
        assert!(!metrics.contains(personal), "{personal}");
    }
}
