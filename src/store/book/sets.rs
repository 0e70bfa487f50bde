//! Sets of contacts that an incident has: the affected, each fallback's, and those reached by hand.

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;

use super::contacts::folded;
use super::{A_TURN, AT_ONCE, ContactId, ContactSet, Error, IncidentId, StagedSet, StepId, Store, Touch};
use crate::clock::Timestamp;
use crate::store::journal::Context;
use crate::store::patience::patiently;
use crate::store::sql::{Row, Transaction, Value, places, rows_of, values};

impl ContactSet {
    fn name(&self) -> String {
        match self {
            Self::Affected => "affected".to_owned(),
            Self::Fallback(fallback) => format!("fallback:{fallback}"),
        }
    }
}

impl Store {
    /// Begins a set; nothing sees it until a commit uses it, in place of the one before.
    pub async fn stage_set(&self, incident: IncidentId, set: &ContactSet, now: Timestamp) -> Result<StagedSet, Error> {
        let sql = "INSERT INTO contact_sets (incident, name, state, staged_at) VALUES ($1, $2, 'staged', $3)
                   RETURNING id";
        patiently!(async {
            let mut change = self.change().await?;
            let id = change.first(sql, values![incident, set.name(), now]).await?.map_or(Ok(0), |row| row.int(0))?;
            change.commit().await?;
            Ok(StagedSet(id))
        })
    }

    /// Adds contacts to a staged set, in chunks of any size; says how many were not in it yet.
    pub async fn add_to_set(&self, set: StagedSet, contacts: &[ContactId]) -> Result<u64, Error> {
        let mut added = 0;
        for turn in contacts.chunks(A_TURN) {
            added += patiently!(async {
                let (mut change, mut added) = (self.change().await?, 0);
                for some in turn.chunks(AT_ONCE) {
                    added += add(&mut change, set, some).await?;
                }
                change.commit().await?;
                Ok::<_, Error>(added)
            })?;
        }
        Ok(added)
    }

    /// Throws away a staged set.
    pub async fn discard_set(&self, set: StagedSet) -> Result<(), Error> {
        let staged = "SELECT id FROM contact_sets WHERE id = $1 AND state = 'staged'";
        patiently!(async {
            let mut change = self.change().await?;
            if change.first(staged, values![set.0]).await?.is_some() {
                change.execute("DELETE FROM contact_set_members WHERE contact_set = $1", values![set.0]).await?;
                change.execute("DELETE FROM contact_sets WHERE id = $1", values![set.0]).await?;
            }
            change.commit().await
        })
    }

    /// Removes a turn's worth of a set that another has replaced, or that was begun before then and never used;
    /// says how much.
    pub async fn discard_unused_sets(&self, before: Timestamp) -> Result<u64, Error> {
        let unused = "SELECT id FROM contact_sets
                      WHERE state = 'replaced' OR (state = 'staged' AND staged_at < $1) ORDER BY id LIMIT 1";
        let Some(set) = self.first(unused, values![before]).await?.map(|row| row.int(0)).transpose()? else {
            return Ok(0);
        };
        let mut change = self.change().await?;
        let sql = "DELETE FROM contact_set_members WHERE contact_set = $1
                   AND folded IN (SELECT folded FROM contact_set_members WHERE contact_set = $1 LIMIT $2)";
        let mut removed = change.execute(sql, values![set, A_TURN]).await?;
        if removed == 0 {
            let sql = "DELETE FROM contact_sets WHERE id = $1 AND state <> 'used'";
            removed = change.execute(sql, values![set]).await?;
        }
        change.commit().await?;
        Ok(removed)
    }

    /// Up to `limit` members after this one, in the order of their ids without regard to case.
    pub async fn set_members(
        &self,
        incident: IncidentId,
        set: &ContactSet,
        after: Option<&ContactId>,
        limit: usize,
    ) -> Result<Vec<ContactId>, Error> {
        let sql = "SELECT m.contact FROM contact_sets s JOIN contact_set_members m ON m.contact_set = s.id
                   WHERE s.incident = $1 AND s.name = $2 AND s.state = 'used' AND m.folded > $3
                   ORDER BY m.folded LIMIT $4";
        let values = values![incident, set.name(), after.map(folded).unwrap_or_default(), limit];
        self.all(sql, values).await?.iter().map(|row| row.text(0).map(ContactId::new)).collect()
    }

    /// Which of these contacts are in the set, as they were given.
    pub async fn in_set(
        &self,
        incident: IncidentId,
        set: &ContactSet,
        contacts: &[ContactId],
    ) -> Result<BTreeSet<ContactId>, Error> {
        let mut found = BTreeSet::new();
        for some in contacts.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT m.folded FROM contact_sets s JOIN contact_set_members m ON m.contact_set = s.id
                 WHERE s.incident = $1 AND s.name = $2 AND s.state = 'used' AND m.folded IN ({})",
                places(3, some.len())
            );
            let mut values = values![incident, set.name()];
            values.extend(some.iter().map(|id| Value::from(folded(id))));
            let rows = self.all(AssertSqlSafe(sql), values).await?;
            let members = rows.iter().map(|row| row.text(0)).collect::<Result<BTreeSet<_>, _>>()?;
            found.extend(some.iter().filter(|id| members.contains(&folded(id))).cloned());
        }
        Ok(found)
    }

    /// Everyone reached by hand in an incident, oldest first.
    pub async fn touches(&self, incident: IncidentId) -> Result<Vec<Touch>, Error> {
        let sql = "SELECT step, contact, reached_by, reached_at FROM touches
                   WHERE incident = $1 ORDER BY reached_at, contact, step";
        self.all(sql, values![incident]).await?.iter().map(touch_of).collect()
    }
}

async fn add(change: &mut Transaction, set: StagedSet, contacts: &[ContactId]) -> Result<u64, Error> {
    let sql = format!(
        "INSERT INTO contact_set_members (contact_set, folded, contact) VALUES {} ON CONFLICT DO NOTHING",
        rows_of(3, contacts.len())
    );
    let row = |id: &ContactId| [set.0.into(), folded(id).into(), id.into()];
    change.execute(AssertSqlSafe(sql), contacts.iter().flat_map(row).collect()).await
}

fn touch_of(row: &Row) -> Result<Touch, Error> {
    Ok(Touch {
        step: StepId::new(row.text(0)?),
        contact: ContactId::new(row.text(1)?),
        by: row.text(2)?,
        at: row.moment(3)?,
    })
}

/// Puts a staged set in the place of the one before it.
pub(in crate::store) async fn use_set(
    change: &mut Transaction,
    incident: IncidentId,
    set: StagedSet,
) -> Result<(), Error> {
    let old = "SELECT old.id FROM contact_sets old JOIN contact_sets new
                   ON old.incident = new.incident AND old.name = new.name
               WHERE new.id = $1 AND new.incident = $2 AND old.state = 'used'";
    for row in change.all(old, values![set.0, incident]).await? {
        change.execute("UPDATE contact_sets SET state = 'replaced' WHERE id = $1", values![row.int(0)?]).await?;
    }
    let sql = "UPDATE contact_sets SET state = 'used' WHERE id = $1 AND incident = $2";
    change.execute(sql, values![set.0, incident]).await.map(drop)
}

/// Writes down whom someone reached by hand; a second touch of the same step changes nothing.
pub(in crate::store) async fn touch(
    change: &mut Transaction,
    context: Context,
    step: &StepId,
    contacts: &[ContactId],
    by: &str,
) -> Result<(), Error> {
    for contact in contacts {
        let sql = "INSERT INTO touches (incident, step, contact, reached_by, reached_at) VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT DO NOTHING";
        change.execute(sql, values![context.incident, step, contact, by, context.at]).await?;
    }
    Ok(())
}
