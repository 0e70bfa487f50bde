//! The pace: no more messages a second than the relay is meant to get, over all connections of all workers.
//!
//! The store gives out stretches of about a tenth of a second, one after the other, to whoever asks; a worker
//! spreads its messages evenly over its stretch. What it does not use in time is gone: no rest is made up for.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::clock::{Clock, Timestamp, after, between};
use crate::settings::Relay;
use crate::store::{Error, Store};

/// How many stretches there are in a second, where each holds a message at all.
const A_SECOND: u32 = 10;
/// A message this early need not wait: timers are no finer.
const GRAIN: Duration = Duration::from_millis(1);

/// Whose turn it is at one relay.
pub(super) struct Pace<'a> {
    store: &'a Store,
    clock: &'a Clock,
    /// What all workers call this relay.
    name: String,
    per_second: u32,
    taken: Mutex<VecDeque<Stretch>>,
}

/// A stretch of the pace that is this worker's.
struct Stretch {
    begins: Timestamp,
    lasts: Duration,
    messages: u32,
    used: u32,
}

impl<'a> Pace<'a> {
    pub(super) fn new(store: &'a Store, clock: &'a Clock, relay: &Relay, per_second: u32) -> Self {
        let name = match relay {
            Relay::Smtp { host, port, .. } => format!("{}:{port}", host.to_lowercase()),
            Relay::Folder(_) => String::new(),
        };
        Self { store, clock, name, per_second: per_second.max(1), taken: Mutex::default() }
    }

    /// Waits for one message's turn.
    pub(super) async fn turn(&self) -> Result<(), Error> {
        // Kept while waiting: turns are taken in the order in which they were asked for.
        let mut taken = self.taken.lock().await;
        let now = self.clock.now();
        taken.retain(|stretch| stretch.is_good(now));
        if taken.is_empty() {
            taken.push_back(self.take().await?);
        }
        let turn = taken.front_mut().map_or(now, Stretch::next);
        // The next stretch is asked for while there is still time in this one.
        if taken.len() == 1 && taken.front().is_some_and(Stretch::is_half_used) {
            taken.push_back(self.take().await?);
        }
        let early = between(self.clock.now(), turn);
        if early > GRAIN {
            self.clock.wait(early).await;
        }
        Ok(())
    }

    async fn take(&self) -> Result<Stretch, Error> {
        let messages = self.per_second.div_ceil(A_SECOND);
        let lasts = Duration::from_millis((u64::from(messages) * 1_000).div_ceil(u64::from(self.per_second)));
        let begins = self.store.take_pace(&self.name, lasts, self.clock.now()).await?;
        Ok(Stretch { begins, lasts, messages, used: 0 })
    }
}

impl Stretch {
    /// Whether it still has turns, now or soon.
    fn is_good(&self, now: Timestamp) -> bool {
        self.used < self.messages && now < after(self.begins, self.lasts)
    }

    /// Not so where a stretch is one message: its rest is then wait enough to ask in.
    fn is_half_used(&self) -> bool {
        self.messages > 1 && self.used * 2 >= self.messages
    }

    /// The moment of its next message.
    fn next(&mut self) -> Timestamp {
        let turn = after(self.begins, self.lasts * self.used / self.messages);
        self.used += 1;
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Security;

    fn relay(host: &str) -> Relay {
        Relay::Smtp { host: host.to_owned(), port: 25, security: Security::Plain }
    }

    fn start() -> Timestamp {
        chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("a moment")
    }

    /// Takes turns by all of these, one after the other, and says how long it took.
    async fn turns(paces: &[Pace<'_>], clock: &Clock, count: usize) -> Duration {
        let begin = clock.now();
        for turn in 0..count {
            paces[turn % paces.len()].turn().await.expect("a turn");
        }
        between(begin, clock.now())
    }

    #[tokio::test]
    async fn messages_keep_to_the_pace_and_do_not_catch_up_after_a_rest() {
        let store = Store::in_memory().await.expect("a store");
        let clock = Clock::virtual_at(start(), 1);
        let pace = [Pace::new(&store, &clock, &relay("mail"), 200)];
        assert_eq!(turns(&pace, &clock, 401).await, Duration::from_secs(2));
        clock.advance_to(after(clock.now(), Duration::from_secs(60)));
        assert_eq!(turns(&pace, &clock, 201).await, Duration::from_secs(1), "a rest was made up for");
    }

    #[tokio::test]
    async fn two_workers_share_one_pace_and_so_does_a_worker_that_was_started_again() {
        let store = Store::in_memory().await.expect("a store");
        let clock = Clock::virtual_at(start(), 1);
        let pace = || Pace::new(&store, &clock, &relay("Mail"), 200);
        let two = [pace(), Pace::new(&store, &clock, &relay("mail"), 200)];
        let took = turns(&two, &clock, 400).await;
        assert!(took >= Duration::from_millis(1_900), "400 messages of two workers took {took:?}");
        drop(two);
        let began = clock.now();
        pace().turn().await.expect("a turn");
        let waited = between(began, clock.now());
        assert!(waited > Duration::ZERO, "a new worker began at once");
        // Another relay's pace is its own.
        let other = [Pace::new(&store, &clock, &relay("other"), 200)];
        assert_eq!(turns(&other, &clock, 1).await, Duration::ZERO);
    }

    #[tokio::test]
    async fn a_slow_pace_is_kept_and_a_fast_one_costs_few_writes() {
        let store = Store::in_memory().await.expect("a store");
        let clock = Clock::virtual_at(start(), 1);
        let slow = [Pace::new(&store, &clock, &relay("slow"), 1)];
        assert_eq!(turns(&slow, &clock, 4).await, Duration::from_secs(3));
        let fast = [Pace::new(&store, &clock, &relay("fast"), 10_000)];
        let begin = clock.now();
        let took = turns(&fast, &clock, 5_000).await.as_millis();
        assert!((498..=500).contains(&took), "5,000 messages at 10,000 a second took {took} ms");
        // Each stretch moves the store's moment by a tenth of a second: five were used, and one was asked for early.
        let next = store.take_pace("fast:25", Duration::ZERO, begin).await.expect("asked");
        assert_eq!(between(begin, next), Duration::from_millis(600));
    }
}
