//! The scenario of a runbook that has none, and the plain words people say where a story gives them none.

use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use indexmap::IndexMap;

use super::{Expectations, Fails, Pace, Player, Scenario};
use crate::clock::Timestamp;
use crate::incident::PersonId;
use crate::locale::{Locale, Text};
use crate::runbook::{Fact, FactKind, RoleId, Runbook};

/// A Monday morning; every drill without a scenario begins here.
const START: i64 = 1_772_420_400;

/// People made up for drills: a handle and a name each.
const CAST: [(&str, &str); 8] = [
    ("dana", "Dana Whitfield"),
    ("wei", "魏岚"),
    ("arun", "Arun Mehta"),
    ("linyue", "林悦"),
    ("sofia", "Sofia Marsh"),
    ("heqing", "何青"),
    ("tomas", "Tomas Reyes"),
    ("yueming", "岳明"),
];

/// Everyone does their part in good time, at the second severity where there is one.
pub(super) fn scenario(runbook: &Runbook) -> Scenario {
    let level = runbook.severities.get(1).or_else(|| runbook.severities.first());
    let people = people(runbook);
    Scenario {
        title: None,
        start: DateTime::from_timestamp(START, 0).unwrap_or(DateTime::<Utc>::MIN_UTC),
        timezone: Tz::UTC,
        locale: runbook.locale().clone(),
        severity: level.map_or_else(|| crate::runbook::SeverityId::new("sev2"), |level| level.id.clone()),
        started_by: people.keys().next().cloned().unwrap_or_else(|| PersonId("dana".to_owned())),
        people,
        contacts: None,
        pace: Pace::default(),
        facts: IndexMap::new(),
        story: Vec::new(),
        fails: Fails::default(),
        expect: Expectations::default(),
    }
}

/// One person for each role, as far as the cast goes; then some play two.
fn people(runbook: &Runbook) -> IndexMap<PersonId, Player> {
    let mut people: IndexMap<PersonId, Player> = IndexMap::new();
    for (index, role) in runbook.roles.keys().enumerate() {
        let (handle, name) = CAST[index % CAST.len()];
        let player = people.entry(PersonId(handle.to_owned())).or_default();
        name.clone_into(&mut player.name);
        player.roles.push(RoleId::clone(role));
    }
    people
}

/// A fact as somebody would state it in a drill, where neither runbook nor scenario has words for it.
pub(in crate::drill) fn fact(fact: &Fact, now: Timestamp, timezone: Tz) -> Text {
    let plain = |value: String| Text::new(Locale::english(), value);
    let upcoming = |span: u64| now + chrono::TimeDelta::from_std(Duration::from_secs(span)).unwrap_or_default();
    match &fact.kind {
        FactKind::Text => words(fact.id.as_str(), fact),
        FactKind::Number => plain("12".to_owned()),
        FactKind::Percent => plain("30".to_owned()),
        FactKind::Duration => plain("30m".to_owned()),
        FactKind::Datetime { upcoming: true } => {
            plain(upcoming(3600).with_timezone(&timezone).format("%H:%M").to_string())
        }
        FactKind::Datetime { upcoming: false } => plain(now.with_timezone(&timezone).format("%H:%M").to_string()),
        FactKind::Choice(choices) => plain(choices.keys().next().cloned().unwrap_or_default()),
    }
}

/// Both languages' words for the facts that notices draw on.
fn words(id: &str, fact: &Fact) -> Text {
    let (english, chinese) = match id {
        "impact" => ("Part of the service does not answer", "部分功能暂时无法使用"),
        "affected" => ("Some customers", "部分客户"),
        "unaffected" => ("Everything else works as usual", "其余功能一切正常"),
        "workaround" => ("none", "none"),
        "contact" => ("support@example.com", "support@example.com"),
        "changed" => ("We are still working on it", "仍在处理中"),
        "safe_to_retry" => ("You can try again now", "现在可以重新操作"),
        "claim" => ("A claim made up for this drill", "为本次演练编写的一条传言"),
        "truth" => ("Everything works as usual; you can check it in your account", "一切正常，您可以在账户中自行核实"),
        _ => return titled(fact),
    };
    both(english, chinese)
}

/// A fact of the runbook's own: its title stands for what people would say of it.
fn titled(fact: &Fact) -> Text {
    let mut text = Text::default();
    for (locale, title) in fact.title.iter() {
        let value =
            if locale.is_chinese() { format!("{title}：演练用") } else { format!("{title}, for the drill") };
        text.set(locale.clone(), value);
    }
    text
}

/// A text in English and Chinese.
pub(in crate::drill) fn both(english: &str, chinese: &str) -> Text {
    let mut text = Text::new(Locale::english(), english);
    text.set(Locale::chinese(), chinese);
    text
}
