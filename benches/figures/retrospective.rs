//! The retrospective of an incident of 100,000 events, beside reading its journal.

use std::hint::black_box;
use std::time::Duration;

use muster::app::{App, Outlet};
use muster::clock::Clock;
use muster::locale::Locale;
use muster::retrospective::Edition;

use super::journal::Played;
use super::pair::{in_turns, span};
use super::replay::EVENTS;
use super::report::Figure;
use super::store::{Place, runtime};

const AIM: Duration = Duration::from_secs(2);

pub(crate) fn figures() -> Vec<Figure> {
    let played = Played::of(EVENTS);
    let place = Place::new();
    let runtime = runtime();
    let store = runtime.block_on(place.keep(&played));
    let figure = |edition: Edition, locale: Locale| {
        let pair = in_turns(
            5,
            || {
                // A conductor of its own each time, so that nothing is remembered from the time before.
                let app = App::new(place.settings(), Clock::virtual_at(played.now, 1), Outlet::World);
                let document = runtime.block_on(app.retrospective(played.incident.id, edition, &locale));
                let document = document.expect("a document");
                black_box((document.markdown(), document.html(), document.json().to_string()));
                runtime.block_on(app.close());
            },
            || assert_eq!(runtime.block_on(store.events(played.incident.id, 0)).expect("events").len(), EVENTS),
        );
        Figure {
            what: format!("retrospective: {EVENTS} events, {} {locale}, md + html + json", edition.as_str()),
            muster: span(pair.muster),
            beside: format!("reading the journal {}", span(pair.peer)),
            ratio: Some(pair.ratio()),
            aim: "≤ 2 s",
            met: Some(pair.muster <= AIM),
        }
    };
    let figures = vec![figure(Edition::Internal, Locale::english()), figure(Edition::Public, Locale::chinese())];
    runtime.block_on(store.close());
    figures
}
