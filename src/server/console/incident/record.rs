//! The timeline, newest first, each entry with its number.

use serde::Serialize;

use crate::app::view::{Moment, TimelineEvent};
use crate::incident::Actor;
use crate::runbook::RoleId;
use crate::server::console::step::Sight;

/// How many entries a page shows unless all are asked for.
const MOST: usize = 40;

/// Fields of an event that hold what a person wrote.
const WRITTEN: [&str; 3] = ["text", "note", "reason"];

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Record {
    entries: Vec<Entry>,
    total: usize,
    /// Whether some are not shown.
    cut: bool,
    languages: Vec<Tongue>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Entry {
    seq: u64,
    at: Moment,
    occurred_at: Option<Moment>,
    /// None where Muster itself noted it.
    who: Option<String>,
    role: Option<String>,
    text: String,
    amends: bool,
    translates: bool,
}

#[derive(Debug, PartialEq, Serialize)]
struct Tongue {
    tag: String,
    name: String,
    own: bool,
}

pub(super) fn record(sight: &Sight<'_>, events: Vec<TimelineEvent>, all: bool) -> Record {
    let total = events.len();
    let shown = if all { total } else { MOST };
    let locales = sight.runbook().locales.iter();
    let tongue = |locale: &crate::locale::Locale| Tongue {
        tag: locale.to_string(),
        name: locale.own_name().to_owned(),
        own: locale == sight.writing(),
    };
    Record {
        entries: events.into_iter().rev().take(shown).map(|event| entry(sight, event)).collect(),
        total,
        cut: total > shown,
        languages: locales.map(tongue).collect(),
    }
}

fn entry(sight: &Sight<'_>, event: TimelineEvent) -> Entry {
    let by_muster = event.actor == Actor::Muster.to_string();
    let has_words = |field: &&str| event.body.get(field).is_some_and(|value| value.is_string());
    let amends = sight.may_act() && !by_muster;
    Entry {
        seq: event.seq,
        at: event.at,
        occurred_at: event.occurred_at,
        who: (!by_muster).then(|| sight.names.called(&event.actor).to_owned()),
        role: event.role.map(|role| sight.role(&RoleId::new(role))),
        translates: amends && WRITTEN.iter().any(has_words),
        amends,
        text: event.text,
    }
}
