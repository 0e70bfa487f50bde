//! Who gets a notice: the contact book walked once in chunks, each contact asked, each row prepared.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::{App, Loaded, Result, book};
use crate::clock::{Timestamp, after};
use crate::contact::{Contact, ContactId};
use crate::incident::NoticeId;
use crate::incident::event::{LeftOut, Recipients};
use crate::locale::Locale;
use crate::notice::Fingerprint;
use crate::notice::audience::{Address, Filter, Membership, Row, Standing, Tally};
use crate::runbook::{AudienceId, FallbackId, NoticeSpec, StepId, Via};
use crate::store::Store;
use crate::store::book::{ContactSet, normalise};
use crate::store::ledger::{Channel, Fate, NewDelivery, NewNotice, Recipient};

/// A notice about to be drafted: where its rows go and what decides who gets it.
pub(super) struct Plan<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) notice: NoticeId,
    pub(super) step: &'a StepId,
    pub(super) spec: &'a NoticeSpec,
    pub(super) locales: &'a [Locale],
    /// Mail is paced: contacts mailed after this moment are not yet due.
    pub(super) mailed_since: Option<Timestamp>,
}

/// What planning came to.
pub(super) struct Planned {
    pub(super) hash: String,
    pub(super) recipients: Recipients,
    pub(super) left_out: LeftOut,
    pub(super) failed_conditions: u64,
}

impl App {
    /// Prepares a row for everyone the notice goes to, and takes each into its fingerprint.
    pub(super) async fn plan_recipients(&self, plan: &Plan<'_>, mut print: Fingerprint) -> Result<Planned> {
        let store = self.writer().await?;
        let notice = NewNotice { id: plan.notice, incident: plan.loaded.incident.id, step: plan.step.clone() };
        let filter = Filter::new(&plan.loaded.runbook, &plan.loaded.incident, &plan.spec.audience);
        let mut tally = Tally::default();
        let mut book = book::Walk::new(store);
        store.prepare(&notice, &[]).await?;
        while let Some(contacts) = book.next().await? {
            let sets = Sets::of(store, plan.loaded, &contacts).await?;
            let standings = self.standings(store, plan, &contacts).await?;
            let mut rows = Vec::new();
            for (contact, standing) in contacts.iter().zip(standings) {
                let selection = filter.select(contact, sets.membership(contact));
                for row in tally.plan(contact, selection, standing, &plan.spec.via, plan.locales) {
                    rows.push(delivery(contact, row, &mut print));
                }
            }
            store.prepare(&notice, &rows).await?;
        }
        let endpoints = self.endpoints(plan, &mut tally, &mut print);
        store.prepare(&notice, &endpoints).await?;
        Ok(Planned {
            hash: print.finish(),
            recipients: tally.recipients,
            left_out: tally.left_out,
            failed_conditions: tally.failed_conditions,
        })
    }

    /// Whether each contact is suppressed or not yet due for mail.
    async fn standings(&self, store: &Store, plan: &Plan<'_>, contacts: &[Contact]) -> Result<Vec<Standing>> {
        let addresses: Vec<_> = contacts.iter().filter_map(Contact::mail_address).map(str::to_owned).collect();
        let suppressed = store.suppressed(&addresses).await?;
        let mailed = match plan.mailed_since {
            None => IndexMap::new(),
            Some(_) => {
                let ids: Vec<_> = contacts.iter().map(|contact| contact.id.clone()).collect();
                store.last_mailed(plan.loaded.incident.id, &ids).await?
            }
        };
        let standing = |contact: &Contact| {
            let suppressed = contact.mail_address().is_none_or(|address| suppressed.contains(&normalise(address)));
            Standing {
                suppressed: suppressed && contact.mail_address().is_some(),
                // Whoever cannot be mailed is told so once a round, like those who can.
                paced: plan.mailed_since.is_some_and(|since| match mailed.get(&contact.id) {
                    Some(mailed_at) => *mailed_at > since,
                    None => suppressed && told_since(plan.loaded, since),
                }),
            }
        };
        Ok(contacts.iter().map(standing).collect())
    }

    /// Rows for the endpoints of the settings that receive this audience's notices.
    fn endpoints(&self, plan: &Plan<'_>, tally: &mut Tally, print: &mut Fingerprint) -> Vec<NewDelivery> {
        if !plan.spec.via.contains(&Via::Webhook) {
            return Vec::new();
        }
        let locale = self.settings.locale.best(plan.locales).unwrap_or(plan.loaded.runbook.locale());
        let receives = |audience: &[String]| {
            audience.iter().any(|name| plan.spec.audience.iter().any(|id: &AudienceId| id.as_str() == name))
        };
        let mut rows = Vec::new();
        for (name, _) in self.settings.webhooks.iter().filter(|(_, webhook)| receives(&webhook.audience)) {
            tally.endpoint();
            print.recipient(name, "endpoint", "");
            rows.push(NewDelivery {
                recipient: Recipient::Endpoint(name.clone()),
                channel: Channel::Webhook,
                address: String::new(),
                locale: locale.clone(),
                name: String::new(),
                org: String::new(),
                fate: Fate::Reachable,
            });
        }
        rows
    }
}

/// Contacts mailed after this are not yet due: mail is paced unless the status changes.
pub(super) fn mailed_since(
    loaded: &Loaded,
    tells: Option<crate::runbook::Status>,
    now: Timestamp,
) -> Option<Timestamp> {
    if tells.is_none() || tells != loaded.incident.status {
        return None;
    }
    let (severity, _) = loaded.runbook.severity(loaded.incident.severity.as_str())?;
    let span = after(now, severity.mail_every) - now;
    now.checked_sub_signed(span)
}

/// Whether customers were sent a notice after that moment.
fn told_since(loaded: &Loaded, since: Timestamp) -> bool {
    let to_customers = loaded.incident.notices.iter().filter(|notice| notice.draft.to_customers);
    to_customers.filter_map(|notice| notice.first_sent_at).any(|sent| sent > since)
}

fn delivery(contact: &Contact, row: Row, print: &mut Fingerprint) -> NewDelivery {
    let channel = match row.via {
        Via::Webhook => Channel::Webhook,
        Via::Mail | Via::Page => Channel::Mail,
    };
    let (address, fate) = match row.address {
        Address::Known(address) => (address, Fate::Reachable),
        Address::Suppressed(address) => (address, Fate::Suppressed),
        Address::Missing => (String::new(), Fate::NoAddress),
    };
    print.recipient(contact.id.as_str(), if channel == Channel::Mail { "mail" } else { "webhook" }, &address);
    NewDelivery {
        recipient: Recipient::Contact(contact.id.clone()),
        channel,
        address,
        locale: row.locale,
        name: contact.name.clone(),
        org: contact.org.clone(),
        fate,
    }
}

/// Which of some contacts are in the sets that were imported for an incident.
pub(super) struct Sets {
    affected: Option<BTreeSet<ContactId>>,
    /// The fallbacks whose import lists each contact.
    fallbacks: IndexMap<ContactId, Vec<FallbackId>>,
}

impl Sets {
    pub(super) async fn of(store: &Store, loaded: &Loaded, contacts: &[Contact]) -> Result<Self> {
        let incident = &loaded.incident;
        let ids: Vec<_> = contacts.iter().map(|contact| contact.id.clone()).collect();
        let affected = match incident.affected_imported {
            None => None,
            Some(_) => Some(store.in_set(incident.id, &ContactSet::Affected, &ids).await?),
        };
        let mut fallbacks: IndexMap<ContactId, Vec<FallbackId>> = IndexMap::new();
        for (id, state) in &incident.fallbacks {
            if state.imported.is_none() {
                continue;
            }
            for contact in store.in_set(incident.id, &ContactSet::Fallback(id.clone()), &ids).await? {
                fallbacks.entry(contact).or_default().push(id.clone());
            }
        }
        Ok(Self { affected, fallbacks })
    }

    pub(super) fn membership(&self, contact: &Contact) -> Membership<'_> {
        Membership {
            affected: self.affected.as_ref().map(|affected| affected.contains(&contact.id)),
            fallbacks: self.fallbacks.get(&contact.id).map_or(&[], Vec::as_slice),
        }
    }
}
