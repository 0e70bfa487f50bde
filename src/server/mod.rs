//! The server: the console, the interface for other systems and the public page; it translates, nothing else.

mod api;
mod assets;
mod auth;
mod console;
mod desk;
mod fields;
mod frame;
mod health;
mod listener;
mod live;
mod metrics;
pub(crate) mod page;
mod people;
mod request;
mod site;
mod trial;
mod views;

use std::net::SocketAddr;
use std::sync::Arc;

use std::time::Duration;

use axum::Router;
use axum::http::{Request, Uri};
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tower::Service;

use crate::app::view::DeliveryCounts;
use crate::app::{self, App, Reports, Stop};
use crate::drill::{self, Prepared, Watched};
use auth::Reader;
use listener::{Limits, Peer};
use live::Live;
use metrics::Metrics;
use page::PageSite;
use site::Site;
use trial::Trial;
use views::Views;

pub use page::Error as PageError;

/// A team, its walls and its scripts; those who watch stay for hours.
const LIMITS: Limits = Limits { most: 4096, head: Duration::from_secs(10), life: None };

/// After the public page could not be printed.
const AGAIN: Duration = Duration::from_secs(1);

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
    #[error("failed to print the public page")]
    Page(#[from] page::Error),
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
    let public = match listeners.public {
        Some(address) => Some((bound(address).await?, Arc::new(PageSite::open(Arc::clone(&app)).await?))),
        None => None,
    };
    let views = Arc::new(Views::load(app.settings(), app.clock(), "console")?);
    let live = Arc::new(Live::new(Arc::clone(&app), stop.clone()));
    let trial = match &behind {
        Behind::Worker(_) => None,
        Behind::Trial { watched, .. } => Some(Arc::new(Trial::new(&app, Arc::clone(watched)))),
    };
    let metrics = Arc::new(Metrics::new());
    let site = Site { app: Arc::clone(&app), views, live: Arc::clone(&live), metrics: Arc::clone(&metrics), trial };
    let at = |listener: &TcpListener| {
        listener.local_addr().map_err(|source| Error::Listen { address: listeners.private, source })
    };
    let serving =
        Serving { private: at(&private)?, public: public.as_ref().map(|(listener, _)| at(listener)).transpose()? };
    told(&serving);
    let console = tokio::spawn(private_listener(private, router(site), stop.clone()));
    let page = tokio::spawn(public_listener(public, Arc::clone(&live), stop.clone()));
    let following = tokio::spawn(async move { live.follow().await });
    let worked = work(&app, behind, &metrics, stop).await;
    // A worker that can't go on takes the server with it: whoever watches over the process starts it again.
    stop.ask();
    let _ = tokio::join!(console, page, following);
    worked
}

/// Works until told to stop; once a trial has come to its close, what it came to may still be looked at.
async fn work(app: &App, behind: Behind<'_>, metrics: &Metrics, stop: &Stop) -> Result<(), Error> {
    match behind {
        Behind::Worker(reports) => {
            let progress = |counts: DeliveryCounts| {
                metrics.worked(counts);
                (reports.progress)(counts);
            };
            let trouble = |error: &app::Error| {
                if error.kind() == app::Kind::StoreUnavailable {
                    metrics.store_failed();
                }
                (reports.trouble)(error);
            };
            app.stay(stop, Reports { progress: &progress, trouble: &trouble }).await?;
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

async fn private_listener(listener: TcpListener, router: Router, stop: Stop) {
    let answer = move |peer: Peer, mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let mut router = router.clone();
        async move { router.call(request).await.unwrap_or_else(|never| match never {}) }
    };
    listener::serve(listener, LIMITS, answer, stop).await;
}

/// Serves the public page, printed anew whenever the journal has grown.
async fn public_listener(public: Option<(TcpListener, Arc<PageSite>)>, live: Arc<Live>, stop: Stop) {
    let Some((listener, site)) = public else { return };
    let printing = async {
        let mut journal = live.watch();
        while journal.changed().await.is_ok() {
            // What could not be read now is read with the next change, or the next look.
            while site.refresh().await.is_err() && !stop.is_asked() {
                tokio::time::sleep(AGAIN).await;
            }
        }
    };
    tokio::select! {
        () = page::serve(listener, Arc::clone(&site), stop.clone()) => {}
        () = printing => {}
    }
}

/// A page that there is not.
async fn missing(reader: Reader, uri: Uri) -> Response {
    reader.refuse(&app::Error::no_page(uri.path()))
}

fn router(site: Site) -> Router {
    let router = Router::new()
        .route("/assets/{name}", get(assets::asset))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .merge(people::routes())
        .merge(console::routes())
        .merge(api::router())
        .fallback(missing)
        .with_state(site.clone());
    auth::guarded(router, &site).layer(middleware::from_fn_with_state(site, metrics::measured))
}
