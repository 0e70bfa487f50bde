//! Digests: rows that a limit would delay go together, and each is settled with the answer of the call that carried it.

use std::time::Duration;

use muster::settings::WebhookKind;
use muster::store::ledger::State;

use super::fake::Fake;
use super::room::{Room, short, tally};

fn content(body: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    body["markdown"]["content"].as_str().expect("a text").to_owned()
}

/// A room in which a WeCom robot has just been called twenty times.
async fn spent() -> (Room, Fake) {
    let mut room = Room::new().await;
    let robot = Fake::start(WebhookKind::Wecom, &room.clock).await;
    let courier = room.courier(&room.settings(&[&robot])).await;
    for number in 1..=20 {
        room.say(&[&robot], &format!("通知 {number}"), false).await;
        assert_eq!(tally(&courier).await.sent, 1);
    }
    (room, robot)
}

#[tokio::test]
async fn rows_without_room_become_one_message_when_there_is_room() {
    let (mut room, robot) = spent().await;
    let courier = room.courier(&room.settings(&[&robot])).await;
    for number in 21..=23 {
        room.say(&[&robot], &format!("通知 {number}"), false).await;
        assert_eq!(tally(&courier).await.later, 1);
    }
    assert_eq!(robot.calls().len(), 20);
    assert_eq!(room.drain(&[courier]).await, 1, "one wait for all three");
    let calls = robot.calls();
    assert_eq!(calls.len(), 21);
    insta::assert_snapshot!(content(&calls[20].body), @r"
    **3 条通知合并发送（机器人有频率限制）**

    - INC-21: 第 21 条：出金申请不可用 https://status.example.com/incidents/INC-21
    - INC-22: 第 22 条：出金申请不可用 https://status.example.com/incidents/INC-22

    **最新一条：**

    通知 23
    ");
    let rows = room.all_rows().await;
    assert!(rows.iter().all(|row| row.state == State::Sent && row.reply == "200"), "{rows:?}");
    assert_eq!(rows[20].sent_at, rows[22].sent_at);
}

#[tokio::test]
async fn a_digest_that_fails_fails_each_of_its_rows_and_none_is_forgotten() {
    let (mut room, robot) = spent().await;
    let courier = room.courier(&room.settings(&[&robot])).await;
    for number in 21..=23 {
        room.say(&[&robot], &format!("通知 {number}"), false).await;
    }
    tally(&courier).await;
    room.rest(Duration::from_secs(61));
    robot.answer_next(&[(200, r#"{"errcode":-1,"errmsg":"system busy"}"#)]);
    assert_eq!(tally(&courier).await.later, 3);
    let rows = room.all_rows().await;
    assert!(rows[20..].iter().all(|row| row.state == State::Queued && row.attempts == 1), "{rows:?}");
    room.drain(&[courier]).await;
    assert!(room.all_rows().await.iter().all(|row| row.state == State::Sent));
    let told: String = robot.calls().iter().filter(|call| !call.refused).map(|call| content(&call.body)).collect();
    assert!(told.contains(&short(21)) || told.contains("通知 21"), "{told}");
}

#[tokio::test]
async fn a_notice_cancelled_before_its_digest_is_not_in_it() {
    use muster::store::journal::RowChange;
    let (mut room, robot) = spent().await;
    let courier = room.courier(&room.settings(&[&robot])).await;
    let mut notices = Vec::new();
    for number in 21..=23 {
        notices.push(room.say(&[&robot], &format!("通知 {number}"), false).await);
    }
    tally(&courier).await;
    room.change(22, RowChange::CancelNotice { notice: notices[1] }).await;
    room.drain(&[courier]).await;
    let told = content(&robot.calls()[20].body);
    assert!(told.contains(&short(21)) && told.contains("通知 23") && !told.contains(&short(22)), "{told}");
    assert_eq!(room.rows(notices[1]).await[0].state, State::Expired);
}

#[tokio::test]
async fn where_the_newest_is_too_long_for_company_the_others_go_before_it() {
    let (mut room, robot) = spent().await;
    let courier = room.courier(&room.settings(&[&robot])).await;
    room.say(&[&robot], "通知 21", false).await;
    room.say(&[&robot], "通知 22", false).await;
    let long = format!("通知 23\n{}", "出金申请提交失败。\n".repeat(250));
    room.say(&[&robot], &long, false).await;
    tally(&courier).await;
    room.rest(Duration::from_secs(70));
    room.drain(&[courier]).await;
    let calls: Vec<String> = robot.calls()[20..].iter().map(|call| content(&call.body)).collect();
    assert_eq!((calls.len(), robot.refused()), (3, 0));
    assert!(calls[0].contains(&short(21)) && calls[0].contains(&short(22)) && !calls[0].contains("通知 23"));
    assert_eq!(calls[1..].join("\n"), long.trim_end());
    assert!(calls.iter().all(|content| content.len() <= 4_096));
}
