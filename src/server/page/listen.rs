//! The public listener: connections in bounded number and for a bounded time, whoever is slow at the other end.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::PageSite;
use super::answer::answer;
use crate::app::Stop;

/// How long the head of a request may take to arrive, and how long a connection may stand idle.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection may last; whoever reads slowly comes back for more.
const LIFE: Duration = Duration::from_secs(120);
/// How long what is on its way may take once a connection is to end.
const FAREWELL: Duration = Duration::from_secs(5);
/// Connections at a time; more wait to be accepted.
const MOST: usize = 4096;
/// The longest head of a request that is read, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;
/// Pause where the system has no connection to give, as when it has run out of descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// Serves the page until it is asked to stop; then lets what is on its way arrive.
pub(crate) async fn serve(listener: TcpListener, site: Arc<PageSite>, stop: Stop) {
    let room = Arc::new(Semaphore::new(MOST));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            () = stop.asked() => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let Some((stream, place)) = accepted else { continue };
        let (site, stop) = (Arc::clone(&site), stop.clone());
        connections.spawn(async move {
            converse(stream, &site, &stop).await;
            drop(place);
        });
    }
    let _ = tokio::time::timeout(FAREWELL, connections.join_all()).await;
}

/// The next connection with its place among those there may be.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(_) => {
            tokio::time::sleep(BREATH).await;
            None
        }
    }
}

/// One connection, for as long as it may last.
async fn converse(stream: TcpStream, site: &PageSite, stop: &Stop) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| async move { Ok::<_, Infallible>(answer(site, request).await) });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LONGEST_HEAD)
        .pipeline_flush(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stop.asked() => {}
        () = tokio::time::sleep(LIFE) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(FAREWELL, connection).await;
}
