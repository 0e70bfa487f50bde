//! Events as they happen: each arrives once, whatever becomes of the connection.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::json;

use super::site::Site;

/// A connection that watches, and the events that came over it.
struct Watching {
    stream: BufReader<TcpStream>,
}

impl Watching {
    fn begun(site: &Site, seen: Option<u64>) -> Self {
        let mut stream = site.connected();
        let resumed = seen.map(|seen| format!("Last-Event-ID: {seen}\r\n")).unwrap_or_default();
        let request = format!(
            "GET /api/v1/incidents/INC-1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\
             Authorization: Bearer {}\r\n{resumed}\r\n",
            site.onlooker
        );
        stream.write_all(request.as_bytes()).expect("asked");
        Self { stream: BufReader::new(stream) }
    }

    /// The next so many events, each by its number and type.
    fn next(&mut self, count: usize) -> Vec<(u64, String)> {
        let (mut events, mut seq) = (Vec::new(), 0);
        while events.len() < count {
            let mut line = String::new();
            assert_ne!(self.stream.read_line(&mut line).expect("a line in time"), 0, "it ended: {events:?}");
            if let Some(id) = line.strip_prefix("id: ") {
                seq = id.trim().parse().expect("a number");
            }
            if let Some(kind) = line.strip_prefix("event: ") {
                events.push((seq, kind.trim().to_owned()));
            }
        }
        events
    }
}

#[test]
fn a_broken_connection_loses_nothing_and_repeats_nothing() {
    let site = Site::serving();
    site.post("/api/v1/incidents", &site.dana, &[], &json!({ "runbook": "small", "severity": "high" }));
    let there = site.get("/api/v1/incidents/INC-1/events").json["events"].as_array().map_or(0, Vec::len);
    let mut watching = Watching::begun(&site, None);
    let mut seen = watching.next(there);
    let note = |text: &str| site.done("INC-1", &json!({ "command": "note", "text": text }));
    note("while watched");
    seen.extend(watching.next(1));
    drop(watching);
    note("while nobody watched");
    note("still nobody");
    let mut watching = Watching::begun(&site, seen.last().map(|(seq, _)| *seq));
    seen.extend(watching.next(2));
    // What another process writes is seen as well.
    site.environment.done("note elsewhere");
    seen.extend(watching.next(1));
    let told = site.get("/api/v1/incidents/INC-1/events").json;
    let told: Vec<(u64, String)> = told["events"]
        .as_array()
        .expect("events")
        .iter()
        .map(|event| (event["seq"].as_u64().expect("a number"), event["type"].as_str().expect("a type").to_owned()))
        .collect();
    assert_eq!(seen, told);
    let after = site.get(&format!("/api/v1/incidents/INC-1/events?after={}", told.len() - 1)).json;
    assert_eq!(after["events"].as_array().map(Vec::len), Some(1));
}
