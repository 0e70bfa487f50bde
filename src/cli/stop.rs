//! Stopping: the first Ctrl-C or SIGTERM finishes what is on its way, the second ends at once.

use super::error::Error;
use crate::app::Stop;

/// What a shell reports of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// Gives what the signals of this process ask.
pub(crate) fn on_signal() -> Result<Stop, Error> {
    let stop = Stop::default();
    let asked = stop.clone();
    let mut signals = Signals::new().map_err(anyhow::Error::new)?;
    tokio::spawn(async move {
        signals.next().await;
        asked.ask();
        signals.next().await;
        std::process::exit(INTERRUPTED);
    });
    Ok(stop)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
