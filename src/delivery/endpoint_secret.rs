//! Secrets of contacts' own endpoints: each follows from the installation's and from the endpoint's address.
//!
//! Nothing is kept per contact and nothing stands in the contact book; a new address has a new secret.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac_sha256::HMAC;

use crate::clock::Clock;
use crate::settings::Secret;
use crate::store::{Error, Store};

/// Under this name the installation keeps what the secrets follow from.
const SECRET: &str = "endpoints";

/// What the secrets of endpoints follow from.
#[derive(Debug, Clone)]
pub struct Root(Secret);

impl Root {
    /// The installation's; made when it is first needed.
    pub async fn of(store: &Store, clock: &Clock) -> Result<Self, Error> {
        store.secret(SECRET, || clock.secret()).await.map(Self)
    }

    /// The secret of the endpoint at this address, as Standard Webhooks writes secrets.
    pub fn secret_of(&self, address: &str) -> Secret {
        let mac = HMAC::mac(format!("{SECRET}\n{}", address.trim()), self.0.reveal());
        Secret::new(format!("whsec_{}", STANDARD.encode(mac)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_secret_and_always_the_same() {
        let secret = |root: &str, address: &str| Root(Secret::new(root)).secret_of(address);
        let one = secret("root", "https://a.example/hook");
        assert_eq!(one, secret("root", " https://a.example/hook "));
        assert_ne!(one, secret("root", "https://a.example/Hook"));
        assert_ne!(one, secret("other", "https://a.example/hook"));
        assert!(standardwebhooks::Webhook::new(one.reveal()).is_ok());
    }
}
