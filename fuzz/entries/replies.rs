//! What endpoints and robots answer: no answer counts as taken that isn't one.

use std::time::Duration;

use muster::delivery::http::Answer;
use muster::delivery::{Verdict, webhook};
use muster::settings::WebhookKind;

use super::runbooks::now;

const KINDS: [WebhookKind; 6] = [
    WebhookKind::Standard,
    WebhookKind::Slack,
    WebhookKind::Teams,
    WebhookKind::Feishu,
    WebhookKind::Dingtalk,
    WebhookKind::Wecom,
];

/// An answer: a byte for the kind, two for the status, a line for `Retry-After`, the rest is the body.
pub(crate) fn reply(data: &[u8]) {
    let [kind, high, low, rest @ ..] = data else { return };
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let answer = Answer {
        status: u16::from_be_bytes([*high, *low]) % 1000,
        retry_after: (end > 0).then(|| String::from_utf8_lossy(&rest[..end]).into_owned()),
        body: rest.get(end + 1..).unwrap_or_default().to_vec(),
        cut_short: false,
    };
    let accepted = (200..300).contains(&answer.status);
    match webhook::judge(KINDS[usize::from(*kind) % KINDS.len()], &answer, now()) {
        Verdict::Sent { detail } => {
            assert!(accepted, "{} counts as taken", answer.status);
            is_one_line(&detail);
        }
        Verdict::Later { reason, retry_after } => {
            is_one_line(&reason);
            assert!(retry_after.is_none_or(|wait| wait <= Duration::from_secs(3600)), "waits for {retry_after:?}");
        }
        Verdict::Failed { reason, suppress } => {
            is_one_line(&reason);
            assert!(!suppress, "an answer of an endpoint suppresses nobody");
        }
        Verdict::Disabled { reason } => assert_eq!((answer.status, reason.is_empty()), (410, false)),
        other => assert!(!matches!(other, Verdict::Unknown { .. } | Verdict::Stalled { .. }), "{other:?}"),
    }
}

/// Words of strangers end up in a table's cell.
fn is_one_line(words: &str) {
    assert!(words.len() < 500 && !words.contains(char::is_control), "{words:?}");
}
