//! Problems of single steps: one case for every code, kind by kind.

use super::{LEAST, check, found, gives, with};

#[test]
fn phases_and_lists() {
    for (from, to, expected) in [
        ("pre:\n  - task: one\n", "pre: []\n", vec!["empty_phase 5:6+2"]),
        ("pre:\n  - task: one\n", "pre:\n", vec!["empty_phase 5:4+1"]),
        ("pre:\n  - task: one\n", "", vec!["missing_key 1:1+6"]),
        ("pre:\n  - task: one\n", "pre: later\n", vec!["not_a_list 5:6+5"]),
        ("  - task: one\n", "  - one\n", vec!["not_a_map 6:5+3"]),
    ] {
        assert_eq!(found(&LEAST.replacen(from, to, 1)), expected, "{to}");
    }
}

#[test]
fn kinds() {
    gives(
        "PRE",
        &[
            ("  - tsak: x", "unknown_kind 7:5+4"),
            ("  - title: X\n    task: x", "unknown_kind 7:5+5"),
            ("  - task: Take Lead", "bad_id 7:11+9"),
            ("  - task: 5", "not_text 7:11+1"),
            ("  - task:", "not_text 7:9+1"),
            ("  - task: x\n    witihn: 5m", "unknown_key 8:5+6"),
            ("  - task: x\n    notice: z", "unknown_key 8:5+6"),
            ("  - together: {}", "empty_together 7:15+2"),
            ("  - together:\n      a: []", "empty_branch 8:10+2"),
            ("  - together:\n      A: [{ task: x }]", "bad_id 8:7+1"),
            ("  - together:\n      a: [{ task: x }]\n    when: rank == 1", "unknown_key 9:5+4"),
        ],
    );
    let problem = &check(with("PRE", "  - title: X\n    task: x").as_bytes()).problems[0];
    assert_eq!(problem.help.as_deref(), Some("move `task` to the front"));
}

#[test]
fn keys_that_every_step_has() {
    gives(
        "PRE",
        &[
            (
                "  - task: x\n    title: X\n    detail: |\n      Do *this*\n    role: ops\n    within: 5m\n    scope: external\n    evidence: required",
                "",
            ),
            ("  - task: x\n    role: opps", "unknown_role 8:11+4"),
            ("  - task: x\n    within: 5", "bad_duration 8:13+1"),
            ("  - task: x\n    scope: public", "unknown_word 8:12+6"),
            ("  - task: x\n    evidence: yes", "yaml_1_1 8:15+3, unknown_word 8:15+3"),
            ("  - task: x\n    when: true", "not_text 8:11+4"),
        ],
    );
}

#[test]
fn gather_decide_and_approval() {
    gives(
        "PRE",
        &[
            ("  - gather: x\n    facts: [impact, affected]", ""),
            ("  - gather: x", "missing_key 7:5+6"),
            ("  - gather: x\n    facts: []", "empty_list 8:12+2"),
            ("  - gather: x\n    facts: [imapct]", "unknown_fact 8:13+6"),
            ("  - gather: x\n    facts: [impact, impact]", "duplicate_item 8:21+6"),
            ("  - decide: x\n    answers: { a: A, b: B }", ""),
            ("  - decide: x\n    answers: { a: A }", "too_few 8:14+8"),
            ("  - decide: x\n    answers: { a: A, B: B }", "bad_id 8:22+1"),
            ("  - decide: x\n    answers: { a: Yes, no: 0 }", "yaml_1_1 8:19+3, yaml_1_1 8:24+2, not_text 8:28+1"),
            ("  - approval: x\n    by: [lead, product]\n    quorum: 2\n    within: 5m", ""),
            ("  - approval: x", "missing_key 7:5+8"),
            ("  - approval: x\n    by: nobody", "unknown_role 8:9+6"),
        ],
    );
}

#[test]
fn measures() {
    gives(
        "PRE",
        &[
            ("  - contain: x\n    run: close\n    lift: Open\n    approve: { by: lead }", ""),
            ("  - contain: x\n    run: ../close", "bad_name 8:10+8"),
            ("  - contain: x\n    retries: 2", "unknown_key 8:5+7"),
            ("  - action: x\n    run: back\n    with: { release: \"1.10\" }\n    retries: 2\n    approve: none", ""),
            ("  - action: x", "missing_key 7:5+6"),
            ("  - action: x\n    run: back\n    with: { release: 1.10 }", "not_text 9:22+4"),
            ("  - action: x\n    run: back\n    retries: -1", "bad_count 9:14+2"),
        ],
    );
}

#[test]
fn acceptance() {
    gives(
        "PRE",
        &[
            ("  - accept: x\n    confirm: [It works]\n    probe: health\n    for: 5m\n    on_fail: one", ""),
            ("  - accept: x", "missing_key 7:5+6"),
            ("  - accept: x\n    confirm: []", "empty_list 8:14+2"),
            ("  - accept: x\n    confirm: It works", "not_a_list 8:14+8"),
            ("  - accept: x\n    confirm: [It works]\n    for: 5m", "missing_key 9:10+2"),
        ],
    );
}

#[test]
fn messages() {
    gives(
        "PRE",
        &[
            (
                "  - notice: x\n    status: identified\n    audience: staff\n    via: [mail, page]\n    approve: none",
                "",
            ),
            ("  - notice: x\n    template: statement", ""),
            ("  - notice: x", "missing_key 7:5+6"),
            ("  - notice: x\n    status: broken", "unknown_word 8:13+6"),
            ("  - notice: x\n    status: identified\n    audience: [everyone]", "unknown_audience 9:16+8"),
            ("  - notice: x\n    status: identified\n    audience: []", "empty_list 9:15+2"),
            ("  - notice: x\n    status: identified\n    via: sms", "unknown_word 9:10+3"),
            ("  - notice: x\n    template: ../secret", "bad_name 8:15+9"),
            ("  - updates: x\n    until: two", ""),
            ("  - updates: x", "missing_key 7:5+7"),
        ],
    );
}

#[test]
fn the_remaining_kinds() {
    gives(
        "PRE",
        &[
            ("  - cover: x", "no_fallbacks 7:5+5"),
            ("  - reach: x", ""),
            ("  - reach: x\n    audience: customers", "unknown_audience 8:15+9"),
            ("  - wait: x\n    for: 15m", ""),
            ("  - wait: x\n    signal: true\n    within: 1h", ""),
            ("  - wait: x\n    signal: The vendor answers", ""),
            ("  - wait: x", "missing_key 7:5+4"),
            ("  - wait: x\n    for: 1h\n    signal: true", "bad_wait 9:13+4"),
            ("  - wait: x\n    signal: false", "bad_wait 8:13+5"),
            (
                "  - retrospective: x\n    template: ours\n    follow_ups: [Alert]\n    require: [factors, follow_ups, sections]",
                "",
            ),
            ("  - retrospective: x\n    require: fun", "unknown_word 8:14+3"),
        ],
    );
    let text = with("HEAD", "fallbacks: { desk: { title: Desk } }")
        .replace("  - task: one\n", "  - cover: one\n    fallbacks: [desc]\n");
    assert_eq!(found(&text), ["unknown_fallback 7:17+4"]);
}
