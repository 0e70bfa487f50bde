//! A lane: the rows of one channel that wait for a connection, and whether it goes on at all.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::Stall;
use crate::clock::Timestamp;
use crate::delivery::Verdict;
use crate::store::ledger::Leased;

/// After the relay could not be reached, it is left alone for this long.
pub(super) const BREATHER: Duration = Duration::from_secs(5);

#[derive(Default)]
pub(super) struct Lane {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Leased>,
    /// Waiting, or with a connection.
    in_hand: usize,
    ended: bool,
    stalls: Vec<Stall>,
    /// Connections that stand.
    open: usize,
    /// Until when the relay is left alone, and why.
    down: Option<(Timestamp, Verdict)>,
}

impl Lane {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, row: Leased) {
        let mut state = self.state();
        state.waiting.push_back(row);
        state.in_hand += 1;
        drop(state);
        self.changed.notify_waiters();
    }

    /// Takes the waiting rows that are like this, in their order, up to so many; each is to be dealt with.
    pub(super) fn take_like(&self, most: usize, like: impl Fn(&Leased) -> bool) -> Vec<Leased> {
        let mut state = self.state();
        let (mut taken, mut left) = (Vec::new(), VecDeque::new());
        for row in state.waiting.drain(..) {
            if taken.len() < most && like(&row) { taken.push(row) } else { left.push_back(row) }
        }
        state.waiting = left;
        taken
    }

    /// Gives back a row untouched, to be the next one taken.
    pub(super) fn give_back(&self, row: Leased) {
        self.state().waiting.push_front(row);
        self.changed.notify_waiters();
    }

    /// The next row; none once the lane has ended or stalled.
    pub(super) async fn take(&self) -> Option<Leased> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut state = self.state();
                if !state.stalls.is_empty() {
                    return None;
                }
                match state.waiting.pop_front() {
                    Some(row) => return Some(row),
                    None if state.ended => return None,
                    None => {}
                }
            }
            changed.await;
        }
    }

    /// So many of the rows that were taken have been dealt with.
    pub(super) fn done(&self, rows: usize) {
        let mut state = self.state();
        state.in_hand = state.in_hand.saturating_sub(rows);
        drop(state);
        self.changed.notify_waiters();
    }

    pub(super) fn in_hand(&self) -> usize {
        self.state().in_hand
    }

    /// Waits until fewer rows than this are in hand, but no longer than that.
    pub(super) async fn until_below(&self, low: usize, longest: Duration) {
        let below = async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                changed.await;
                // Taken one after the other: each looks under the same lock.
                let in_hand = self.in_hand();
                if in_hand < low || self.is_stalled() {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(longest, below).await;
    }

    /// No more rows will come.
    pub(super) fn end(&self) {
        self.state().ended = true;
        self.changed.notify_waiters();
    }

    /// Stops the lane: what waits stays with the ledger.
    pub(super) fn stall(&self, stall: Stall) {
        let mut state = self.state();
        if !state.stalls.iter().any(|known| known.notice == stall.notice) {
            state.stalls.push(stall);
        }
        drop(state);
        self.changed.notify_waiters();
    }

    pub(super) fn is_stalled(&self) -> bool {
        !self.state().stalls.is_empty()
    }

    pub(super) fn stalls(&self) -> Vec<Stall> {
        self.state().stalls.clone()
    }

    /// Ends the lane and gives up what still waits.
    pub(super) fn close(&self) -> Vec<Leased> {
        let mut state = self.state();
        state.ended = true;
        state.waiting.drain(..).collect()
    }

    /// Notes that a connection stands, or no longer does.
    pub(super) fn connected(&self, stands: bool) {
        let mut state = self.state();
        if stands {
            state.open += 1;
            state.down = None;
        } else {
            state.open = state.open.saturating_sub(1);
        }
    }

    /// Whether other connections still stand, so that one refused is no reason to hold up its row.
    pub(super) fn has_open(&self) -> bool {
        self.state().open > 0
    }

    /// Leaves the relay alone until then.
    pub(super) fn leave_alone(&self, until: Timestamp, why: Verdict) {
        self.state().down = Some((until, why));
    }

    /// Why the relay is being left alone, if it is.
    pub(super) fn left_alone(&self, now: Timestamp) -> Option<Verdict> {
        self.state().down.as_ref().filter(|(until, _)| now < *until).map(|(_, why)| why.clone())
    }
}
