//! Time and new identifiers: the only place that reads the machine's clock or its randomness.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use uuid::Uuid;

mod shared;
mod steady;

pub use shared::SharedClock;
use steady::{Steady, counted};

/// A moment in UTC, kept to the millisecond.
pub type Timestamp = DateTime<Utc>;

/// A moment this long after another; saturates at the end of time.
pub fn after(moment: Timestamp, span: Duration) -> Timestamp {
    TimeDelta::from_std(span)
        .ok()
        .and_then(|delta| moment.checked_add_signed(delta))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// How long from one moment to a later one; zero if it is not later.
pub fn between(earlier: Timestamp, later: Timestamp) -> Duration {
    (later - earlier).to_std().unwrap_or_default()
}

/// Writes a moment as RFC 3339 in UTC with milliseconds, as every JSON output does.
pub fn rfc3339(moment: Timestamp) -> String {
    moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// How long something takes, whatever happens to the machine's clock meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(tokio::time::Instant);

impl Stopwatch {
    pub fn start() -> Self {
        Self(tokio::time::Instant::now())
    }

    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Where time and new identifiers come from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock, not carried along when that jumps, and its randomness.
    System,
    /// The clock of a database that several machines share, whatever their own ones say.
    Shared(Arc<Mutex<SharedClock>>),
    /// A clock that only moves when told, with identifiers that follow from a seed.
    Virtual(Arc<Mutex<VirtualClock>>),
}

/// The state of a virtual clock.
#[derive(Debug)]
pub struct VirtualClock {
    now: Timestamp,
    random: fastrand::Rng,
}

impl Clock {
    /// A clock that starts at a moment, moves when told, and repeats itself for the same seed.
    pub fn virtual_at(start: Timestamp, seed: u64) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        Self::Virtual(Arc::new(Mutex::new(VirtualClock { now: start, random })))
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => system_now(),
            Self::Shared(state) => state.lock().unwrap_or_else(PoisonError::into_inner).now(),
            Self::Virtual(state) => state.lock().unwrap_or_else(PoisonError::into_inner).now,
        }
    }

    /// The clock that several machines share in place of their own; a virtual one stays as it is.
    pub fn shared(self) -> Self {
        match self {
            Self::System => Self::Shared(Arc::default()),
            Self::Shared(_) | Self::Virtual(_) => self,
        }
    }

    /// Sets a shared clock by what the database's clock said, asked at that time; others are left alone.
    pub fn set_by(&self, there: Timestamp, asked: Stopwatch) {
        if let Self::Shared(state) = self {
            state.lock().unwrap_or_else(PoisonError::into_inner).set_by(there, asked.elapsed());
        }
    }

    /// Moves a virtual clock to a moment, never backwards; the machine's clock is left alone.
    pub fn advance_to(&self, moment: Timestamp) {
        if let Self::Virtual(state) = self {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.now = state.now.max(moment);
        }
    }

    /// Sets a virtual clock to any moment, as when a machine's clock is corrected; the machine's is left alone.
    pub fn set_to(&self, moment: Timestamp) {
        if let Self::Virtual(state) = self {
            state.lock().unwrap_or_else(PoisonError::into_inner).now = moment;
        }
    }

    /// Waits on the machine's clock; moves a virtual one.
    pub async fn wait(&self, span: Duration) {
        match self {
            Self::System | Self::Shared(_) => tokio::time::sleep(span).await,
            Self::Virtual(_) => self.advance_to(after(self.now(), span)),
        }
    }

    /// Sixteen unpredictable bytes; from the seed on a virtual clock.
    ///
    /// # Panics
    /// If the machine has no source of randomness: nothing safe can be done without one.
    pub fn random(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        match self {
            Self::System | Self::Shared(_) => getrandom::fill(&mut bytes).expect("the system gives random bytes"),
            Self::Virtual(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                state.random.fill(&mut bytes);
            }
        }
        bytes
    }

    /// A secret of thirty-two unpredictable bytes, as text; from the seed on a virtual clock.
    pub fn secret(&self) -> String {
        [self.random(), self.random()].concat().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A new identifier: a UUIDv7 (RFC 9562), so that later ones sort after earlier ones.
    pub fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        let random = self.random();
        let tail: [u8; 10] = std::array::from_fn(|i| random[i]);
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }
}

/// Thirty-two bytes that nobody can foresee, whatever clock is in use: what somebody signs in with.
///
/// # Panics
/// If the machine has no source of randomness: nothing safe can be done without one.
pub fn unpredictable() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// One machine has one clock, so all of a process reads the same.
#[expect(clippy::disallowed_methods, reason = "this is the one reader of the machine's clock")]
fn system_now() -> Timestamp {
    static STEADY: LazyLock<Mutex<Steady>> = LazyLock::new(|| Mutex::new(Steady::new(Utc::now(), counted())));
    let mut steady = STEADY.lock().unwrap_or_else(PoisonError::into_inner);
    steady.read(Utc::now(), counted()).trunc_subsecs(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_identifiers() {
        let start = DateTime::from_timestamp_millis(1_790_000_000_000).expect("a moment");
        let ids = |seed| {
            let clock = Clock::virtual_at(start, seed);
            [clock.new_id(), clock.new_id()]
        };
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
        assert_eq!(ids(7)[0].get_version_num(), 7);
    }

    #[test]
    fn a_virtual_clock_goes_back_only_when_it_is_set() {
        let start = DateTime::from_timestamp_millis(1_790_000_000_000).expect("a moment");
        let clock = Clock::virtual_at(start, 1);
        clock.advance_to(after(start, Duration::from_secs(60)));
        clock.advance_to(start);
        assert_eq!(between(start, clock.now()), Duration::from_secs(60));
        clock.set_to(start);
        assert_eq!(clock.now(), start);
    }
}
