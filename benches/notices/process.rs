//! Processes of a bench's own: where they listen, when they are there, and that none outlives it.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::Duration;

use super::report::now;

/// A process that ends with the bench.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Asked to end, nginx ends its workers; killed, it would leave them behind.
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.0.kill();
        }
        let _ = self.0.wait();
    }
}

/// A port on loopback that nobody uses.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

pub(crate) fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Waits until something is so; false if it is not within the time given.
pub(crate) fn until(longest: Duration, mut so: impl FnMut() -> bool) -> bool {
    let start = now();
    while !so() {
        if start.elapsed() > longest {
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    true
}
