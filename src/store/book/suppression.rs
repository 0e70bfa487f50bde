//! Addresses and endpoints that nothing is sent to any more.

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;

use super::{AT_ONCE, Error, Store, Suppression};
use crate::clock::Timestamp;
use crate::store::patience::patiently;
use crate::store::sql::{Row, Transaction, Value, places, values};

/// An address as suppression compares it: trimmed, a mail address in lower case.
pub fn normalise(address: &str) -> String {
    let address = address.trim();
    if address.contains("://") { address.to_owned() } else { address.to_lowercase() }
}

/// A webhook of the settings as suppression knows it. With another address it is another endpoint.
pub fn endpoint_key(webhook: &str, fingerprint: &str) -> String {
    format!("{}{fingerprint}", endpoint_prefix(webhook))
}

fn endpoint_prefix(webhook: &str) -> String {
    normalise(&format!("webhook:{webhook}#"))
}

impl Store {
    /// Suppresses an address; false if it was already.
    pub async fn suppress(&self, address: &str, reason: &str, at: Timestamp) -> Result<bool, Error> {
        patiently!(async {
            let mut change = self.change().await?;
            let new = suppress(&mut change, address, reason, at).await?;
            change.commit().await?;
            Ok(new)
        })
    }

    /// Takes an address, or a webhook of the settings by its name, out of the suppressed; says why each was in.
    pub async fn unsuppress(&self, written: &str) -> Result<Vec<Suppression>, Error> {
        let mut change = self.change().await?;
        let sql = "DELETE FROM suppressions WHERE address = $1 OR substr(address, 1, length($2)) = $2
                   RETURNING address, reason, suppressed_at";
        let rows = change.all(sql, values![normalise(written), endpoint_prefix(written.trim())]).await?;
        let lifted = rows.iter().map(suppression).collect::<Result<_, _>>()?;
        change.commit().await?;
        Ok(lifted)
    }

    /// Why nothing is sent to this address or endpoint, if nothing is.
    pub async fn suppression(&self, address: &str) -> Result<Option<Suppression>, Error> {
        let sql = "SELECT address, reason, suppressed_at FROM suppressions WHERE address = $1";
        self.first(sql, values![normalise(address)]).await?.as_ref().map(suppression).transpose()
    }

    /// Which of these addresses are suppressed, normalised.
    pub async fn suppressed(&self, addresses: &[String]) -> Result<BTreeSet<String>, Error> {
        let mut found = BTreeSet::new();
        for some in addresses.chunks(AT_ONCE) {
            let sql = format!("SELECT address FROM suppressions WHERE address IN ({})", places(1, some.len()));
            let values = some.iter().map(|address| Value::from(normalise(address))).collect();
            for row in self.all(AssertSqlSafe(sql), values).await? {
                found.insert(row.text(0)?);
            }
        }
        Ok(found)
    }

    /// Up to `limit` suppressed addresses after this one, in their order.
    pub async fn suppressions(&self, after: Option<&str>, limit: usize) -> Result<Vec<Suppression>, Error> {
        let sql = "SELECT address, reason, suppressed_at FROM suppressions
                   WHERE address > $1 ORDER BY address LIMIT $2";
        let rows = self.all(sql, values![after.map(normalise).unwrap_or_default(), limit]).await?;
        rows.iter().map(suppression).collect()
    }
}

fn suppression(row: &Row) -> Result<Suppression, Error> {
    Ok(Suppression { address: row.text(0)?, reason: row.text(1)?, at: row.moment(2)? })
}

pub(in crate::store) async fn suppress(
    change: &mut Transaction,
    address: &str,
    reason: &str,
    at: Timestamp,
) -> Result<bool, Error> {
    let sql = "INSERT INTO suppressions (address, reason, suppressed_at) VALUES ($1, $2, $3)
               ON CONFLICT (address) DO NOTHING";
    Ok(change.execute(sql, values![normalise(address), reason, at]).await? > 0)
}
