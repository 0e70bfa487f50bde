//! That the documentation can be followed: every `curl` in it is run as it stands, against the binary that serves.

use std::process::{Command, Output};

use serde_json::Value;

use super::site::Site;

/// For how long a stream, which has no end of its own, is listened to.
const LISTENED: &str = "5";

/// The commands of a page's fenced blocks that call `curl`, each with its continued lines.
fn curls(page: &str) -> Vec<String> {
    let fenced = page.split("```").skip(1).step_by(2);
    let lines = fenced.flat_map(|block| block.lines().skip(1));
    let mut commands: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in lines {
        match commands.last_mut().filter(|_| goes_on) {
            Some(command) => command.push_str(&format!("\n{line}")),
            None if line.starts_with("curl ") => commands.push(line.to_owned()),
            None => continue,
        }
        goes_on = line.ends_with('\\');
    }
    commands
}

/// Runs a command as whoever reads the page would, but for where the server listens and what the token is.
fn followed(site: &Site, command: &str) -> Output {
    let address = site.address("");
    let here = command
        .replace("localhost:7070", &address)
        .replace("https://muster.example.com", &address)
        .replace("muster_…", &site.dana);
    assert_ne!(here, command, "it asks no server of ours: {command}");
    // What is refused counts as failed, which curl says only when it is told to.
    let strictly = "curl() { command curl --fail-with-body --silent --show-error \"$@\"; }\n";
    Command::new("bash")
        .args(["-c", &format!("{strictly}{here}")])
        .env("TOKEN", &site.dana)
        .current_dir(site.environment.path())
        .output()
        .expect("bash and curl run: call tests/run")
}

/// Runs a command of a page; gives what the server answered.
fn answered(site: &Site, command: &str) -> Value {
    let output = followed(site, command);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}\n{told}{said}");
    serde_json::from_str(&said).unwrap_or_else(|_| unreachable!("{command}\nanswered no JSON: {said}"))
}

#[test]
fn every_command_of_the_documentation_works_as_it_is_written() {
    let site = Site::serving();
    let interface = curls(include_str!("../../../docs/api.md"));
    let people = curls(include_str!("../../../docs/people.md"));
    assert_eq!((interface.len(), people.len()), (4, 1), "whoever adds one says here what it gives");
    let asked = |at: usize| answered(&site, &interface[at]);

    assert_eq!(asked(0)["incidents"], serde_json::json!([]));
    let started = asked(1);
    assert_eq!(started["incident"], "INC-1", "{started}");
    let noted = asked(2);
    assert_eq!(noted["events"][0]["type"], "NoteAdded", "{noted}");
    let note = noted["events"][0]["seq"].as_u64().expect("a number");
    assert_eq!(answered(&site, &people[0])["incidents"][0]["incident"], "INC-1");

    // A stream goes on for as long as anybody listens: what came until then is what the page promises.
    let stream = followed(&site, &interface[3].replacen("curl ", &format!("curl --max-time {LISTENED} "), 1));
    let came = String::from_utf8_lossy(&stream.stdout);
    assert_eq!(stream.status.code(), Some(28), "curl's own end of listening: {came}");
    let seqs: Vec<u64> = came.lines().filter_map(|line| line.strip_prefix("id: ")?.trim().parse().ok()).collect();
    assert_eq!(seqs, (8..=note).collect::<Vec<_>>(), "all that came after the one it had: {came}");
}
