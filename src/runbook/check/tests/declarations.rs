//! Problems of the head and of what is declared: one case for every code.

use super::{LEAST, found, gives, with};

#[test]
fn the_least_runbook_has_no_problem() {
    assert_eq!(found(LEAST), [""; 0]);
}

#[test]
fn the_head() {
    for (from, to, expected) in [
        ("muster: 1\n", "", vec!["missing_key 1:1+2"]),
        ("muster: 1", "muster: 2", vec!["unsupported_version 1:9+1"]),
        ("muster: 1", "muster: \"1\"", vec!["unsupported_version 1:9+3"]),
        ("muster: 1", "muster: [1]", vec!["unsupported_version 1:9+3"]),
        ("id: case", "id: Case", vec!["bad_id 2:5+4"]),
        ("id: case", "id: 7up", vec!["bad_id 2:5+3"]),
        ("id: case", "id: 案例", vec!["bad_id 2:5+2"]),
        ("title: A case", "title: ''", vec!["empty_text 3:8+2"]),
        ("title: A case", "title: 1.10", vec!["not_text 3:8+4"]),
        ("title: A case", "title: true", vec!["not_text 3:8+4"]),
        ("title: A case", "title: ~", vec!["not_text 3:8+1"]),
        ("title: A case", "title:", vec!["not_text 3:6+1"]),
        ("title: A case", "title: [A]", vec!["not_text 3:8+3"]),
        ("# HEAD", "titel: A case", vec!["unknown_key 4:1+5"]),
        ("# HEAD", "locales: [en, english]", vec!["bad_locale 4:15+7"]),
        ("# HEAD", "locales: [en, EN]", vec!["duplicate_item 4:15+2"]),
        ("# HEAD", "locales: []", vec!["empty_list 4:10+2"]),
        ("# HEAD", "locales: en", vec!["not_a_list 4:10+2"]),
        ("# HEAD", "cause: weather", vec!["unknown_word 4:8+7"]),
        ("# HEAD", "components: [crm, crm]", vec!["duplicate_item 4:19+3"]),
        ("# HEAD", "components: [1]", vec!["not_text 4:14+1"]),
    ] {
        assert_eq!(found(&LEAST.replace(from, to)), expected, "{to}");
    }
}

#[test]
fn what_is_missing_is_named_with_what_it_is_for() {
    let checked = super::check(b"id: case\n");
    let said: Vec<_> =
        checked.problems.iter().map(|p| format!("{} ({})", p.message, p.help.as_deref().unwrap_or(""))).collect();
    assert_eq!(
        said,
        [
            "a runbook needs the key `muster` (The format's version: 1.)",
            "a runbook needs the key `title` (What has happened, as people would call it.)",
            "a runbook needs the key `pre` (Respond, tell, contain.)",
            "a runbook needs the key `mid` (Find, repair, accept, tell.)",
            "a runbook needs the key `post` (Reach who is left, review.)",
        ]
    );
    assert_eq!(found("[1, 2]"), ["not_a_map 1:1+6"]);
}

#[test]
fn severities() {
    gives(
        "HEAD",
        &[
            ("severities: {}", "empty_list 4:13+2"),
            ("severities:\n  high: { means: Bad, first_notice: 5m, update_every: 20m, mail_every: 2h }", ""),
            ("severities:\n  high: { means: Bad, first_notice: 5m, update_every: 20m }", "missing_key 5:11+5"),
            (
                "severities:\n  High: { means: Bad, first_notice: 5m, update_every: 20m, mail_every: 2h }",
                "bad_id 5:3+4",
            ),
            (
                "severities:\n  high: { means: Bad, first_notice: 5, update_every: 20m, mail_every: 2h }",
                "bad_duration 5:37+1",
            ),
            (
                "severities:\n  high: { means: Bad, first_notice: 0s, update_every: soon, mail_every: 2h }",
                "bad_duration 5:37+2, bad_duration 5:55+4",
            ),
            ("severities: [sev1]", "not_a_list 0:0+0"),
        ][..6],
    );
    assert_eq!(found(&with("HEAD", "severities: [sev1]")), ["not_a_map 4:13+6"]);
}

#[test]
fn roles() {
    gives(
        "HEAD",
        &[
            ("roles: { finance: Finance, legal: { title: Legal, backup: finance } }", ""),
            ("roles: { lead: Chief }", ""),
            ("roles: { Finance: Finance }", "bad_id 4:10+7"),
            ("roles: { finance: 7 }", "not_text 4:19+1"),
            ("roles: { finance: { backup: lead } }", "missing_key 4:21+6"),
            ("roles: { finance: { title: Finance, backup: leed } }", "unknown_role 4:45+4"),
            ("roles: { finance: { title: Finance, backup: finance } }", "bad_backup 4:45+7"),
        ],
    );
}

#[test]
fn facts() {
    gives(
        "HEAD",
        &[
            ("facts: { region: { type: choice, choices: { cn: Mainland }, default: cn } }", ""),
            ("facts: { region: { choices: { cn: Mainland } } }", ""),
            ("facts: { share: { type: percent, default: 40 }, count: { type: number, default: 1.5 } }", ""),
            ("facts: { since: { type: datetime, default: \"14:05\" }, span: { type: duration, default: 1h 30m } }", ""),
            ("facts: { data_loss: none, started_at: 2026-11-22T01:00:00Z }", "yaml_1_1 4:39+20"),
            ("facts: { impact: 5 }", "not_text 4:18+1"),
            ("facts: { impact: { type: number } }", "built_in_fact 4:26+6"),
            ("facts: { data_loss: lots }", "bad_default 4:21+4"),
            ("facts: { data_loss: { choices: { a: A } } }", "bad_choices 4:32+8"),
            ("facts: { share: { type: percent, default: 140 } }", "bad_default 4:43+3"),
            ("facts: { count: { type: number, default: many } }", "bad_default 4:42+4"),
            ("facts: { since: { type: datetime, default: yesterday } }", "bad_default 4:44+9"),
            ("facts: { span: { type: duration, default: soon } }", "bad_default 4:43+4"),
            ("facts: { region: { type: choice, choices: { cn: Mainland }, default: hk } }", "bad_default 4:70+2"),
            ("facts: { region: { type: choice } }", "missing_key 4:20+4"),
            ("facts: { region: { type: text, choices: { cn: Mainland } } }", "bad_choices 4:41+16"),
            ("facts: { region: { type: choice, choices: {} } }", "too_few 4:43+2"),
            ("facts: { region: { type: colour } }", "unknown_word 4:26+6"),
        ],
    );
}

#[test]
fn audiences() {
    gives(
        "HEAD",
        &[
            ("audiences: { vip: { where: \"'vip' in tags && kind == 'customer'\" }, affected: { tag: crm } }", ""),
            ("audiences: { vip: {} }", "bad_audience 4:19+2"),
            ("audiences: { vip: { tag: a, kind: b } }", "bad_audience 4:21+3"),
            ("audiences: { page: { tag: a } }", "built_in_audience 4:14+4"),
            ("audiences: { vip: { where: rank == 1 } }", "unknown_name 4:28+4"),
            ("audiences: { vip: { wher: a } }", "unknown_key 4:21+4, bad_audience 4:21+4"),
        ],
    );
}

#[test]
fn fallbacks_and_readiness() {
    gives(
        "HEAD",
        &[
            ("fallbacks: { desk: { title: Desk, where: phone != '', capacity: 60/h } }", ""),
            ("fallbacks: { desk: { title: Desk, capacity: 60 } }", "bad_rate 4:45+2"),
            ("fallbacks: { desk: { where: size(emails) > 0 } }", "missing_key 4:22+5"),
            ("ready: { book: { title: Book checked, role: support, every: 7d } }", ""),
            (
                "ready: { book: { title: Book checked, role: suport, every: weekly } }",
                "unknown_role 4:45+6, bad_duration 4:60+6",
            ),
            ("ready: { book: Book checked }", "not_a_map 4:16+12"),
        ],
    );
}

#[test]
fn ids_are_distinct_and_a_built_in_of_another_sort_may_share_a_name() {
    gives(
        "HEAD",
        &[
            ("roles: { one: One }", "duplicate_id 6:11+3"),
            ("facts: { desk: A desk }\nfallbacks: { desk: { title: Desk } }", "duplicate_id 5:14+4"),
            ("ready: { finance: { title: Paid } }\nroles: { finance: Finance }", "duplicate_id 4:10+7"),
            // The fact and the audience are both built in; changing both is no clash.
            ("facts: { affected: Customers of the CRM }\naudiences: { affected: { tag: crm } }", ""),
        ],
    );
    gives("PRE", &[("  - task: one", "duplicate_id 7:11+3"), ("  - task: impact", ""), ("  - task: page", "")]);
}

#[test]
fn approvals() {
    gives(
        "HEAD",
        &[
            ("approve: lead", ""),
            ("approve: none", ""),
            ("approve: { by: [lead, product], quorum: 2, within: 2m }", ""),
            ("approve: boss", "unknown_role 4:10+4"),
            ("approve: [lead, product]", "bad_approve 4:10+15"),
            ("approve: { quorum: 2 }", "missing_key 4:12+6"),
            (
                "approve: { by: [], quorum: 0, within: never }",
                "empty_list 4:16+2, bad_count 4:28+1, bad_duration 4:39+5",
            ),
            ("approve: { by: [lead, lead] }", "duplicate_item 4:23+4"),
            ("approve: { by: lead, quorum: two }", "bad_count 4:30+3"),
        ],
    );
}
