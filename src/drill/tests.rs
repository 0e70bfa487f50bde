//! Whole drills: the shipped stories, the sensible default, and the same bytes for the same seed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Options, Report, play};
use crate::settings::{Overrides, Settings, load};

const SHIPPED: [&str; 5] = ["general", "crm-withdrawals", "platform-rule-change", "tags-deleted", "smear"];

/// The settings of a machine without any.
fn settings(folder: &Path) -> Settings {
    let file = folder.join("muster.toml");
    std::fs::write(&file, "").expect("a settings file");
    load(folder, &Overrides { config: Some(file), ..Overrides::default() }).expect("settings")
}

async fn drill(folder: &Path, runbook: &str, scenario: Option<PathBuf>, seed: u64) -> Report {
    let options =
        Options { runbook: runbook.to_owned(), scenario, seed, out: Some(folder.join("out")), severity: None };
    play(&settings(folder), &options).await.expect("a drill")
}

/// Every file of a drill with its bytes, by name.
fn files(report: &Report) -> BTreeMap<String, Vec<u8>> {
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    report.files.iter().map(|path| (name(path), std::fs::read(path).expect("a file"))).collect()
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let file = folder.join(name);
    std::fs::write(&file, text).expect("a file");
    file
}

#[tokio::test]
async fn every_shipped_drill_comes_to_its_close_as_its_scenario_expects() {
    for runbook in SHIPPED {
        let folder = tempfile::tempdir().expect("a folder");
        let report = drill(folder.path(), runbook, None, 0).await;
        assert_eq!(report.remarks, Vec::<String>::new(), "{runbook}");
        assert!(report.ok && report.notices > 0, "{runbook}");
        let names: Vec<String> = files(&report).into_keys().collect();
        for name in ["journal.jsonl", "retrospective.en.md", "retrospective.zh-Hans.html", "score.json", "timeline.svg"]
        {
            assert!(names.iter().any(|written| written == name), "{runbook} left no {name}");
        }
        assert!(!folder.path().join("out/.store").exists(), "the store is gone");
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes() {
    let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
    let first = files(&drill(folders[0].path(), "general", None, 7).await);
    let again = files(&drill(folders[1].path(), "general", None, 7).await);
    assert_eq!(first.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
    for (name, bytes) in &first {
        assert!(again[name] == *bytes, "{name} differs");
    }
}

#[tokio::test]
async fn no_name_handle_or_address_of_a_player_stands_in_a_retrospective() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = drill(folder.path(), "tags-deleted", None, 0).await;
    for (name, bytes) in files(&report).iter().filter(|(name, _)| name.starts_with("retrospective.")) {
        let text = String::from_utf8_lossy(bytes);
        for person in ["孟洁", "罗一", "Grace", "fangyuan", "mengjie"] {
            assert!(!text.contains(person), "{name} names {person}");
        }
    }
}

const SMALL: &str = "
muster: 1
id: small
title: Small
severities:
  sev1: { means: All, first_notice: 10m, update_every: 30m, mail_every: 2h }
roles: { driver: Driver }
fallbacks: { phone: { title: Phone, where: phone != '' } }
approve: { by: lead, within: 2m }
pre:
  - gather: first_facts
    facts: [impact, unaffected, workaround, contact]
    within: 2m
  - notice: first_notice
    status: investigating
  - updates: progress
    until: resolved
  - cover: desks
mid:
  - action: restart
    run: restart
    role: driver
    approve: lead
  - accept: accepted
    probe: health
    on_fail: restart
  - wait: quiet
    for: 20m
  - gather: outcome
    facts: [ended_at, data_loss, safe_to_retry]
  - notice: resolved
    status: resolved
post:
  - reach: rest
  - retrospective: review
    follow_ups: [Write it down]
";

#[tokio::test]
async fn a_runbook_without_a_scenario_plays_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let runbook = write(folder.path(), "small.yaml", SMALL);
    let report = drill(folder.path(), &runbook.display().to_string(), None, 3).await;
    assert_eq!(report.remarks, Vec::<String>::new());
    assert_eq!(report.score.missed, 0, "{:?}", report.score.targets);
    let mail = report.files.iter().filter(|file| file.extension().is_some_and(|e| e == "eml")).count();
    assert!(mail > 50, "{mail} messages");
}

#[tokio::test]
async fn what_fails_in_the_scenario_fails_in_the_drill_and_nothing_is_carried_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let runbook = write(folder.path(), "small.yaml", SMALL);
    let scenario = write(
        folder.path(),
        "scenario.yaml",
        r#"
drill: 1
runbook: small
start: "2026-03-12T19:42:00Z"
severity: sev1
people:
  ana: { name: Ana, roles: [lead] }
  bo: { name: Bo, roles: [comms, driver, support, product] }
fails:
  delivery: { c-everly: 550 5.1.1 no such user }
  actions: { restart: [false_start] }
"#,
    );
    let settings = settings(folder.path());
    let options = Options {
        runbook: runbook.display().to_string(),
        scenario: Some(scenario.clone()),
        out: Some(folder.path().join("out")),
        ..Options::default()
    };
    let refused = play(&settings, &options).await.expect_err("`false_start` is no outcome");
    assert!(matches!(refused, super::Error::Problems { ref problems, .. } if problems.len() == 1), "{refused:?}");

    let text = std::fs::read_to_string(&scenario).expect("a scenario");
    let text = text.replace("[false_start]", "[failed]\n  probes: { accepted: [failed, passed] }".trim_end());
    let text = text.replace(
        "  actions: { restart: [failed]\n  probes: { accepted: [failed, passed] } }",
        "  actions: { restart: [failed] }\n  probes: { accepted: [failed, passed] }\nexpect:\n  outcomes: { restart: failed, accepted: done }",
    );
    std::fs::write(&scenario, text).expect("a file");
    let report = play(&settings, &options).await.expect("a drill");
    assert_eq!(report.remarks, Vec::<String>::new());
    let journal = std::fs::read_to_string(folder.path().join("out/journal.jsonl")).expect("a journal");
    assert!(journal.contains("AttemptRestarted") && journal.contains("drill: failed"));
    assert!(!report.files.iter().any(|file| {
        std::fs::read_to_string(file).is_ok_and(|text| text.contains("To: ") && text.contains("treasury@everly"))
    }));
}
