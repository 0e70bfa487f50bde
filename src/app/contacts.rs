//! The contact book: importing, listing, and whom not to write to.

use std::collections::HashSet;
use std::io::BufRead;

use super::book::{self, CHUNK};
use super::view::{ContactsView, EndpointSecret, ImportReport};
use super::{App, Error, Result};
use crate::contact::{Contact, ContactId, import};
use crate::delivery::endpoint_secret::Root;

impl App {
    /// Takes in a contact book; a bad row is reported and costs no other.
    pub async fn import_contacts(&self, book: impl BufRead + Send) -> Result<ImportReport> {
        let mut report = ImportReport::default();
        let store = self.writer().await?;
        let mut good: Vec<Contact> = Vec::with_capacity(CHUNK);
        let mut rows = import::rows(book).fuse();
        loop {
            let row = rows.next();
            let at_end = row.is_none();
            match row {
                Some(Ok(contact)) => good.push(contact),
                Some(Err(rejected)) => report.rejected.push(rejected),
                None => {}
            }
            if good.len() == CHUNK || at_end {
                let imported = store.import_contacts(&std::mem::take(&mut good)).await?;
                report.imported += imported.imported;
                report.updated += imported.updated;
                report.unchanged += imported.unchanged;
            }
            if at_end {
                break;
            }
        }
        Ok(report)
    }

    /// Every contact of the book, how many organisations they belong to, and the suppressed addresses.
    pub async fn contacts(&self) -> Result<ContactsView> {
        let mut view = ContactsView { contacts: Vec::new(), organisations: 0, suppressed: Vec::new() };
        let Some(store) = self.reader().await? else { return Ok(view) };
        let mut book = book::Walk::new(store);
        while let Some(contacts) = book.next().await? {
            view.contacts.extend(contacts);
        }
        let organisations: HashSet<_> =
            view.contacts.iter().map(|c| c.org.as_str()).filter(|o| !o.is_empty()).collect();
        view.organisations = organisations.len() as u64;
        loop {
            let chunk = store.suppressions(view.suppressed.last().map(String::as_str), CHUNK).await?;
            if chunk.is_empty() {
                break;
            }
            view.suppressed.extend(chunk.into_iter().map(|suppression| suppression.address));
        }
        Ok(view)
    }

    /// Keeps an address from being written to again; takes the unsubscribe link of a mail too. Says which address.
    pub async fn suppress(&self, written: &str) -> Result<String> {
        if let Some((_, token)) = written.rsplit_once("/unsubscribe/") {
            return Ok(self.unsubscribe(token).await?.address);
        }
        let address = written.trim();
        import::check_address(address).map_err(|reason| {
            Error::refused(
                "bad_address",
                reason,
                "give one address, such as `name@example.com`, or a mail's unsubscribe link",
            )
        })?;
        self.writer().await?.suppress(address, "suppressed by hand", self.clock.now()).await?;
        Ok(address.to_owned())
    }

    /// Lets an address be mailed again, or an endpoint be called again; says why each was not.
    pub async fn unsuppress(&self, written: &str) -> Result<Vec<String>> {
        let lifted = self.writer().await?.unsuppress(written).await?;
        Ok(lifted.into_iter().map(|suppression| suppression.reason).collect())
    }

    /// The secret that signs what a contact's own endpoint is told; made when it is first asked for.
    pub async fn endpoint_secret(&self, contact: &str) -> Result<EndpointSecret> {
        let store = self.writer().await?;
        let found = store.contacts(&[ContactId::new(contact)]).await?.pop();
        let found = found.ok_or_else(|| Error::NotFound {
            message: format!("the contact book has no `{contact}`"),
            help: Some("muster contacts list".to_owned()),
        })?;
        if found.webhook.is_empty() {
            let message = format!("`{contact}` has no `webhook` in the contact book");
            return Err(Error::refused(
                "no_endpoint",
                message,
                "fill the column `webhook` in and import the book again",
            ));
        }
        let secret = Root::of(store, &self.clock).await?.secret_of(&found.webhook);
        let secret = secret.reveal().to_owned();
        Ok(EndpointSecret { contact: found.id.as_str().to_owned(), url: found.webhook, secret })
    }
}
