//! Room kept free beside the store: when the disk is full, what was sent can still be recorded.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use super::{Error, IN_MEMORY, Sqlite, name_io};

/// More than the results of every connection of a courier take, with the pages that they touch.
const ROOM: usize = 4 * 1024 * 1024;

impl Sqlite {
    /// Keeps room, for as long as the store lives; an error where there is none to be had.
    pub(in crate::store) fn keep_room(&self) -> Result<(), Error> {
        let Some(path) = self.room() else { return Ok(()) };
        if fs::metadata(&path).is_ok_and(|file| file.len() >= ROOM as u64) {
            return Ok(());
        }
        let filled = File::create(&path).and_then(|mut file| {
            // Written out, not just declared: a file with holes keeps nothing free.
            file.write_all(&vec![0; ROOM])?;
            file.sync_all()
        });
        filled.map_err(|error| {
            let _ = fs::remove_file(&path);
            name_io(&self.path, error)
        })
    }

    /// Gives the room up to what must be recorded now; false if there was none.
    pub(in crate::store) fn give_up_room(&self) -> bool {
        self.room().is_some_and(|path| fs::remove_file(path).is_ok())
    }

    /// Where it is kept; a store in memory needs none.
    fn room(&self) -> Option<PathBuf> {
        let name = self.path.file_name().filter(|name| *name != IN_MEMORY)?;
        let mut name = name.to_owned();
        name.push("-room");
        Some(self.path.with_file_name(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn room_is_kept_once_and_given_up_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(&folder.path().join("muster.db")).await.expect("a store");
        assert!(!store.give_up_room());
        store.keep_room().expect("room");
        store.keep_room().expect("still there");
        let room = folder.path().join("muster.db-room");
        assert_eq!(fs::metadata(&room).expect("a file").len(), ROOM as u64);
        assert!(store.give_up_room() && !room.exists() && !store.give_up_room());
    }

    #[tokio::test]
    async fn a_store_in_memory_needs_no_room() {
        let store = Sqlite::in_memory().await.expect("a store");
        store.keep_room().expect("nothing to do");
        assert!(!std::path::Path::new(":memory:-room").exists());
    }
}
