//! Telling customers: drafted, shown, sent to a folder, counted.

use super::environment::TestEnvironment;

fn ready_to_tell() -> TestEnvironment {
    let environment = TestEnvironment::begun();
    environment.done("done take_lead");
    environment
}

#[test]
fn a_notice_that_says_too_little_is_not_drafted() {
    let environment = ready_to_tell();
    environment.done("skip first_facts --reason \"no time\"");
    let ran = environment.run("notice draft first_notice");
    assert_eq!(ran.code, 1);
    let missing = ran.stdout.split("It was not drafted").nth(1).expect("the list of what is missing");
    insta::assert_snapshot!(missing, @"");
    let ran = environment.run("--json notice draft first_notice");
    assert_eq!(ran.code, 1);
    let draft: serde_json::Value = serde_json::from_str(&ran.stdout).expect("one JSON object");
    assert_eq!((draft["notice"].is_null(), draft["hash"].is_null()), (true, true));
}

#[test]
fn a_notice_is_drafted_shown_and_sent() {
    let environment = ready_to_tell();
    environment.done("done first_facts");
    let ran = environment.run("notice draft first_notice");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    insta::assert_snapshot!(ran.stdout, @"");
    insta::assert_snapshot!(ran.stderr, @"");
    insta::assert_snapshot!(environment.run("notice send first_notice").refusal(), @"");
    insta::assert_snapshot!(environment.run("notice send first_notice --recipients 7").refusal(), @"");
    let sent = environment.json("notice send first_notice --recipients 3");
    assert_eq!(sent["pending"], 0);
    let letters = std::fs::read_dir(environment.path().join("outbox")).expect("the outbox").count();
    assert_eq!(sent["sent"], letters);
    insta::assert_snapshot!(environment.done("show"), @"");
}

#[test]
fn imports_say_which_rows_were_rejected() {
    let environment = TestEnvironment::new();
    environment.write("bad.csv", "id,emails\nann,ann@acme.example\n,bo@boyuan.example\ncy,not an address\n");
    insta::assert_snapshot!(environment.done("contacts import bad.csv"), @"");
    insta::assert_snapshot!(environment.done("contacts import contacts.csv"), @"");
    insta::assert_snapshot!(environment.done("contacts import contacts.csv"), @"");
    assert_eq!(environment.run("contacts import missing.csv").code, 3);
    insta::assert_snapshot!(environment.done("contacts suppress ann@acme.example"), @"");
    insta::assert_snapshot!(environment.done("deliver --drain"), @"");
}
