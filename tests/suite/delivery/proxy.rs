//! A faulty proxy before a real relay: it hangs up where it is told to, and counts what the relay took.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// How often the proxy hangs up: once in so many messages; 0 is never.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Whims {
    /// After half of the message: the relay never had it.
    pub(super) within: u64,
    /// After the relay took it, before Muster hears so.
    pub(super) after: u64,
}

/// What the relay behind the proxy really took.
#[derive(Default)]
pub(super) struct Seen {
    /// How often each message was taken, by its `Message-ID`.
    taken: Mutex<HashMap<String, u32>>,
    messages: AtomicU64,
    hung_up_after: AtomicU64,
}

impl Seen {
    /// Messages that the relay took, each counted once.
    pub(super) fn different(&self) -> u64 {
        self.taken.lock().expect("the count").len() as u64
    }

    /// How many messages the relay took beyond the first of each.
    pub(super) fn doubled(&self) -> u64 {
        self.taken.lock().expect("the count").values().map(|times| u64::from(*times) - 1).sum()
    }

    /// How often Muster was left not knowing.
    pub(super) fn hung_up_after(&self) -> u64 {
        self.hung_up_after.load(Ordering::SeqCst)
    }
}

pub(super) struct Proxy {
    pub(super) port: u16,
    pub(super) seen: Arc<Seen>,
}

impl Proxy {
    pub(super) fn before(relay: u16, whims: Whims) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        listener.set_nonblocking(true).expect("a listener");
        let seen = Arc::new(Seen::default());
        let kept = Arc::clone(&seen);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                while let Ok((client, _)) = listener.accept().await {
                    let seen = Arc::clone(&kept);
                    tokio::spawn(async move {
                        if let Ok(relay) = TcpStream::connect(("127.0.0.1", relay)).await {
                            let _ = (client.set_nodelay(true), relay.set_nodelay(true));
                            let (client, relay) = (Side::of(client), Side::of(relay));
                            Conversation { client, relay, whims, seen }.hold().await;
                        }
                    });
                }
            });
        });
        Self { port, seen }
    }
}

/// One end of a conversation.
struct Side {
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
}

impl Side {
    fn of(stream: TcpStream) -> Self {
        let (read, write) = stream.into_split();
        Self { read: BufReader::with_capacity(64 * 1024, read), write }
    }

    async fn line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        (self.read.read_until(b'\n', &mut line).await.ok()? > 0).then_some(line)
    }

    /// A whole reply: its last line has no hyphen after the code.
    async fn reply(&mut self) -> Option<Vec<u8>> {
        let mut reply = Vec::new();
        loop {
            let line = self.line().await?;
            let last = line.get(3) != Some(&b'-');
            reply.extend(line);
            if last {
                return Some(reply);
            }
        }
    }

    async fn say(&mut self, bytes: &[u8]) -> Option<()> {
        self.write.write_all(bytes).await.ok()
    }
}

struct Conversation {
    client: Side,
    relay: Side,
    whims: Whims,
    seen: Arc<Seen>,
}

impl Conversation {
    async fn hold(mut self) -> Option<()> {
        let greeting = self.relay.reply().await?;
        self.client.say(&greeting).await?;
        loop {
            let line = self.client.line().await?;
            self.relay.say(&line).await?;
            let reply = self.relay.reply().await?;
            self.client.say(&reply).await?;
            if line.starts_with(b"DATA") && reply.starts_with(b"354") {
                self.message().await?;
            }
        }
    }

    async fn message(&mut self) -> Option<()> {
        let nth = self.seen.messages.fetch_add(1, Ordering::SeqCst) + 1;
        let strikes = |every: u64| every > 0 && nth.is_multiple_of(every);
        let (mut message, mut id) = (Vec::new(), None);
        loop {
            let line = self.client.line().await?;
            if id.is_none() && line.len() > 11 && line[..11].eq_ignore_ascii_case(b"message-id:") {
                id = Some(String::from_utf8_lossy(&line[11..]).trim().to_owned());
            }
            let ended = line == b".\r\n";
            message.extend(line);
            if ended {
                break;
            }
        }
        if strikes(self.whims.within) {
            self.relay.say(&message[..message.len() / 2]).await?;
            return None;
        }
        self.relay.say(&message).await?;
        let reply = self.relay.reply().await?;
        if reply.starts_with(b"2") {
            *self.seen.taken.lock().expect("the count").entry(id.expect("a Message-ID")).or_default() += 1;
            if strikes(self.whims.after) {
                self.seen.hung_up_after.fetch_add(1, Ordering::SeqCst);
                return None;
            }
        }
        self.client.say(&reply).await
    }
}
