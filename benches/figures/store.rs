//! A store of its own for each bench, on the file system that builds are on.

use std::path::PathBuf;

use muster::incident::due;
use muster::settings::{Overrides, Settings, StoreUrl, load};
use muster::store::Store;
use muster::store::journal::{Commit, Head};

use super::journal::Played;

/// A folder with a store in it, gone with the bench.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) file: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let file = folder.path().join("muster.db");
        Self { folder, file }
    }

    /// The settings of a folder without any, with this store and the roster of the long incident.
    pub(crate) fn settings(&self) -> Settings {
        let overrides = Overrides { store: Some(format!("sqlite:{}", self.file.display())), ..Overrides::default() };
        let mut settings = load(self.folder.path(), &overrides).expect("settings");
        for (handle, name) in super::journal::PEOPLE {
            let person = muster::settings::Person { name: name.to_owned(), ..Default::default() };
            settings.people.insert(handle.to_owned(), person);
        }
        settings
    }

    /// Puts a played journal into the store.
    pub(crate) async fn keep(&self, played: &Played) -> Store {
        let store = Store::open(&StoreUrl::Sqlite(self.file.clone())).await.expect("a store");
        let incident = &played.incident;
        let commit = Commit {
            at: incident.at,
            expected_seq: 0,
            events: &played.events,
            head: Head::of(incident, 1),
            next_due: due(&played.runbook, incident).map(|due| due.at),
            answer: None,
            rows: Vec::new(),
        };
        store.commit(commit).await.expect("committed");
        store
    }
}

/// Runs what waits, on this thread.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}
