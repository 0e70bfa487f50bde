//! Limits: no robot ever has to refuse a call, whatever comes at once and however many couriers there are.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use muster::clock::Clock;
use muster::settings::WebhookKind;
use muster::store::ledger::State;

use super::fake::Fake;
use super::room::{Room, SECRET, short, start, tally};

const ROBOTS: [WebhookKind; 5] =
    [WebhookKind::Slack, WebhookKind::Teams, WebhookKind::Feishu, WebhookKind::Dingtalk, WebhookKind::Wecom];

/// Bursts of so many notices, and the seconds of rest after each.
const BURSTS: [(usize, u64); 8] = [(1, 0), (1, 0), (3, 1), (24, 2), (1, 30), (70, 0), (5, 55), (1, 1)];
const NOTICES: usize = 106;

/// A text that is short, or takes WeCom three messages.
fn text(number: usize) -> String {
    format!("通知 {number}\n{}", "出金申请提交失败，请稍后再试。\n".repeat(if number % 13 == 5 { 230 } else { 2 }))
}

async fn burst(kind: WebhookKind, mut room: Room) -> Fake {
    let robot = Fake::start(kind, &room.clock).await;
    let settings = room.settings(&[&robot]);
    let couriers = [room.courier(&settings).await, room.courier(&settings).await];
    for (count, rest) in BURSTS {
        for _ in 0..count {
            room.say(&[&robot], &text(room.notices.len() + 1), false).await;
        }
        let (one, two) = tokio::join!(tally(&couriers[0]), tally(&couriers[1]));
        assert_eq!((one.failed, two.failed), (0, 0), "{kind:?}");
        room.tell_journal().await;
        room.rest(Duration::from_secs(rest));
    }
    room.drain(&couriers).await;
    let rows = room.all_rows().await;
    assert_eq!(rows.len(), NOTICES);
    assert_eq!(rows.iter().find(|row| row.state != State::Sent), None, "{kind:?}");
    assert_eq!(rows.iter().find(|row| row.attempts != 1), None, "waiting for room is no try: {kind:?}");
    robot
}

#[tokio::test]
async fn no_robot_refuses_a_call_in_bursts_from_two_couriers() {
    for kind in ROBOTS {
        let robot = burst(kind, Room::new().await).await;
        everything_was_told_once(&robot);
    }
}

fn everything_was_told_once(robot: &Fake) {
    let (kind, calls) = (robot.kind, robot.calls());
    assert_eq!(robot.refused(), 0, "{kind:?} refused some of {} calls", calls.len());
    // Each notice was said, in full or in short, and the same text never twice.
    let told: String = calls.iter().map(|call| call.body.as_str()).collect();
    for number in 1..=NOTICES as u64 {
        let (in_full, in_short) = (format!("通知 {number}"), short(number));
        let whole = told.matches(&format!("{in_full}\\n")).count() + told.matches(&format!("{in_full}\"")).count();
        let listed = told.matches(&format!("{in_short} https")).count();
        assert_eq!(whole + listed, 1, "{kind:?}: notice {number} was told {whole} times in full, {listed} in short");
    }
}

#[tokio::test]
#[ignore = "needs python3: run tests/run"]
async fn another_language_finds_every_signature_right() {
    const CHECK: &str = r"
import base64, hashlib, hmac, json, sys, urllib.parse
secret, right = sys.argv[2], 0
for line in sys.stdin:
    call = json.loads(line)
    if sys.argv[1] == 'dingtalk':
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(call['target']).query, strict_parsing=True)
        (stamp,), (sign,) = query['timestamp'], query['sign']
        key, message, age = secret.encode(), f'{stamp}\n{secret}'.encode(), call['at'] - int(stamp)
    else:
        body = json.loads(call['body'])
        stamp, sign = body['timestamp'], body['sign']
        key, message, age = f'{stamp}\n{secret}'.encode(), b'', call['at'] - int(stamp) * 1000
    wanted = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
    assert hmac.compare_digest(sign, wanted), call
    assert 0 <= age < 1000, age
    right += 1
print(right, end='')";
    for kind in [WebhookKind::Dingtalk, WebhookKind::Feishu] {
        let calls = burst(kind, Room::new().await).await.calls();
        let mut python = Command::new("python3")
            .args(["-c", CHECK, &format!("{kind:?}").to_lowercase(), SECRET])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs");
        let mut stdin = python.stdin.take().expect("its input");
        for call in &calls {
            let line =
                serde_json::json!({ "at": call.at.timestamp_millis(), "target": call.target, "body": call.body });
            writeln!(stdin, "{line}").expect("written");
        }
        drop(stdin);
        let output = python.wait_with_output().expect("python3 ends");
        assert_eq!(String::from_utf8_lossy(&output.stdout), calls.len().to_string(), "{kind:?}");
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn no_robot_refuses_a_call_from_two_couriers_on_one_database() {
    everything_was_told_once(&burst(WebhookKind::Feishu, Room::on_postgres().await).await);
}

#[tokio::test]
async fn on_a_real_clock_too_and_a_pass_waits_the_second_that_slack_asks_for() {
    let mut room = Room::new().await;
    room.clock = Clock::System;
    let robot = Fake::start(WebhookKind::Slack, &room.clock).await;
    let courier = room.courier(&room.settings(&[&robot])).await;
    for number in 1..=3 {
        room.say(&[&robot], &text(number), false).await;
    }
    assert_eq!(tally(&courier).await.sent, 3, "one digest");
    room.say(&[&robot], &text(4), false).await;
    let told = tally(&courier).await;
    assert_eq!((told.sent, told.later), (1, 1), "it waited, and was told in the same pass");
    assert_eq!((robot.calls().len(), robot.refused()), (2, 0));
}

#[tokio::test]
async fn a_robot_that_says_enough_is_left_alone_by_all_and_then_told() {
    let mut room = Room::new().await;
    let robot = Fake::start(WebhookKind::Dingtalk, &room.clock).await;
    robot.limit_to(3, Duration::from_secs(60));
    let settings = room.settings(&[&robot]);
    let couriers = [room.courier(&settings).await, room.courier(&settings).await];
    for number in 1..=5 {
        room.say(&[&robot], &text(number), false).await;
        tally(&couriers[number % 2]).await;
    }
    assert_eq!(robot.calls().len(), 4, "the fourth was refused, the fifth never made");
    assert_eq!(robot.refused(), 1);
    room.drain(&couriers).await;
    let calls = robot.calls();
    assert_eq!((calls.len(), robot.refused()), (5, 1), "two rows, one call");
    // DingTalk refuses for ten minutes whoever was too fast.
    let waited = calls[4].at - calls[3].at;
    assert!(waited.num_seconds() >= 600, "it was called again after {waited}");
    let rows = room.all_rows().await;
    assert!(rows.iter().all(|row| row.state == State::Sent && row.attempts == 1), "{rows:?}");
}

#[tokio::test]
async fn a_robot_at_its_limit_holds_up_nobody_else() {
    let mut room = Room::new().await;
    let busy = Fake::start(WebhookKind::Wecom, &room.clock).await;
    let idle = Fake::start(WebhookKind::Feishu, &room.clock).await;
    busy.limit_to(0, Duration::from_secs(60));
    let settings = room.settings(&[&busy, &idle]);
    let courier = room.courier(&settings).await;
    let notice = room.say(&[&busy, &idle], "短", true).await;
    let told = tally(&courier).await;
    assert_eq!((told.sent, told.later), (2, 1), "{told:?}");
    let rows = room.rows(notice).await;
    let sent = rows.iter().filter_map(|row| row.sent_at).collect::<Vec<_>>();
    assert_eq!(sent, [start(), start()]);
    let waiting = rows.iter().find(|row| row.state == State::Queued).expect("the busy robot's row");
    assert_eq!((waiting.attempts, waiting.again_at.map(|at| (at - start()).num_seconds())), (0, Some(60)));
}

#[tokio::test]
async fn a_robot_set_up_wrongly_costs_nobody_else_their_notice_and_says_what_to_change() {
    let mut room = Room::new().await;
    let wrong = Fake::start(WebhookKind::Dingtalk, &room.clock).await;
    let right = Fake::start(WebhookKind::Wecom, &room.clock).await;
    wrong.answer_next(&[(200, r#"{"errcode":310000,"errmsg":"sign not match"}"#)]);
    let settings = room.settings(&[&wrong, &right]);
    let courier = room.courier(&settings).await;
    let notice = room.say(&[&wrong, &right], "短", true).await;
    let told = tally(&courier).await;
    assert_eq!((told.sent, told.failed), (2, 1), "{told:?}");
    let rows = room.rows(notice).await;
    let failed = rows.iter().find(|row| row.state == State::Failed).expect("a row that failed");
    assert!(failed.reply.contains("`secret_env`") && failed.reply.contains("sign not match"), "{}", failed.reply);
}
