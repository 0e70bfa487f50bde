//! Patience: how long a store that is out of reach is waited for.

use std::time::Duration;

use tokio::time::sleep;

use crate::clock::Stopwatch;
use crate::store::Error;

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Waits between tries, longer each time, and ends after a while.
#[derive(Debug)]
pub(in crate::store) struct Patience {
    since: Stopwatch,
    longest: Duration,
    pause: Duration,
}

impl Patience {
    pub(in crate::store) fn new(longest: Duration) -> Self {
        Self { since: Stopwatch::start(), longest, pause: FIRST_PAUSE }
    }

    /// Waits and answers true if what failed so may be tried again: the store was out of reach, and not for too long.
    pub(in crate::store) async fn lasts(&mut self, error: &Error) -> bool {
        if !error.is_outage() || self.since.elapsed() + self.pause > self.longest {
            return false;
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }

    /// The same for work of which it does not matter who else was first.
    pub(in crate::store) async fn lasts_for_repeatable(&mut self, error: &Error) -> bool {
        if error.is_conflict() && self.since.elapsed() < self.longest {
            return true;
        }
        self.lasts(error).await
    }

    /// How long it has been.
    pub(in crate::store) fn waited(&self) -> Duration {
        self.since.elapsed()
    }
}
