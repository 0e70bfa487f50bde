//! What people type besides facts: who holds roles, and when something happened.

use indexmap::IndexMap;

use super::view::Change;
use super::{App, Caller, Error, Result};
use crate::clock::Timestamp;
use crate::incident::{Command, IncidentId, PersonId};
use crate::locale::{Locale, Text};
use crate::runbook::fact::{self, Context, FactValue};
use crate::runbook::{Fact, FactId, FactKind, RoleId};

impl App {
    /// Gives roles, each with who holds it from now on; under one key, a commit for each.
    pub async fn assign(
        &self,
        caller: &Caller,
        id: IncidentId,
        roles: IndexMap<RoleId, Vec<PersonId>>,
    ) -> Result<Change> {
        let mut whole: Option<Change> = None;
        for (index, (role, people)) in roles.into_iter().enumerate() {
            let mut caller = caller.clone();
            caller.key = caller.key.map(|key| if index == 0 { key } else { format!("{key}/{index}") });
            let change = self.act(&caller, id, Command::AssignRole { role, people }).await?;
            whole = Some(match whole.take() {
                Some(mut before) => {
                    before.events.extend(change.events);
                    Change { open: change.open, ..before }
                }
                None => change,
            });
        }
        whole.ok_or_else(|| Error::refused("no_role", "no role was named", "name a person: muster role ROLE=PERSON"))
    }

    /// Reads a past moment as facts are read: `HH:MM` in the settings' zone, or RFC 3339.
    pub fn past_moment(&self, locale: &Locale, typed: &str) -> Result<Timestamp> {
        let past = Fact {
            id: FactId::new("at"),
            title: Text::default(),
            kind: FactKind::Datetime { upcoming: false },
            default: None,
            built_in: false,
        };
        let context = Context { locale, timezone: self.settings.timezone, now: self.clock.now() };
        match fact::parse(&past, typed, &context) {
            Ok(FactValue::Datetime(at)) => Ok(at),
            Ok(_) | Err(_) => Err(Error::refused(
                "not_a_time",
                format!("`{typed}` is not a time such as 14:05 or 2026-11-22T14:05:00Z"),
                "nothing was changed",
            )),
        }
    }
}
