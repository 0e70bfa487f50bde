//! Reading the journal back: every event checked against the chain before anyone trusts it.

use super::{Audit, DueIncident, Error, Head, Store, Which};
use crate::clock::Timestamp;
use crate::incident::IncidentId;
use crate::incident::event::Recorded;

impl Store {
    /// The answer this key was given; [`Error::KeyReused`] if it was for another request.
    pub async fn answered(&self, _key: &str, _request: &str) -> Result<Option<String>, Error> {
        unimplemented!("store")
    }

    /// An incident's events after a sequence number (0 for all), oldest first.
    pub async fn events(&self, _incident: IncidentId, _after: u64) -> Result<Vec<Recorded>, Error> {
        unimplemented!("store")
    }

    /// Incidents, newest first; those not closed, or all.
    pub async fn heads(&self, _all: bool) -> Result<Vec<Head>, Error> {
        unimplemented!("store")
    }

    pub async fn find(&self, _which: Which) -> Result<Option<Head>, Error> {
        unimplemented!("store")
    }

    /// The incidents for which something falls due at or before this moment, most overdue first.
    pub async fn due(&self, _now: Timestamp) -> Result<Vec<DueIncident>, Error> {
        unimplemented!("store")
    }

    /// Checks the hash chain of one incident, or of all.
    pub async fn audit(&self, _incident: Option<IncidentId>) -> Result<Vec<Audit>, Error> {
        unimplemented!("store")
    }
}
