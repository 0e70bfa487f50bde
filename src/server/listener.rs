//! Both listeners: connections in bounded number and for a bounded time, whoever is slow at the other end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use crate::app::Stop;

/// How long what is on its way may take once a connection is to end.
const FAREWELL: Duration = Duration::from_secs(3);
/// The longest head of a request that is read, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;
/// Pause where the system has no connection to give, as when it has run out of descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// Who is at the other end of a connection; behind a proxy, the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// What a listener bears.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at a time; more wait to be accepted.
    pub(crate) most: usize,
    /// How long the head of a request may take to arrive, and how long a connection may stand idle.
    pub(crate) head: Duration,
    /// How long a connection may last; whoever reads slowly comes back for more. None where watchers stay.
    pub(crate) life: Option<Duration>,
}

/// Answers every request until asked to stop; then lets what is on its way arrive.
pub(crate) async fn serve<A, F, B>(listener: TcpListener, limits: Limits, answer: A, stop: Stop)
where
    A: Fn(Peer, Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<B>> + Send,
    B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(limits.most));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            () = stop.asked() => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let (answer, stop) = (answer.clone(), stop.clone());
        connections.spawn(async move {
            converse(stream, peer, limits, answer, &stop).await;
            drop(place);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(FAREWELL, connections.join_all()).await;
}

/// The next connection with its place among those there may be.
async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> Option<(TcpStream, Peer, OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, Peer(peer), place)),
        Err(_) => {
            tokio::time::sleep(BREATH).await;
            None
        }
    }
}

/// One connection, for as long as it may last.
async fn converse<A, F, B>(stream: TcpStream, peer: Peer, limits: Limits, answer: A, stop: &Stop)
where
    A: Fn(Peer, Request<Incoming>) -> F,
    F: Future<Output = Response<B>>,
    B: Body<Error: Into<Box<dyn std::error::Error + Send + Sync>>> + 'static,
{
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let answered = answer(peer, request);
        async move { Ok::<_, Infallible>(answered.await) }
    });
    // Pinned as it is made: a name of its own before would have every connection keep room for two of it.
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(LONGEST_HEAD)
            .serve_connection(TokioIo::new(stream), service)
    );
    tokio::select! {
        // A client that breaks off is its own affair.
        _ = connection.as_mut() => return,
        () = stop.asked() => {}
        () = ended(limits.life) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(FAREWELL, connection).await;
}

async fn ended(life: Option<Duration>) {
    match life {
        Some(life) => tokio::time::sleep(life).await,
        None => std::future::pending().await,
    }
}

/// Lets this process have as many files open as the system allows it: every connection is one.
#[cfg(target_os = "linux")]
pub(crate) fn allow_many() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it is refused, what is allowed already has to do.
    let _ = setrlimit(Resource::Nofile, limit);
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn allow_many() {}
