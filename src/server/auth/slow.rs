//! Slow clients: a request's body arrives at a fair pace, or not at all.

use std::io;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{StreamExt as _, stream};

use crate::clock::Stopwatch;

/// What every body may take, whatever its size.
const AT_LEAST: Duration = Duration::from_secs(20);
/// And what it has to arrive at on the whole from then on: a bad telephone line.
const BYTES_A_SECOND: u64 = 16 * 1024;

/// A body under way.
struct Arriving {
    body: BodyDataStream,
    since: Stopwatch,
    received: u64,
}

impl Arriving {
    /// How long its next piece may take.
    fn patience(&self) -> Duration {
        let allowed = AT_LEAST + Duration::from_secs(self.received / BYTES_A_SECOND);
        allowed.saturating_sub(self.since.elapsed())
    }

    async fn next(mut self) -> Option<(io::Result<Bytes>, Option<Self>)> {
        match tokio::time::timeout(self.patience(), self.body.next()).await {
            Ok(Some(Ok(bytes))) => {
                self.received += bytes.len() as u64;
                Some((Ok(bytes), Some(self)))
            }
            Ok(Some(Err(error))) => Some((Err(io::Error::other(error)), None)),
            Ok(None) => None,
            Err(_) => Some((Err(io::ErrorKind::TimedOut.into()), None)),
        }
    }
}

/// Cuts off a body that comes too slowly: its handler is told that it broke off.
pub(super) async fn hurried(request: Request, next: Next) -> Response {
    next.run(request.map(at_a_fair_pace)).await
}

fn at_a_fair_pace(body: Body) -> Body {
    let arriving = Arriving { body: body.into_data_stream(), since: Stopwatch::start(), received: 0 };
    Body::from_stream(stream::unfold(Some(arriving), |arriving| async { arriving?.next().await }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body of pieces, each after so long.
    async fn read(pieces: usize, size: usize, each: Duration) -> Result<usize, String> {
        let pieces = stream::iter(0..pieces).then(move |_| async move {
            tokio::time::sleep(each).await;
            Ok::<_, io::Error>(Bytes::from(vec![b'x'; size]))
        });
        let body = at_a_fair_pace(Body::from_stream(pieces));
        axum::body::to_bytes(body, usize::MAX).await.map(|bytes| bytes.len()).map_err(|error| error.to_string())
    }

    /// `guarantees.md`, web: slow clients.
    #[tokio::test(start_paused = true)]
    async fn a_body_that_trickles_is_cut_off_and_a_slow_line_is_waited_for() {
        let second = Duration::from_secs(1);
        assert!(read(1_000, 1, second).await.is_err(), "a byte a second");
        assert!(read(2, 1, second * 30).await.is_err(), "silence");
        assert_eq!(read(100, 20_000, second).await, Ok(2_000_000), "20 kB a second");
        assert_eq!(read(15, 1, second).await, Ok(15), "a little, late");
    }
}
