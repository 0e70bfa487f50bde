//! What a relay answers: nothing counts as sent that was not accepted after the message.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncTokioStream;
use muster::delivery::Verdict;
use muster::delivery::email::smtp::{Patience, Relay, Session};
use muster::delivery::mime::Mail;
use muster::settings::Security;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A relay that has made up its mind beforehand, and hangs up when it has said it all.
pub(crate) fn relay(data: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let patience =
        Patience { opening: Duration::from_secs(1), command: Duration::from_secs(1), message: Duration::from_secs(1) };
    let settings =
        Relay { host: "relay.example".to_owned(), port: 25, security: Security::Plain, credentials: None, patience };
    let mail = Mail {
        from: "status@example.com".parse().expect("an address"),
        to: "ann@example.com".parse().expect("an address"),
        bytes: b"Subject: x\r\n\r\nx\r\n".to_vec(),
    };
    let verdict = runtime.block_on(async {
        match Session::over(Box::new(Script(data.to_vec())), &settings).await {
            Ok(mut session) => session.send(&mail).await,
            Err(verdict) => verdict,
        }
    });
    if matches!(verdict, Verdict::Sent { .. }) {
        let accepting = data.split(|byte| *byte == b'\n').filter(|line| line.first() == Some(&b'2')).count();
        assert!(accepting >= 5, "sent, though only {accepting} answers said yes");
    }
}

#[derive(Debug)]
struct Script(Vec<u8>);

impl AsyncTokioStream for Script {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(SocketAddr::from(([127, 0, 0, 1], 25)))
    }
}

impl AsyncRead for Script {
    /// A line at a time, as the real wire gives them.
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let line = self.0.iter().position(|byte| *byte == b'\n').map_or(self.0.len(), |at| at + 1);
        let given: Vec<u8> = self.0.drain(..line.min(out.remaining())).collect();
        out.put_slice(&given);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Script {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
