//! The ledger as people look through it: what became of each notice to each recipient, a page at a time.

use super::view::{DeliveryLine, DeliveryPage, DeliveryState};
use super::{App, Error, Result};
use crate::incident::{IncidentId, NoticeId};
use crate::store::ledger::{DeliveryId, Listed, Recipient, Sought, State};

/// Which rows are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    pub incident: Option<IncidentId>,
    /// A notice's id.
    pub notice: Option<String>,
    pub state: Option<DeliveryState>,
    /// Only those after this row.
    pub after: Option<i64>,
}

impl App {
    /// A page of the ledger, the oldest rows first.
    pub async fn deliveries(&self, asked: &Ledger, most: usize) -> Result<DeliveryPage> {
        let notice = match asked.notice.as_deref().map(str::parse) {
            None => None,
            Some(Ok(id)) => Some(NoticeId(id)),
            Some(Err(_)) => return Err(Error::unknown("notice", asked.notice.as_deref().unwrap_or_default(), [])),
        };
        let Some(store) = self.reader().await? else { return Ok(DeliveryPage::default()) };
        let sought = Sought {
            incident: asked.incident,
            notice,
            state: asked.state.map(State::from),
            after: asked.after.map(DeliveryId),
        };
        // One more than asked for tells whether there is a next page.
        let mut rows = store.ledger(&sought, most + 1).await?;
        let more = rows.len() > most;
        rows.truncate(most);
        let next = rows.last().filter(|_| more).map(|row| row.delivery.id.0);
        Ok(DeliveryPage { deliveries: rows.into_iter().map(line).collect(), next })
    }
}

fn line(row: Listed) -> DeliveryLine {
    let Listed { incident, notice, step, nudge, delivery } = row;
    let (kind, recipient) = match delivery.recipient {
        Recipient::Contact(contact) => ("contact", contact.as_str().to_owned()),
        Recipient::Endpoint(endpoint) => ("endpoint", endpoint),
        Recipient::Person(person) => ("person", person.0),
    };
    DeliveryLine {
        id: delivery.id.0,
        incident,
        notice: notice.to_string(),
        step: step.to_string(),
        nudge,
        kind,
        recipient,
        channel: delivery.channel.as_str(),
        address: delivery.address,
        state: delivery.state.into(),
        attempts: delivery.attempts,
        again_at: delivery.again_at.map(Into::into),
        sent_at: delivery.sent_at.map(Into::into),
        reply: delivery.reply,
    }
}

impl From<DeliveryState> for State {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Prepared => Self::Prepared,
            DeliveryState::Queued => Self::Queued,
            DeliveryState::Sending => Self::Sending,
            DeliveryState::Sent => Self::Sent,
            DeliveryState::Failed => Self::Failed,
            DeliveryState::Suppressed => Self::Suppressed,
            DeliveryState::Expired => Self::Expired,
            DeliveryState::Unknown => Self::Unknown,
        }
    }
}

impl From<State> for DeliveryState {
    fn from(state: State) -> Self {
        match state {
            State::Prepared => Self::Prepared,
            State::Queued => Self::Queued,
            State::Sending => Self::Sending,
            State::Sent => Self::Sent,
            State::Failed => Self::Failed,
            State::Suppressed => Self::Suppressed,
            State::Expired => Self::Expired,
            State::Unknown => Self::Unknown,
        }
    }
}
