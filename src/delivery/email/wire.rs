//! The wire to a relay: a TCP or TLS stream that hands replies on line by line, and no endless ones.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The most a relay may say in answer to one thing said to it; a handshake fits in easily.
const LONGEST_REPLY: usize = 64 * 1024;

/// A stream to a relay.
///
/// A read gives at most one line. So nothing that follows a reply is read ahead, and plain text slipped in
/// after the answer to STARTTLS ends up in the TLS handshake, which it fails, and not in what we believe.
#[derive(Debug)]
pub struct Wire {
    stream: Stream,
    ahead: Vec<u8>,
    /// How much the relay said since we last spoke.
    heard: usize,
}

#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Takes over a connection; small packets leave at once.
    pub fn plain(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream: Stream::Tcp(stream), ahead: Vec::new(), heard: 0 })
    }

    /// Takes over a connection and speaks TLS from the first byte.
    pub async fn tls(stream: TcpStream, host: &str) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let name = rustls::pki_types::ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let stream = TlsConnector::from(Arc::new(client_config()?)).connect(name, stream).await?;
        Ok(Self { stream: Stream::Tls(Box::new(stream)), ahead: Vec::new(), heard: 0 })
    }
}

/// TLS 1.2 or 1.3, trusting what the operating system trusts.
fn client_config() -> io::Result<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.stream {
            Stream::Tcp(stream) => stream.peer_addr(),
            Stream::Tls(stream) => stream.get_ref().0.peer_addr(),
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            let mut chunk = [0; 4096];
            let mut read = ReadBuf::new(&mut chunk);
            match &mut self.stream {
                Stream::Tcp(stream) => ready!(Pin::new(stream).poll_read(cx, &mut read))?,
                Stream::Tls(stream) => ready!(Pin::new(stream.as_mut()).poll_read(cx, &mut read))?,
            }
            self.heard += read.filled().len();
            if self.heard > LONGEST_REPLY {
                return Poll::Ready(Err(io::Error::other("the relay's answer does not end")));
            }
            self.ahead.extend_from_slice(read.filled());
        }
        let line = self.ahead.iter().position(|byte| *byte == b'\n').map_or(self.ahead.len(), |at| at + 1);
        let given: Vec<u8> = self.ahead.drain(..line.min(out.remaining())).collect();
        out.put_slice(&given);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.heard = 0;
        match &mut self.stream {
            Stream::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}
