//! Actions carried out for real: programs that answer, fail, hang and talk without end.

use std::time::Duration;

use indexmap::IndexMap;

use super::{Answer, Hand, Values};
use crate::settings::{Action, HttpCall, Operation, Probe};

async fn run(argv: &[&str], timeout: Duration) -> Answer {
    let argv = argv.iter().map(|argument| (*argument).to_owned()).collect();
    let values = Values::from([("facts.region".to_owned(), "cn; echo pwned $(id)".to_owned())]);
    Hand::default().run(&Action { operation: Operation::Command(argv), timeout }, &values).await
}

const PATIENT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_value_is_one_argument_and_no_shell_reads_it() {
    let answer = run(&["printf", "%s|", "--region", "{facts.region}"], PATIENT).await;
    assert_eq!(answer, Answer { worked: true, detail: "--region|cn; echo pwned $(id)|".into() });
}

#[tokio::test]
async fn a_failure_says_the_code_and_what_the_program_said() {
    let answer = run(&["sh", "-c", "echo out; echo 'no such release' >&2; exit 3"], PATIENT).await;
    assert_eq!(answer, Answer { worked: false, detail: "`sh` ended with 3: no such release".into() });
    let answer = run(&["/no/such/program"], PATIENT).await;
    assert!(!answer.worked && answer.detail.starts_with("failed to start `/no/such/program`"), "{answer:?}");
}

#[tokio::test]
async fn a_program_that_hangs_is_stopped() {
    let answer = run(&["sleep", "30"], Duration::from_millis(100)).await;
    assert_eq!(answer, Answer { worked: false, detail: "`sleep` took longer than 100ms and was stopped".into() });
}

#[tokio::test]
async fn endless_output_is_bounded_and_holds_nobody_up() {
    let answer = run(&["sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x"], PATIENT).await;
    assert!(answer.worked);
    assert!(answer.detail.len() <= 2_003, "{} bytes kept", answer.detail.len());
}

#[tokio::test]
async fn a_program_sees_little_of_our_environment() {
    let answer = run(&["env"], PATIENT).await;
    let allowed = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"];
    for line in answer.detail.lines() {
        assert!(allowed.contains(&line.split('=').next().unwrap_or_default()), "{line}");
    }
}

#[tokio::test]
async fn an_action_and_a_probe_call_nothing_inside_unless_the_operator_allows_it() {
    let url = "http://127.1:1/";
    let call = HttpCall { method: "GET".into(), url: url.into(), headers: IndexMap::new(), body: None };
    let action = Action { operation: Operation::Http(call.clone()), timeout: PATIENT };
    let probe = Probe { call, expect_status: 200, expect: None, timeout: PATIENT };
    for (allow, said) in [(vec![], "`[outbound] allow`"), (vec!["127.0.0.0/8".to_owned()], "refused")] {
        let hand = Hand::new(&allow);
        for answer in [hand.run(&action, &Values::new()).await, hand.probe(&probe, &Values::new()).await] {
            assert!(!answer.worked && answer.detail.contains(said), "{allow:?}: {answer:?}");
        }
    }
}

#[test]
fn secrets_are_blotted_out_of_what_is_kept() {
    let secrets = [crate::settings::Secret::new("hunter2")];
    assert_eq!(super::account("token hunter2 refused\u{7}\n", &secrets), "token … refused");
}
