//! `check` of a runbook of 20,000 steps, beside the YAML parser alone on the same text.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use muster::runbook::check::check;
use serde_yaml::granit_parser::Parser;

use super::pair::{in_turns, span};
use super::report::Figure;

const STEPS: usize = 20_000;
const AIM: Duration = Duration::from_millis(300);

pub(crate) fn figures() -> Vec<Figure> {
    let text = runbook(STEPS);
    let checked = check(text.as_bytes());
    assert!(checked.runbook.is_some_and(|runbook| runbook.steps.len() == STEPS), "{:?}", checked.problems.first());
    let pair = in_turns(
        15,
        || drop(black_box(check(text.as_bytes()))),
        || assert!(Parser::new_from_str(&text).all(|event| event.is_ok())),
    );
    vec![Figure {
        what: format!("check: {STEPS} steps, {} KiB", text.len() / 1024),
        muster: span(pair.muster),
        beside: format!("YAML parser alone {}", span(pair.peer)),
        ratio: Some(pair.ratio()),
        aim: "≤ 300 ms",
        met: Some(pair.muster <= AIM),
    }]
}

/// A runbook in which every tenth step is a decision, and every tenth asks for its answer.
fn runbook(steps: usize) -> String {
    let mut text = String::from(
        "muster: 1\nid: long\ntitle: A long night\n\npre:\n  - decide: first\n    \
         title: Anything changed?\n    answers: { changed: \"Yes\", unchanged: \"No\" }\n",
    );
    let mut asked = "first".to_owned();
    for n in 1..steps - 2 {
        let _ = match n % 10 {
            0 => {
                asked = format!("d{n}");
                writeln!(text, "  - decide: d{n}\n    title: Is {n} so?\n    answers: {{ changed: So, b: Not so }}")
            }
            4 => writeln!(
                text,
                "  - task: t{n}\n    title: Do number {n}\n    when: answers.{asked} == 'changed' && rank <= 2\n    within: 5m"
            ),
            7 => writeln!(text, "  - task: t{n}\n    title: Do number {n}\n    role: ops\n    detail: See page {n}."),
            _ => writeln!(text, "  - task: t{n}\n    title: Do number {n}\n    role: dev"),
        };
    }
    text.push_str("\nmid:\n  - task: repair\n    title: Repair it\n\npost:\n  - task: review\n    title: Look back\n");
    text
}
