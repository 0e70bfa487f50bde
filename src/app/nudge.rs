//! Nudging: what a decision makes wait for one of the team goes to them in the same commit, and what no longer waits is taken back.

use sha2::{Digest, Sha256};

use super::{App, Loaded, Result};
use crate::delivery::nudge::Nudge;
use crate::incident::nudge::{Matter, Staff, fresh, matters};
use crate::incident::{Actor, Incident, NoticeId, PersonId};
use crate::notice::nudge::{To, write};
use crate::runbook::RoleId;
use crate::settings::Person;
use crate::store::Store;
use crate::store::journal::RowChange;
use crate::store::ledger::{Channel, Fate, NewDelivery, PendingNudge, Recipient};

impl App {
    /// The rows by which people of the team hear what a decision asks of them.
    ///
    /// Read before the commit and true within it: nudges change only with the incident's sequence number.
    pub(super) async fn nudges(
        &self,
        store: &Store,
        before: Option<&Incident>,
        decided: &Loaded,
        actor: &Actor,
    ) -> Result<Vec<RowChange>> {
        let (runbook, incident) = (&decided.runbook, &decided.incident);
        let people = &self.settings.people;
        if people.values().all(|person| person.reach.is_empty()) {
            return Ok(Vec::new());
        }
        let staff = self.staff().await?;
        let now = matters(runbook, incident, &staff);
        let before = before.map(|before| matters(runbook, before, &staff)).unwrap_or_default();
        if now == before {
            return Ok(Vec::new());
        }
        let mut fresh = fresh(&before, &now, actor.person());
        let mut rows = Vec::new();
        for (pending, nudge) in pending(store, incident).await? {
            let left: Vec<Matter> =
                nudge.matters.iter().filter(|matter| waits(&now, &nudge.person, matter)).cloned().collect();
            let more = fresh.get(&nudge.person).is_some_and(|fresh| !fresh.is_empty());
            let whole = left.len() == nudge.matters.len() && !more;
            if whole || (!pending.untouched && !left.is_empty()) {
                continue;
            }
            // Taken back; what still waits is told with what is new, so that a burst is one message.
            rows.push(RowChange::CancelNotice { notice: pending.id });
            if !left.is_empty() {
                let told = fresh.entry(nudge.person.clone()).or_default();
                let new = std::mem::replace(told, left);
                told.extend(new);
            }
        }
        for (id, matters) in fresh {
            if let Some(person) = people.get(&id.0) {
                rows.extend(self.nudge(decided, &id, person, matters));
            }
        }
        Ok(rows)
    }

    /// A nudge with a row for each way in which the person is reached.
    fn nudge(&self, decided: &Loaded, id: &PersonId, person: &Person, matters: Vec<Matter>) -> Option<RowChange> {
        let locale = person.locale.as_ref().unwrap_or(&self.settings.locale);
        let row = |recipient, channel, address: String| NewDelivery {
            recipient,
            channel,
            address,
            locale: locale.clone(),
            name: person.name.clone(),
            org: String::new(),
            fate: Fate::Reachable,
        };
        let mut to = Vec::new();
        for way in &person.reach {
            match (way.as_str(), &person.email) {
                ("mail", Some(email)) => {
                    to.push(row(Recipient::Person(id.clone()), Channel::Mail, address_of(email)));
                }
                ("mail", None) => {}
                (webhook, _) if self.settings.webhooks.contains_key(webhook) => {
                    to.push(row(Recipient::Endpoint(webhook.to_owned()), Channel::Webhook, String::new()));
                }
                _ => {}
            }
        }
        let step = matters.first().filter(|_| !to.is_empty())?.step.clone();
        let console = self.settings.console.url.as_deref();
        let whom = To { person: id, name: &person.name, locale, console };
        let written = write(&decided.runbook, &decided.incident, whom, &matters);
        let nudge =
            Nudge { person: id.clone(), matters, subject: written.subject, short: written.short, text: written.text };
        Some(RowChange::QueueNudge { nudge: name(&decided.incident, id), step, text: nudge.to_row(), to })
    }

    /// Those of the team who play each role and whom something reaches: a part whose players nothing reaches falls to
    /// whoever answers for it in the incident, as if nobody played it.
    async fn staff(&self) -> Result<Staff> {
        let mut staff = Staff::new();
        for (handle, person) in self.team().await?.into_iter().filter(|(_, person)| !person.reach.is_empty()) {
            for role in &person.roles {
                staff.entry(RoleId::new(role)).or_default().push(PersonId(handle.clone()));
            }
        }
        Ok(staff)
    }
}

/// Whether this still waits for them.
fn waits(now: &[(PersonId, Matter)], person: &PersonId, matter: &Matter) -> bool {
    now.iter().any(|(who, waiting)| who == person && waiting == matter)
}

/// Nudges of the incident that have not all left; those of another version are left alone.
async fn pending(store: &Store, incident: &Incident) -> Result<Vec<(PendingNudge, Nudge)>> {
    let pending = store.pending_nudges(incident.id).await?;
    Ok(pending.into_iter().filter_map(|row| Nudge::from_row(&row.text).map(|nudge| (row, nudge))).collect())
}

/// The address in what the settings give, which may have a name before it.
fn address_of(email: &str) -> String {
    email.parse::<lettre::message::Mailbox>().map_or_else(|_| email.to_owned(), |mailbox| mailbox.email.to_string())
}

/// A nudge's name follows from what it follows from: decided again, it is the same one.
fn name(incident: &Incident, person: &PersonId) -> NoticeId {
    let digest = Sha256::new()
        .chain_update(b"nudge")
        .chain_update(incident.id.0.as_bytes())
        .chain_update(incident.seq.to_be_bytes())
        .chain_update(&person.0)
        .finalize();
    let bytes: [u8; 16] = std::array::from_fn(|at| digest[at]);
    NoticeId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests;
