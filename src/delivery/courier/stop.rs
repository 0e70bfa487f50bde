//! Asking what delivers to end: what is on its way is finished, the rest stays queued.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Asks a pass to end: what is on its way is finished, the rest stays queued.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Asked>);

#[derive(Debug, Default)]
struct Asked {
    asked: AtomicBool,
    heard: Notify,
}

impl Stop {
    pub fn ask(&self) {
        self.0.asked.store(true, Ordering::Release);
        self.0.heard.notify_waiters();
    }

    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Acquire)
    }

    /// Waits until it is asked.
    pub async fn asked(&self) {
        loop {
            let heard = self.0.heard.notified();
            tokio::pin!(heard);
            heard.as_mut().enable();
            if self.is_asked() {
                return;
            }
            heard.await;
        }
    }
}
