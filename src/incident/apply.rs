//! What each event changes; the one way an incident's state comes to be, live and in replay.

use super::event::{Event, Recorded};
use super::state::Incident;

/// An event that cannot follow from the state it meets: the journal is not what was decided.
#[derive(Debug, thiserror::Error)]
#[error("event {seq} does not fit what came before it: {reason}")]
pub struct Error {
    pub seq: u64,
    pub reason: String,
}

impl Incident {
    /// Begins an incident from its first event, which declares it.
    pub fn begin(_first: &Recorded) -> Result<Self, Error> {
        unimplemented!("incident")
    }

    /// Rebuilds an incident from its whole journal.
    pub fn replay<'a>(_events: impl IntoIterator<Item = &'a Recorded>) -> Result<Self, Error> {
        unimplemented!("incident")
    }
}

/// Applies the next event.
pub fn apply(_incident: &mut Incident, _recorded: &Recorded) -> Result<(), Error> {
    let _: Option<Event> = None;
    unimplemented!("incident")
}
