//! The team: the people of the settings together with those who have an account.

use indexmap::IndexMap;

use super::{App, Result};
use crate::locale::Locale;
use crate::settings::Person;

impl App {
    /// Every role of the runbooks at hand, with what the first of them calls it.
    pub fn roles(&self, locale: &Locale) -> Result<IndexMap<String, String>> {
        let mut known = IndexMap::new();
        for head in self.runbooks(locale)? {
            for (id, role) in self.runbook(&head.id)?.roles {
                known.entry(id.to_string()).or_insert_with(|| role.title.get(locale).to_owned());
            }
        }
        Ok(known)
    }

    /// Everyone by their handle. What the settings say of someone stands; an account adds the roles it gives.
    ///
    /// Accounts that are closed are known by name and play no part any more.
    pub(in crate::app) async fn team(&self) -> Result<IndexMap<String, Person>> {
        let mut team = self.settings.people.clone();
        for account in self.people_now().await?.accounts {
            let person = team.entry(account.person.0).or_insert_with(|| Person {
                name: account.name.clone(),
                locale: account.locale.clone(),
                ..Person::default()
            });
            for role in account.roles.into_iter().filter(|_| !account.disabled) {
                if !person.roles.contains(&role) {
                    person.roles.push(role);
                }
            }
        }
        Ok(team)
    }
}
