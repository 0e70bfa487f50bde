//! What is refused, and what comes of asking twice or at once (`guarantees.md`, web and people).

use serde_json::json;

use super::site::Site;

const COMMANDS: &str = "/api/v1/incidents/INC-1/commands";

#[test]
fn keys_races_and_strangers() {
    let site = Site::serving();
    let start = json!({ "runbook": "small", "severity": "high" });
    for _ in 0..2 {
        let started = site.post("/api/v1/incidents", &site.dana, &["Idempotency-Key: first"], &start);
        assert_eq!((started.status, &started.json["incident"]), (201, &json!("INC-1")), "{}", started.body);
    }
    a_key_is_good_for_one_request_of_one_person(&site);
    of_two_at_once_one_is_told(&site);
    nobody_does_more_than_they_may(&site);
    what_cannot_be_used_is_named(&site);
    the_doors_tell_programs_why(&site);
}

fn newest(site: &Site) -> u64 {
    let events = site.get("/api/v1/incidents/INC-1/events").json;
    events["events"].as_array().and_then(|events| events.last()?["seq"].as_u64()).expect("events")
}

fn a_key_is_good_for_one_request_of_one_person(site: &Site) {
    let note = json!({ "command": "note", "text": "The provider answers" });
    let key = ["Idempotency-Key: note-1"];
    let first = site.post(COMMANDS, &site.dana, &key, &note);
    let seq = newest(site);
    let again = site.post(COMMANDS, &site.dana, &key, &note);
    assert_eq!((again.status, &again.json), (200, &first.json));
    assert_eq!(newest(site), seq);
    let other = site.post(COMMANDS, &site.dana, &key, &json!({ "command": "note", "text": "Something else" }));
    assert_eq!((other.status, &other.json["code"]), (422, &json!("key_reused")), "{}", other.body);
    // The same key of somebody else is another key: it says nothing of dana's answer.
    let lins = site.post(COMMANDS, &site.lin, &key, &json!({ "command": "note", "text": "Something else" }));
    assert_eq!((lins.status, &lins.json["events"][0]["seq"]), (200, &json!(seq + 1)), "{}", lins.body);
    let endless = format!("Idempotency-Key: {}", "k".repeat(201));
    let refused = site.post(COMMANDS, &site.dana, &[&endless], &note);
    assert_eq!((refused.status, &refused.json["code"]), (400, &json!("bad_header")));
}

fn of_two_at_once_one_is_told(site: &Site) {
    for step in ["take_lead", "recent_change"] {
        let early = json!({ "early": true, "reason": "we know already" });
        let mut command = match step {
            "recent_change" => json!({ "command": "answer", "step": step, "answer": "changed" }),
            _ => json!({ "command": "done", "step": step }),
        };
        command.as_object_mut().expect("an object").extend(early.as_object().expect("an object").clone());
        let mut answers = std::thread::scope(|scope| {
            let asking = [&site.dana, &site.lin].map(|token| scope.spawn(|| site.post(COMMANDS, token, &[], &command)));
            asking.map(|asking| asking.join().expect("answered"))
        });
        answers.sort_by_key(|answer| answer.status);
        assert_eq!(answers.each_ref().map(|answer| answer.status), [200, 409], "{answers:?}");
        assert_eq!(answers[1].json["code"], "already_ended");
    }
}

fn nobody_does_more_than_they_may(site: &Site) {
    let note = json!({ "command": "note", "text": "…" });
    let approval = json!({ "command": "approve", "step": "first_notice" });
    for (token, body, status, code) in [
        ("", &note, 401, "not_signed_in"),
        ("muster_forged", &note, 401, "not_signed_in"),
        (&site.onlooker, &note, 403, "not_allowed"),
        (&site.lin, &approval, 403, "not_allowed"),
    ] {
        let refused = site.post(COMMANDS, token, &[], body);
        assert_eq!((refused.status, &refused.json["code"]), (status, &json!(code)), "{}", refused.body);
        assert!(refused.head.contains("content-type: application/problem+json"), "{}", refused.head);
        assert_eq!(refused.head.contains("www-authenticate: bearer"), status == 401);
    }
    for path in ["/api/v1/contacts", "/api/v1/deliveries", "/api/v1/incidents/INC-1", "/api/v1/incidents/INC-1/events"]
    {
        assert_eq!(site.ask("GET", path, "", &[], "").status, 401, "{path}");
    }
}

/// What the doors turn away is told as everything else is.
fn the_doors_tell_programs_why(site: &Site) {
    let json = "Content-Type: application/json";
    let whole = "http://rebound.evil.example/api/v1/incidents";
    for (method, path, more, status, code, title, detail) in [
        (
            "POST",
            COMMANDS,
            ["Sec-Fetch-Site: cross-site", "Accept-Language: en"],
            403,
            "other_site",
            "Forbidden",
            "this came from another site, so nothing was done",
        ),
        (
            "POST",
            COMMANDS,
            ["Origin: https://evil.example", "Accept-Language: zh-CN"],
            403,
            "other_site",
            "没有权限",
            "请求来自其他网站，未做任何改动",
        ),
        (
            "GET",
            whole,
            [json, "Accept-Language: en"],
            421,
            "strange_host",
            "Misdirected Request",
            "Muster is not known under this name here",
        ),
        (
            "GET",
            whole,
            [json, "Accept-Language: zh-CN"],
            421,
            "strange_host",
            "不是这里的地址",
            "这里没有这个名字的 Muster",
        ),
    ] {
        let refused = site.ask(method, path, &site.dana, &more, "");
        assert!(refused.head.contains("content-type: application/problem+json"), "{}", refused.head);
        let told = [&refused.json["code"], &refused.json["title"], &refused.json["detail"]];
        assert_eq!((refused.status, &refused.json["status"]), (status, &json!(status)), "{}", refused.body);
        assert_eq!(told, [&json!(code), &json!(title), &json!(detail)]);
        assert!(refused.json["help"].is_string(), "{}", refused.body);
    }
}

fn what_cannot_be_used_is_named(site: &Site) {
    let json = "Content-Type: application/json";
    let long = format!("{{\"command\":\"note\",\"text\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    for (path, more, body, status, code) in [
        (COMMANDS, json, "{", 400, "unreadable"),
        (COMMANDS, json, "[1]", 400, "unreadable"),
        (COMMANDS, json, "{\"command\":\"dance\"}", 400, "unreadable"),
        (COMMANDS, json, "{\"command\":\"note\",\"text\":\"a\",\"txt\":1}", 400, "unreadable"),
        (COMMANDS, json, "{\"command\":\"followup_add\",\"text\":\"a\",\"txt\":1}", 400, "unreadable"),
        (COMMANDS, json, "{\"command\":\"resolve\",\"reason\":\"a\",\"txt\":1}", 400, "unreadable"),
        (COMMANDS, json, "{\"command\":\"resolve\"}", 422, "reason_needed"),
        (COMMANDS, json, "{\"command\":\"done\",\"step\":\"nowhere\"}", 409, "unknown_step"),
        (COMMANDS, json, long.as_str(), 413, "too_large"),
        (COMMANDS, "Content-Type: text/plain", "{}", 415, "not_json"),
        ("/api/v1/incidents/INC-99/commands", json, "{}", 404, "not_found"),
        ("/api/v1/incidents/%00%ff/commands", json, "{}", 404, "not_found"),
        ("/api/v1/incidents", json, "{\"runbook\":\"runbooks/small.yaml\",\"severity\":\"high\"}", 404, "not_found"),
        ("/api/v1/incidents", json, "{\"runbook\":\"../small\",\"severity\":\"high\"}", 404, "not_found"),
    ] {
        let refused = site.ask("POST", path, &site.dana, &[more], body);
        assert_eq!((refused.status, &refused.json["code"]), (status, &json!(code)), "{path} {}", refused.body);
    }
    let chinese = ["Accept-Language: zh-CN"];
    let refused = site.ask("GET", "/api/v1/incidents/INC-99", &site.dana, &chinese, "");
    assert_eq!((&refused.json["title"], &refused.json["detail"]), (&json!("没有找到"), &json!("找不到 `INC-99`")));
    for query in ["/api/v1/incidents?al=true", "/api/v1/contacts?limit=0", "/api/v1/incidents/INC-1/events?after=x"] {
        assert_eq!(site.get(query).json["code"], "bad_query", "{query}");
    }
}
