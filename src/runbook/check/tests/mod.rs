//! The checker's tests: what is accepted, and one case for every problem code.

use super::{Checked, check};

mod accepted;
mod declarations;
mod joined;
mod steps;
mod translations;
mod writing;

/// The example of the format's description.
pub(crate) const EXAMPLE: &str = include_str!("example.yaml");

/// The least that is a runbook; `HEAD`, `PRE`, `MID` and `POST` mark where cases add to it.
const LEAST: &str = "\
muster: 1
id: case
title: A case
# HEAD
pre:
  - task: one
# PRE
mid:
  - task: two
# MID
post:
  - task: three
# POST
";

/// Checks a text that must be sound, and returns its runbook.
fn sound(text: &str) -> crate::runbook::Runbook {
    let Checked { runbook, problems, .. } = check(text.as_bytes());
    runbook.unwrap_or_else(|| panic!("{problems:#?}"))
}

/// The least runbook with lines put in at a mark.
fn with(mark: &str, lines: &str) -> String {
    LEAST.replace(&format!("# {mark}\n"), &format!("{}\n", lines.trim_end()))
}

/// Every problem as `code line:column+length`.
fn found(text: &str) -> Vec<String> {
    let checked = check(text.as_bytes());
    let problems = checked.problems.iter();
    problems.map(|p| format!("{} {}:{}+{}", p.code, p.place.line, p.place.column, p.place.length)).collect()
}

/// Asserts that lines put in at a mark give exactly these problems.
fn gives(mark: &str, cases: &[(&str, &str)]) {
    for (lines, expected) in cases {
        let expected: Vec<_> = expected.split(", ").filter(|p| !p.is_empty()).map(str::to_owned).collect();
        assert_eq!(found(&with(mark, lines)), expected, "{lines}");
    }
}
