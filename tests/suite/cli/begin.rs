//! Beginning: settings and runbooks written once, problems shown in place, an incident declared.

use super::environment::{SMALL, TestEnvironment};

#[test]
fn init_never_overwrites() {
    let environment = TestEnvironment::empty();
    environment.write("muster.toml", "locale = \"en\"\n");
    environment.write("runbooks/general.yaml", "mine\n");
    let printed = environment.done("init");
    assert!(printed.contains("kept   muster.toml (it was there already)"), "{printed}");
    let kept = std::fs::read_to_string(environment.path().join("runbooks/general.yaml")).expect("the file");
    assert_eq!(kept, "mine\n");
    assert!(environment.path().join("runbooks/crm-withdrawals.yaml").exists());
}

#[test]
fn a_new_runbook_checks_clean() {
    let environment = TestEnvironment::new();
    insta::assert_snapshot!(environment.done("new login-down"), @r"
    wrote  runbooks/login-down.yaml
    Next: edit it, then  muster check runbooks/login-down.yaml
    ");
    insta::assert_snapshot!(environment.done("check runbooks/login-down.yaml"), @"1 file checked, no problems.");
    insta::assert_snapshot!(environment.run("new login-down").refusal(), @r"
    exit 1
    error: `runbooks/login-down.yaml` is there already; nothing was written
    ");
    insta::assert_snapshot!(environment.run("new Login").refusal(), @r"
    exit 2
    error: `Login` cannot be a runbook's id: lowercase letters, digits and hyphens, a letter first
    ");
}

#[test]
fn a_template_of_the_retrospective_is_checked_too() {
    let environment = TestEnvironment::empty();
    environment.done("init");
    environment.done("check templates/retrospective");
    environment.write("templates/retrospective/mine.en.md.hbs", "# Ours\n\n{{#if unfinished}}\nStill open\n");
    let ran = environment.run("check templates/retrospective");
    assert_eq!(ran.code, 1);
    for told in ["unclosed_block", "mine.en.md.hbs:3:1", "close it with `{{/if}}`"] {
        assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
    }
}

#[test]
fn check_shows_each_problem_where_it_stands() {
    let environment = TestEnvironment::new();
    let wrong = SMALL
        .replace("title: Take the lead", "titel: 接手 the lead")
        .replace("where: phone != ''", "where: fone != ''");
    environment.write("runbooks/small.yaml", &wrong);
    let ran = environment.run("check runbooks/small.yaml");
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stdout, @r"
    unknown_name

      × there is no `fone` to ask about
        ╭─[runbooks/small.yaml:[time]]
     13 │ fallbacks:
     14 │   phone_desk: { title: Help by phone, where: fone != '' }
        ·                                              ────
     15 │ pre:
        ╰────
      help: known are `id`, `org`, `name`, `kind`, `locale`, `tags`, `emails`, `phone`, `webhook`,
            `duty`, `attributes`
    unknown_key

      × a `task` has no key `titel`
        ╭─[runbooks/small.yaml:17:5]
     16 │   - task: take_lead
     17 │     titel: 接手 the lead
        ·     ─────
     18 │     within: 2m
        ╰────
      help: did you mean `title`?
    1 file checked: 2 errors, 0 warnings.
    ");
    let ran = environment.run("--json check runbooks/small.yaml");
    assert_eq!(ran.code, 1);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("one JSON object");
    assert_eq!(report["ok"], false);
    let keys: Vec<&String> = report["problems"][0].as_object().expect("a problem").keys().collect();
    assert_eq!(keys, ["code", "severity", "message", "file", "line", "column", "help"]);
}

#[test]
fn settings_with_a_problem_are_shown_in_place() {
    let environment = TestEnvironment::new();
    environment.write("muster.toml", "locale = \"en\"\ntimezone = \"Mars\"\n");
    let ran = environment.run("list");
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stderr, @r#"
    error: `[folder]/muster.toml` has problems (1)
    invalid_value

      × `Mars` is not a time zone
       ╭─[[folder]/muster.toml:2:12]
     1 │ locale = "en"
     2 │ timezone = "Mars"
       ·            ──────
     3 │ 
       ╰────
      help: write it as in `Asia/Shanghai` or `UTC`
    help: muster check [folder]/muster.toml  shows every one
    "#);
}

#[test]
fn start_says_what_runs_and_what_is_due() {
    let environment = TestEnvironment::new();
    let ran = environment.run("start small --severity high --set impact=\"Nobody can log in\" --role lead=kim");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    insta::assert_snapshot!(ran.stdout, @r"
    INC-1 is running: Logins fail
    Open now: take_lead
    The first notice to customers is due by [time] (due in [span]).
    Next: muster  walks you through it.
    ");
    insta::assert_snapshot!(ran.stderr, @"Practice: nothing leaves this machine. Mail becomes files in [folder]/outbox.");
}

#[test]
fn ready_and_graph_and_schema_answer() {
    let environment = TestEnvironment::new();
    assert_eq!(environment.run("ready").code, 0);
    assert!(environment.done("graph small").starts_with("flowchart"));
    let schema: serde_json::Value = serde_json::from_str(&environment.done("schema")).expect("JSON");
    assert!(schema["$schema"].as_str().is_some_and(|draft| draft.contains("draft-07")));
}

#[test]
fn verbose_says_which_files_are_read() {
    let environment = TestEnvironment::new();
    insta::assert_snapshot!(environment.run("-v list").stderr, @r"
    settings: [folder]/muster.toml
    store: [folder]/muster.db
    ");
}
