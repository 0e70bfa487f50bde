//! A proxy before the server: it hangs up at a commit, before the server hears of it or before anyone hears back.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of the next commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commit {
    Passes,
    /// The server never hears of it.
    IsLost,
    /// The server does it, and its answer is lost.
    GoesUnanswered,
}

/// `COMMIT` as PostgreSQL's protocol puts it: a simple query, its length, the text, a zero.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

#[derive(Clone)]
pub(crate) struct Proxy {
    port: u16,
    next: Arc<Mutex<Commit>>,
}

impl Proxy {
    pub(crate) async fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let next = Arc::new(Mutex::new(Commit::Passes));
        let proxy = Self { port, next: next.clone() };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, SocketAddr::from(([127, 0, 0, 1], server)), next.clone()));
            }
        });
        proxy
    }

    /// The same address by way of the proxy.
    pub(crate) fn url(&self, url: &str) -> String {
        let (head, tail) = url.rsplit_once(':').expect("a port");
        let (_, database) = tail.split_once('/').expect("a database");
        format!("{head}:{}/{database}", self.port)
    }

    /// Decides over the next commit; those after it pass.
    pub(crate) fn next_commit(&self, next: Commit) {
        *self.next.lock().expect("the proxy") = next;
    }

    /// Whether what was decided over has come to pass.
    pub(crate) fn has_struck(&self) -> bool {
        *self.next.lock().expect("the proxy") == Commit::Passes
    }
}

async fn serve(mut client: TcpStream, server: SocketAddr, next: Arc<Mutex<Commit>>) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let (mut asked, mut said) = ([0; 16_384], [0; 16_384]);
    let mut mute = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(length @ 1..) = read else { return };
                if asked[..length].windows(COMMIT.len()).any(|window| window == COMMIT) {
                    match std::mem::replace(&mut *next.lock().expect("the proxy"), Commit::Passes) {
                        Commit::Passes => {}
                        Commit::IsLost => return,
                        Commit::GoesUnanswered => mute = true,
                    }
                }
                if server.write_all(&asked[..length]).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut said) => {
                let Ok(length @ 1..) = read else { return };
                if mute || client.write_all(&said[..length]).await.is_err() {
                    return;
                }
            }
        }
    }
}
