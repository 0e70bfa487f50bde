//! Calls to endpoints: those the settings name, and those of contacts.

use super::Round;
use super::letter::NoLetter;
use super::turn::{Ready, Turn};
use crate::delivery::email::folder;
use crate::delivery::webhook::{self, Endpoint};
use crate::delivery::{Letter, Verdict};
use crate::settings::{Relay, Secret, Webhook, WebhookKind};
use crate::store::ledger::{Leased, Recipient};

/// Works until the lane ends.
pub(super) async fn work(round: &Round<'_>) {
    let mut last = None;
    loop {
        match round.turn(&round.hooks, last.take(), next(round)).await {
            Turn::Go(Ready { row, cargo: letter }) => {
                let verdict = deliver(round, &row, &letter).await;
                last = Some(round.conclude(&row, verdict));
            }
            Turn::Skip => {}
            Turn::Over => break,
        }
    }
}

/// The next row with its letter; none once the lane has ended.
async fn next(round: &Round<'_>) -> Option<Ready<Letter>> {
    while let Some(row) = round.hooks.take().await
        && !round.desk.is_closed()
    {
        let verdict = match round.texts.letter(&row, round.courier.page.as_deref()).await {
            Ok(letter) => return Some(Ready { row, cargo: letter }),
            Err(error @ NoLetter::Store(_)) => Verdict::later(error.to_string()),
            Err(error @ (NoLetter::NoText | NoLetter::Malformed(_))) => Verdict::failed(error.to_string()),
        };
        round.put_aside(&round.hooks, &row, verdict).await;
    }
    None
}

async fn deliver(round: &Round<'_>, row: &Leased, letter: &Letter) -> Verdict {
    let courier = round.courier;
    let named = match &row.recipient {
        Recipient::Endpoint(name) => match courier.webhooks.get(name) {
            Some(webhook) => Some(webhook),
            None => return Verdict::failed(format!("the settings no longer have a webhook `{name}`")),
        },
        Recipient::Contact(_) | Recipient::Person(_) => courier.webhooks.get(&row.address),
    };
    if let Some(trap) = &courier.trap {
        return trap.webhook(letter, named.map_or(WebhookKind::Standard, |webhook| webhook.kind));
    }
    // Practice: an address of the contact book is not called either; an endpoint of the settings was set up to be.
    if let (None, Relay::Folder(folder)) = (named, &courier.mail.relay) {
        return folder::put_call(folder, letter, WebhookKind::Standard);
    }
    let endpoint = match named.map_or_else(|| Ok(of_contact(&row.address)), configured) {
        Ok(endpoint) => endpoint,
        Err(verdict) => return verdict,
    };
    match courier.http.get() {
        Ok(http) => webhook::send(&http, &endpoint, letter, courier.clock.now()).await,
        Err(error) => Verdict::failed(error.to_string()),
    }
}

fn configured(webhook: &Webhook) -> Result<Endpoint, Verdict> {
    let missing = |error: crate::settings::Missing| Verdict::failed(error.to_string());
    Ok(Endpoint {
        kind: webhook.kind,
        url: webhook.url.read().map_err(missing)?,
        secret: webhook.secret.as_ref().map(|secret| secret.read().map_err(missing)).transpose()?,
    })
}

/// A contact's own endpoint: there is no secret shared with it, so it is not signed.
fn of_contact(address: &str) -> Endpoint {
    Endpoint { kind: WebhookKind::Standard, url: Secret::new(address), secret: None }
}
