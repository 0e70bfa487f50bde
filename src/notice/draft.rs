//! A draft's fingerprint, and how its text differs from the last one.

use sha2::{Digest, Sha256};
use similar::{ChangeTag, TextDiff};

use crate::clock::{self, Timestamp};
use crate::incident::event::Message;

/// SHA-256 over a draft's texts, promises and recipients, taken in one at a time.
#[derive(Debug, Clone)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Begins with the texts and the promised times.
    pub fn new(messages: &[Message], next_update_at: Option<Timestamp>, next_mail_at: Option<Timestamp>) -> Self {
        let mut print = Self(Sha256::new());
        for promise in [next_update_at, next_mail_at] {
            print.take(&promise.map(clock::rfc3339).unwrap_or_default());
        }
        for message in messages {
            let Message { locale, subject, preheader, short, markdown, text, html } = message;
            for part in [locale.as_str(), subject, preheader, short, markdown, text, html] {
                print.take(part);
            }
        }
        print
    }

    /// Takes in a recipient: the contact or endpoint, the channel, the address. The order counts.
    pub fn recipient(&mut self, contact: &str, channel: &str, address: &str) {
        for part in [contact, channel, address] {
            self.take(part);
        }
    }

    /// The fingerprint, lowercase hexadecimal.
    pub fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Takes in a part with its length before it, so that no two lists of parts read the same.
    fn take(&mut self, part: &str) {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part.as_bytes());
    }
}

/// The lines that changed between two texts, each under `- ` or `+ `, with two unchanged
/// ones around them; empty where nothing did.
pub fn difference(previous: &Message, new: &Message) -> String {
    let whole = |message: &Message| format!("{}\n\n{}\n", message.subject, message.text.trim_end());
    let (previous, new) = (whole(previous), whole(new));
    let diff = TextDiff::from_lines(previous.as_str(), new.as_str());
    let mut lines = String::new();
    for (index, group) in diff.grouped_ops(2).iter().enumerate() {
        if index > 0 {
            lines.push_str("  …\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            lines.push_str(match change.tag() {
                ChangeTag::Delete => "- ",
                ChangeTag::Insert => "+ ",
                ChangeTag::Equal => "  ",
            });
            lines.push_str(change.value());
            lines.truncate(lines.trim_end().len());
            lines.push('\n');
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Locale;
    use insta::assert_snapshot;

    fn message(subject: &str, text: &str) -> Message {
        Message {
            locale: Locale::english(),
            subject: subject.to_owned(),
            preheader: String::new(),
            short: String::new(),
            markdown: String::new(),
            text: text.to_owned(),
            html: String::new(),
        }
    }

    #[test]
    fn the_fingerprint_covers_texts_promises_and_recipients() {
        let at = chrono::DateTime::from_timestamp(1_790_000_000, 0);
        let print = |message: Message, at, recipients: &[&str]| {
            let mut print = Fingerprint::new(&[message], at, None);
            recipients.iter().for_each(|id| print.recipient(id, "mail", "a@example.com"));
            print.finish()
        };
        let drafted = print(message("a", "b"), at, &["1", "2"]);
        assert_eq!(drafted.len(), 64);
        assert_eq!(drafted, print(message("a", "b"), at, &["1", "2"]));
        for other in [
            print(message("ab", ""), at, &["1", "2"]),
            print(message("a", "b"), None, &["1", "2"]),
            print(message("a", "b"), at, &["1"]),
            print(message("a", "b"), at, &["12"]),
        ] {
            assert_ne!(drafted, other);
        }
    }

    #[test]
    fn the_difference_shows_what_an_approver_has_to_read() {
        let previous = message("[Investigating] Down", "one\n\ntwo\nthree\nfour\nfive\nsix\n");
        let new = message("[Identified] Down", "one\n\ntwo\nthree\nfour\nfive!\nsix\n");
        assert_snapshot!(difference(&previous, &new), @r"
        - [Investigating] Down
        + [Identified] Down
          one
          …
          three
          four
        - five
        + five!
          six
        ");
        assert_eq!(difference(&new, &new), "");
    }
}
