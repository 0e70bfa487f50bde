//! Mail as bytes: one letter becomes one message, the same bytes every time it is asked for.

use std::time::SystemTime;

use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use super::Letter;
use crate::clock::Timestamp;
use crate::incident::IncidentId;
use crate::notice::personal::Person;

mod form;

pub use form::Form;

/// Why a letter cannot become a mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("`{0}` is not a mail address")]
    Address(String),
    #[error("failed to put the message together: {0}")]
    Message(String),
}

/// A mail ready to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub from: Address,
    pub to: Address,
    pub bytes: Vec<u8>,
}

/// Who notices come from, as the settings say it.
pub fn sender(from: &str) -> Result<Mailbox, Malformed> {
    from.parse().map_err(|_| Malformed::Address(from.to_owned()))
}

/// What one mail is besides its text.
#[derive(Debug, Clone, Copy)]
pub struct Cover<'a> {
    pub delivery: &'a str,
    pub incident: IncidentId,
    pub to: &'a str,
    pub name: &'a str,
    pub date: Timestamp,
    pub unsubscribe: Option<&'a str>,
}

/// Puts a letter together as a MIME message.
pub fn mail(letter: &Letter, from: &Mailbox) -> Result<Mail, Malformed> {
    let cover = Cover {
        delivery: &letter.delivery,
        incident: letter.incident,
        to: &letter.to,
        name: &letter.name,
        date: letter.date,
        unsubscribe: letter.unsubscribe.as_deref(),
    };
    Form::new(&letter.message).mail(&cover, &Person::default(), from)
}

impl Form {
    /// Puts a MIME message to one person together (RFC 5322, 2045–2049): text and HTML alternatives,
    /// threaded per incident and recipient, with nothing in it that a second try would change.
    pub fn mail(&self, cover: &Cover<'_>, person: &Person<'_>, from: &Mailbox) -> Result<Mail, Malformed> {
        let to = recipient(cover.to)?;
        let domain = from.email.domain();
        let thread = thread_id(cover, domain);
        let mut builder = lettre::Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to.clone()))
            .date(SystemTime::from(cover.date))
            .message_id(Some(format!("<{}@{domain}>", cover.delivery)))
            .in_reply_to(thread.clone())
            .references(thread)
            .raw_header(pre_encoded("To", mailbox(cover.name, &to)))
            .raw_header(pre_encoded("Subject", unstructured(&self.subject(person))))
            .raw_header(pre_encoded("Auto-Submitted", "auto-generated".to_owned()));
        if let Some(link) = cover.unsubscribe.filter(|link| is_plain_link(link)) {
            builder = builder.raw_header(pre_encoded("List-Unsubscribe", format!("<{link}>")));
            if link.starts_with("https://") {
                let one_click = "List-Unsubscribe=One-Click".to_owned();
                builder = builder.raw_header(pre_encoded("List-Unsubscribe-Post", one_click));
            }
        }
        // Said outright: read back from the headers it would have to parse what is encoded there.
        let envelope = lettre::address::Envelope::new(Some(from.email.clone()), vec![to.clone()])
            .map_err(|error| Malformed::Message(error.to_string()))?;
        let part = |kind, body| {
            SinglePart::builder().header(kind).header(Language(self.locale.to_string())).body::<Body>(body)
        };
        let alternatives = MultiPart::alternative()
            .boundary(boundary(cover.delivery))
            .singlepart(part(ContentType::TEXT_PLAIN, self.text(person)))
            .singlepart(part(ContentType::TEXT_HTML, self.html(person)));
        let message = builder
            .envelope(envelope)
            .multipart(alternatives)
            .map_err(|error| Malformed::Message(error.to_string()))?;
        Ok(Mail { from: from.email.clone(), to, bytes: message.formatted() })
    }
}

/// Reads a recipient's address; an international domain is written as its ASCII form.
fn recipient(written: &str) -> Result<Address, Malformed> {
    let malformed = || Malformed::Address(super::one_line(written));
    let (user, domain) = written.trim().rsplit_once('@').ok_or_else(malformed)?;
    let hostile = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';');
    if written.trim().chars().any(hostile) {
        return Err(malformed());
    }
    let domain = if domain.is_ascii() {
        domain.to_owned()
    } else {
        let url = reqwest::Url::parse(&format!("http://{domain}/")).map_err(|_| malformed())?;
        url.host_str().ok_or_else(malformed)?.to_owned()
    };
    Address::new(user, domain).map_err(|_| malformed())
}

/// One conversation per incident and recipient: every message answers the same, never sent, first one.
fn thread_id(cover: &Cover<'_>, domain: &str) -> String {
    let digest = Sha256::new()
        .chain_update(b"thread")
        .chain_update(cover.incident.0.as_bytes())
        .chain_update(cover.to.to_lowercase())
        .finalize();
    format!("<{}@{domain}>", hex(&digest[..16]))
}

fn boundary(delivery: &str) -> String {
    let digest = Sha256::new().chain_update(b"boundary").chain_update(delivery).finalize();
    format!("muster-{}", hex(&digest[..16]))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The `Content-Language` of a part (RFC 3282).
#[derive(Debug, Clone)]
struct Language(String);

impl lettre::message::header::Header for Language {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(tag: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(tag.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

fn pre_encoded(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

/// A `To` value: the name, if there is one, and the address.
fn mailbox(name: &str, address: &Address) -> String {
    let name = plain_spaces(name);
    if name.is_empty() {
        return address.to_string();
    }
    let quotable = is_plain(&name) && !name.contains(['"', '\\']);
    let phrase = if quotable { format!("\"{name}\"") } else { encoded_words(&name) };
    format!("{phrase}\r\n <{address}>")
}

/// A header's free text: as it is where that is short plain ASCII, otherwise as encoded words (RFC 2047).
fn unstructured(text: &str) -> String {
    let text = plain_spaces(text);
    if is_plain(&text) { text } else { encoded_words(&text) }
}

/// Short, printable ASCII that no reader could take for an encoded word.
fn is_plain(text: &str) -> bool {
    text.len() <= 60 && text.bytes().all(|b| (0x20..0x7f).contains(&b)) && !text.contains("=?")
}

/// Line breaks and control characters as single spaces: a header is one line.
fn plain_spaces(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Folded encoded words, each at most 75 characters and never cut inside a character.
fn encoded_words(text: &str) -> String {
    use base64::Engine;
    const LONGEST: usize = 39;
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(LONGEST.min(rest.len())));
        words.push(format!("=?utf-8?B?{}?=", base64::engine::general_purpose::STANDARD.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}

fn is_plain_link(link: &str) -> bool {
    link.starts_with("http") && link.bytes().all(|b| (0x21..0x7f).contains(&b) && !matches!(b, b'<' | b'>'))
}

#[cfg(test)]
mod tests;
