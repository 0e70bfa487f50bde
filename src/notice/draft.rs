//! A draft's fingerprint, and how its text differs from the last one.

use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::incident::event::Message;

/// SHA-256 over a draft's texts, promises and recipients, taken in one at a time.
#[derive(Debug, Clone)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Begins with the texts and the promised times.
    pub fn new(_messages: &[Message], _next_update_at: Option<Timestamp>, _next_mail_at: Option<Timestamp>) -> Self {
        Self(Sha256::new())
    }

    /// Takes in a recipient: the contact or endpoint, the channel, the address.
    pub fn recipient(&mut self, _contact: &str, _channel: &str, _address: &str) {
        unimplemented!("notice")
    }

    /// The fingerprint, lowercase hexadecimal.
    pub fn finish(self) -> String {
        unimplemented!("notice")
    }
}

/// The lines that changed between two texts, each under `- ` or `+ `, with the unchanged ones around them; empty where nothing did.
pub fn difference(_previous: &Message, _new: &Message) -> String {
    unimplemented!("notice")
}
