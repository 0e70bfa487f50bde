//! A steady clock: follows the machine's clock, but is never carried along when that jumps, and never goes back.
//!
//! A clock that is set a day ahead would make a day of deadlines fall due at once, one set back would put
//! events before those they follow. So time here passes at least at half and at most at double the pace of
//! the machine's counter of passing time, which nobody can set, until it has caught up.

use std::time::Duration;

use super::{Timestamp, after};

/// How far the steady clock has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steady {
    now: Timestamp,
    /// What the counter stood at then.
    counted: Duration,
}

impl Steady {
    pub(super) fn new(wall: Timestamp, counted: Duration) -> Self {
        Self { now: wall, counted }
    }

    /// Reads the clock, given what the machine's clock and its counter of passing time say.
    pub(super) fn read(&mut self, wall: Timestamp, counted: Duration) -> Timestamp {
        let passed = counted.saturating_sub(self.counted);
        let earliest = after(self.now, passed / 2);
        let latest = after(self.now, passed * 2);
        self.counted = self.counted.max(counted);
        self.now = wall.clamp(earliest, latest.max(earliest));
        self.now
    }
}

/// The machine's counter of passing time; where it can be had, one that also counts while the machine sleeps.
#[cfg(target_os = "linux")]
pub(super) fn counted() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "`clock` is the one reader of the machine's clocks")]
pub(super) fn counted() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    const DAY: i64 = 86_400;

    fn wall(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).expect("a moment")
    }

    fn counted(seconds: u64) -> Duration {
        Duration::from_secs(1_000 + seconds)
    }

    fn steady() -> Steady {
        Steady::new(wall(0), counted(0))
    }

    #[test]
    fn it_follows_the_machine_and_its_small_corrections() {
        let mut steady = steady();
        assert_eq!(steady.read(wall(10), counted(10)), wall(10));
        assert_eq!(steady.read(wall(21), counted(20)), wall(21), "a second gained");
        assert_eq!(steady.read(wall(30), counted(30)), wall(30), "and lost again");
    }

    #[test]
    fn a_day_ahead_is_not_a_day_that_passed() {
        let mut steady = steady();
        assert_eq!(steady.read(wall(DAY + 60), counted(60)), wall(120), "double pace, no more");
        assert_eq!(steady.read(wall(120), counted(120)), wall(150), "set right again: half pace until it is");
        assert_eq!(steady.read(wall(180), counted(180)), wall(180));
    }

    #[test]
    fn a_day_back_stands_nothing_before_what_it_follows() {
        let mut steady = steady();
        let moments: Vec<_> =
            (1..=5).map(|minute| steady.read(wall(minute * 60 - DAY), counted(minute as u64 * 60))).collect();
        assert!(moments.is_sorted() && moments[0] > wall(0), "{moments:?}");
        assert_eq!(moments[4], wall(150));
    }

    #[test]
    fn a_lasting_change_is_caught_up_with() {
        let mut steady = steady();
        for hour in 1..=25 {
            steady.read(wall(hour * 3_600 + DAY), counted(hour as u64 * 3_600));
        }
        assert_eq!(steady.now, wall(25 * 3_600 + DAY));
    }

    #[test]
    fn a_counter_that_stands_still_holds_the_clock() {
        let mut steady = steady();
        assert_eq!(steady.read(wall(DAY), counted(0)), wall(0));
        assert_eq!(steady.read(wall(-DAY), counted(0)), wall(0));
    }
}
