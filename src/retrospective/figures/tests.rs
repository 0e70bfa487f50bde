//! Figures of small journals.

use super::*;
use crate::retrospective::fixture::Played;

fn counted(played: &Played) -> Figures {
    figures(&played.runbook, &played.events, None)
}

#[test]
fn the_clocks_of_a_whole_night() {
    let figures = counted(&Played::whole().resolved());
    let told = |measured: Measured| (measured.seconds, measured.target, measured.kept);
    assert!(figures.impact_stated);
    assert_eq!(told(figures.ttd), (Some(12 * 60), None, None));
    assert_eq!(told(figures.tta), (Some(60), Some(120), Some(true)));
    assert_eq!(told(figures.ttn), (Some(200), Some(300), Some(true)));
    assert_eq!(told(figures.ttm), (Some(17 * 60 + 20), None, None));
    assert_eq!(told(figures.ttr), (Some(67 * 60 + 20), None, None));
}

#[test]
fn promises_deliveries_and_deviations_add_up() {
    let figures = counted(&Played::whole().resolved());
    assert_eq!(figures.updates, Promises { promised: 1, kept: 0, missed: 1 });
    assert_eq!(figures.obligations, Obligations { opened: 1, lifted: 1, kept: 0 });
    assert_eq!((figures.notices, figures.recipients, figures.organisations), (2, 118, 40));
    assert_eq!((figures.deliveries["sent"], figures.deliveries["failed"]), (234, 6));
    assert_eq!(figures.delivery_share, Some(234.0 / 240.0));
    assert_eq!(figures.deviations, 2);
}

#[test]
fn without_a_stated_impact_nobody_claims_how_fast_it_was_noticed() {
    let figures = counted(&Played::declared("sev1"));
    assert_eq!((figures.impact_stated, figures.ttd), (false, Measured::default()));
    assert_eq!((figures.ttn.seconds, figures.ttn.target, figures.ttn.kept), (None, Some(300), None));
}
