//! What a standard endpoint is told: the body of Standard Webhooks 1.0.

use serde_json::{Value, json};

use super::Letter;
use crate::clock::rfc3339;

/// What a standard endpoint is told; the same for every try.
pub(super) fn body(letter: &Letter) -> Value {
    let message = &letter.message;
    json!({
        "type": if letter.status.is_some() { "incident.notice" } else { "incident.message" },
        "timestamp": rfc3339(letter.date),
        "data": {
            "incident": letter.number.to_string(),
            "notice": letter.notice.to_string(),
            "status": letter.status.map(|status| status.as_str()),
            "next_update_at": letter.next_update_at.map(rfc3339),
            "locale": message.locale.as_str(),
            "subject": message.subject,
            "short": message.short,
            "text": message.text,
            "markdown": message.markdown,
            "html": message.html,
        },
    })
}
