//! What happens, told to whoever watches: the journal is polled, own changes are told at once, and each event is
//! written out once for all watchers of a language.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream;
use tokio::sync::{Mutex, Notify, watch};

use super::views::Language;
use crate::app::{App, Error, Stop};
use crate::clock::Stopwatch;
use crate::incident::IncidentId;

/// How often the journal is looked at for what others have written.
const LOOK: Duration = Duration::from_millis(500);
/// After this long without an event a watcher is told that the connection lives.
const BEAT: Duration = Duration::from_secs(15);
/// How long a connection watches: whoever is still allowed to comes back at once, and misses nothing.
const LIFE: Duration = Duration::from_secs(300);
/// How many events of an incident are kept at hand for those who are a little behind.
const KEPT: usize = 256;

/// The newest events of an incident in one language, each as it goes over the wire.
#[derive(Default)]
struct Feed {
    /// As of which state of the journal this is complete.
    mark: u64,
    newest: u64,
    frames: VecDeque<(u64, Bytes)>,
}

type Feeds = HashMap<(IncidentId, Language), Arc<Mutex<Feed>>>;

/// Knows when the journal grows, and tells it.
pub(crate) struct Live {
    app: Arc<App>,
    mark: watch::Sender<u64>,
    changed: Notify,
    feeds: Mutex<Feeds>,
    watchers: Arc<AtomicU64>,
    stop: Stop,
}

impl Live {
    pub(crate) fn new(app: Arc<App>, stop: Stop) -> Self {
        Self {
            app,
            mark: watch::Sender::new(0),
            changed: Notify::new(),
            feeds: Mutex::default(),
            watchers: Arc::default(),
            stop,
        }
    }

    /// Something was changed from here: nobody need wait for the next look.
    pub(crate) fn tell(&self) {
        self.changed.notify_one();
    }

    /// Follows the journal until told to stop.
    pub(crate) async fn follow(&self) {
        while !self.stop.is_asked() {
            // A store that is away for a while is asked again; its absence shows in `/readyz`.
            if let Ok(mark) = self.app.journal_mark().await {
                self.mark.send_if_modified(|known| std::mem::replace(known, mark) != mark);
            }
            tokio::select! {
                () = self.changed.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                () = self.stop.asked() => {}
            }
        }
    }

    /// Changes whenever any incident does.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.mark.subscribe()
    }

    /// How many connections watch an incident.
    pub(crate) fn watchers(&self) -> u64 {
        self.watchers.load(Ordering::Relaxed)
    }

    /// An incident's events after `last` as server-sent events, now and as they happen.
    pub(crate) fn events(self: &Arc<Self>, incident: IncidentId, language: Language, last: u64) -> Body {
        let (live, place) = (Arc::clone(self), Place::taken(&self.watchers));
        let watcher = Watcher { live, incident, language, last, mark: self.watch(), since: None, _place: place };
        Body::from_stream(stream::unfold(watcher, |mut watcher| async move {
            let bytes = watcher.next().await?;
            Some((Ok::<_, std::convert::Infallible>(bytes), watcher))
        }))
    }

    /// What is new to one who has seen `last`, and the newest sequence number.
    async fn after(&self, incident: IncidentId, language: Language, last: u64) -> Result<(u64, Bytes), Error> {
        let feed = Arc::clone(self.feeds.lock().await.entry((incident, language)).or_default());
        let mut feed = feed.lock().await;
        let mark = *self.mark.borrow();
        if feed.mark != mark || feed.newest == 0 {
            for (seq, frame) in self.written(incident, language, feed.newest).await? {
                feed.newest = seq;
                feed.frames.push_back((seq, frame));
            }
            while feed.frames.len() > KEPT {
                feed.frames.pop_front();
            }
            feed.mark = mark;
        }
        let oldest = feed.frames.front().map_or(u64::MAX, |(seq, _)| *seq);
        if last.saturating_add(1) < oldest && feed.newest > last {
            let newest = feed.newest;
            drop(feed);
            let all = self.written(incident, language, last).await?;
            let newest = all.last().map_or(newest, |(seq, _)| *seq);
            return Ok((newest, joined(all.iter().map(|(_, frame)| frame))));
        }
        let new = feed.frames.iter().filter(|(seq, _)| *seq > last).map(|(_, frame)| frame);
        Ok((feed.newest.max(last), joined(new)))
    }

    async fn written(&self, incident: IncidentId, language: Language, after: u64) -> Result<Vec<(u64, Bytes)>, Error> {
        let events = self.app.events_after(incident, after, &language.locale()).await?;
        let written = |event: &crate::app::view::TimelineEvent| {
            let json = serde_json::to_string(event).map_err(|error| Error::Fault(error.to_string()))?;
            Ok((event.seq, Bytes::from(format!("id: {}\nevent: {}\ndata: {json}\n\n", event.seq, event.r#type))))
        };
        events.iter().map(written).collect()
    }
}

fn joined<'a>(frames: impl Iterator<Item = &'a Bytes>) -> Bytes {
    let mut frames = frames.peekable();
    match (frames.next(), frames.peek()) {
        (None, _) => Bytes::new(),
        // One event to thousands of watchers is the same bytes for all of them.
        (Some(only), None) => only.clone(),
        (Some(first), Some(_)) => {
            let mut all = first.to_vec();
            frames.for_each(|frame| all.extend_from_slice(frame));
            all.into()
        }
    }
}

/// One connection that watches an incident.
struct Watcher {
    live: Arc<Live>,
    incident: IncidentId,
    language: Language,
    last: u64,
    mark: watch::Receiver<u64>,
    /// When it began to watch.
    since: Option<Stopwatch>,
    _place: Place,
}

/// One of those counted, as long as it is kept.
struct Place(Arc<AtomicU64>);

impl Place {
    fn taken(places: &Arc<AtomicU64>) -> Self {
        places.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(places))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Watcher {
    /// What to send next; none once there is nothing more to be expected.
    async fn next(&mut self) -> Option<Bytes> {
        let Some(since) = self.since else {
            self.since = Some(Stopwatch::start());
            // Whoever lost the connection comes back in so many milliseconds.
            return Some(Bytes::from_static(b"retry: 2000\n\n"));
        };
        // A session that has ended meanwhile, or an access that was taken away, is seen when it comes back.
        if since.elapsed() >= LIFE {
            return None;
        }
        loop {
            self.mark.mark_unchanged();
            match self.live.after(self.incident, self.language, self.last).await {
                Ok((newest, bytes)) if !bytes.is_empty() => {
                    self.last = newest;
                    return Some(bytes);
                }
                // What is wrong now may pass; a connection that ends is begun again by its other side.
                Err(_) => return None,
                Ok(_) => {}
            }
            tokio::select! {
                changed = self.mark.changed() => changed.ok()?,
                () = tokio::time::sleep(BEAT) => return Some(Bytes::from_static(b": here\n\n")),
                () = self.live.stop.asked() => return None,
            }
        }
    }
}
