//! The hash chain: each stored event is bound to the one before it, so that no edit goes unseen.

use sha2::{Digest, Sha256};

use crate::incident::IncidentId;

/// What the first event of an incident follows on: 64 zeros.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The hash of an event: SHA-256 of the previous hash, the incident, the sequence number and the
/// stored text, a line feed after each of the first three; lowercase hexadecimal.
pub fn link(previous: &str, incident: IncidentId, seq: u64, stored: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{previous}\n{incident}\n{seq}\n"));
    hash.update(stored);
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        text
    })
}
