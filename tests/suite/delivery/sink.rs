//! Postfix's `smtp-sink`: a relay that takes everything and throws it away, or fails as its options say.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use muster::clock::Stopwatch;

pub(crate) struct Sink {
    pub(crate) port: u16,
    process: Child,
}

impl Sink {
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// With options of `smtp-sink`, such as `-r RCPT`.
    pub(crate) fn with(options: &[&str]) -> Self {
        let port = free_port();
        let process = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "/usr/sbin/smtp-sink"])
            .args(options)
            .args(["-u", &user(), &format!("127.0.0.1:{port}"), "1024"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("smtp-sink starts");
        let sink = Self { port, process };
        until_listening(port);
        sink
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// As root the sink asks whom to become; others it takes as they are.
fn user() -> String {
    let output = Command::new("id").arg("-un").output().expect("id");
    let name = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if name == "root" { "nobody".to_owned() } else { name }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

pub(crate) fn until_listening(port: u16) {
    let (address, start) = (SocketAddr::from((Ipv4Addr::LOCALHOST, port)), Stopwatch::start());
    while TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_err() {
        assert!(start.elapsed() < Duration::from_secs(10), "nothing listens on {port}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
