//! What the public may know: the notices that were queued to the status page, and nothing else of any incident.
//!
//! Titles, statuses and the measure of an outage change only with a notice: what nobody approved is not shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::{App, Result};
use crate::clock::Timestamp;
use crate::incident::{IncidentId, IncidentNumber, NoticeId};
use crate::library::{self, Origin};
use crate::locale::Locale;
use crate::runbook::{Status, check};
use crate::store::{self, journal::Head};

mod followed;
#[cfg(test)]
mod tests;

use followed::{Followed, Terms};

/// So many incidents are kept, the newest first; a page of everything that ever was helps nobody.
const MOST: usize = 500;

/// Everything the public was told, as far as it has been read.
#[derive(Debug, Default)]
pub struct Public {
    /// What the operator's own runbooks name, in the order of the files.
    components: Vec<String>,
    incidents: BTreeMap<IncidentNumber, Followed>,
    /// Runbooks read before, by their hash: many incidents run by the same one.
    terms: HashMap<String, Arc<Terms>>,
    /// What has changed since somebody last settled it.
    changed: BTreeSet<IncidentNumber>,
}

/// An incident as the public knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicIncident {
    pub number: IncidentNumber,
    pub id: IncidentId,
    /// The parts of the service that its runbook names.
    pub components: Vec<String>,
    /// Everything that was said, newest first; never empty.
    pub told: Vec<Told>,
    pub closed_at: Option<Timestamp>,
}

/// A notice as it stands on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub id: NoticeId,
    pub at: Timestamp,
    /// None for a statement, and for what leaves the status as it is.
    pub status: Option<Status>,
    /// Says what is true of a claim, not how the service does.
    pub is_statement: bool,
    pub impact: Impact,
    /// When the public hears again, as it was promised.
    pub next_update_at: Option<Timestamp>,
    /// One a language, the runbook's first.
    pub wordings: IndexMap<Locale, Wording>,
}

/// A notice in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The subject, without the status before it.
    pub title: String,
    pub markdown: String,
}

/// How hard customers are hit, by the rank of the severity that stood when they were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Impact {
    /// Nothing is broken: a statement.
    #[default]
    None,
    Minor,
    Major,
    Critical,
}

impl Impact {
    /// As Statuspage names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }

    fn of_rank(rank: usize) -> Self {
        match rank {
            1 => Self::Critical,
            2 => Self::Major,
            _ => Self::Minor,
        }
    }
}

/// A part of the service, and how what is open now hits it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub name: String,
    pub health: Health,
}

/// How the service stands, or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Health {
    pub impact: Impact,
    /// Whatever hits it is mended and watched.
    pub recovers: bool,
}

impl Health {
    /// All of these together.
    fn of<'a>(incidents: impl Iterator<Item = &'a PublicIncident>) -> Self {
        let hits: Vec<_> = incidents.filter(|incident| incident.impact() > Impact::None).collect();
        Self {
            impact: hits.iter().map(|incident| incident.impact()).max().unwrap_or_default(),
            recovers: !hits.is_empty() && hits.iter().all(|incident| incident.status() == Some(Status::Monitoring)),
        }
    }
}

impl PublicIncident {
    /// The newest of what was said.
    pub fn newest(&self) -> &Told {
        &self.told[0]
    }

    /// When the public first heard of it.
    pub fn began_at(&self) -> Timestamp {
        self.told.last().unwrap_or(self.newest()).at
    }

    /// What the public was told last; none where there were only statements.
    pub fn status(&self) -> Option<Status> {
        self.told.iter().find_map(|told| told.status)
    }

    /// When it was over for the public: told so, or closed without a word.
    pub fn ended_at(&self) -> Option<Timestamp> {
        let stands = self.told.iter().take_while(|told| matches!(told.status, None | Some(Status::Resolved)));
        let resolved = stands.filter(|told| told.status.is_some()).map(|told| told.at).min();
        resolved.or(self.closed_at)
    }

    pub fn is_open(&self) -> bool {
        self.ended_at().is_none()
    }

    /// How hard it hits, as last told; a statement about it changes nothing.
    pub fn impact(&self) -> Impact {
        self.told.iter().find(|told| told.status.is_some()).map_or(Impact::None, |told| told.impact)
    }
}

impl Told {
    /// The wording that serves this reader best, with its language; the runbook's own where none does.
    pub fn wording(&self, reader: &Locale) -> Option<(&Locale, &Wording)> {
        let best = reader.best(self.wordings.keys());
        best.and_then(|locale| self.wordings.get_key_value(locale)).or_else(|| self.wordings.first())
    }
}

impl Public {
    /// What the public was told of, newest first.
    pub fn incidents(&self) -> impl Iterator<Item = &PublicIncident> {
        self.incidents.values().rev().filter_map(Followed::shown)
    }

    /// What the operator's runbooks name, then what only an open incident names.
    pub fn components(&self) -> Vec<Component> {
        let hit = self.open().filter(|incident| incident.impact() > Impact::None);
        let named: IndexSet<&String> = self.components.iter().chain(hit.flat_map(|one| &one.components)).collect();
        let health = |name| Health::of(self.open().filter(|incident| incident.components.contains(name)));
        named.into_iter().map(|name| Component { name: name.clone(), health: health(name) }).collect()
    }

    /// How everything stands together.
    pub fn health(&self) -> Health {
        Health::of(self.open())
    }

    fn open(&self) -> impl Iterator<Item = &PublicIncident> {
        self.incidents().filter(|incident| incident.is_open())
    }

    /// The incidents of which something has changed since it was last settled.
    pub fn changed(&self) -> &BTreeSet<IncidentNumber> {
        &self.changed
    }

    /// Notes that everything changed so far is shown.
    pub fn settle(&mut self) {
        self.changed.clear();
    }
}

impl App {
    /// What may be shown before anything was read: the components of the operator's own runbooks.
    pub fn public(&self) -> Result<Public> {
        let mut components = IndexSet::new();
        for (_, found) in library::runbooks(&self.settings)? {
            // Those that come with Muster are examples until somebody takes them up.
            let Origin::File(_) = found.origin else { continue };
            let Some(runbook) = check::check(&found.bytes).runbook else { continue };
            let terms = Terms::of(&runbook);
            if terms.speaks_to_the_public {
                components.extend(terms.components);
            }
        }
        Ok(Public { components: components.into_iter().collect(), ..Public::default() })
    }

    /// Reads what the public was told since; [`Public::changed`] says of what.
    ///
    /// An incident whose journal cannot be read stays as it was last known, and keeps back no other.
    pub async fn catch_up(&self, public: &mut Public) -> Result<()> {
        let Some(store) = self.reader().await? else { return Ok(()) };
        let mut shown = 0;
        let mut oldest = None;
        for head in store.heads(true).await?.into_iter().filter(|head| !head.drill) {
            if shown == MOST {
                break;
            }
            oldest = Some(head.number);
            match self.follow(store, public, &head).await {
                Err(error) if !is_of_one_incident(&error) => return Err(error.into()),
                Ok(()) | Err(_) => {}
            }
            shown += usize::from(public.incidents.get(&head.number).is_some_and(|known| known.shown().is_some()));
        }
        if let Some(oldest) = oldest {
            public.incidents = public.incidents.split_off(&oldest);
        }
        Ok(())
    }

    /// Reads on in one incident.
    async fn follow(
        &self,
        store: &store::Store,
        public: &mut Public,
        head: &Head,
    ) -> std::result::Result<(), store::Error> {
        let known = public.incidents.get(&head.number);
        if known.is_some_and(|known| head.closed_at.is_some() && known.closed_at() == head.closed_at) {
            return Ok(());
        }
        let seq = known.map_or(0, Followed::seq);
        let events = store.events(head.id, seq).await?;
        let Public { incidents, terms, changed, .. } = public;
        let followed = incidents.entry(head.number).or_insert_with(|| Followed::new(head.id, head.number));
        for recorded in &events {
            if followed.take(recorded, terms) {
                changed.insert(head.number);
            }
        }
        Ok(())
    }
}

/// Whether an error is one journal's own, which parks that incident and no other.
fn is_of_one_incident(error: &store::Error) -> bool {
    matches!(error, store::Error::Broken { .. } | store::Error::UnknownEvent { .. } | store::Error::Unreadable { .. })
}
