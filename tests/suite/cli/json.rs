//! The JSON that programs read: exactly the fields that are promised, in their order.

use serde_json::Value;

use super::environment::TestEnvironment;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().map(|object| object.keys().map(String::as_str).collect()).unwrap_or_default()
}

const HEAD: [&str; 12] = [
    "incident",
    "id",
    "title",
    "state",
    "status",
    "severity",
    "rank",
    "cause",
    "phase",
    "declared_at",
    "resolved_at",
    "closed_at",
];

#[test]
fn start_and_every_change_have_their_shape() {
    let environment = TestEnvironment::new();
    let started = environment.json("start small --severity high");
    assert_eq!(keys(&started), ["incident", "id", "runbook", "runbook_hash", "severity", "phase", "open"]);
    assert_eq!((&started["incident"], &started["open"]), (&"INC-1".into(), &serde_json::json!(["take_lead"])));
    let change = environment.json("done take_lead");
    assert_eq!(keys(&change), ["incident", "events", "open"]);
    assert_eq!(keys(&change["events"][0]), ["seq", "type", "at"]);
    assert_eq!(change["open"], serde_json::json!(["first_facts"]));
}

#[test]
fn show_list_and_timeline_have_their_shape() {
    let environment = TestEnvironment::begun();
    let show = environment.json("show");
    let rest = ["facts", "answers", "steps", "notices", "obligations", "next_due"];
    assert_eq!(keys(&show), HEAD.iter().chain(&rest).copied().collect::<Vec<_>>());
    let step =
        ["id", "kind", "title", "phase", "role", "state", "outcome", "attempt", "opened_at", "due_at", "ended_at"];
    assert_eq!(keys(&show["steps"][0]), step);
    assert_eq!(show["status"], Value::Null);
    assert_eq!(keys(&show["next_due"]), ["step", "at"]);
    assert_eq!(keys(&environment.json("list")["incidents"][0]), HEAD);
    let event = ["seq", "type", "at", "occurred_at", "actor", "role", "step", "text", "body"];
    assert_eq!(keys(&environment.json("timeline")["events"][0]), event);
}

#[test]
fn notices_deliveries_and_coverage_have_their_shape() {
    let environment = TestEnvironment::begun();
    environment.done("done take_lead");
    environment.done("done first_facts");
    let draft = environment.json("notice draft first_notice");
    let whole = ["step", "notice", "hash", "next_update_at", "recipients", "left_out", "problems", "messages"];
    assert_eq!(keys(&draft), whole);
    assert_eq!(keys(&draft["left_out"]), ["suppressed", "no_address", "duplicate", "paced"]);
    assert_eq!(keys(&draft["messages"][0]), ["locale", "subject", "text", "html"]);
    assert_eq!(environment.json("notice show first_notice")["hash"], draft["hash"]);
    let counts = ["sent", "failed", "suppressed", "expired", "unknown", "pending"];
    let sent = environment.run(&format!("--json notice send first_notice --recipients {}", draft["recipients"]));
    assert_eq!(keys(&serde_json::from_str(&sent.stdout).expect("JSON")), counts);
    assert_eq!(keys(&environment.json("deliver")), counts);
    let line = environment.json("show")["notices"][0].clone();
    let notice = ["id", "step", "status", "state", "hash", "next_update_at", "recipients", "counts"];
    assert_eq!(keys(&line), notice);
    let coverage = environment.json("coverage");
    assert_eq!(keys(&coverage), ["affected", "fallbacks", "covered", "uncovered", "remainder"]);
    assert_eq!(keys(&coverage["fallbacks"][0]), ["id", "on", "reach", "adds", "capacity"]);
}

#[test]
fn what_is_kept_and_learned_has_its_shape() {
    let environment = TestEnvironment::begun();
    let audit = environment.json("audit");
    assert_eq!(keys(&audit), ["ok", "incidents"]);
    assert_eq!(keys(&audit["incidents"][0]), ["incident", "events", "head", "broken_at"]);
    let retro = environment.json("retro --format json");
    assert_eq!(keys(&retro), ["incident", "edition", "locale", "sections", "figures", "findings", "follow_ups"]);
    let written = environment.json("retro -o retro.md");
    assert_eq!(keys(&written), ["incident", "edition", "locale", "file"]);
    assert!(environment.path().join("retro.md").exists());
    assert_eq!(environment.run("--json retro").code, 2);
    let report = environment.json("contacts import contacts.csv");
    assert_eq!(keys(&report), ["imported", "updated", "unchanged", "rejected"]);
    assert_eq!(report["unchanged"], 3);
}

#[test]
fn a_drill_has_its_shape() {
    let environment = TestEnvironment::new();
    let ran = environment.run("--json drill small --out played");
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(keys(&report), ["incident", "ok", "events", "notices", "score", "files"]);
    assert!(environment.path().join("played/journal.jsonl").exists());
}
