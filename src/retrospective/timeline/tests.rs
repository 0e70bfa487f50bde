//! Rows of small journals: what is told, where, and what is left untold.

use chrono::TimeDelta;

use super::*;
use crate::incident::Command;
use crate::locale::Locale;
use crate::retrospective::fixture::{Played, WEI, start};

fn told(played: &Played) -> Vec<Row> {
    let locale = Locale::english();
    let words = Words { locale: locale.clone(), timezone: chrono_tz::Asia::Shanghai, day: None };
    let roles = Roles::new(&played.runbook, &played.events, &played.roster, &locale);
    rows(&played.runbook, &played.events, &roles, &words)
}

#[test]
fn a_note_stands_where_it_happened_not_where_it_was_written() {
    let mut played = Played::declared("sev1");
    let occurred_at = start() - TimeDelta::minutes(30);
    let text = "first complaint".to_owned();
    played.wait(5).by(WEI, Command::AddNote { text, occurred_at: Some(occurred_at) });
    let rows = told(&played);
    assert_eq!((rows[0].what.as_str(), rows[0].occurred_at), ("first complaint", occurred_at));
    assert_eq!(rows[0].role.as_deref(), Some("Operations"));
}

#[test]
fn facts_stated_together_are_told_together() {
    let rows = told(&Played::whole());
    let facts: Vec<_> = rows.iter().filter(|row| row.kind == Kind::Fact).collect();
    assert_eq!(facts.len(), 1, "{facts:?}");
    assert!(facts[0].seqs.len() > 1);
}

#[test]
fn a_long_silence_is_a_gap_that_asks_who_could_know() {
    let played = Played::whole();
    let locale = Locale::english();
    let words = Words { locale: locale.clone(), timezone: chrono_tz::Asia::Shanghai, day: None };
    let roles = Roles::new(&played.runbook, &played.events, &played.roster, &locale);
    let silences = gaps::silences(&played.runbook, &played.events, &roles, &words);
    assert_eq!(silences.len(), 1);
    assert!(silences[0].what.contains("(35 min)") && silences[0].seqs.is_empty(), "{}", silences[0].what);
    let gaps = gaps::gaps(&played.runbook, &played.events, &roles, &words);
    assert!(gaps.iter().any(|gap| gap.what.contains("left no note") && gap.who == "Operations"), "{gaps:?}");
}
