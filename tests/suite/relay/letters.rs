//! Received mail, read by a parser that is not Muster's.

use mail_parser::{HeaderValue, Message, MessageParser};

/// What a reader sees of one mail.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) id: String,
    pub(super) references: Vec<String>,
    pub(super) in_reply_to: Vec<String>,
    pub(super) text: String,
    pub(super) html: String,
    pub(super) raw: String,
}

impl Letter {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mail: Message<'_> = MessageParser::default().parse(bytes).expect("a mail");
        let address = mail.to().and_then(|to| to.first()).and_then(|to| to.address()).expect("a recipient");
        Self {
            to: address.to_owned(),
            subject: mail.subject().expect("a subject").to_owned(),
            id: mail.message_id().expect("an id").to_owned(),
            references: ids(mail.references()),
            in_reply_to: ids(mail.in_reply_to()),
            text: mail.body_text(0).expect("a text part").into_owned(),
            html: mail.body_html(0).expect("an HTML part").into_owned(),
            raw: String::from_utf8(bytes.to_vec()).expect("only ASCII, or at least UTF-8"),
        }
    }

    /// A header as it stands, unfolded.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let head = self.raw.replace("\r\n", "\n");
        let head = head.split("\n\n").next()?.replace("\n ", " ").replace("\n\t", " ");
        let found: Vec<_> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(n, _)| n.eq_ignore_ascii_case(name))
            .collect();
        assert!(found.len() <= 1, "{name} stands {} times", found.len());
        found.first().map(|(_, value)| (*value).to_owned())
    }
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(one) => vec![one.to_string()],
        HeaderValue::TextList(all) => all.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}
