//! Beginnings: the runbooks at hand, declaring an incident, stating facts, readiness.

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::IndexMap;

use super::commit::{digest, store_decided};
use super::view::{Change, ReadyLine, ReadyState, ReadyView, RunbookHead, Started};
use super::{App, Caller, Error, Loaded, Result, Start, Written};
use crate::clock::after;
use crate::incident::command::{Declaration, StatedFact};
use crate::incident::{Command, Incident, IncidentId, PersonId, decide};
use crate::library::{self, Origin};
use crate::locale::Locale;
use crate::runbook::{self, Fact, ReadyCheck, RoleId, Runbook, SeverityId, check, fact};
use crate::settings::Person;
use crate::store::book::Readiness;
use crate::store::journal::KeyedAnswer;

/// How often another incident may take the number meant for this one.
const ATTEMPTS: usize = 16;

impl App {
    /// The runbooks of the library, the user's before the embedded ones; those with errors are left out.
    pub fn runbooks(&self, locale: &Locale) -> Result<Vec<RunbookHead>> {
        let mut heads = Vec::new();
        for (_, found) in library::runbooks(&self.settings)? {
            if let Some(runbook) = check::check(&found.bytes).runbook {
                heads.push(runbook_head(&runbook, found.origin, locale));
            }
        }
        Ok(heads)
    }

    /// A runbook by id or path, if nothing in it is an error.
    pub fn runbook(&self, named: &str) -> Result<Runbook> {
        let found = library::runbook(&self.settings, named)?;
        let checked = check::check(&found.bytes);
        let file = match &found.origin {
            Origin::File(path) => path.display().to_string(),
            Origin::Embedded(path) => path.clone(),
        };
        checked.runbook.ok_or_else(|| Error::Problems {
            problems: checked.problems.into_iter().map(|problem| problem.in_file(&file)).collect(),
            source_text: String::from_utf8_lossy(&found.bytes).into_owned(),
            file,
        })
    }

    /// Declares an incident.
    pub async fn start(&self, caller: &Caller, start: Start) -> Result<Started> {
        self.tick().await?;
        let runbook = Arc::new(self.runbook(&start.runbook)?);
        let described = format!("{start:?}");
        let store = self.writer().await?;
        let request = digest(IncidentId(uuid::Uuid::nil()), &described);
        if let Some(key) = &caller.key
            && let Some(answer) = store.answered(key, &request).await?
        {
            let id =
                answer.parse().map(IncidentId).map_err(|_| Error::Fault("a stored answer can't be read".to_owned()))?;
            return Ok(started(&*self.load(id).await?));
        }
        let severity = self.severity(&runbook, &start.severity)?;
        let roles = holders(&self.team().await?, &runbook, &start.roles)?;
        let facts = self.stated(caller, &runbook, &start.facts, &caller.locale)?;
        for _ in 0..ATTEMPTS {
            let declaration = Declaration {
                id: IncidentId(self.clock.new_id()),
                number: store.next_number().await?,
                severity: severity.clone(),
                title: start.title.clone(),
                facts: facts.clone(),
                roles: roles.clone(),
                locale: caller.locale.clone(),
                timezone: self.settings.timezone,
                drill: start.drill,
            };
            let events = decide::declare(&runbook, self.clock.now(), &caller.actor(), declaration)?;
            let loaded = Loaded { runbook: Arc::clone(&runbook), incident: Incident::replay(&events)? };
            let answer = caller.key.as_ref().map(|key| KeyedAnswer {
                key: key.clone(),
                request: request.clone(),
                answer: loaded.incident.id.to_string(),
            });
            let rows = self.nudges(store, None, &loaded, &caller.actor()).await?;
            match store_decided(store, 0, &loaded, &events, answer, rows).await {
                Ok(()) => return Ok(started(&*self.remember(loaded).await)),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Fault("another incident kept taking the number; nothing was declared".to_owned()))
    }

    fn severity(&self, runbook: &Runbook, named: &str) -> Result<SeverityId> {
        runbook
            .severity(named)
            .map(|(severity, _)| severity.id.clone())
            .ok_or_else(|| Error::unknown("severity", named, runbook.severities.iter().map(|s| s.id.as_str())))
    }

    /// States facts as people write them.
    pub async fn set(&self, caller: &Caller, id: IncidentId, facts: &[Written], confirm: bool) -> Result<Change> {
        let loaded = self.load(id).await?;
        let facts = self.stated(caller, &loaded.runbook, facts, &caller.locale)?;
        self.act(caller, id, Command::StateFacts { facts, confirm }).await
    }

    /// Reads what people wrote as values of the runbook's facts.
    fn stated(
        &self,
        _caller: &Caller,
        runbook: &Runbook,
        written: &[Written],
        locale: &Locale,
    ) -> Result<Vec<StatedFact>> {
        let read = |written: &Written| -> Result<StatedFact> {
            let fact: &Fact = runbook.facts.get(written.fact.as_str()).ok_or_else(|| {
                Error::unknown("fact", &written.fact, runbook.facts.keys().map(runbook::FactId::as_str))
            })?;
            let wanted = written.locale.as_ref().unwrap_or(locale);
            let locale = match wanted.best(&runbook.locales) {
                Some(known) => known,
                None if written.locale.is_none() => runbook.locale(),
                None => {
                    return Err(Error::unknown("locale", wanted.as_str(), runbook.locales.iter().map(Locale::as_str)));
                }
            };
            let context = fact::Context { locale, timezone: self.settings.timezone, now: self.clock.now() };
            let value = fact::parse(fact, &written.value, &context).map_err(|error| {
                Error::refused("bad_value", error.to_string(), format!("muster set {}=…", written.fact))
            })?;
            Ok(StatedFact { fact: fact.id.clone(), value })
        };
        written.iter().map(read).collect()
    }

    /// Readiness checks of every runbook at hand: done, due, overdue.
    pub async fn ready(&self, locale: &Locale) -> Result<ReadyView> {
        let mut checks = Vec::new();
        for (_, found) in library::runbooks(&self.settings)? {
            let Some(runbook) = check::check(&found.bytes).runbook else { continue };
            let done = match self.reader().await? {
                Some(store) => store.readiness(&runbook.id).await?,
                None => Vec::new(),
            };
            for ready in runbook.ready.values() {
                let last = done.iter().filter(|d| d.check == ready.id).map(|d| d.done_at).max();
                checks.push(self.ready_line(&runbook, ready, last, locale));
            }
        }
        Ok(ReadyView { checks })
    }

    fn ready_line(
        &self,
        runbook: &Runbook,
        ready: &ReadyCheck,
        done_at: Option<crate::clock::Timestamp>,
        locale: &Locale,
    ) -> ReadyLine {
        let due_at = done_at.zip(ready.every).map(|(done_at, every)| after(done_at, every));
        let state = match (done_at, due_at) {
            (None, _) => ReadyState::Due,
            (Some(_), Some(due_at)) if due_at <= self.clock.now() => ReadyState::Overdue,
            (Some(_), _) => ReadyState::Done,
        };
        ReadyLine {
            runbook: runbook.id.to_string(),
            id: ready.id.to_string(),
            title: ready.title.get(locale).to_owned(),
            role: ready.role.to_string(),
            state,
            done_at: done_at.map(Into::into),
            due_at: due_at.map(Into::into),
        }
    }

    /// Records a readiness check as done; `RUNBOOK.CHECK`, or `CHECK` where only one runbook has it.
    pub async fn ready_done(&self, caller: &Caller, check: &str) -> Result<ReadyView> {
        let view = self.ready(&caller.locale).await?;
        let (runbook, id) = check.split_once('.').map_or((None, check), |(runbook, id)| (Some(runbook), id));
        let found: Vec<_> =
            view.checks.iter().filter(|line| line.id == id && runbook.is_none_or(|r| line.runbook == r)).collect();
        let line = match found.as_slice() {
            [only] => only,
            [] => {
                return Err(Error::unknown("readiness check", check, view.checks.iter().map(|line| line.id.as_str())));
            }
            several => {
                let names: Vec<_> = several.iter().map(|line| format!("{}.{}", line.runbook, line.id)).collect();
                return Err(Error::Ambiguous {
                    message: format!("several runbooks have a check `{id}`"),
                    help: Some(format!("name one: {}", names.join(", "))),
                });
            }
        };
        let done = Readiness {
            runbook: runbook::RunbookId::new(&line.runbook),
            check: runbook::ReadyId::new(&line.id),
            done_at: self.clock.now(),
            by: caller.person.to_string(),
        };
        self.writer().await?.record_readiness(&done).await?;
        self.ready(&caller.locale).await
    }
}

/// Who holds each role: the team, each role named by the caller replaced.
fn holders(
    team: &IndexMap<String, Person>,
    runbook: &Runbook,
    named: &[(String, PersonId)],
) -> Result<IndexMap<RoleId, Vec<PersonId>>> {
    let mut holders: IndexMap<RoleId, Vec<PersonId>> = IndexMap::new();
    for (handle, person) in team {
        for role in person.roles.iter().filter(|role| runbook.roles.contains_key(role.as_str())) {
            holders.entry(RoleId::new(role)).or_default().push(PersonId(handle.clone()));
        }
    }
    let mut replaced = BTreeSet::new();
    for (role, person) in named {
        if !runbook.roles.contains_key(role.as_str()) {
            return Err(Error::unknown("role", role, runbook.roles.keys().map(RoleId::as_str)));
        }
        let people = holders.entry(RoleId::new(role)).or_default();
        if replaced.insert(role.clone()) {
            people.clear();
        }
        people.push(person.clone());
    }
    Ok(holders)
}

fn runbook_head(runbook: &Runbook, origin: Origin, locale: &Locale) -> RunbookHead {
    RunbookHead {
        id: runbook.id.to_string(),
        title: runbook.title.get(locale).to_owned(),
        summary: runbook.summary.as_ref().map(|summary| summary.get(locale).to_owned()),
        severities: runbook.severities.iter().map(|s| (s.id.to_string(), s.means.get(locale).to_owned())).collect(),
        file: match origin {
            Origin::File(path) => Some(path),
            Origin::Embedded(_) => None,
        },
    }
}

fn started(loaded: &Loaded) -> Started {
    let incident = &loaded.incident;
    Started {
        incident: incident.number,
        id: incident.id,
        runbook: incident.runbook.to_string(),
        runbook_hash: incident.runbook_hash.clone(),
        severity: incident.severity.to_string(),
        phase: incident.phase.as_str(),
        open: super::run::open_steps(loaded),
    }
}
