//! Unsubscribe tokens: they name a mail that was sent, prove that Muster wrote it, and reveal no address.
//!
//! A token is 56 bytes in URL-safe base64: the notice, the ledger row, and an HMAC-SHA256 over both
//! under a secret that the installation made once. It never expires, and any node can open it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac_sha256::HMAC;
use uuid::Uuid;

use crate::clock::Clock;
use crate::incident::NoticeId;
use crate::settings::Secret;
use crate::store::ledger::DeliveryId;
use crate::store::{Error, Store};

/// Under this name the installation keeps what seals its tokens.
const SECRET: &str = "unsubscribe";
const NOTICE: usize = 16;
const NAMED: usize = 24;
const WHOLE: usize = 56;

/// What seals and opens tokens.
#[derive(Debug, Clone)]
pub struct Seal(Secret);

impl Seal {
    /// The installation's seal; made when it is first needed.
    pub async fn of(store: &Store, clock: &Clock) -> Result<Self, Error> {
        store.secret(SECRET, || clock.secret()).await.map(Self)
    }

    /// The installation's seal, if it ever sealed anything.
    pub async fn known(store: &Store) -> Result<Option<Self>, Error> {
        Ok(store.known_secret(SECRET).await?.map(Self))
    }

    /// The token of one mail.
    pub fn token(&self, notice: NoticeId, row: DeliveryId) -> String {
        let mut token = [0; WHOLE];
        token[..NOTICE].copy_from_slice(notice.0.as_bytes());
        token[NOTICE..NAMED].copy_from_slice(&row.0.to_be_bytes());
        let proof = self.proof(&token[..NAMED]);
        token[NAMED..].copy_from_slice(&proof);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The mail that a token names; none if this installation did not write it. Takes the same time for any proof.
    pub fn open(&self, token: &str) -> Option<(NoticeId, DeliveryId)> {
        let mut bytes = [0; WHOLE];
        if URL_SAFE_NO_PAD.decode_slice(token.trim(), &mut bytes) != Ok(WHOLE) {
            return None;
        }
        let (named, proof) = bytes.split_at(NAMED);
        let mut hmac = HMAC::new(self.0.reveal());
        hmac.update(SECRET);
        hmac.update(named);
        if !hmac.finalize_verify(proof.try_into().ok()?) {
            return None;
        }
        let notice = NoticeId(Uuid::from_slice(&named[..NOTICE]).ok()?);
        Some((notice, DeliveryId(i64::from_be_bytes(named[NOTICE..].try_into().ok()?))))
    }

    fn proof(&self, named: &[u8]) -> [u8; 32] {
        let mut hmac = HMAC::new(self.0.reveal());
        hmac.update(SECRET);
        hmac.update(named);
        hmac.finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTICE_ID: NoticeId = NoticeId(Uuid::from_u128(0x0193_aaaa_bbbb_7ccc_8ddd_0000_0000_0001));

    fn seal(secret: &str) -> Seal {
        Seal(Secret::new(secret))
    }

    #[test]
    fn a_token_opens_for_whoever_holds_the_secret_and_nobody_else() {
        let token = seal("one").token(NOTICE_ID, DeliveryId(42));
        assert_eq!(seal("one").open(&token), Some((NOTICE_ID, DeliveryId(42))));
        assert_eq!(seal("two").open(&token), None);
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{token}");
        assert_ne!(token, seal("one").token(NOTICE_ID, DeliveryId(43)));
    }

    #[test]
    fn a_token_changed_in_any_place_or_cut_short_opens_nothing() {
        let seal = seal("one");
        let token = seal.token(NOTICE_ID, DeliveryId(42));
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).expect("ASCII");
            assert_eq!(seal.open(&forged), None, "{forged}");
            assert_eq!(seal.open(&token[..at]), None, "{at} characters");
        }
        for odd in [format!("{token}A"), format!("{token}="), format!("{token}/x"), String::new(), "网".repeat(75)] {
            assert_eq!(seal.open(&odd), None, "{odd}");
        }
    }

    #[tokio::test]
    async fn the_first_node_to_need_the_secret_makes_it_for_all() {
        let store = Store::in_memory().await.expect("a store");
        let start = chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("a moment");
        assert!(Seal::known(&store).await.expect("asked").is_none());
        let mut tokens = Vec::new();
        for seed in [1, 2] {
            let seal = Seal::of(&store, &Clock::virtual_at(start, seed)).await.expect("a seal");
            tokens.push(seal.token(NOTICE_ID, DeliveryId(1)));
        }
        assert_eq!(tokens[0], tokens[1]);
        let known = Seal::known(&store).await.expect("asked").expect("a seal");
        assert_eq!(known.open(&tokens[0]), Some((NOTICE_ID, DeliveryId(1))));
        assert!(!format!("{known:?}").contains(known.0.reveal()));
    }
}
