//! Coverage over small books, as sets.

use std::time::Duration;

use insta::assert_snapshot;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::incident::state::FallbackState;
use crate::locale::{Locale, Text};
use crate::notice::fixture::{contact, incident, runbook};
use crate::runbook::Fallback;

/// Counts a book of contacts, each with the fallbacks that list it; `on` says which are in use.
fn count(on: &[bool], book: &[&[usize]], reached: &[usize]) -> Coverage {
    let (mut runbook, mut incident) = (runbook(), incident());
    let ids: Vec<FallbackId> = (0..on.len()).map(|index| FallbackId::new(format!("f{index}"))).collect();
    runbook.fallbacks.clear();
    for (id, on) in ids.iter().zip(on) {
        let title = Text::new(Locale::english(), id.as_str());
        let capacity = Some(Rate { count: 60, per: Duration::from_secs(3600) });
        runbook.fallbacks.insert(id.clone(), Fallback { id: id.clone(), title, select: None, capacity });
        incident.fallbacks.insert(id.clone(), FallbackState { on: *on, ..FallbackState::default() });
    }
    incident.reached_by_hand = reached.iter().map(|index| ContactId::new(format!("c{index}"))).collect();
    let mut counter = Counter::new(&runbook, &incident);
    for (index, lists) in book.iter().enumerate() {
        let fallbacks: Vec<FallbackId> = lists.iter().map(|list| ids[*list].clone()).collect();
        let member = Membership { affected: None, fallbacks: &fallbacks };
        counter.add(&contact(&format!("c{index}"), "", "", ""), member);
    }
    counter.finish()
}

#[test]
fn overlaps_count_once_and_the_remainder_has_names() {
    // c0 by both, c1 by the first, c2 by the second, c3 only by the third, which is off, c4 and c5 by none.
    let coverage = count(&[true, true, false], &[&[0, 1], &[0], &[1], &[2], &[], &[]], &[4]);
    assert_snapshot!(serde_json::to_string_pretty(&coverage).expect("JSON"), @r#"
    {
      "affected": 6,
      "fallbacks": [
        {
          "id": "f0",
          "on": true,
          "reach": 2,
          "adds": 2,
          "capacity": "60/h"
        },
        {
          "id": "f1",
          "on": true,
          "reach": 2,
          "adds": 1,
          "capacity": "60/h"
        },
        {
          "id": "f2",
          "on": false,
          "reach": 1,
          "adds": 1,
          "capacity": "60/h"
        }
      ],
      "covered": 3,
      "uncovered": 3,
      "remainder": [
        "c3",
        "c5"
      ]
    }
    "#);
}

#[test]
fn staff_and_those_outside_the_imported_list_are_not_affected() {
    let (runbook, incident) = (runbook(), incident());
    let mut counter = Counter::new(&runbook, &incident);
    counter.add(&contact("c0", "", "", ""), Membership { affected: Some(false), fallbacks: &[] });
    counter.add(&Contact { kind: "staff".to_owned(), ..contact("s", "", "", "") }, Membership::default());
    let coverage = counter.finish();
    assert_eq!((coverage.affected, coverage.uncovered, coverage.remainder), (0, 0, Vec::new()));
}

#[test]
fn a_fallback_covers_whom_its_condition_selects() {
    let (runbook, mut incident) = (runbook(), incident());
    incident.fallbacks.insert(FallbackId::new("phone"), FallbackState { on: true, ..FallbackState::default() });
    let mut counter = Counter::new(&runbook, &incident);
    counter.add(&Contact { phone: "400".to_owned(), ..contact("c0", "", "", "") }, Membership::default());
    counter.add(&contact("c1", "", "", ""), Membership::default());
    let coverage = counter.finish();
    assert_eq!((coverage.affected, coverage.covered, coverage.fallbacks[0].adds), (2, 1, 1));
    assert_eq!(coverage.remainder, [ContactId::new("c1")]);
}

proptest! {
    #[test]
    fn counts_add_up(on in any::<[bool; 3]>(), book in proptest::collection::vec(any::<[bool; 3]>(), 0..40)) {
        let lists: Vec<Vec<usize>> = book.iter().map(|row| (0..3).filter(|index| row[*index]).collect()).collect();
        let lists: Vec<&[usize]> = lists.iter().map(Vec::as_slice).collect();
        let coverage = count(&on, &lists, &[]);
        prop_assert_eq!(coverage.covered + coverage.uncovered, coverage.affected);
        prop_assert_eq!(coverage.remainder.len() as u64, coverage.uncovered);
        prop_assert_eq!(coverage.left, coverage.uncovered);
        let added: u64 = coverage.fallbacks.iter().filter(|fallback| fallback.on).map(|fallback| fallback.adds).sum();
        prop_assert_eq!(added, coverage.covered);
        prop_assert!(coverage.fallbacks.iter().all(|fallback| fallback.adds <= fallback.reach));
    }
}
