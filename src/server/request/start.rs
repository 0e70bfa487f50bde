//! Declaring an incident over HTTP, from JSON or from a form.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::carry::written;
use super::{FactText, Unreadable};
use crate::app::view::Started;
use crate::app::{App, Caller, Error, Start};
use crate::incident::PersonId;
use crate::locale::Locale;

/// An incident to be declared.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Declaration {
    /// The id of a runbook, as `/runbooks` lists them.
    pub(crate) runbook: String,
    /// One of the runbook's severities.
    pub(crate) severity: String,
    /// What it is called; as the runbook says where it is not given.
    #[serde(default)]
    pub(crate) title: Option<String>,
    /// What is known: `fact`, or `fact.locale`, to its value as people write it.
    #[serde(default)]
    pub(crate) facts: BTreeMap<String, FactText>,
    /// Who holds a role, where it is not those who usually do.
    #[serde(default)]
    pub(crate) roles: BTreeMap<String, Vec<String>>,
    /// The language of what is written; the caller's own where none is named.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub(crate) locale: Option<Locale>,
}

impl Declaration {
    pub(crate) fn read(body: Map<String, Value>) -> Result<Self, Unreadable> {
        serde_json::from_value(Value::Object(body)).map_err(|error| Unreadable(error.to_string()))
    }
}

/// Declares an incident by a runbook of the library; whoever asks over the network names no files of this machine.
pub(crate) async fn declare(app: &App, mut caller: Caller, declaration: Declaration) -> Result<Started, Error> {
    let Declaration { runbook, severity, title, facts, roles, locale } = declaration;
    if !app.runbooks(&caller.locale)?.iter().any(|known| known.id == runbook) {
        return Err(Error::no_runbook(&runbook));
    }
    if let Some(locale) = locale {
        caller.locale = locale;
    }
    let roles = roles
        .into_iter()
        .flat_map(|(role, people)| people.into_iter().map(move |person| (role.clone(), PersonId(person))));
    let title = title.filter(|title| !title.trim().is_empty());
    let start = Start { runbook, severity, title, facts: written(facts)?, roles: roles.collect(), drill: false };
    app.start(&caller, start).await
}
