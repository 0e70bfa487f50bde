//! Running an incident from the keyboard, step by step, until it is closed and looked back at.

use super::environment::TestEnvironment;

#[test]
fn bare_muster_off_a_terminal_says_what_is_open_and_what_to_do() {
    let environment = TestEnvironment::new();
    insta::assert_snapshot!(environment.done(""), @r"
    No incident is open.
      muster start  Something has happened: begin an incident
      muster drill  Practise: play an incident, nothing is sent
      muster init   Set up: settings, runbooks and templates in this folder
    ");
    environment.done("start small --severity high");
    insta::assert_snapshot!(environment.done(""), @r"
    INC-1  Logins fail
    high · open · public: not told yet · pre · declared [time], [ago]
    What to do next:
      take_lead  Take the lead  lead  due in [span]
    ");
}

#[test]
fn an_incident_is_run_step_by_step() {
    let environment = TestEnvironment::begun();
    let lines = [
        "done take_lead --note \"Dana leads\"",
        "set impact=\"Logins fail with error 500\" --confirm",
        "note \"The relay is slow\"",
        "skip first_notice --reason \"told by phone\"",
        "answer recent_change changed",
        "done close_form",
        "severity low --reason \"half are back\"",
        "cause system",
        "role ops=kim",
        "fallback on phone_desk",
        "done desks",
        "lift close_form",
        "followup add \"Alert on failed logins\" --owner ops",
        "done review",
    ];
    let told: Vec<String> = lines.iter().map(|line| format!("$ muster {line}\n{}", environment.done(line))).collect();
    insta::assert_snapshot!(told.join("\n"), @"");
    insta::assert_snapshot!(environment.done("show"), @"");
    insta::assert_snapshot!(environment.done("timeline"), @"");
    insta::assert_snapshot!(environment.done("followup list"), @"");
    insta::assert_snapshot!(environment.done("audit"), @"");
    assert!(environment.done("retro").contains("Logins fail"));
}

#[test]
fn refusals_say_what_to_do_instead() {
    let environment = TestEnvironment::begun();
    let told: Vec<String> = [
        "done take_laed",
        "done first_notice",
        "skip review --reason later",
        "answer take_lead yes",
        "lift close_form",
        "severity worst --reason x",
        "approve take_lead",
        "show INC-7",
    ]
    .into_iter()
    .map(|line| format!("$ muster {line}\n{}", environment.run(line).refusal()))
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    $ muster done take_laed
    exit 3
    error: no step is called `take_laed`
    help: did you mean `take_lead`?

    $ muster done first_notice
    exit 1
    error: it is not yet the turn of `first_notice`
    help: open now: `take_lead`; before its turn: muster done first_notice --early --reason "…"

    $ muster skip review --reason later
    exit 1
    error: it is not yet the turn of `review`
    help: open now: `take_lead`; before its turn: muster skip review --early --reason "…"

    $ muster answer take_lead yes
    exit 1
    error: `take_lead` is a task, not a question
    help: muster done take_lead

    $ muster lift close_form
    exit 1
    error: `close_form` has nothing to lift
    help: nothing is to be lifted now

    $ muster severity worst --reason x
    exit 3
    error: `worst` is no level of this runbook: `high`, `low`

    $ muster approve take_lead
    exit 1
    error: `take_lead` needs no approval
    help: muster done take_lead

    $ muster show INC-7
    exit 3
    error: no incident `INC-7`
    help: `muster list --all` shows every incident
    "#);
}

#[test]
fn coverage_and_reach_count_contacts() {
    let environment = TestEnvironment::begun();
    insta::assert_snapshot!(environment.done("coverage"), @r"
    3 affected, 0 covered by a fallback in use, 3 not.
      off  phone_desk  Help by phone  reaches 2, adds 2

    Not reached by anything yet: 3
      ann
      bo
      cy
    ");
    environment.done("fallback on phone_desk");
    insta::assert_snapshot!(environment.done("coverage"), @r"
    3 affected, 2 covered by a fallback in use, 1 not.
      on  phone_desk  Help by phone  reaches 2, adds 2

    Not reached by anything yet: 1
      bo
    ");
    insta::assert_snapshot!(environment.done("contacts list"), @r"
    ann  Acme  Ann     ann@acme.example   555-0101
    bo   博远  薄先生  bo@boyuan.example
    cy   Acme  Cy                         555-0102
    3 contacts of 2 organisations.
    ");
}

#[test]
fn the_same_key_gives_the_same_answer_and_changes_nothing_twice() {
    let environment = TestEnvironment::begun();
    let first = environment.json("note once --key k1");
    let again = environment.json("note once --key k1");
    assert_eq!(first, again);
    let events = environment.json("timeline")["events"].as_array().map(Vec::len);
    environment.json("note twice --key k2");
    assert_eq!(environment.json("timeline")["events"].as_array().map(Vec::len), events.map(|count| count + 1));
    let ran = environment.run("note \"something else\" --key k1");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
}

#[test]
fn a_backup_is_restored_and_what_was_there_is_kept() {
    let environment = TestEnvironment::begun();
    environment.done("backup copy.db");
    environment.done("note \"after the backup\"");
    let printed = environment.done("restore copy.db");
    assert!(printed.starts_with("Restored."), "{printed}");
    assert!(!environment.done("timeline").contains("after the backup"));
    environment.done("audit");
}
