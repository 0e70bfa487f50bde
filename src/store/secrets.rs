//! Secrets that this installation made for itself.

use super::patience::patiently;
use super::sql::values;
use super::{Error, Store};
use crate::settings::Secret;

impl Store {
    /// The secret of this name; the first who asks brings it, and everyone has that one for good.
    pub async fn secret(&self, name: &str, new: impl FnOnce() -> String) -> Result<Secret, Error> {
        if let Some(known) = self.known_secret(name).await? {
            return Ok(known);
        }
        let new = new();
        patiently!(async {
            let mut change = self.change().await?;
            let sql = "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
            change.execute(sql, values![name, new.as_str()]).await?;
            // Asked once more: another node may have been first.
            let kept = change.first("SELECT value FROM secrets WHERE name = $1", values![name]).await?;
            let value = kept.map(|row| row.text(0)).transpose()?.unwrap_or_default();
            change.commit().await?;
            Ok(Secret::new(value))
        })
    }

    /// The secret of this name, if it was ever needed.
    pub async fn known_secret(&self, name: &str) -> Result<Option<Secret>, Error> {
        let row = self.first("SELECT value FROM secrets WHERE name = $1", values![name]).await?;
        row.map(|row| row.text(0).map(Secret::new)).transpose()
    }
}
