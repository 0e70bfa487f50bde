//! The schema on the server: which one it has, and bringing it up to date under a lock.

use sqlx::Row as _;

use super::{Error, Failure, Patience, Postgres, TO_OPEN};

/// The schema that this version of Muster knows; each migration takes the one before it one further.
const SCHEMA: i64 = MIGRATIONS.len() as i64;
const MIGRATIONS: [&str; 3] = [
    include_str!("../../../migrations/postgres/0001_begin.sql"),
    include_str!("../../../migrations/postgres/0002_people.sql"),
    include_str!("../../../migrations/postgres/0003_book.sql"),
];

/// What is on the server, where it could be Muster's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    Older,
    Ours,
}

/// The server's encoding, the schema that tables go to, whether Muster's marker is in sight, and how much else is
/// in that schema: tables, views and sequences that no extension brought along.
const LOOK: &str = "SELECT current_setting('server_encoding'), current_schema()::text,
        EXISTS (SELECT 1 FROM pg_class m WHERE m.relname = 'muster_schema' AND pg_table_is_visible(m.oid)),
        (SELECT count(*) FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace
            AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                            AND d.deptype = 'e'))";
const VERSION: &str = "SELECT coalesce(max(version), 0) FROM muster_schema";
/// One at a time, whatever the node; freed when the transaction ends, however it ends.
const ALONE: &str = "SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(5570749831246217555)";

impl Postgres {
    /// What there is; an error if it is newer than this Muster, not Muster's, or not fit for it.
    pub(super) async fn found(&self) -> Result<Found, Error> {
        let mut patience = Patience::of(TO_OPEN);
        loop {
            match self.look().await.map_err(|failure| self.name(failure)) {
                Ok(seen) => return self.judged(seen),
                Err(error) if patience.lasts(&error).await => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn look(&self) -> Result<Seen, Failure> {
        let mut held = self.connection().await?;
        let Some(row) = held.first(sqlx::query(LOOK)).await? else { return Err(sqlx::Error::RowNotFound.into()) };
        let marked: bool = row.try_get(2)?;
        let version = if marked { held.first(sqlx::query(VERSION)).await? } else { None };
        Ok(Seen {
            encoding: row.try_get(0)?,
            schema: row.try_get(1)?,
            tables: row.try_get(3)?,
            version: version.map(|row| row.try_get(0)).transpose()?,
        })
    }

    fn judged(&self, seen: Seen) -> Result<Found, Error> {
        let unfit = |reason| Err(Error::Unfit { place: self.place.clone(), reason });
        match seen.version {
            Some(found) if found > SCHEMA => {
                Err(Error::NewerSchema { place: self.place.clone(), found, known: SCHEMA })
            }
            Some(SCHEMA) => Ok(Found::Ours),
            Some(_) => Ok(Found::Older),
            None if seen.encoding != "UTF8" => unfit("its encoding is not UTF8"),
            None if seen.schema.is_none() => unfit("the schema that `search_path` names is not there"),
            None if seen.tables > 0 => Err(Error::Foreign(self.place.clone())),
            None => Ok(Found::Nothing),
        }
    }

    /// Brings the schema up to date; of several nodes that try at once, one does and the others wait.
    pub(super) async fn migrate(&self) -> Result<(), Error> {
        let mut patience = Patience::of(TO_OPEN);
        loop {
            match self.try_migrate().await.map_err(|failure| self.name(failure)) {
                Err(error) if patience.lasts(&error).await => {}
                done => return done,
            }
        }
    }

    /// In one transaction, so that a node that is killed meanwhile leaves nothing half done.
    async fn try_migrate(&self) -> Result<(), Failure> {
        let mut held = self.connection().await?;
        held.tell("BEGIN").await?;
        let done = async {
            held.tell(ALONE).await?;
            // Asked of the table of tables itself: what this connection remembers of them may be out of date by now.
            let marked = held.first(sqlx::query(LOOK)).await?;
            let marked = marked.map(|row| row.try_get(2)).transpose()?.unwrap_or(false);
            let version = if marked { held.first(sqlx::query(VERSION)).await? } else { None };
            let version: i64 = version.map(|row| row.try_get(0)).transpose()?.unwrap_or(0);
            for migration in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or_default()) {
                held.tell(migration).await?;
            }
            held.tell("COMMIT").await
        };
        let done = done.await;
        if done.is_err() {
            held.give_up();
        }
        done
    }
}

struct Seen {
    encoding: String,
    schema: Option<String>,
    tables: i64,
    version: Option<i64>,
}
