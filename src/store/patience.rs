//! Patience: how long a store that is out of reach is waited for, and what is then done again.

use std::time::Duration;

use tokio::time::sleep;

use super::Error;
use crate::clock::Stopwatch;

/// How long a store that was there is waited for: longer than a failover, and with two such waits one after
/// the other still shorter than a lease.
const TO_COME_BACK: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Waits between tries, longer each time, and ends after a while.
#[derive(Debug)]
pub(super) struct Patience {
    since: Stopwatch,
    longest: Duration,
    pause: Duration,
    /// Whether what was tried before may have been done after all.
    in_doubt: bool,
    failed: bool,
}

impl Patience {
    pub(super) fn new() -> Self {
        Self::of(TO_COME_BACK)
    }

    pub(super) fn of(longest: Duration) -> Self {
        Self { since: Stopwatch::start(), longest, pause: FIRST_PAUSE, in_doubt: false, failed: false }
    }

    /// Waits and answers true if what failed so may be tried again: the store was out of reach, and not for too long.
    pub(super) async fn lasts(&mut self, error: &Error) -> bool {
        self.failed = true;
        if !error.is_outage() || self.since.elapsed() + self.pause > self.longest {
            return false;
        }
        self.in_doubt |= matches!(error, Error::InDoubt { .. });
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }

    /// The same for work that is right whoever else was first.
    pub(super) async fn lasts_for_repeatable(&mut self, error: &Error) -> bool {
        self.failed = true;
        if error.is_conflict() && self.since.elapsed() < self.longest {
            return true;
        }
        self.lasts(error).await
    }

    /// Whether an earlier try went unanswered when it was to be committed.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// How long it has been since what failed was first tried, to the millisecond; nothing before it ever failed.
    pub(super) fn waited(&self) -> Duration {
        if !self.failed {
            return Duration::ZERO;
        }
        Duration::from_millis(u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}

/// Does something that may be done twice, and does it again while the store is out of reach.
macro_rules! patiently {
    ($work:expr) => {{
        let mut patience = $crate::store::patience::Patience::new();
        loop {
            match $work.await {
                Err(error) if patience.lasts_for_repeatable(&error).await => {}
                done => break done,
            }
        }
    }};
}
pub(super) use patiently;
