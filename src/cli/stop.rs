//! Stopping: the first Ctrl-C or SIGTERM finishes what is on its way, the second ends at once.

use std::sync::{Mutex, Once, PoisonError};

use super::error::Error;
use crate::app::Stop;

/// What a shell reports of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// What the next signal asks to stop; without anything it ends the program.
static ASKED: Mutex<Option<Stop>> = Mutex::new(None);
static LISTENING: Once = Once::new();

/// Something that a signal asks to stop, for as long as it goes on.
pub(crate) struct Stoppable(Stop);

impl Stoppable {
    pub(crate) fn begin() -> Result<Self, Error> {
        let stop = Stop::default();
        set(Some(stop.clone()));
        let mut listening = Ok(());
        // A thread of its own hears signals while a prompt waits for its answer, too.
        LISTENING.call_once(|| listening = std::thread::Builder::new().spawn(listen).map(drop));
        listening.map_err(anyhow::Error::new)?;
        Ok(Self(stop))
    }

    pub(crate) fn stop(&self) -> &Stop {
        &self.0
    }
}

impl Drop for Stoppable {
    fn drop(&mut self) {
        set(None);
    }
}

fn set(stop: Option<Stop>) -> Option<Stop> {
    std::mem::replace(&mut *ASKED.lock().unwrap_or_else(PoisonError::into_inner), stop)
}

fn listen() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let Ok(mut signals) = Signals::new() else { return };
        loop {
            signals.next().await;
            match set(None) {
                Some(stop) => stop.ask(),
                None => std::process::exit(INTERRUPTED),
            }
        }
    });
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
