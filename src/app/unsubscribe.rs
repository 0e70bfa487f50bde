//! Unsubscribing: what the link in a mail does, asked first and then done.

use super::view::Unsubscription;
use super::{App, Error, Result};
use crate::delivery::unsubscribe::Seal;
use crate::store::Store;
use crate::store::book::normalise;

/// Why an address that its owner unsubscribed is not mailed.
const REASON: &str = "unsubscribed";

impl App {
    /// What the token of a mail's link would do; does nothing. Link scanners may ask as often as they like.
    pub async fn unsubscription(&self, token: &str) -> Result<Unsubscription> {
        match self.reader().await? {
            Some(store) => named_by(store, token).await,
            None => Err(not_ours()),
        }
    }

    /// Stops all mail from this installation to the address that the token's mail went to; twice is once.
    pub async fn unsubscribe(&self, token: &str) -> Result<Unsubscription> {
        let store = self.writer().await?;
        let named = named_by(store, token).await?;
        let new = store.suppress(&named.address, REASON, self.clock.now()).await?;
        Ok(Unsubscription { already: !new, ..named })
    }
}

async fn named_by(store: &Store, token: &str) -> Result<Unsubscription> {
    let opened = Seal::known(store).await?.and_then(|seal| seal.open(token)).ok_or_else(not_ours)?;
    let address = store.mailed_address(opened.0, opened.1).await?.ok_or_else(not_ours)?;
    let already = store.suppressed(std::slice::from_ref(&address)).await?.contains(&normalise(&address));
    Ok(Unsubscription { address, already })
}

fn not_ours() -> Error {
    Error::NotFound {
        message: "this is not an unsubscribe link of this installation, or not the whole of it".to_owned(),
        help: Some("copy the whole link from the mail; nothing was changed".to_owned()),
    }
}
