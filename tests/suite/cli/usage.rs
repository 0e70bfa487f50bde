//! What people meet who type something wrong: a calm sentence, what to do, an exit code.

use super::environment::TestEnvironment;

#[test]
fn mistakes_of_usage_exit_with_two_and_say_what_is_there() {
    let environment = TestEnvironment::new();
    let told: Vec<String> = ["shwo", "done", "cause bad", "list --al", "notice", "set --no-such"]
        .into_iter()
        .map(|line| format!("$ muster {line}\n{}", environment.run(line).refusal()))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    $ muster shwo
    exit 2
    error: there is no command `shwo`
    help: did you mean `show`?

    $ muster done
    exit 2
    error: <STEP> is missing
    help: muster --help, muster COMMAND --help

    $ muster cause bad
    exit 2
    error: `bad` is no value of <CLASS>
    help: one of platform, human, system

    $ muster list --al
    exit 2
    error: `--al` is no option here
    help: did you mean `--all`?

    $ muster notice
    exit 2
    error: a command is missing
    help: one of draft, show, cancel, pause, resume, resend, send

    $ muster set --no-such
    exit 2
    error: `--no-such` is no option here
    help: muster --help, muster COMMAND --help
    ");
}

#[test]
fn what_a_command_needs_off_a_terminal_is_a_mistake_of_usage() {
    let environment = TestEnvironment::begun();
    let told: Vec<String> = [
        "start",
        "start small",
        "skip take_lead",
        "note",
        "update",
        "--early done first_notice",
        "set impact",
        "role lead",
        "retro edit goals",
    ]
    .into_iter()
    .map(|line| format!("$ muster {line}\n{}", environment.run(line).refusal()))
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    $ muster start
    exit 2
    error: which runbook? Name its id or its file
    help: runbooks at hand: crm-withdrawals, general, platform-rule-change, small, smear, tags-deleted

    $ muster start small
    exit 2
    error: how bad is it? `--severity` is missing
    help: its levels: high (Nobody can log in), low (Some cannot log in)

    $ muster skip take_lead
    exit 2
    error: this needs a reason: `--reason` is missing
    help: --reason "…"

    $ muster note
    exit 2
    error: what should the note say?

    $ muster update
    exit 2
    error: what changed since the last message? Say it, or say that nothing is new
    help: muster update TEXT, --nothing-new

    $ muster --early done first_notice
    exit 2
    error: acting early needs a reason: `--reason` is missing
    help: --early --reason "…"

    $ muster set impact
    exit 2
    error: `impact` is not of the form F=V, F.zh-Hans=V

    $ muster role lead
    exit 2
    error: `lead` is not of the form R=PERSON

    $ muster retro edit goals
    exit 2
    error: what should the section say? `--text` or `--file` is missing
    "#);
}

#[test]
fn errors_are_one_json_object_on_standard_error() {
    let environment = TestEnvironment::begun();
    let ran = environment.run("--json done nope");
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    insta::assert_snapshot!(ran.stderr, @r#"
    {
      "error": {
        "code": "unknown_step",
        "message": "no step is called `nope`",
        "help": "open now: take_lead"
      }
    }
    "#);
    let ran = environment.run("--json shwo");
    assert_eq!(ran.code, 2);
    let error: serde_json::Value = serde_json::from_str(&ran.stderr).expect("one JSON object");
    assert_eq!(error["error"]["code"], "usage");
}

#[test]
fn every_option_is_also_a_variable() {
    let environment = TestEnvironment::begun();
    let ran = environment.with("show", &[("MUSTER_JSON", "1"), ("MUSTER_INCIDENT", "INC-1")]);
    assert!(ran.stdout.starts_with('{'), "{}", ran.stdout);
    let ran = environment.with("show", &[("MUSTER_INCIDENT", "INC-9")]);
    assert_eq!(ran.code, 3);
    let ran = environment.with("list", &[("MUSTER_LOCALE", "zh-Hans")]);
    assert!(ran.stdout.contains("处理中"), "{}", ran.stdout);
}

#[test]
fn a_store_that_cannot_be_opened_exits_with_four() {
    let environment = TestEnvironment::new();
    environment.write("muster.db", "this is no database, and never was one: it is long enough to be taken for a page");
    let ran = environment.run("list");
    assert_eq!(ran.code, 4, "{}", ran.stderr);
}

#[test]
fn help_manual_and_completions_are_there_in_full() {
    let environment = TestEnvironment::empty();
    let help = environment.run("--help");
    assert_eq!(help.code, 0);
    for heading in ["Begin\n", "Run\n", "Tell\n", "Learn and keep\n"] {
        assert!(help.stdout.contains(heading), "{}", help.stdout);
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(environment.run(&format!("completions {shell}")).stdout.contains("timeline"));
    }
    let manual = environment.run("man").stdout;
    assert!(manual.starts_with(".ie") && manual.contains(".SS muster notice send\n"), "{manual}");
}

#[test]
#[ignore = "needs PostgreSQL"]
fn a_server_that_is_not_there_ends_with_4_and_never_shows_the_password() {
    let environment = TestEnvironment::on_postgresql();
    for (store, says) in [
        ("postgres://muster:hunter2@127.0.0.1:9/muster", "can't be reached"),
        ("postgres://muster:hunter2@127.0.0.1:9/muster?sslmode=maybe", "`store` is not a PostgreSQL URL"),
    ] {
        let ran = environment.run(&format!("-v --store {store} note seen"));
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
        assert!(!ran.stderr.contains("hunter2") && !ran.stdout.contains("hunter2"), "{}", ran.stderr);
        assert_eq!(ran.code, if says.contains("reached") { 4 } else { 2 }, "{}", ran.stderr);
    }
    environment.done("start small --severity high");
    let ran = environment.run("backup copy.db");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("pg_dump"), "{}", ran.stderr);
}
