//! A shared clock: the database's, carried on between two looks at it by this machine's counter of passing time.

use std::time::Duration;

use chrono::SubsecRound;

use super::{Steady, Timestamp, after, counted, system_now};

/// What is known of the database's clock.
#[derive(Debug, Default)]
pub struct SharedClock {
    /// What it said, and what this machine's counter stood at then; none before anyone looked.
    anchor: Option<(Timestamp, Duration)>,
    /// What was read here, which never goes back, even if another server's clock takes over.
    steady: Option<Steady>,
}

impl SharedClock {
    /// Reads it; before anyone looked at the database's clock, this machine's own serves.
    pub(super) fn now(&mut self) -> Timestamp {
        self.now_at(counted())
    }

    fn now_at(&mut self, counted: Duration) -> Timestamp {
        let Some((there, then)) = self.anchor else { return system_now() };
        let there = after(there, counted.saturating_sub(then));
        self.steady.get_or_insert_with(|| Steady::new(there, counted)).read(there, counted).trunc_subsecs(3)
    }

    /// Takes what the database's clock said within the time that asking took.
    pub(super) fn set_by(&mut self, there: Timestamp, asked: Duration) {
        self.set_at(there, counted().saturating_sub(asked / 2));
    }

    fn set_at(&mut self, there: Timestamp, counted: Duration) {
        self.anchor = Some((there, counted));
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn there(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).expect("a moment")
    }

    fn here(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// `guarantees.md`: on several nodes the database's clock decides.
    #[test]
    fn what_the_database_said_goes_on_with_the_time_that_passes_here() {
        let mut clock = SharedClock::default();
        clock.set_at(there(0), here(500));
        assert_eq!(clock.now_at(here(500)), there(0));
        assert_eq!(clock.now_at(here(560)), there(60));
        clock.set_at(there(61), here(560));
        assert_eq!(clock.now_at(here(570)), there(71));
    }

    #[test]
    fn another_servers_clock_that_is_behind_takes_nobody_back() {
        let mut clock = SharedClock::default();
        clock.set_at(there(0), here(0));
        assert_eq!(clock.now_at(here(100)), there(100));
        clock.set_at(there(40), here(100));
        assert_eq!(clock.now_at(here(100)), there(100));
        assert_eq!(clock.now_at(here(110)), there(105), "slower, until the other has caught up");
        assert_eq!(clock.now_at(here(300)), there(240));
    }
}
