//! A text made ready to be mailed to many: what is the same for all of them is encoded once.

use lettre::message::Body;
use lettre::message::header::ContentTransferEncoding;

use crate::incident::event::Message;
use crate::locale::Locale;
use crate::notice::personal::{Person, fill_html, fill_text, is_personal};

/// A message in one language, its placeholders still open.
#[derive(Debug)]
pub struct Form {
    pub(super) locale: Locale,
    subject: String,
    text: Part,
    html: Part,
}

/// One alternative of a mail.
#[derive(Debug)]
enum Part {
    /// Quoted-printable, which begins anew with each line.
    Lines(Vec<Piece>),
    /// Base64, which runs across lines.
    Whole(String),
}

#[derive(Debug)]
enum Piece {
    /// Lines that everybody gets, encoded.
    Same(Vec<u8>),
    /// Lines that name a person, as they were drafted.
    Personal(String),
}

impl Form {
    pub fn new(message: &Message) -> Self {
        Self {
            locale: message.locale.clone(),
            subject: message.subject.clone(),
            text: Part::new(&message.text),
            html: Part::new(&message.html),
        }
    }

    pub(super) fn subject(&self, person: &Person<'_>) -> String {
        fill_text(&self.subject, person)
    }

    pub(super) fn text(&self, person: &Person<'_>) -> Body {
        self.text.fill(|text| fill_text(text, person))
    }

    pub(super) fn html(&self, person: &Person<'_>) -> Body {
        self.html.fill(|html| fill_html(html, person))
    }
}

impl Part {
    fn new(text: &str) -> Self {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let beyond_ascii = text.bytes().filter(|byte| !byte.is_ascii()).count();
        if beyond_ascii * 6 > text.len() {
            return Self::Whole(text);
        }
        let mut pieces = Vec::new();
        let mut same = String::new();
        for line in text.split_inclusive('\n') {
            if !is_personal(line) {
                same.push_str(line);
                continue;
            }
            pieces.push(Piece::Same(quoted(&std::mem::take(&mut same))));
            pieces.push(Piece::Personal(line.to_owned()));
        }
        pieces.push(Piece::Same(quoted(&same)));
        Self::Lines(pieces)
    }

    fn fill(&self, fill: impl Fn(&str) -> String) -> Body {
        match self {
            Self::Whole(text) => encoded(&fill(text), ContentTransferEncoding::Base64),
            Self::Lines(pieces) => {
                let mut bytes = Vec::new();
                for piece in pieces {
                    match piece {
                        Piece::Same(lines) => bytes.extend_from_slice(lines),
                        Piece::Personal(lines) => bytes.extend_from_slice(&quoted(&fill(lines))),
                    }
                }
                Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::QuotedPrintable)
            }
        }
    }
}

fn quoted(lines: &str) -> Vec<u8> {
    encoded(lines, ContentTransferEncoding::QuotedPrintable).into_vec()
}

/// Text in a transfer encoding, every line ending as CRLF: a relay reads nothing else as one.
fn encoded(text: &str, encoding: ContentTransferEncoding) -> Body {
    // Both encodings take any text, so the fallback is never reached.
    Body::new_with_encoding(text.replace('\n', "\r\n"), encoding)
        .unwrap_or_else(|text| Body::new(String::from_utf8_lossy(&text).into_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(part: &Part, person: &Person<'_>) -> Vec<u8> {
        part.fill(|text| fill_text(text, person)).into_vec()
    }

    proptest! {
        #[test]
        fn what_is_encoded_piece_by_piece_is_what_is_encoded_whole(
            lines in proptest::collection::vec("[ -~]{0,90}\u{E9}?[ \t]?|Dear \u{E000}name\u{E001}, hello", 0..8),
            name in "[ -~]{0,80}",
            ends in any::<bool>(),
        ) {
            let text = format!("{}\n", "-".repeat(2_000)) + &lines.join("\n") + if ends { "\n" } else { "" };
            let person = Person { name: &name, ..Person::default() };
            let whole = encoded(&fill_text(&text, &person), ContentTransferEncoding::QuotedPrintable).into_vec();
            let part = Part::new(&text);
            prop_assert!(matches!(part, Part::Lines(_)));
            prop_assert_eq!(String::from_utf8(bytes(&part, &person)), String::from_utf8(whole));
        }
    }

    #[test]
    fn a_text_that_is_mostly_beyond_ascii_is_filled_and_encoded_whole() {
        let part = Part::new("\u{E000}name\u{E001}，您好：出金申请提交失败\n");
        assert!(matches!(part, Part::Whole(_)));
        let person = Person { name: "薄先生", ..Person::default() };
        let wanted = encoded("薄先生，您好：出金申请提交失败\n", ContentTransferEncoding::Base64);
        assert_eq!(bytes(&part, &person), wanted.into_vec());
    }
}
