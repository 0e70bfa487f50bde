//! What each robot is told, how it is signed, and how its refusals are read.

use serde_json::json;

use super::{dingtalk_signature, feishu_signature, payloads, split};
use crate::delivery::Letter;
use crate::delivery::samples::letter;
use crate::settings::WebhookKind;

fn now() -> crate::clock::Timestamp {
    chrono::DateTime::from_timestamp(1_599_360_473, 0).expect("a moment")
}

fn told(kind: WebhookKind, letter: &Letter) -> Vec<serde_json::Value> {
    payloads(kind, letter, Some("secret"), now())
}

#[test]
fn signatures_differ_in_what_is_key_and_what_is_message() {
    // Computed with `openssl dgst -sha256 -hmac`.
    assert_eq!(feishu_signature(1_599_360_473, "secret"), "q4jswNiMy51J5JuQV566yJat0/lQ/c+22kINzUgKsGU=");
    assert_eq!(dingtalk_signature(1_599_360_473_000, "secret"), "h/3f4uEADBeKkVuXX2NS1pXSEqARbYb1RV0kmXPBfn0=");
    let url = super::address(
        WebhookKind::Dingtalk,
        "https://oapi.dingtalk.com/robot/send?access_token=t",
        Some("secret"),
        now(),
    );
    let url = url.expect("an address");
    assert!(
        url.starts_with("https://oapi.dingtalk.com/robot/send?access_token=t&timestamp=1599360473000&sign="),
        "{url}"
    );
    assert!(!url.contains('+') && !url.ends_with('='), "the signature is not encoded: {url}");
}

#[test]
fn each_robot_gets_its_own_dialect() {
    let letter = letter();
    assert_eq!(
        told(WebhookKind::Wecom, &letter),
        [json!({ "msgtype": "markdown", "markdown": { "content": "**影响**：出金申请提交失败" } })]
    );
    assert_eq!(
        told(WebhookKind::Dingtalk, &letter),
        [json!({ "msgtype": "markdown", "markdown": {
            "title": "出金申请不可用，我们正在处理", "text": "**影响**：出金申请提交失败" } })]
    );
    assert_eq!(
        told(WebhookKind::Feishu, &letter),
        [json!({
            "msg_type": "post",
            "content": { "post": { "zh_cn": { "title": "[调查中] 出金申请不可用", "content": [
                [{ "tag": "text", "text": "影响：出金申请提交失败" }],
                [{ "tag": "text", "text": "" }],
                [{ "tag": "text", "text": "下次更新：03:30" }],
            ] } } },
            "timestamp": "1599360473",
            "sign": feishu_signature(1_599_360_473, "secret"),
        })]
    );
    let slack = told(WebhookKind::Slack, &letter).remove(0);
    assert_eq!(slack["blocks"][0]["text"]["text"], "[调查中] 出金申请不可用");
    assert_eq!(slack["blocks"][1]["text"]["type"], "mrkdwn");
    let teams = told(WebhookKind::Teams, &letter).remove(0);
    assert_eq!(teams["attachments"][0]["content"]["type"], "AdaptiveCard");
    assert_eq!(teams["attachments"][0]["content"]["body"][1]["text"], "影响：出金申请提交失败");
}

#[test]
fn a_fact_calls_nobody_in_the_room() {
    let mut letter = letter();
    letter.message.markdown = "<@all> <!channel>".into();
    letter.message.text = "<!channel> <@U1>".into();
    for kind in [WebhookKind::Wecom, WebhookKind::Dingtalk] {
        assert!(!told(kind, &letter)[0].to_string().contains("<@"), "{kind:?}");
    }
    assert!(!told(WebhookKind::Slack, &letter)[0].to_string().contains('<'));
}

#[test]
fn long_texts_are_split_by_bytes_and_never_inside_a_character() {
    let mut letter = letter();
    letter.message.markdown = "字".repeat(4_000);
    let parts = told(WebhookKind::Wecom, &letter);
    let contents: Vec<&str> = parts.iter().map(|part| part["markdown"]["content"].as_str().expect("a text")).collect();
    assert_eq!(contents.concat(), letter.message.markdown);
    assert!(contents.iter().all(|content| content.len() <= 4_096));
    assert_eq!(split("one\ntwo\nthree", 8), ["one\ntwo", "three"]);
    assert_eq!(split("", 8), [""]);
    letter.message.text = "字\n".repeat(20_000);
    letter.message.markdown = "\"字\"\\\n".repeat(5_000);
    for (kind, most) in [(WebhookKind::Feishu, 20_000), (WebhookKind::Teams, 28_000), (WebhookKind::Dingtalk, 20_000)] {
        let parts = told(kind, &letter);
        let longest = parts.iter().map(|part| part.to_string().len()).max().unwrap_or_default();
        assert!(parts.len() > 1 && longest <= most, "{kind:?}: {} parts, {longest} bytes", parts.len());
    }
    letter.message.text = "<&>字".repeat(40_000);
    let mut kept = 0;
    for part in told(WebhookKind::Slack, &letter) {
        let blocks = part["blocks"].as_array().expect("blocks");
        assert!(blocks.len() <= 50);
        for text in blocks[1..].iter().map(|block| block["text"]["text"].as_str().expect("a text")) {
            assert!(text.chars().count() <= 3_000);
            kept += text.matches('字').count();
        }
    }
    assert_eq!(kept, 40_000, "something was dropped silently");
}
