//! Serving a router on a socket: bounded connections, slow clients cut off, an end when told to stop.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::Service;

use crate::app::Stop;

/// For how long a client may take to say what it wants; one that says nothing more is let go after it, too.
const HEAD: Duration = Duration::from_secs(15);
/// What a request's head may be long.
const LONGEST_HEAD: usize = 32 * 1024;
/// How long answers may still take once told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(3);
/// After an accept that failed for want of something, such as file descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// Who is at the other end of a connection; behind a proxy, the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Serves until told to stop; of more connections than `most` at a time, the newest are turned away.
pub(crate) async fn serve(listener: TcpListener, router: Router, most: usize, stop: Stop) {
    let places = Arc::new(Semaphore::new(most));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.asked() => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                let (router, stop) = (router.clone(), stop.clone());
                connections.spawn(async move {
                    converse(stream, Peer(peer), router, &stop).await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(LAST_ANSWERS, async { while connections.join_next().await.is_some() {} }).await;
}

/// One connection, until either side has said enough.
async fn converse(stream: TcpStream, peer: Peer, router: Router, stop: &Stop) {
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let mut router = router.clone();
        async move { Ok::<_, Infallible>(router.call(request).await.unwrap_or_else(|never| match never {})) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // A client that breaks off is its own affair.
        _ = connection.as_mut() => return,
        () = stop.asked() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
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
