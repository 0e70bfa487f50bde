//! The server: the console, the interface for other systems and the public page; it translates, nothing else.

mod api;
mod assets;
mod auth;
mod listener;
mod live;
mod request;
mod site;
mod views;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::app::{self, App, Reports, Stop};
use crate::drill::{self, Prepared, Watched};
use live::Live;
use site::Site;
use views::Views;

/// Connections to the console at a time: a team, its walls and its scripts.
const CONNECTIONS: usize = 4096;

/// Where to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listeners {
    /// The console and the interface: for the team alone.
    pub private: SocketAddr,
    /// The public page; none where nobody is to see one from here.
    pub public: Option<SocketAddr>,
}

/// Where the server really listens, once it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serving {
    pub private: SocketAddr,
    pub public: Option<SocketAddr>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("failed to listen on `{address}`")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error(transparent)]
    Views(#[from] views::Error),
    #[error(transparent)]
    App(#[from] app::Error),
    #[error(transparent)]
    Drill(#[from] drill::Error),
}

/// What goes on behind the pages.
pub enum Behind<'a> {
    /// A worker's work: what is due is delivered, clocks are kept.
    Worker(Reports<'a>),
    /// A drill for people to watch and take part in; nothing leaves.
    Trial { prepared: &'a Prepared, watched: Arc<Watched>, seed: u64 },
}

/// Serves until told to stop; `told` hears once where it listens.
pub async fn serve(
    app: Arc<App>,
    listeners: Listeners,
    behind: Behind<'_>,
    stop: &Stop,
    told: impl FnOnce(&Serving),
) -> Result<(), Error> {
    listener::allow_many();
    let private = bound(listeners.private).await?;
    let views = Arc::new(Views::load(app.settings(), app.clock(), "console")?);
    let live = Arc::new(Live::new(Arc::clone(&app), stop.clone()));
    let site = Site { app: Arc::clone(&app), views, live: Arc::clone(&live) };
    let at = |listener: &TcpListener, asked| listener.local_addr().unwrap_or(asked);
    told(&Serving { private: at(&private, listeners.private), public: None });
    let console = tokio::spawn(listener::serve(private, router(site), CONNECTIONS, stop.clone()));
    let following = tokio::spawn(async move { live.follow().await });
    let worked = work(&app, behind, stop).await;
    // A worker that can't go on takes the server with it: whoever watches over the process starts it again.
    stop.ask();
    let _ = tokio::join!(console, following);
    worked
}

/// Works until told to stop; once a trial has come to its close, what it came to may still be looked at.
async fn work(app: &App, behind: Behind<'_>, stop: &Stop) -> Result<(), Error> {
    match behind {
        Behind::Worker(reports) => {
            app.stay(stop, reports).await?;
        }
        Behind::Trial { prepared, watched, seed } => {
            drill::watch(prepared, watched, seed).await?;
            stop.asked().await;
        }
    }
    Ok(())
}

async fn bound(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|source| Error::Listen { address, source })
}

fn router(site: Site) -> Router {
    let router =
        Router::new().route("/assets/{name}", get(assets::asset)).merge(api::router()).with_state(site.clone());
    auth::guarded(router, &site)
}
