//! Replay of 100,000 events: from their text alone, and out of the store with its chain verified.

use std::hint::black_box;

use muster::incident::{Incident, event};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Row as _};

use super::journal::Played;
use super::pair::{in_turns, per_second, rate};
use super::report::Figure;
use super::store::{Place, runtime};

pub(crate) const EVENTS: usize = 100_000;
const AIM: f64 = 500_000.0;

pub(crate) fn figures() -> Vec<Figure> {
    let played = Played::of(EVENTS);
    vec![from_text(&played), from_store(&played)]
}

fn from_text(played: &Played) -> Figure {
    let texts: Vec<String> = played.events.iter().map(event::encode).collect();
    let replay = || {
        let mut texts = texts.iter().map(|text| event::decode(text).expect("an event"));
        let mut incident = Incident::begin(&texts.next().expect("a declaration")).expect("it begins");
        for recorded in texts {
            muster::incident::apply(&mut incident, &recorded).expect("it applies");
        }
        incident
    };
    assert_eq!(replay(), played.incident, "replay equals live");
    let pair = in_turns(
        15,
        || drop(black_box(replay())),
        || texts.iter().for_each(|text| drop(black_box(serde_json::from_str::<serde_json::Value>(text)))),
    );
    Figure {
        what: format!("replay: {EVENTS} events from JSON text"),
        muster: rate(EVENTS, pair.muster, "events"),
        beside: format!("serde_json into values {}", rate(EVENTS, pair.peer, "texts")),
        ratio: Some(pair.ratio()),
        aim: "> 500,000 events/s",
        met: Some(per_second(EVENTS, pair.muster) > AIM),
    }
}

fn from_store(played: &Played) -> Figure {
    let place = Place::new();
    let runtime = runtime();
    let store = runtime.block_on(place.keep(played));
    let options = SqliteConnectOptions::new().filename(&place.file).read_only(true).disable_statement_logging();
    let mut plain = runtime.block_on(options.connect()).expect("a connection");
    let pair = in_turns(
        7,
        || {
            let events = runtime.block_on(store.events(played.incident.id, 0)).expect("events");
            assert_eq!(black_box(Incident::replay(&events)).expect("it replays").seq, EVENTS as u64);
        },
        || {
            let rows = sqlx::query("SELECT seq, hash, body FROM events ORDER BY seq").fetch_all(&mut plain);
            let rows = runtime.block_on(rows).expect("rows");
            let bytes: usize = rows.iter().map(|row| row.get::<String, _>(2).len()).sum();
            assert!(black_box(bytes) > EVENTS);
        },
    );
    runtime.block_on(store.close());
    Figure {
        what: format!("replay: {EVENTS} events from the store, chain verified"),
        muster: rate(EVENTS, pair.muster, "events"),
        beside: format!("the same rows merely fetched {}", rate(EVENTS, pair.peer, "rows")),
        ratio: Some(pair.ratio()),
        aim: "",
        met: None,
    }
}
