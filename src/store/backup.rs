//! Backup and restore of a SQLite store: whole, verified, never over something else.

use std::path::{Path, PathBuf};

use super::{Error, Store};
use crate::clock::Timestamp;
use crate::settings::StoreUrl;

impl Store {
    /// Copies the store into a new file while it is in use; the copy is on disk when this answers.
    pub async fn backup(&self, _file: &Path) -> Result<(), Error> {
        unimplemented!("store")
    }

    /// Puts a backup in the store's place, once it proved sound; gives the name under which the
    /// replaced file is kept, if there was one.
    pub async fn restore(_url: &StoreUrl, _file: &Path, _now: Timestamp) -> Result<Option<PathBuf>, Error> {
        unimplemented!("store")
    }
}
