//! A time of Muster's beside the time of a peer, taken in turns.

use std::time::{Duration, Instant};

/// The medians of two things done in turns.
#[derive(Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) muster: Duration,
    pub(crate) peer: Duration,
}

impl Pair {
    /// Muster's time over its peer's.
    pub(crate) fn ratio(self) -> f64 {
        self.muster.as_secs_f64() / self.peer.as_secs_f64()
    }
}

/// Does both in turns, after once for warming up, so that a busy machine slows both alike.
pub(crate) fn in_turns(rounds: usize, mut muster: impl FnMut(), mut peer: impl FnMut()) -> Pair {
    muster();
    peer();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        ours.push(timed(&mut muster));
        theirs.push(timed(&mut peer));
    }
    Pair { muster: median(ours), peer: median(theirs) }
}

/// How long something takes.
#[expect(clippy::disallowed_methods, reason = "a bench reads the machine's own clock")]
pub(crate) fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A time as people read it.
pub(crate) fn span(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds if seconds >= 0.001 => format!("{:.1} ms", seconds * 1e3),
        seconds => format!("{:.1} µs", seconds * 1e6),
    }
}

/// So many in a time, as a rate.
pub(crate) fn rate(count: usize, time: Duration, of: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
    let rate = count as f64 / time.as_secs_f64();
    format!("{rate:.0} {of}/s")
}

/// How many of something a second are reached.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub(crate) fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
