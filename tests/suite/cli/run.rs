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
    insta::allow_duplicates! { runs_step_by_step(&TestEnvironment::begun()); }
}

#[test]
#[ignore = "needs PostgreSQL"]
fn an_incident_is_run_step_by_step_on_postgresql() {
    insta::allow_duplicates! { runs_step_by_step(&TestEnvironment::begun_on_postgresql()); }
}

fn runs_step_by_step(environment: &TestEnvironment) {
    let lines = [
        "done take_lead --note \"Dana leads\"",
        "set impact=\"Logins fail with error 500\" --confirm",
        "done first_facts",
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
    insta::assert_snapshot!(told.join("\n"), @r#"
    $ muster done take_lead --note "Dana leads"
    ✓ “Take the lead” was done: Dana leads.
    ✓ “State what customers see” opened.
    Open now: first_facts

    $ muster set impact="Logins fail with error 500" --confirm
    ✓ What customers see: Logins fail with error 500.
    ✓ What still works: Sessions that are open go on; What customers can do meanwhile: none; How to reach us: support@example.com.
    Open now: first_facts

    $ muster done first_facts
    ✓ “State what customers see” was done.
    ✓ “Tell customers” opened.
    Open now: first_notice

    $ muster note "The relay is slow"
    ✓ The relay is slow
    Open now: first_notice

    $ muster skip first_notice --reason "told by phone"
    ✓ “Tell customers” was skipped: told by phone.
    ✓ The search for the problem and its repair began.
    ✓ “Any change in the last two hours?” opened.
    Open now: recent_change

    $ muster answer recent_change changed
    ✓ Any change in the last two hours? It was changed.
    ✓ “Any change in the last two hours?” was done.
    ✓ “Close the login form” opened.
    Open now: close_form

    $ muster done close_form
    ✓ “Close the login form” worked.
    ✓ “Close the login form” is in place and must be lifted or kept.
    ✓ “Go through the fallbacks” opened.
    Open now: desks

    $ muster severity low --reason "half are back"
    ✓ The severity changed from high (Nobody can log in) to low (Some cannot log in): half are back.
    Open now: desks

    $ muster cause system
    ✓ The cause was classified: system.
    Open now: desks

    $ muster role ops=kim
    ✓ The role “Operations” was taken.
    Open now: desks

    $ muster fallback on phone_desk
    ✓ The fallback “Help by phone” is in use.
    Open now: desks

    $ muster done desks
    ✓ “Go through the fallbacks” was done.
    INC-1: no step is open; muster show says what remains.

    $ muster lift close_form
    ✓ “Close the login form” was lifted: Open the login form.
    ✓ The incident was resolved.
    ✓ The review began.
    ✓ “Write the review” opened.
    Open now: review

    $ muster followup add "Alert on failed logins" --owner ops
    ✓ Follow-up F-1 was added: Alert on failed logins.
    Open now: review

    $ muster done review
    ✓ “Write the review” was done.
    ✓ The incident was closed.
    INC-1: no step is open; muster show says what remains.
    "#);
    insta::assert_snapshot!(environment.done("show"), @r"
    INC-1  Logins fail
    low · closed · public: not told yet · post · system · declared [time], [ago] · resolved [time] · closed [time]

    Facts
      impact      Logins fail with error 500
      unaffected  Sessions that are open go on
      workaround  none
      contact     support@example.com

    Who plays which part
      ops  kim

    Steps: 7 ended, 0 open, 0 to come.
    ");
    insta::assert_snapshot!(environment.done("timeline"), @r"
    1   [time]  dana    “Logins fail” was declared, severity high (Nobody can log in).
    2   [time]  muster  The first response began.
    3   [time]  muster  “Take the lead” opened.
    4   [time]  lead    “Take the lead” was done: Dana leads.
    5   [time]  muster  “State what customers see” opened.
    6   [time]  lead    What customers see: Logins fail with error 500.
    7   [time]  lead    What still works: Sessions that are open go on; What customers can do meanwhile: none; How to reach us: support@example.com.
    8   [time]  lead    “State what customers see” was done.
    9   [time]  muster  “Tell customers” opened.
    10  [time]  lead    The relay is slow
    11  [time]  comms   “Tell customers” was skipped: told by phone.
    12  [time]  muster  The search for the problem and its repair began.
    13  [time]  muster  “Any change in the last two hours?” opened.
    14  [time]  lead    Any change in the last two hours? It was changed.
    15  [time]  lead    “Any change in the last two hours?” was done.
    16  [time]  muster  “Close the login form” opened.
    17  [time]  lead    “Close the login form” worked.
    18  [time]  muster  “Close the login form” is in place and must be lifted or kept.
    19  [time]  muster  “Go through the fallbacks” opened.
    20  [time]  lead    The severity changed from high (Nobody can log in) to low (Some cannot log in): half are back.
    21  [time]  lead    The cause was classified: system.
    22  [time]  lead    The role “Operations” was taken.
    23  [time]  lead    The fallback “Help by phone” is in use.
    24  [time]  lead    “Go through the fallbacks” was done.
    25  [time]  lead    “Close the login form” was lifted: Open the login form.
    26  [time]  muster  The incident was resolved.
    27  [time]  muster  The review began.
    28  [time]  muster  “Write the review” opened.
    29  [time]  lead    Follow-up F-1 was added: Alert on failed logins.
    30  [time]  lead    “Write the review” was done.
    31  [time]  muster  The incident was closed.
    ");
    insta::assert_snapshot!(environment.done("followup list"), @"INC-1  F-1  open  Alert on failed logins  ops  no date");
    insta::assert_snapshot!(environment.done("audit"), @"INC-1  31 events, chain whole  [hash]");
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
