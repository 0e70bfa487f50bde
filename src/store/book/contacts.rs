//! The contacts themselves: written and read in chunks, so that a million never stand in memory.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::{A_TURN, AT_ONCE, BookMark, Contact, ContactId, Error, Imported, Store};
use crate::store::patience::patiently;
use crate::store::sql::{Row, Transaction, Value, places, rows_of, unreadable, values};

/// An id as the book compares it: without regard to case.
pub(super) fn folded(id: &ContactId) -> String {
    id.as_str().to_lowercase()
}

impl Store {
    /// Adds or updates contacts, in chunks of any size; the same contacts again change nothing.
    /// A contact keeps the spelling of its id with which it came into the book.
    pub async fn import_contacts(&self, contacts: &[Contact]) -> Result<Imported, Error> {
        let mut report = Imported::default();
        for turn in contacts.chunks(A_TURN) {
            report = patiently!(async {
                let (mut change, mut report) = (self.change().await?, report);
                let mut changed = false;
                for some in turn.chunks(AT_ONCE) {
                    changed |= import(&mut change, some, &mut report).await?;
                }
                // Last, so that those who import at once wait for each other as briefly as can be.
                if changed {
                    change.execute("UPDATE book_changes SET number = number + 1 WHERE id = 1", values![]).await?;
                }
                change.commit().await?;
                Ok::<_, Error>(report)
            })?;
        }
        Ok(report)
    }

    /// The mark of the book as it is now.
    pub async fn book_mark(&self) -> Result<BookMark, Error> {
        let row = self.first("SELECT number FROM book_changes WHERE id = 1", values![]).await?;
        row.map_or(Ok(0), |row| row.int(0)).map(BookMark)
    }

    /// Up to `limit` contacts after this one, in the order of their ids without regard to case.
    pub async fn contacts_after(&self, after: Option<&ContactId>, limit: usize) -> Result<Vec<Contact>, Error> {
        let sql = "SELECT folded, body FROM contacts WHERE folded > $1 ORDER BY folded LIMIT $2";
        let rows = self.all(sql, values![after.map(folded).unwrap_or_default(), limit]).await?;
        rows.iter().map(contact).collect()
    }

    /// The contacts with these ids that the book has, without regard to case.
    pub async fn contacts(&self, ids: &[ContactId]) -> Result<Vec<Contact>, Error> {
        let mut found = Vec::with_capacity(ids.len());
        for some in ids.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT folded, body FROM contacts WHERE folded IN ({}) ORDER BY folded",
                places(1, some.len())
            );
            let values = some.iter().map(|id| Value::from(folded(id))).collect();
            for row in self.all(AssertSqlSafe(sql), values).await? {
                found.push(contact(&row)?);
            }
        }
        Ok(found)
    }

    /// Up to `limit` contacts after this one whose row holds this text somewhere, without regard to the case of ASCII
    /// letters: whoever asks looks closer, for the text may stand where nobody means it.
    pub async fn contacts_holding(
        &self,
        text: &str,
        after: Option<&ContactId>,
        limit: usize,
    ) -> Result<Vec<Contact>, Error> {
        // As it stands in the row, which is JSON.
        let written = serde_json::Value::from(text).to_string();
        let quoted: String = written[1..written.len() - 1]
            .chars()
            .flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] })
            .collect();
        // As the pattern is folded here: PostgreSQL would otherwise fold letters beyond ASCII as well.
        let body = match self {
            Self::Sqlite(_) => "lower(body)",
            Self::Postgres(_) => "lower(body COLLATE \"C\")",
        };
        let sql = format!(
            "SELECT folded, body FROM contacts WHERE folded > $1 AND {body} LIKE $2 ESCAPE '\\'
             ORDER BY folded LIMIT $3"
        );
        let pattern = format!("%{}%", quoted.to_ascii_lowercase());
        let values = values![after.map(folded).unwrap_or_default(), pattern, limit];
        self.all(AssertSqlSafe(sql), values).await?.iter().map(contact).collect()
    }

    /// How many organisations the contacts of the book belong to.
    pub async fn organisation_count(&self) -> Result<u64, Error> {
        let org = match self {
            Self::Sqlite(_) => "body ->> '$.org'",
            Self::Postgres(_) => "CAST(body AS JSON) ->> 'org'",
        };
        let sql = format!("SELECT CAST(count(DISTINCT nullif({org}, '')) AS BIGINT) FROM contacts");
        self.first(AssertSqlSafe(sql), values![]).await?.map_or(Ok(0), |row| row.count(0))
    }

    /// How many contacts the book has.
    pub async fn contact_count(&self) -> Result<u64, Error> {
        let row = self.first("SELECT CAST(count(*) AS BIGINT) FROM contacts", values![]).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }
}

/// Says whether anything is different now.
async fn import(change: &mut Transaction, contacts: &[Contact], report: &mut Imported) -> Result<bool, Error> {
    let sql = format!("SELECT folded, body FROM contacts WHERE folded IN ({})", places(1, contacts.len()));
    let values = contacts.iter().map(|contact| Value::from(folded(&contact.id))).collect();
    let mut known = HashMap::new();
    for row in change.all(AssertSqlSafe(sql), values).await? {
        known.insert(row.text(0)?, row.text(1)?);
    }
    let mut changed = HashMap::new();
    for new in contacts {
        let folded = folded(&new.id);
        let old = known.get(&folded);
        let mut new = new.clone();
        if let Some(old) = old {
            new.id = stored(old)?.id;
        }
        let body = serde_json::to_string(&new).map_err(|reason| unreadable("contact", reason))?;
        match old {
            Some(old) if *old == body => report.unchanged += 1,
            Some(_) => report.updated += 1,
            None => report.imported += 1,
        }
        if old != Some(&body) {
            known.insert(folded.clone(), body.clone());
            changed.insert(folded, body);
        }
    }
    if changed.is_empty() {
        return Ok(false);
    }
    let sql = format!(
        "INSERT INTO contacts (folded, body) VALUES {} ON CONFLICT (folded) DO UPDATE SET body = excluded.body",
        rows_of(2, changed.len())
    );
    let values = changed.into_iter().flat_map(|(folded, body)| [Value::from(folded), Value::from(body)]).collect();
    change.execute(AssertSqlSafe(sql), values).await.map(|_| true)
}

fn contact(row: &Row) -> Result<Contact, Error> {
    stored(&row.text(1)?)
}

fn stored(body: &str) -> Result<Contact, Error> {
    serde_json::from_str(body).map_err(|reason| unreadable("contact", reason))
}
