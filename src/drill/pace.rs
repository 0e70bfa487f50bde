//! How fast a drill is played: at once, or so that people can follow it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::app::Stop;
use crate::clock::{Clock, Timestamp, after, between};

/// How often a watched clock moves.
const BEAT: Duration = Duration::from_millis(250);
/// A long silence is passed in so many parts of what is left of it, so that nobody waits an hour for a day.
const PARTS: u32 = 20;

/// How fast a drill is played.
#[derive(Debug, Clone)]
pub enum Pace {
    /// Without waiting, for its files.
    AtOnce,
    /// For people who watch, and may take part.
    Watched(Arc<Watched>),
}

/// A clock that people watch and may hold.
#[derive(Debug)]
pub struct Watched {
    /// How many times faster than life.
    pub speed: u32,
    held: AtomicBool,
    stop: Stop,
}

impl Watched {
    pub fn new(speed: u32, stop: Stop) -> Self {
        Self { speed, held: AtomicBool::new(false), stop }
    }

    /// Holds the clock, or lets it go on.
    pub fn hold(&self, held: bool) {
        self.held.store(held, Ordering::Relaxed);
    }

    pub fn is_held(&self) -> bool {
        self.held.load(Ordering::Relaxed)
    }

    /// How far the clock moves in one beat towards a moment: at its speed, faster through a long silence.
    fn stride(&self, left: Duration) -> Duration {
        (BEAT * self.speed).max(left / PARTS).min(left)
    }
}

impl Pace {
    /// Moves the clock to a moment; watched, a beat's way towards it.
    pub(super) async fn toward(&self, clock: &Clock, moment: Timestamp) {
        match self {
            Self::AtOnce => clock.advance_to(moment),
            Self::Watched(watched) => {
                tokio::select! {
                    () = tokio::time::sleep(BEAT) => {}
                    () = watched.stop.asked() => return,
                }
                if !watched.is_held() {
                    let now = clock.now();
                    clock.advance_to(after(now, watched.stride(between(now, moment))));
                }
            }
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        match self {
            Self::AtOnce => false,
            Self::Watched(watched) => watched.stop.is_asked(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watched_clock_keeps_its_speed_and_hurries_through_long_silences() {
        let watched = Watched::new(60, Stop::default());
        let stride = |seconds| watched.stride(Duration::from_secs(seconds)).as_secs();
        assert_eq!([stride(5), stride(200), stride(300), stride(3600)], [5, 15, 15, 180]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_held_clock_stands_still() {
        let start = "2026-11-22T03:00:00Z".parse().expect("a moment");
        let clock = Clock::virtual_at(start, 1);
        let watched = Arc::new(Watched::new(60, Stop::default()));
        let pace = Pace::Watched(Arc::clone(&watched));
        let goal = after(start, Duration::from_secs(120));
        watched.hold(true);
        pace.toward(&clock, goal).await;
        assert_eq!(clock.now(), start);
        watched.hold(false);
        pace.toward(&clock, goal).await;
        assert_eq!(between(start, clock.now()), Duration::from_secs(15));
    }
}
