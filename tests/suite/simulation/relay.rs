//! A relay that takes, refuses, hangs up and falls silent as it is told, and keeps what it took.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream, ReadBuf,
};

/// Longer than anyone waits for an answer.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Where in the conversation something goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Banner,
    Ehlo,
    Mail,
    Rcpt,
    Data,
    /// After the final dot, the message not taken.
    Dot,
    /// After the final dot, the message taken.
    Taken,
}

/// What goes wrong there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Says(&'static str),
    HangsUp,
    Silence,
    /// The usual answer, so many seconds later.
    Slow(u64),
}

/// What befalls the next conversation; nothing for the usual course.
pub(super) type Mood = Option<(At, Fault)>;

#[derive(Debug, Default)]
struct State {
    mood: Mood,
    taken: Vec<(String, Vec<u8>)>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Relay(Arc<Mutex<State>>);

impl Relay {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_mood(&self, mood: Mood) {
        self.state().mood = mood;
    }

    /// What was taken since this was last asked: each recipient with the message's bytes.
    pub(super) fn taken(&self) -> Vec<(String, Vec<u8>)> {
        std::mem::take(&mut self.state().taken)
    }

    /// A connection to the relay.
    pub(super) fn connect(&self) -> Wire {
        let (ours, theirs) = tokio::io::duplex(256 * 1024);
        tokio::spawn(self.clone().converse(theirs));
        Wire(ours)
    }

    async fn converse(self, stream: DuplexStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        self.answer(&mut stream, At::Banner, "220 relay ESMTP").await?;
        let mut to = String::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            match line.get(..4).unwrap_or_default() {
                "EHLO" => self.answer(&mut stream, At::Ehlo, "250-relay\r\n250 8BITMIME").await?,
                "MAIL" => self.answer(&mut stream, At::Mail, "250 2.1.0 ok").await?,
                "RCPT" => {
                    to = line.trim().trim_start_matches("RCPT TO:<").trim_end_matches('>').to_owned();
                    self.answer(&mut stream, At::Rcpt, "250 2.1.5 ok").await?;
                }
                "DATA" => {
                    self.answer(&mut stream, At::Data, "354 go ahead").await?;
                    let message = until_dot(&mut stream).await?;
                    if self.is_next(At::Dot) {
                        self.answer(&mut stream, At::Dot, "250 2.0.0 queued").await?;
                    } else {
                        self.state().taken.push((to.clone(), message));
                        self.answer(&mut stream, At::Taken, "250 2.0.0 queued").await?;
                    }
                }
                "RSET" => stream.write_all(b"250 2.0.0 ok\r\n").await.ok()?,
                "QUIT" => return None,
                _ => stream.write_all(b"500 5.5.1 what\r\n").await.ok()?,
            }
        }
    }

    fn is_next(&self, at: At) -> bool {
        self.state().mood.is_some_and(|(place, _)| place == at)
    }

    async fn answer(&self, stream: &mut BufReader<DuplexStream>, at: At, usual: &str) -> Option<()> {
        let mood = self.state().mood.take_if(|(place, _)| *place == at);
        let said = match mood.map(|(_, fault)| fault) {
            None => usual,
            Some(Fault::Says(said)) => said,
            Some(Fault::HangsUp) => return None,
            Some(Fault::Silence) => {
                tokio::time::sleep(FOR_EVER).await;
                return None;
            }
            Some(Fault::Slow(seconds)) => {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                usual
            }
        };
        stream.write_all(format!("{said}\r\n").as_bytes()).await.ok()
    }
}

/// Reads a message up to its dot, the stuffing undone.
async fn until_dot(stream: &mut BufReader<DuplexStream>) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    while !message.ends_with(b"\r\n.\r\n") {
        message.push(stream.read_u8().await.ok()?);
    }
    message.truncate(message.len() - 3);
    let text = String::from_utf8(message).ok()?;
    Some(text.replace("\r\n..", "\r\n.").into_bytes())
}

/// Our end of a connection.
#[derive(Debug)]
pub(super) struct Wire(DuplexStream);

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(SocketAddr::from(([127, 0, 0, 1], 25)))
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, out)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
