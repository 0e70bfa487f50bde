//! The pace: no more messages a second than the relay is meant to get, over all connections.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often allowances are given; finer than a timer's grain helps nobody.
const TICKS_A_SECOND: u32 = 50;

pub(super) struct Pace {
    state: Mutex<State>,
    per_tick: u32,
}

struct State {
    ticks: Interval,
    left: u32,
}

impl Pace {
    pub(super) fn new(per_second: u32) -> Self {
        let (period, per_tick) = if per_second <= TICKS_A_SECOND {
            (Duration::from_secs(1) / per_second.max(1), 1)
        } else {
            (Duration::from_secs(1) / TICKS_A_SECOND, per_second / TICKS_A_SECOND)
        };
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { state: Mutex::new(State { ticks, left: 0 }), per_tick }
    }

    /// Waits for one message's turn.
    pub(super) async fn turn(&self) {
        let mut state = self.state.lock().await;
        while state.left == 0 {
            state.ticks.tick().await;
            state.left = self.per_tick;
        }
        state.left -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_keep_to_the_pace_and_do_not_catch_up_after_a_rest() {
        let pace = Pace::new(400);
        let start = tokio::time::Instant::now();
        for _ in 0..40 {
            pace.turn().await;
        }
        assert!(start.elapsed().as_millis() >= 75, "40 messages at 400/s took {:?}", start.elapsed());
        tokio::time::sleep(Duration::from_millis(400)).await;
        let start = tokio::time::Instant::now();
        for _ in 0..32 {
            pace.turn().await;
        }
        assert!(start.elapsed().as_millis() >= 55, "a rest was made up for in one burst");
    }
}
