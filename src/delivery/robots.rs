//! Chat robots: the payload, the signature and the way of refusing of each. Pure.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use serde_json::{Value, json};

use super::Letter;
use crate::clock::Timestamp;
use crate::notice::body;
use crate::settings::WebhookKind;

mod answer;
mod limit;

pub use answer::judge;
pub use limit::limits;

/// WeCom takes this many bytes of Markdown in one message.
const WECOM_BYTES: usize = 4_096;
/// Slack takes this many characters in one section and in a header, and 50 blocks in one message.
const SLACK_SECTION: usize = 3_000;
const SLACK_HEADER: usize = 150;
const SLACK_SECTIONS: usize = 45;
/// Feishu takes 20 KB in one request.
const FEISHU_BYTES: usize = 20_000;
/// DingTalk takes 20,000 bytes in one request, Teams 28 KB.
const DINGTALK_BYTES: usize = 20_000;
const TEAMS_BYTES: usize = 28_000;

/// The address a robot is called at: DingTalk carries its signature there.
pub fn address(kind: WebhookKind, url: &str, secret: Option<&str>, now: Timestamp) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    if let (WebhookKind::Dingtalk, Some(secret)) = (kind, secret) {
        let millis = now.timestamp_millis();
        url.query_pairs_mut()
            .append_pair("timestamp", &millis.to_string())
            .append_pair("sign", &dingtalk_signature(millis, secret));
    }
    Some(url.into())
}

/// What a robot is told, in as many messages as its limits ask for.
pub fn payloads(kind: WebhookKind, letter: &Letter, secret: Option<&str>, now: Timestamp) -> Vec<Value> {
    let message = &letter.message;
    match kind {
        WebhookKind::Standard => vec![super::standard::body(letter)],
        WebhookKind::Slack => slack(&message.subject, &message.text),
        WebhookKind::Teams => {
            let payload = |text: &str| teams(&message.subject, text);
            let parts = fitting(&message.text, TEAMS_BYTES, |text| payload(text).to_string().len());
            parts.iter().map(|text| payload(text)).collect()
        }
        WebhookKind::Feishu => {
            let payload = |text: &str| feishu(&message.subject, text, secret, now.timestamp());
            let parts = fitting(&message.text, FEISHU_BYTES, |text| payload(text).to_string().len());
            parts.iter().map(|text| payload(text)).collect()
        }
        WebhookKind::Dingtalk => {
            let payload =
                |text: &str| json!({ "msgtype": "markdown", "markdown": { "title": message.short, "text": text } });
            let text = without_mentions(&body::robot(&message.markdown));
            let parts = fitting(&text, DINGTALK_BYTES, |text| payload(text).to_string().len());
            parts.iter().map(|text| payload(text)).collect()
        }
        WebhookKind::Wecom => split(&without_mentions(&body::robot(&message.markdown)), WECOM_BYTES)
            .iter()
            .map(|text| json!({ "msgtype": "markdown", "markdown": { "content": text } }))
            .collect(),
    }
}

fn slack(subject: &str, text: &str) -> Vec<Value> {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let header: String = subject.chars().take(SLACK_HEADER).collect();
    let sections: Vec<Value> = fitting(text, SLACK_SECTION, |part| escape(part).chars().count())
        .iter()
        .map(|part| json!({ "type": "section", "text": { "type": "mrkdwn", "text": escape(part), "verbatim": true } }))
        .collect();
    let payload = |sections: &[Value]| {
        let mut blocks = vec![json!({ "type": "header", "text": { "type": "plain_text", "text": header } })];
        blocks.extend_from_slice(sections);
        json!({ "text": escape(subject), "blocks": blocks })
    };
    sections.chunks(SLACK_SECTIONS).map(payload).collect()
}

fn teams(subject: &str, text: &str) -> Value {
    let block = |text: &str, more: Value| {
        let mut block = json!({ "type": "TextBlock", "text": text, "wrap": true });
        if let (Some(block), Value::Object(more)) = (block.as_object_mut(), more) {
            block.extend(more);
        }
        block
    };
    // A line break in a text block is a blank line; each line is a block of its own.
    let mut body = vec![block(subject, json!({ "weight": "bolder", "size": "medium" }))];
    body.extend(text.lines().filter(|line| !line.trim().is_empty()).map(|line| block(line, json!({}))));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "msteams": { "width": "Full" },
                "body": body,
            },
        }],
    })
}

fn feishu(subject: &str, text: &str, secret: Option<&str>, seconds: i64) -> Value {
    let lines: Vec<Value> = text.lines().map(|line| json!([{ "tag": "text", "text": line }])).collect();
    let mut payload = json!({
        "msg_type": "post",
        "content": { "post": { "zh_cn": { "title": subject, "content": lines } } },
    });
    if let (Some(secret), Some(fields)) = (secret, payload.as_object_mut()) {
        fields.insert("timestamp".to_owned(), json!(seconds.to_string()));
        fields.insert("sign".to_owned(), json!(feishu_signature(seconds, secret)));
    }
    payload
}

/// Feishu signs nothing, with a key made of the time in seconds and the secret.
pub fn feishu_signature(seconds: i64, secret: &str) -> String {
    STANDARD.encode(hmac_sha256::HMAC::mac([], format!("{seconds}\n{secret}")))
}

/// DingTalk signs the time in milliseconds and the secret, with the secret as key.
pub fn dingtalk_signature(millis: i64, secret: &str) -> String {
    STANDARD.encode(hmac_sha256::HMAC::mac(format!("{millis}\n{secret}"), secret))
}

/// `<@someone>` calls people in these rooms; a fact that contains it must not.
fn without_mentions(markdown: &str) -> String {
    markdown.replace("<@", "＜@")
}

/// Splits a text into parts of at most so many bytes: between lines if that is possible, else between
/// characters, never inside one.
fn split(text: &str, bytes: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while rest.len() > bytes {
        let limit = rest.floor_char_boundary(bytes);
        let at = rest[..limit].rfind('\n').filter(|at| *at > 0).unwrap_or(limit);
        parts.push(rest[..at].trim_end().to_owned());
        rest = rest[at..].trim_start_matches('\n');
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(rest.to_owned());
    }
    parts
}

/// Splits a text into parts that each measure no more than that, whatever surrounds or escapes them.
fn fitting(text: &str, most: usize, measure: impl Fn(&str) -> usize) -> Vec<String> {
    let mut bytes = most;
    loop {
        let parts = split(text, bytes);
        if bytes < 64 || parts.iter().all(|part| measure(part) <= most) {
            return parts;
        }
        bytes /= 2;
    }
}

#[cfg(test)]
mod tests;
