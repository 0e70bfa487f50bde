//! A notice's body: one Markdown source, rendered as plain text, as HTML, and in the dialects of robots.

/// Escapes a value so that Markdown shows it as it was typed; its lines become hard breaks.
pub fn escape(_value: &str) -> String {
    unimplemented!("notice")
}

/// The body as plain text: values as they were typed, no markup.
pub fn text(_markdown: &str) -> String {
    unimplemented!("notice")
}

/// The body as an HTML fragment; HTML in the source shows as text.
pub fn html(_markdown: &str) -> String {
    unimplemented!("notice")
}

/// The body in Slack's mrkdwn.
pub fn slack(_markdown: &str) -> String {
    unimplemented!("notice")
}

/// The body in the plain Markdown that Feishu, DingTalk, WeCom and Teams share: bold, links and lists, no escapes they would show.
pub fn robot(_markdown: &str) -> String {
    unimplemented!("notice")
}
