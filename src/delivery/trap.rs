//! The trap of drills: what would leave is written to files instead, the same bytes for the same drill.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use lettre::message::Mailbox;

use super::email::folder;
use super::{Letter, Verdict, mime};
use crate::settings::WebhookKind;

/// A folder that takes the place of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trap {
    /// Holds `outbox/`.
    pub folder: PathBuf,
    /// Addresses at which the relay refuses mail, and what it says.
    pub refusals: IndexMap<String, String>,
}

impl Trap {
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), refusals: IndexMap::new() }
    }

    /// The mail as it would be handed over, in `outbox/*.eml`.
    pub fn mail(&self, letter: &Letter, from: &Mailbox) -> Verdict {
        if let Some(reply) = self.refusals.get(&letter.to) {
            // As the world does it: 5.1.x means that there is no such address.
            return Verdict::Failed { reason: reply.clone(), suppress: reply.contains(" 5.1.") };
        }
        match mime::mail(letter, from) {
            Ok(mail) => folder::put(&self.outbox(), letter, "eml", &mail.bytes),
            Err(error) => Verdict::failed(error.to_string()),
        }
    }

    /// What an endpoint would be told, in `outbox/*.json`.
    pub fn webhook(&self, letter: &Letter, kind: WebhookKind) -> Verdict {
        folder::put_call(&self.outbox(), letter, kind)
    }

    fn outbox(&self) -> PathBuf {
        self.folder.join("outbox")
    }
}
