//! What a checked runbook holds: the example, the defaults, and every accepted way of writing.

use super::{EXAMPLE, check, sound};

#[test]
fn the_example_checks_without_an_error() {
    let checked = check(EXAMPLE.as_bytes());
    let codes: std::collections::BTreeSet<_> = checked.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["missing_translation"], "{:#?}", checked.problems);
    let runbook = sound(EXAMPLE);
    assert_eq!(runbook.id.as_str(), "crm-withdrawals");
    println!("{}", crate::runbook::graph::mermaid(&runbook, &crate::locale::Locale::chinese()));
}
