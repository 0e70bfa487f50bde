//! Split messages: by bytes, between lines, and never a part twice.

use std::time::Duration;

use muster::settings::WebhookKind;
use muster::store::ledger::State;

use super::fake::Fake;
use super::room::{Room, tally};

#[tokio::test]
async fn a_split_message_that_fails_in_its_middle_goes_on_where_it_stopped() {
    let mut room = Room::new().await;
    let robot = Fake::start(WebhookKind::Wecom, &room.clock).await;
    let settings = room.settings(&[&robot]);
    let long = "出金申请提交失败，请稍后再试。\n".repeat(250);
    let notice = room.say(&[&robot], &long, false).await;
    const OK: &str = r#"{"errcode":0}"#;
    robot.answer_next(&[(200, OK), (502, "bad gateway")]);
    assert_eq!(tally(&room.courier(&settings).await).await.later, 1);
    // Another worker goes on, and meets the robot's limit on the way.
    robot.answer_next(&[(200, OK), (200, r#"{"errcode":45009}"#)]);
    room.rest(Duration::from_secs(60));
    assert_eq!(tally(&room.courier(&settings).await).await.later, 1);
    room.drain(&[room.courier(&settings).await]).await;
    let rows = room.rows(notice).await;
    assert_eq!((rows[0].state, rows[0].attempts), (State::Sent, 2), "the limit was no try: {rows:?}");
    let contents: Vec<String> = robot
        .calls()
        .iter()
        .map(|call| serde_json::from_str::<serde_json::Value>(&call.body).expect("JSON"))
        .map(|body| body["markdown"]["content"].as_str().expect("a text").to_owned())
        .collect();
    let [first, failed, second, limited, third] = &contents[..] else { panic!("{} calls", contents.len()) };
    assert_eq!((failed, limited), (second, third));
    assert_eq!([first.as_str(), second, third].join("\n"), long.trim_end());
    assert!(contents.iter().all(|content| content.len() <= 4_096));
}

#[tokio::test]
async fn a_message_sent_again_by_a_person_begins_at_its_beginning() {
    use muster::store::journal::RowChange;
    let mut room = Room::new().await;
    let robot = Fake::start(WebhookKind::Wecom, &room.clock).await;
    let settings = room.settings(&[&robot]);
    let notice = room.say(&[&robot], &"出金申请提交失败。\n".repeat(250), false).await;
    robot.answer_next(&[(200, r#"{"errcode":0}"#), (200, r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#)]);
    assert_eq!(tally(&room.courier(&settings).await).await.failed, 1);
    room.change(1, RowChange::ResendNotice { notice }).await;
    room.drain(&[room.courier(&settings).await]).await;
    let calls = robot.calls();
    assert_eq!((calls.len(), &calls[0].body), (4, &calls[2].body));
}
