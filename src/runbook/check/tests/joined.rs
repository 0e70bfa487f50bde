//! Problems between steps: until, on_fail, conditions, and the time left for the first notice.

use super::{LEAST, check, found, gives, with};

#[test]
fn until_is_a_later_step_that_somebody_ends() {
    gives(
        "PRE",
        &[
            ("  - updates: x\n    until: three", "bad_until 8:12+5"),
            ("  - updates: x\n    until: one", "bad_until 8:12+3"),
            ("  - updates: x\n    until: x", "bad_until 8:12+1"),
            ("  - updates: x\n    until: tow", "unknown_step 8:12+3"),
            ("  - updates: x\n    until: [two]", "unknown_step 8:12+5"),
            ("  - updates: x\n    until: z\n  - updates: z\n    until: two", "bad_until 8:12+1"),
            ("  - together:\n      a: [{ updates: x, until: z }]\n      b: [{ task: z }]", ""),
        ],
    );
    gives("POST", &[("  - updates: x\n    until: three", "bad_until 13:14+1, bad_until 14:12+5")]);
}

#[test]
fn on_fail_is_an_earlier_step_of_the_same_list_and_repeats_no_message() {
    gives(
        "MID",
        &[
            ("  - accept: x\n    confirm: [a]\n    on_fail: two", ""),
            ("  - accept: x\n    confirm: [a]\n    on_fail: one", "bad_on_fail 12:14+3"),
            ("  - accept: x\n    confirm: [a]\n    on_fail: x", "bad_on_fail 12:14+1"),
            ("  - accept: x\n    confirm: [a]\n    on_fail: nowhere", "unknown_step 12:14+7"),
            (
                "  - notice: say\n    status: identified\n  - accept: x\n    confirm: [a]\n    on_fail: two",
                "bad_on_fail 14:14+3",
            ),
            (
                "  - together:\n      b: [{ retrospective: r }]\n  - accept: x\n    confirm: [a]\n    on_fail: two",
                "bad_on_fail 14:14+3",
            ),
            ("  - accept: x\n    confirm: [a]\n    on_fail: two\n  - notice: say\n    status: resolved", ""),
        ],
    );
}

#[test]
fn a_condition_asks_only_what_has_been() {
    let decide = "  - decide: q\n    answers: { a: A, b: B }\n";
    let cases = [
        ("  - task: x\n    when: answers.q == 'a' && outcomes.one == 'done'", ""),
        ("  - task: x\n    when: answers.q == 'c'", "unknown_answer 10:24+3"),
        ("  - task: x\n    when: answers.one == ''", "unknown_step 10:19+3"),
        ("  - task: x\n    when: outcomes.one == 'worked'", "unknown_outcome 10:27+8"),
        ("  - task: x\n    when: outcomes.two == 'done'", "step_not_before 10:20+3"),
        ("  - task: x\n    when: outcomes.x == 'done'", "step_not_before 10:20+1"),
        ("  - task: x\n    when: outcomes.oen == 'done'", "unknown_step 10:20+3"),
        (
            "  - together:\n      a: [{ task: x }]\n      b: [{ task: z, when: outcomes.x == 'done' }]",
            "sibling_branch 11:37+1",
        ),
        ("  - together:\n      a: [{ task: x }, { task: z, when: outcomes.x == 'done' }]", ""),
        ("  - together:\n      a: [{ task: x }]\n  - task: z\n    when: outcomes.x == 'not_applicable'", ""),
    ];
    for (lines, expected) in cases {
        let expected: Vec<_> = expected.split(", ").filter(|p| !p.is_empty()).map(str::to_owned).collect();
        assert_eq!(found(&with("PRE", &format!("{decide}{lines}"))), expected, "{lines}");
    }
}

#[test]
fn places_inside_a_condition_follow_its_quotes_and_its_chinese() {
    gives(
        "PRE",
        &[
            ("  - task: x\n    when: rank == 'a'", "condition_type 8:19+3"),
            ("  - task: x\n    when: 'rank == ''a'''", "condition_type 8:20+5"),
            ("  - task: x\n    when: \"facts.impact == '中文' && rank == 'a'\"", "condition_type 8:44+3"),
            ("  - task: x\n    when: \"cause == '\\u4e2d'\"", "unknown_cause 8:21+8"),
            ("  - task: x\n    when: >\n      rank ==\n      'a'", "condition_type 9:7+1"),
        ],
    );
}

#[test]
fn deadlines_that_leave_the_first_notice_no_time_are_reported() {
    let pre = |steps: &str| LEAST.replace("  - task: one\n", steps);
    let notice = "  - notice: first\n    status: investigating\n";
    let late = pre(&format!("  - task: one\n    within: 2m\n  - task: more\n    within: 3m\n{notice}"));
    let checked = check(late.as_bytes());
    assert!(checked.runbook.is_some(), "a warning");
    let said: Vec<_> =
        checked.problems.iter().map(|p| format!("{}: {}", p.message, p.help.as_deref().unwrap_or(""))).collect();
    assert_eq!(
        said,
        [
            "the deadlines ahead of `first` take 5m, and sev1 promises the first notice within 5m: shorten `more` (3m), or move the notice up"
        ]
    );
    let fine = [
        format!("  - task: one\n    within: 4m\n{notice}"),
        // Its own deadline counts from when it opens.
        format!("  - task: one\n    within: 4h\n{notice}    within: 2m\n"),
        // Not at this severity.
        format!("  - task: one\n    within: 10m\n    when: rank == 2\n{notice}"),
        // A branch beside it is not ahead of it.
        "  - together:\n      a: [{ task: one, within: 4h }]\n      b: [{ notice: first, status: investigating }]\n"
            .to_owned(),
        // The team's own message is not the first notice to customers.
        "  - task: one\n    within: 4h\n  - notice: first\n    status: investigating\n    audience: staff\n".to_owned(),
    ];
    for steps in fine {
        assert_eq!(found(&pre(&steps)), [""; 0], "{steps}");
    }
    let together = pre(&format!(
        "  - together:\n      a: [{{ task: one, within: 4m }}]\n      b: [{{ wait: w, for: 20m }}]\n{notice}"
    ));
    assert_eq!(found(&together), ["no_time_for_first_notice 9:13+5", "no_time_for_first_notice 9:13+5"]);
}
