//! The public page: printed once for each change, served from memory, and the same as files for another host.

mod answer;
mod export;
mod links;
mod moment;
mod pages;
mod press;
mod set;
mod shapes;
#[cfg(test)]
mod tests;
mod unsubscribe;

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::net::TcpListener;

use crate::app::{self, App, Public, PublicIncident, Stop};
use crate::server::listener::{self, Limits, Peer};
use crate::server::views::{self, Language, Views};
use crate::settings::Settings;

pub(crate) use export::Error as ExportError;
pub(crate) use export::export;

use links::{Links, Medium};
use press::Press;
use set::Set;

/// Readers come in thousands, and none has a reason to stay for long.
const LIMITS: Limits = Limits { most: 4096, head: Duration::from_secs(10), life: Some(Duration::from_secs(120)) };

/// Why the page is not as it should be.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    App(#[from] app::Error),
    #[error(transparent)]
    Views(#[from] views::Error),
    #[error(transparent)]
    Export(#[from] export::Error),
}

/// The page as it stands, and what it takes to print it anew.
pub(crate) struct PageSite {
    app: Arc<App>,
    views: Views,
    /// For readers who ask for none that there is.
    language: Language,
    known: tokio::sync::Mutex<Public>,
    current: RwLock<Arc<Set>>,
}

impl PageSite {
    /// Reads what the public was told so far and prints it.
    pub(crate) async fn open(app: Arc<App>) -> Result<Self, Error> {
        let views = Views::load(app.settings(), app.clock(), "page")?;
        let mut public = app.public()?;
        app.catch_up(&mut public).await?;
        let language = Language::of(&app.settings().locale);
        let set = Set::new(press(&views, app.settings()).print(&public, |_| false)?, &Set::default(), &HashSet::new());
        public.settle();
        Ok(Self { app, views, language, known: tokio::sync::Mutex::new(public), current: RwLock::new(Arc::new(set)) })
    }

    /// Prints anew what has changed since; says whether anything has.
    pub(crate) async fn refresh(&self) -> Result<bool, Error> {
        let mut public = self.known.lock().await;
        self.app.catch_up(&mut public).await?;
        if public.changed().is_empty() {
            return Ok(false);
        }
        let before = self.current();
        let is_same = |incident: &&PublicIncident| !public.changed().contains(&incident.number);
        let kept: HashSet<_> = public.incidents().filter(is_same).map(|incident| incident.number).collect();
        let sheets = self.press().print(&public, |number| kept.contains(&number))?;
        let set = Arc::new(Set::new(sheets, &before, &kept));
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = set;
        public.settle();
        Ok(true)
    }

    fn current(&self) -> Arc<Set> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn press(&self) -> Press<'_> {
        press(&self.views, self.app.settings())
    }
}

/// Serves the page until asked to stop.
///
/// It needs no router: all there is stands in one map, and a look into it is the whole of an answer.
pub(crate) async fn serve(listener: TcpListener, site: Arc<PageSite>, stop: Stop) {
    serve_within(listener, LIMITS, site, stop).await;
}

async fn serve_within(listener: TcpListener, limits: Limits, site: Arc<PageSite>, stop: Stop) {
    let answered = move |_: Peer, request| {
        let site = Arc::clone(&site);
        async move { answer::answer(&site, request).await }
    };
    listener::serve(listener, limits, answered, stop).await;
}

fn press<'a>(views: &'a Views, settings: &'a Settings) -> Press<'a> {
    Press { views, settings, links: Links::new(Medium::Listener, settings.page.url.as_deref()) }
}
