//! Idempotency keys as people give them: one person's are not another's.

use sha2::{Digest, Sha256};

use crate::incident::PersonId;

/// A key as it is kept: nobody meets another's answer by guessing a key.
pub(super) fn of(person: &PersonId, key: &str) -> String {
    let hash =
        Sha256::new().chain_update((person.0.len() as u64).to_be_bytes()).chain_update(&person.0).chain_update(key);
    hash.finalize().iter().fold("person/".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_its_persons_own() {
        let key = |person: &str, key| of(&PersonId(person.to_owned()), key);
        assert_eq!(key("dana", "a"), key("dana", "a"));
        assert_ne!(key("dana", "a"), key("lin", "a"));
        assert_ne!(key("dan", "aa"), key("dana", "a"));
    }
}
