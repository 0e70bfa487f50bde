//! Calls to endpoints: those the settings name, and those of contacts.

use super::turn::{Ready, Turn};
use super::{Round, robot};
use crate::delivery::email::folder;
use crate::delivery::endpoint_secret::Root;
use crate::delivery::webhook::{self, Endpoint};
use crate::delivery::{Letter, Verdict};
use crate::settings::{Relay, Secret, Webhook, WebhookKind};
use crate::store::book::endpoint_key;
use crate::store::ledger::{Leased, Recipient};

/// The most rows of one robot that are taken in hand together.
const AT_ONCE: usize = 64;

/// Works until the lane ends.
pub(super) async fn work(round: &Round<'_>) {
    let mut last = None;
    loop {
        match round.turn(&round.hooks, last.take(), next(round)).await {
            Turn::Go(Ready { row, cargo: letter }) => {
                let verdict = deliver(round, &row, &letter).await;
                last = Some(round.conclude(&row, verdict));
            }
            Turn::Skip(given_back) => last = Some(given_back),
            Turn::Over => break,
        }
    }
}

/// The next row with its letter, robots' rows dealt with on the way; none once the lane has ended.
async fn next(round: &Round<'_>) -> Option<Ready<Letter>> {
    while let Some(row) = round.hooks.take().await
        && !round.desk.is_closed()
    {
        if let Some((name, webhook)) = robot_of(round, &row) {
            let mut rows = vec![row];
            let same = |other: &Leased| robot_of(round, other).is_some_and(|(other, _)| other == name);
            rows.extend(round.hooks.take_like(AT_ONCE, same));
            robot::tell(round, name, webhook, rows).await;
            continue;
        }
        match letter(round, &row).await {
            Ok(letter) => return Some(Ready { row, cargo: letter }),
            Err(verdict) => round.put_aside(&round.hooks, &row, verdict).await,
        }
    }
    None
}

/// The robot that a row goes to, where it really goes there.
fn robot_of<'r>(round: &Round<'r>, row: &Leased) -> Option<(&'r str, &'r Webhook)> {
    let courier = round.courier;
    let name = match &row.recipient {
        Recipient::Endpoint(name) => name,
        Recipient::Contact(_) | Recipient::Person(_) => &row.address,
    };
    let (name, webhook) = courier.webhooks.get_key_value(name)?;
    let is_called = courier.trap.is_none() && webhook.kind != WebhookKind::Standard;
    is_called.then_some((name.as_str(), webhook))
}

/// The letter that a row stands for, or what becomes of the row without one.
pub(super) async fn letter(round: &Round<'_>, row: &Leased) -> Result<Letter, Verdict> {
    Ok(round.texts.letter(row, round.courier.page.as_deref()).await?)
}

async fn deliver(round: &Round<'_>, row: &Leased, letter: &Letter) -> Verdict {
    let courier = round.courier;
    let named = match &row.recipient {
        Recipient::Endpoint(name) => match courier.webhooks.get_key_value(name) {
            Some(named) => Some(named),
            None => return Verdict::failed(format!("the settings no longer have a webhook `{name}`")),
        },
        Recipient::Contact(_) | Recipient::Person(_) => courier.webhooks.get_key_value(&row.address),
    };
    if let Some(trap) = &courier.trap {
        return trap.webhook(letter, named.map_or(WebhookKind::Standard, |(_, webhook)| webhook.kind));
    }
    // Practice: an address of the contact book is not called either; an endpoint of the settings was set up to be.
    if let (None, Relay::Folder(folder)) = (named, &courier.mail.relay) {
        return folder::put_call(folder, letter, WebhookKind::Standard);
    }
    match called(round, row, named, letter).await {
        Ok(verdict) | Err(verdict) => verdict,
    }
}

/// Calls a standard endpoint, unless it asked for nothing more before.
async fn called(
    round: &Round<'_>,
    row: &Leased,
    named: Option<(&String, &Webhook)>,
    letter: &Letter,
) -> Result<Verdict, Verdict> {
    let courier = round.courier;
    let endpoint = match named {
        Some((_, webhook)) => configured(webhook)?,
        None => of_contact(round, &row.address).await?,
    };
    let (name, key) = match named {
        Some((name, _)) => (name, endpoint_key(name, &endpoint.fingerprint())),
        None => (&row.address, row.address.clone()),
    };
    // A contact's address was asked about when the row was leased; an endpoint of the settings has none in the ledger.
    if named.is_some() {
        enabled(round, &key).await?;
    }
    let http = courier.http.get().map_err(|error| Verdict::failed(error.to_string()))?;
    let verdict = webhook::send(&http, &endpoint, letter, courier.clock.now()).await;
    Ok(heeded(round, name, &key, verdict).await)
}

/// Writes down that an endpoint wants nothing more, where it says so; in the row too, with what undoes it.
pub(super) async fn heeded(round: &Round<'_>, name: &str, key: &str, verdict: Verdict) -> Verdict {
    let Verdict::Disabled { reason } = verdict else { return verdict };
    let reason = format!("{reason}; once it does again: `muster contacts unsuppress {name}`");
    let courier = round.courier;
    match courier.store.suppress(key, &reason, courier.clock.now()).await {
        Ok(_) => Verdict::failed(reason),
        Err(error) => Verdict::later(error.to_string()),
    }
}

/// Whether an endpoint still wants to be told anything.
pub(super) async fn enabled(round: &Round<'_>, key: &str) -> Result<(), Verdict> {
    match round.courier.store.suppression(key).await {
        Ok(None) => Ok(()),
        Ok(Some(suppression)) => Err(Verdict::Suppressed { reason: suppression.reason }),
        Err(error) => Err(Verdict::later(error.to_string())),
    }
}

pub(super) fn configured(webhook: &Webhook) -> Result<Endpoint, Verdict> {
    let missing = |error: crate::settings::Missing| Verdict::failed(error.to_string());
    Ok(Endpoint {
        kind: webhook.kind,
        url: webhook.url.read().map_err(missing)?,
        secret: webhook.secret.as_ref().map(|secret| secret.read().map_err(missing)).transpose()?,
    })
}

/// A contact's own endpoint, signed with the secret that the installation made for it.
async fn of_contact(round: &Round<'_>, address: &str) -> Result<Endpoint, Verdict> {
    let courier = round.courier;
    let root = round.root.get_or_try_init(|| Root::of(&courier.store, &courier.clock)).await;
    let root = root.map_err(|error| Verdict::later(error.to_string()))?;
    Ok(Endpoint { kind: WebhookKind::Standard, url: Secret::new(address), secret: Some(root.secret_of(address)) })
}
