//! What people and roles are called.

use std::collections::BTreeMap;

use crate::app::{App, Error};
use crate::incident::PersonId;
use crate::locale::Locale;
use crate::runbook::{RoleId, Runbook};

/// Everyone known, by their handle: what an account calls somebody, else what the settings do.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    pub(super) async fn of(app: &App) -> Result<Self, Error> {
        let settings = app.settings().people.iter();
        let mut names: BTreeMap<_, _> =
            settings.map(|(handle, person)| (handle.clone(), person.name.clone())).collect();
        for account in app.people().await?.accounts {
            names.insert(account.person, account.name);
        }
        Ok(Self(names))
    }

    /// What somebody is called; the handle where nobody knows more.
    pub(super) fn called<'a>(&'a self, handle: &'a str) -> &'a str {
        self.0.get(handle).map(String::as_str).filter(|name| !name.trim().is_empty()).unwrap_or(handle)
    }

    /// Several people in a sentence.
    pub(super) fn listed<'a>(&self, people: impl IntoIterator<Item = &'a PersonId>, locale: &Locale) -> String {
        let called: Vec<&str> = people.into_iter().map(|person| self.called(&person.0)).collect();
        joined(&called, locale)
    }

    pub(super) fn everyone(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(handle, name)| (handle.as_str(), name.as_str()))
    }

    #[cfg(test)]
    pub(super) fn given(people: &[(&str, &str)]) -> Self {
        Self(people.iter().map(|(handle, name)| ((*handle).to_owned(), (*name).to_owned())).collect())
    }
}

pub(super) fn joined<S: AsRef<str>>(items: &[S], locale: &Locale) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    items.join(if locale.is_chinese() { "、" } else { ", " })
}

/// A role's title; its id where the runbook no longer knows it.
pub(super) fn role<'a>(runbook: &'a Runbook, role: &'a RoleId, locale: &Locale) -> &'a str {
    runbook.roles.get(role).map_or(role.as_str(), |role| role.title.get(locale))
}
