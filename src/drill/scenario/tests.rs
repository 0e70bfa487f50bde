//! Scenarios as text: the shipped ones are sound, and every fault is found in its place.

//! Scenarios as people write them: what is read, and every problem at once in its place.

use std::time::Duration;

use super::{Deed, Scenario, check};
use crate::runbook::{self, Runbook, StepKind};

fn shipped(id: &str) -> Runbook {
    let file = format!("{}/runbooks/{id}.yaml", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&file).expect("a shipped runbook");
    runbook::check::check(&bytes).runbook.expect("a sound runbook")
}

/// A scenario of the general runbook with these lines after its head.
fn scenario(rest: &str) -> String {
    format!(
        "drill: 1\nrunbook: general\nstart: \"2026-03-12T19:42:00+08:00\"\nlocale: en\nseverity: sev2\npeople:\n  wei: {{ name: Wei, roles: [lead] }}\n{rest}"
    )
}

fn codes(text: &str) -> Vec<(&'static str, usize, usize)> {
    let checked = check(text.as_bytes(), &shipped("general"));
    checked.problems.iter().map(|problem| (problem.code, problem.place.line, problem.place.column)).collect()
}

#[test]
fn every_shipped_scenario_is_sound() {
    for id in ["general", "crm-withdrawals", "platform-rule-change", "tags-deleted", "smear"] {
        let file = format!("{}/runbooks/drills/{id}.yaml", env!("CARGO_MANIFEST_DIR"));
        let checked = check(&std::fs::read(&file).expect("a scenario"), &shipped(id));
        assert_eq!(checked.problems, [], "{id}");
        assert!(checked.scenario.is_some_and(|scenario| !scenario.story.is_empty()), "{id}");
    }
}

#[test]
fn a_moment_reads_as_the_command_it_names() {
    let text = scenario(
        "story:\n  - { at: 90s, as: wei, do: done take_lead, note: { zh-Hans: 接手, en: I lead } }\n  - { as: wei, do: note, text: later }\n",
    );
    let story = check(text.as_bytes(), &shipped("general")).scenario.expect("a scenario").story;
    assert_eq!(story.iter().map(|moment| moment.at).collect::<Vec<_>>(), [Duration::from_secs(90); 2]);
    let Deed::Done { step, note: Some(note), .. } = &story[0].deed else { panic!("a step is done") };
    assert_eq!((step.as_str(), note.original()), ("take_lead", "接手"));
    assert!(matches!(&story[1].deed, Deed::Note { text, .. } if text.original() == "later"));
}

#[test]
fn every_problem_is_found_at_once_and_in_its_place() {
    let table = [
        ("storey: []\n", vec![("unknown_key", 8, 1)]),
        ("story:\n  - { at: soon, as: wei, do: note, text: x }\n", vec![("bad_duration", 9, 11)]),
        ("story:\n  - { at: 1m, as: bo, do: note, text: x }\n", vec![("unknown_person", 9, 19)]),
        ("story:\n  - { at: 1m, as: wei, do: dance }\n", vec![("unknown_command", 9, 28)]),
        ("story:\n  - { at: 1m, as: wei, do: done nothing }\n", vec![("unknown_step", 9, 28)]),
        ("story:\n  - { at: 1m, as: wei, do: answer harm maybe }\n", vec![("unknown_answer", 9, 28)]),
        ("story:\n  - { at: 1m, as: wei, do: skip find }\n", vec![("unknown_step", 9, 28), ("missing_key", 9, 5)]),
        (
            "story:\n  - { at: 2m, as: wei, do: note, text: x }\n  - { at: 1m, as: wei, do: note, text: x, mood: y }\n",
            vec![("out_of_order", 10, 11), ("unknown_key", 10, 43)],
        ),
        ("pace: { any: 4m..1m }\n", vec![("bad_duration", 8, 14)]),
        ("facts: { weather: fine }\n", vec![("unknown_fact", 8, 10)]),
        ("expect: { outcomes: { accepted: fine } }\n", vec![("bad_value", 8, 33)]),
        ("fails: { actions: { repair: [maybe] } }\n", vec![("bad_value", 8, 30)]),
    ];
    for (rest, mut expected) in table {
        let mut found = codes(&scenario(rest));
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{rest}: {found:?}");
    }
}

#[test]
fn a_scenario_of_another_runbook_is_refused() {
    let text = scenario("").replace("runbook: general", "runbook: smear");
    assert_eq!(codes(&text), [("other_runbook", 2, 10)]);
}

#[test]
fn a_runbook_without_a_scenario_has_somebody_for_every_role() {
    let runbook = shipped("crm-withdrawals");
    let sensible = Scenario::sensible(&runbook);
    for step in runbook.steps.values() {
        let played = sensible.people.values().any(|player| player.roles.contains(&step.role));
        assert!(played, "nobody plays {}", step.role);
    }
    assert!(runbook.steps.values().any(|step| matches!(step.kind, StepKind::Accept { .. })));
}
