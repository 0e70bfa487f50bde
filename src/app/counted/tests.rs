//! When the book is counted anew, and when it is not; counted are the counts, not the time.

use std::sync::atomic::Ordering;

use tempfile::TempDir;

use super::*;
use crate::app::view::CoverageView;
use crate::app::{Caller, Outlet, Start};
use crate::clock::Clock;
use crate::contact::ContactId;
use crate::incident::{Command, PersonId};
use crate::locale::Locale;
use crate::runbook::FallbackId;
use crate::settings::{Overrides, load};

const RUNBOOK: &str = "\
muster: 1
id: desks
title: Withdrawals fail
severities:
  high: { means: Nobody, first_notice: 5h, update_every: 20h, mail_every: 20h }
fallbacks:
  phone_desk: { title: Help by phone, where: phone != '' }
  visits: { title: Visits }
pre:
  - notice: first
    status: investigating
mid:
  - cover: desks
post:
  - reach: calls
  - retrospective: review
";

const BOOK: &str = "id,phone\nann,555-0101\nbo,\ncy,\n";

struct Room {
    folder: TempDir,
    app: App,
}

fn process(folder: &TempDir) -> App {
    let config = Some(folder.path().join("muster.toml"));
    let settings = load(folder.path(), &Overrides { config, ..Overrides::default() }).expect("sound settings");
    let clock = Clock::virtual_at("2026-11-22T06:05:00Z".parse().expect("a moment"), 1);
    App::new(settings, clock, Outlet::World)
}

fn caller() -> Caller {
    Caller { person: PersonId("kim".to_owned()), locale: Locale::english(), key: None, early: None }
}

impl Room {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("runbooks")).expect("a folder");
        std::fs::write(folder.path().join("runbooks/desks.yaml"), RUNBOOK).expect("a file");
        std::fs::write(folder.path().join("muster.toml"), "store = \"sqlite:muster.db\"\nrunbooks = \"runbooks\"\n")
            .expect("a file");
        let app = process(&folder);
        app.import_contacts(BOOK.as_bytes()).await.expect("a book");
        Self { folder, app }
    }

    /// Another process at work on the same store.
    fn elsewhere(&self) -> App {
        process(&self.folder)
    }

    async fn begins(&self) -> IncidentId {
        let start = Start { runbook: "desks".to_owned(), severity: "high".to_owned(), ..Start::default() };
        self.app.start(&caller(), start).await.expect("declared").id
    }

    async fn looks(&self, id: IncidentId) -> CoverageView {
        self.app.coverage_at_a_glance(id, &Locale::english()).await.expect("counted")
    }

    /// How often the book was counted.
    fn counts(&self) -> u64 {
        self.app.counted.counts.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn the_book_is_counted_once_until_the_incident_or_the_book_changes_whoever_changes_it() {
    let room = Room::new().await;
    let (id, elsewhere) = (room.begins().await, room.elsewhere());
    let seen = room.looks(id).await;
    assert_eq!(
        (seen.affected, seen.covered, seen.left, seen.remainder),
        (3, 0, 3, vec!["ann", "bo", "cy"].into_iter().map(str::to_owned).collect())
    );
    assert_eq!((room.looks(id).await.uncovered, room.counts()), (3, 1));

    // The incident moves on, here and in another process.
    let on = Command::SwitchFallback { fallback: FallbackId::new("phone_desk"), on: true };
    room.app.act(&caller(), id, on).await.expect("done");
    assert_eq!((room.looks(id).await.covered, room.looks(id).await.covered, room.counts()), (1, 1, 2));
    elsewhere.import_fallback(&caller(), id, "visits", b"bo\n").await.expect("a list");
    assert_eq!((room.looks(id).await.fallbacks[1].reach, room.counts()), (1, 3));
    elsewhere.import_affected(&caller(), id, b"ann\nbo\n").await.expect("a list");
    assert_eq!((room.looks(id).await.affected, room.looks(id).await.affected, room.counts()), (2, 2, 4));
    let calls = ["bo"].map(ContactId::new).to_vec();
    let early = Caller { early: Some("their deadline is near".to_owned()), ..caller() };
    elsewhere.reach(&early, id, "calls", calls, "phone", None).await.expect("reached");
    let seen = room.looks(id).await;
    assert_eq!((seen.uncovered, seen.left, seen.remainder.len(), room.counts()), (1, 0, 0, 5));

    // The book changes without any event: a phone is new, here and in another process; the same again is no change.
    elsewhere.import_contacts("id,phone\nbo,555-0102\n".as_bytes()).await.expect("a book");
    assert_eq!((room.looks(id).await.covered, room.counts()), (2, 6));
    elsewhere.import_contacts("id,phone\nbo,555-0102\n".as_bytes()).await.expect("a book");
    assert_eq!((room.looks(id).await.covered, room.counts()), (2, 6));
    room.app.import_contacts("id,phone\nbo,\n".as_bytes()).await.expect("a book");
    assert_eq!((room.looks(id).await.covered, room.counts()), (1, 7));
    // Nobody's address decides whom a fallback covers.
    elsewhere.suppress("ann@acme.example").await.expect("suppressed");
    assert_eq!((room.looks(id).await.covered, room.counts()), (1, 7));
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_counts_and_all_see_what_a_count_by_hand_gives() {
    let room = Room::new().await;
    let id = room.begins().await;
    let looks = futures_util::future::join_all((0..50).map(|_| room.looks(id))).await;
    assert_eq!(room.counts(), 1);
    let by_hand = room.app.coverage(id, &Locale::english()).await.expect("counted");
    for seen in looks {
        assert_eq!(serde_json::to_value(&seen).expect("JSON"), serde_json::to_value(&by_hand).expect("JSON"));
    }
    assert_eq!(room.counts(), 1, "whoever wants every name counts for themselves");
}

#[tokio::test]
async fn an_asker_who_goes_away_leaves_the_count_to_the_next() {
    let room = Room::new().await;
    let id = room.begins().await;
    let mut asking = Box::pin(room.looks(id));
    while room.counts() == 0 {
        let gone = std::future::poll_fn(|context| std::task::Poll::Ready(asking.as_mut().poll(context))).await;
        assert!(gone.is_pending(), "it went away before it was answered");
        tokio::task::yield_now().await;
    }
    drop(asking);
    assert_eq!((room.looks(id).await.affected, room.counts()), (3, 2));
}

#[tokio::test]
async fn what_is_kept_has_bounds_in_incidents_and_in_names() {
    let room = Room::new().await;
    let many: String = (0..NAMED * 2).map(|n| format!("m{n:04},\n")).collect();
    room.app.import_contacts(format!("id,phone\n{many}").as_bytes()).await.expect("a book");
    let mut ids = Vec::new();
    for _ in 0..=MOST {
        ids.push(room.begins().await);
    }
    for id in &ids {
        let seen = room.looks(*id).await;
        assert_eq!((seen.left, seen.remainder.len()), (NAMED as u64 * 2 + 3, NAMED));
    }
    assert_eq!(room.app.counted.slots.lock().expect("whole").len(), MOST);
    assert_eq!(room.counts(), MOST as u64 + 1);
    room.looks(ids[MOST]).await;
    assert_eq!(room.counts(), MOST as u64 + 1, "the last is kept");
    room.looks(ids[0]).await;
    assert_eq!(room.counts(), MOST as u64 + 2, "the first is not");
    let whole = room.app.coverage(ids[0], &Locale::english()).await.expect("counted");
    assert_eq!(whole.remainder.len(), NAMED * 2 + 3, "whoever wants every name gets it");
}
