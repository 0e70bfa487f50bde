//! Counts of the book that are kept: the newest of each incident that was looked at lately, for exactly as long as
//! nothing has changed that it follows from.

use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;

use super::{App, Loaded, Result};
use crate::incident::IncidentId;
use crate::notice::coverage::Coverage;
use crate::store::book::BookMark;

/// Incidents whose count is kept; looking at one more forgets the one that was looked at longest ago.
const MOST: usize = 16;
/// How many of those left a kept count names.
pub(super) const NAMED: usize = 20;

/// The newest count of each incident.
#[derive(Debug, Default)]
pub(super) struct Counted {
    slots: Mutex<IndexMap<IncidentId, Arc<Slot>>>,
    /// How often the book was counted for them.
    #[cfg(test)]
    counts: std::sync::atomic::AtomicU64,
}

/// Held while it is being counted: whoever asks meanwhile waits for that count.
type Slot = tokio::sync::Mutex<Option<Kept>>;

#[derive(Debug)]
struct Kept {
    seq: u64,
    book: BookMark,
    coverage: Arc<Coverage>,
}

impl Counted {
    fn slot(&self, id: IncidentId) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.shift_remove(&id).unwrap_or_default();
        slots.insert(id, Arc::clone(&slot));
        if slots.len() > MOST {
            slots.shift_remove_index(0);
        }
        slot
    }
}

impl App {
    /// The incident as of now and how many of its affected are covered, with the first [`NAMED`] of those left by
    /// name; the book is counted only where the incident or the book has changed since it last was.
    pub(super) async fn kept_coverage(&self, id: IncidentId) -> Result<(Arc<Loaded>, Arc<Coverage>)> {
        let slot = self.counted.slot(id);
        let mut kept = slot.lock().await;
        // Asked in one's turn: of many that waited, the first counts for all.
        let loaded = self.load(id).await?;
        let Some(store) = self.reader().await? else { return Ok((loaded, Arc::default())) };
        let (seq, book) = (loaded.incident.seq, store.book_mark().await?);
        if let Some(known) = kept.as_ref().filter(|known| known.seq == seq && known.book == book) {
            return Ok((loaded, Arc::clone(&known.coverage)));
        }
        #[cfg(test)]
        self.counted.counts.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let coverage = Arc::new(self.count_coverage(&loaded, NAMED).await?);
        // A book that changed meanwhile may be in it half old, half new. The incident's own lists change only together
        // with its number, and nobody who reads it from then on asks for this number again.
        let whole = store.book_mark().await? == book;
        *kept = whole.then(|| Kept { seq, book, coverage: Arc::clone(&coverage) });
        Ok((loaded, coverage))
    }
}

#[cfg(test)]
mod tests;
