//! A relay for tests, on loopback: it answers by a script, faults included, and keeps what it was given.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How user `status` signs in with the password `hunter2` (RFC 4616); nobody else may.
const SIGN_IN: &str = "AUTH PLAIN AHN0YXR1cwBodW50ZXIy";

/// What the relay does in place of its usual answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// Answers with these lines instead.
    Say(&'static str),
    /// Says nothing, and keeps the connection.
    Silence,
    /// Hangs up.
    Drop,
    /// Answers one byte at a time, with pauses.
    Slowly(&'static str, Duration),
    /// Sends one line that never ends.
    Endless,
}

/// Where in the conversation the fault lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Banner,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Dot,
    Reset,
}

/// What a relay was given: each message's recipient and its bytes as they came.
pub(crate) type Taken = Arc<Mutex<Vec<(String, String)>>>;

/// Whether the relay takes several commands in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pipelining {
    No,
    Yes,
    /// It asks for the message even where it took no recipient.
    Lax,
}

pub(crate) struct Faulty {
    pub(crate) port: u16,
    pub(crate) taken: Taken,
    pub(crate) connections: Arc<Mutex<usize>>,
}

impl Faulty {
    /// Starts a relay; a fault with a number happens so many times, then no more.
    pub(crate) async fn start(fault: Option<(At, Fault, usize)>) -> Self {
        Self::offering(Pipelining::No, fault).await
    }

    pub(crate) async fn offering(pipelining: Pipelining, fault: Option<(At, Fault, usize)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let taken = Taken::default();
        let connections = Arc::new(Mutex::new(0));
        let left = Arc::new(Mutex::new(fault.map_or(0, |(.., times)| times)));
        let (kept, count) = (taken.clone(), connections.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *count.lock().expect("a count") += 1;
                let conversation = Conversation { pipelining, fault, left: left.clone(), taken: kept.clone() };
                tokio::spawn(conversation.hold(stream));
            }
        });
        Self { port, taken, connections }
    }
}

struct Conversation {
    pipelining: Pipelining,
    fault: Option<(At, Fault, usize)>,
    left: Arc<Mutex<usize>>,
    taken: Taken,
}

impl Conversation {
    async fn hold(self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        self.answer(&mut stream, At::Banner, "220 relay ESMTP").await?;
        let mut recipient = None;
        let offers = match self.pipelining {
            Pipelining::No => "250-relay\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
            Pipelining::Yes | Pipelining::Lax => "250-relay\r\n250-PIPELINING\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
        };
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            match line.split([' ', '\r']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" => self.answer(&mut stream, At::Ehlo, offers).await.map(drop)?,
                "STARTTLS" => self.answer(&mut stream, At::StartTls, "502 no").await.map(drop)?,
                "AUTH" if line.trim_end() == SIGN_IN => {
                    self.answer(&mut stream, At::Auth, "235 2.7.0 welcome").await.map(drop)?
                }
                "AUTH" => self.answer(&mut stream, At::Auth, "535 5.7.8 unknown user or password").await.map(drop)?,
                "MAIL" => self.answer(&mut stream, At::Mail, "250 2.1.0 ok").await.map(drop)?,
                "RCPT" => {
                    let taken = self.answer(&mut stream, At::Rcpt, "250 2.1.5 ok").await?;
                    recipient = taken.then(|| line.trim().to_owned());
                }
                "DATA" if recipient.is_none() && self.pipelining != Pipelining::Lax => {
                    stream.write_all(b"554 5.5.1 no valid recipients\r\n").await.ok()?;
                }
                "DATA" => {
                    if !self.answer(&mut stream, At::Data, "354 go ahead").await? {
                        continue;
                    }
                    let message = until_dot(&mut stream).await?;
                    let Some(recipient) = recipient.take() else {
                        assert_eq!(message, "", "a message for nobody");
                        stream.write_all(b"554 5.5.1 no valid recipients\r\n").await.ok()?;
                        continue;
                    };
                    // A relay that answers no has not taken it; one that hangs up may have.
                    if !matches!(self.fault, Some((At::Dot, Fault::Say(said), _)) if !said.starts_with('2')) {
                        self.taken.lock().expect("messages").push((recipient, message));
                    }
                    self.answer(&mut stream, At::Dot, "250 2.0.0 queued as 1").await?;
                }
                "RSET" => self.answer(&mut stream, At::Reset, "250 2.0.0 ok").await.map(drop)?,
                "QUIT" => {
                    stream.write_all(b"221 bye\r\n").await.ok()?;
                    return None;
                }
                _ => stream.write_all(b"500 5.5.1 what\r\n").await.ok()?,
            }
        }
    }

    /// Whether it was the usual answer; none where nothing follows.
    async fn answer(&self, stream: &mut BufReader<TcpStream>, at: At, usual: &str) -> Option<bool> {
        let fault = self.fault.filter(|(where_, ..)| *where_ == at).filter(|_| {
            let mut left = self.left.lock().expect("a count");
            let faulty = *left > 0;
            *left = left.saturating_sub(1);
            faulty
        });
        match fault.map(|(_, fault, _)| fault) {
            None => stream.write_all(format!("{usual}\r\n").as_bytes()).await.ok().map(|()| true),
            Some(Fault::Say(said)) => stream.write_all(format!("{said}\r\n").as_bytes()).await.ok().map(|()| false),
            Some(Fault::Silence) => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                None
            }
            Some(Fault::Drop) => None,
            Some(Fault::Slowly(said, pause)) => {
                for byte in said.bytes().chain(*b"\r\n") {
                    stream.write_all(&[byte]).await.ok()?;
                    stream.flush().await.ok()?;
                    tokio::time::sleep(pause).await;
                }
                Some(said.starts_with(['2', '3']))
            }
            Some(Fault::Endless) => loop {
                stream.write_all(&[b'x'; 4096]).await.ok()?;
            },
        }
    }
}

/// Reads a message as a strict relay does: only CRLF, dot, CRLF ends it.
async fn until_dot(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut message = Vec::new();
    while message != b".\r\n" && !message.ends_with(b"\r\n.\r\n") {
        message.push(stream.read_u8().await.ok()?);
    }
    message.truncate(message.len() - 3);
    Some(String::from_utf8_lossy(&message).replace("\r\n..", "\r\n."))
}
