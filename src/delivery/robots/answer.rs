//! What a robot's answer means: taken, enough for now, set up wrongly, refused, or in trouble itself. Pure.
//!
//! The Chinese robots and Teams say 200 and put the error into the body; so the body is read whatever the status.

use std::time::Duration;

use serde_json::Value;

use crate::clock::Timestamp;
use crate::delivery::http::Answer;
use crate::delivery::retry::retry_after;
use crate::delivery::{Verdict, one_line};
use crate::settings::WebhookKind;

const ADDRESS: &str = "there is no such robot any more: make a new one, and put its address where `url_env` points";
const SIGNATURE: &str =
    "the signature does not fit: check the secret that `secret_env` points to, and this machine's clock";
const KEYWORD: &str = "it takes only texts with its keyword: let it check signatures instead, or write the keyword into \
                       the template";
const CALLER: &str = "it takes no calls from this machine: add its address to those the robot allows";
const RIGHTS: &str = "it may not post there: ask whoever administers the room";
const TEXT: &str = "it does not take this text";

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Taken,
    /// Too many calls.
    Enough,
    /// The service's own trouble: it may pass.
    Trouble,
    /// It wants nothing more, ever.
    Gone,
    /// Someone has to change something, which is said here.
    Refused(&'static str),
}

/// Judges a robot's answer.
pub fn judge(kind: WebhookKind, answer: &Answer, now: Timestamp) -> Verdict {
    let said = one_line(&String::from_utf8_lossy(&answer.body));
    let detail = format!("{} {said}", answer.status).trim_end().to_owned();
    let wait = answer.retry_after.as_deref().and_then(|header| retry_after(header, now));
    match meaning(kind, answer, &said) {
        Meaning::Taken => Verdict::Sent { detail: answer.status.to_string() },
        Meaning::Enough => Verdict::Limited { reason: detail, wait: wait.unwrap_or(patience(kind)) },
        Meaning::Trouble => Verdict::Later { reason: detail, retry_after: wait },
        Meaning::Gone => Verdict::Disabled { reason: detail },
        Meaning::Refused(why) => Verdict::failed(format!("{why} ({detail})")),
    }
}

/// How long a robot that had enough is left alone, if it does not say itself. DingTalk then refuses for ten minutes.
fn patience(kind: WebhookKind) -> Duration {
    Duration::from_secs(match kind {
        WebhookKind::Dingtalk => 10 * 60,
        WebhookKind::Slack => 30,
        WebhookKind::Standard | WebhookKind::Teams | WebhookKind::Feishu | WebhookKind::Wecom => 60,
    })
}

fn meaning(kind: WebhookKind, answer: &Answer, said: &str) -> Meaning {
    match kind {
        WebhookKind::Standard => of_status(answer.status),
        WebhookKind::Slack => slack(answer.status, said),
        WebhookKind::Teams => teams(answer.status, said),
        WebhookKind::Feishu => match code(answer, &["code", "StatusCode"]) {
            Some(code) => feishu(code, answer.status, said),
            None => unread(answer.status),
        },
        WebhookKind::Dingtalk => code(answer, &["errcode"]).map_or(unread(answer.status), |code| dingtalk(code, said)),
        WebhookKind::Wecom => code(answer, &["errcode"]).map_or(unread(answer.status), wecom),
    }
}

fn code(answer: &Answer, keys: &[&str]) -> Option<i64> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    keys.iter().find_map(|key| body.get(*key)?.as_i64())
}

/// An answer that should have had a code and has none: something between here and there spoke.
fn unread(status: u16) -> Meaning {
    if (200..300).contains(&status) { Meaning::Trouble } else { of_status(status) }
}

fn of_status(status: u16) -> Meaning {
    match status {
        200..=299 => Meaning::Taken,
        300..=399 => Meaning::Refused("redirects are not followed: put the address it leads to where `url_env` points"),
        401 | 403 => Meaning::Refused(RIGHTS),
        404 => Meaning::Refused(ADDRESS),
        408 | 425 | 500..=599 => Meaning::Trouble,
        410 => Meaning::Gone,
        429 => Meaning::Enough,
        _ => Meaning::Refused(TEXT),
    }
}

/// Slack says one word: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>.
fn slack(status: u16, said: &str) -> Meaning {
    match said {
        "rate_limited" | "ratelimited" => Meaning::Enough,
        "invalid_token" | "no_service" | "no_service_id" | "no_team" | "team_disabled" => Meaning::Refused(ADDRESS),
        "channel_not_found" | "user_not_found" => {
            Meaning::Refused("its channel is gone: make a webhook for another one")
        }
        "action_prohibited" | "posting_to_general_channel_denied" => Meaning::Refused(RIGHTS),
        "invalid_payload" | "no_text" | "too_many_attachments" => Meaning::Refused(TEXT),
        _ => of_status(status),
    }
}

/// A workflow answers with a status, and hands on what Teams answered it, as words.
fn teams(status: u16, said: &str) -> Meaning {
    let inner = said.split("HTTP error ").nth(1).and_then(|rest| rest.get(..3)?.parse().ok());
    match inner.unwrap_or(status) {
        401 | 403 => Meaning::Refused("the workflow does not take the call: copy its address again"),
        400 if said.contains("WorkflowTriggerIsNotEnabled") => Meaning::Refused("the workflow is switched off"),
        413 => Meaning::Refused(TEXT),
        status => of_status(status),
    }
}

/// <https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot>
fn feishu(code: i64, status: u16, said: &str) -> Meaning {
    let too_many = status == 429 || said.to_lowercase().contains("too many");
    match code {
        0 => Meaning::Taken,
        11_220 | 11_232 | 11_233 | 230_020 => Meaning::Enough,
        _ if too_many => Meaning::Enough,
        2_200 | 10_000 => Meaning::Trouble,
        19_001 => Meaning::Refused(ADDRESS),
        19_021 => Meaning::Refused(SIGNATURE),
        19_022 => Meaning::Refused(CALLER),
        19_024 => Meaning::Refused(KEYWORD),
        _ if status >= 500 => Meaning::Trouble,
        _ => Meaning::Refused(TEXT),
    }
}

/// <https://open.dingtalk.com/document/orgapp/custom-robot-access>: one code for all of the safety settings.
fn dingtalk(code: i64, said: &str) -> Meaning {
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    match code {
        0 => Meaning::Taken,
        90_030 | 130_101 | 130_102 | 410_100 | 660_026 => Meaning::Enough,
        -1 => Meaning::Trouble,
        310_000 if says(&["keyword", "关键词"]) => Meaning::Refused(KEYWORD),
        310_000 if says(&["sign", "timestamp", "签名", "时间戳"]) => Meaning::Refused(SIGNATURE),
        310_000 => Meaning::Refused(CALLER),
        300_001 | 300_005 | 400_013 | 400_101 | 400_102 | 400_106 => Meaning::Refused(ADDRESS),
        _ => Meaning::Refused(TEXT),
    }
}

/// <https://developer.work.weixin.qq.com/document/path/90313>
fn wecom(code: i64) -> Meaning {
    match code {
        0 => Meaning::Taken,
        45_009 | 45_033 => Meaning::Enough,
        -1 | 6_000 => Meaning::Trouble,
        93_000 | 93_004 | 93_008 => Meaning::Refused(ADDRESS),
        60_020 => Meaning::Refused(CALLER),
        _ => Meaning::Refused(TEXT),
    }
}

#[cfg(test)]
mod tests;
