//! Who is affected, who is covered, who is yet to be reached: the book counted as sets.

use super::book::{self, CHUNK};
use super::recipients::Sets;
use super::view::{Change, CoverageView, FallbackLine, ImportReport, ReachLine, ReachView};
use super::{App, Caller, Error, Loaded, Result};
use crate::contact::import::RejectedRow;
use crate::contact::{Contact, ContactId, list};
use crate::incident::{Command, IncidentId};
use crate::locale::Locale;
use crate::notice::audience::Filter;
use crate::notice::coverage::{Counter, Coverage, Reach};
use crate::runbook::{AudienceId, FallbackId, Rate, StepId, StepKind};
use crate::store::Store;
use crate::store::book::{ContactSet, StagedSet};
use crate::store::journal::RowChange;

impl App {
    /// How many of the affected each fallback serves, and all who are left by name.
    pub async fn coverage(&self, id: IncidentId, locale: &Locale) -> Result<CoverageView> {
        let loaded = self.load(id).await?;
        let coverage = self.count_coverage(&loaded, usize::MAX).await?;
        Ok(shown(&loaded, &coverage, locale))
    }

    /// The same for a page that many look at: only the first of those left, called by their organisations and names.
    pub async fn coverage_at_a_glance(&self, id: IncidentId, locale: &Locale) -> Result<CoverageView> {
        let (loaded, coverage) = self.kept_coverage(id).await?;
        let remainder = match self.reader().await? {
            Some(store) => store.contacts(&coverage.remainder).await?.iter().map(called).collect(),
            None => Vec::new(),
        };
        Ok(CoverageView { remainder, ..shown(&loaded, &coverage, locale) })
    }

    pub(super) async fn count_coverage(&self, loaded: &Loaded, names: usize) -> Result<Coverage> {
        let mut counter = Counter::new(&loaded.runbook, &loaded.incident).naming(names);
        if let Some(store) = self.reader().await? {
            let mut book = book::Walk::new(store);
            while let Some(contacts) = book.next().await? {
                let sets = Sets::of(store, loaded, &contacts).await?;
                for contact in &contacts {
                    counter.add(contact, sets.membership(contact));
                }
            }
        }
        Ok(counter.finish())
    }

    /// Whom a `reach` step asks to be reached by hand, and who has been.
    pub async fn reach_list(&self, id: IncidentId, step: &str) -> Result<ReachView> {
        let loaded = self.load(id).await?;
        let (_, audience) = reach_step(&loaded, step)?;
        let filter = Filter::new(&loaded.runbook, &loaded.incident, audience);
        let mut lines = Vec::new();
        if let Some(store) = self.reader().await? {
            let mut book = book::Walk::new(store);
            while let Some(contacts) = book.next().await? {
                let sets = Sets::of(store, &loaded, &contacts).await?;
                let selected = contacts.iter().filter(|c| filter.select(c, sets.membership(c)).is_selected());
                lines.extend(selected.map(|contact| reach_line(&loaded, contact)));
            }
        }
        Ok(ReachView { step: step.to_owned(), contacts: lines })
    }

    /// Ticks off contacts whom someone reached.
    pub async fn reach(
        &self,
        caller: &Caller,
        id: IncidentId,
        step: &str,
        contacts: Vec<ContactId>,
        by: &str,
        note: Option<String>,
    ) -> Result<Change> {
        let loaded = self.load(id).await?;
        let (found, _) = reach_step(&loaded, step)?;
        let known = self.writer().await?.contacts(&contacts).await?;
        let same = |a: &ContactId, b: &ContactId| a.as_str().to_lowercase() == b.as_str().to_lowercase();
        if let Some(missing) = contacts.iter().find(|id| !known.iter().any(|contact| same(&contact.id, id))) {
            return Err(Error::NotFound {
                message: format!("no contact `{missing}`"),
                help: Some(format!("muster reach {step} --list")),
            });
        }
        let contacts = known.into_iter().map(|contact| contact.id).collect();
        let step = found.clone();
        self.act(caller, id, Command::ReachContacts { step, contacts, by: by.to_owned(), note }).await
    }

    /// Imports the contacts a fallback covers; they replace those imported before.
    pub async fn import_fallback(
        &self,
        caller: &Caller,
        id: IncidentId,
        fallback: &str,
        list: &[u8],
    ) -> Result<(Change, ImportReport)> {
        let loaded = self.load(id).await?;
        let known = loaded.runbook.fallbacks.keys();
        let fallback = FallbackId::new(
            known
                .clone()
                .find(|known| known.as_str() == fallback)
                .ok_or_else(|| Error::unknown("fallback", fallback, known.map(FallbackId::as_str)))?
                .as_str(),
        );
        let set = ContactSet::Fallback(fallback.clone());
        let command = |contacts| Command::ImportFallback { fallback: fallback.clone(), contacts };
        self.import_set(caller, id, &set, list, command).await
    }

    /// Imports who is affected; they replace those imported before.
    pub async fn import_affected(
        &self,
        caller: &Caller,
        id: IncidentId,
        list: &[u8],
    ) -> Result<(Change, ImportReport)> {
        let command = |contacts| Command::ImportAffected { contacts };
        self.import_set(caller, id, &ContactSet::Affected, list, command).await
    }

    async fn import_set(
        &self,
        caller: &Caller,
        id: IncidentId,
        set: &ContactSet,
        list: &[u8],
        command: impl Fn(u64) -> Command,
    ) -> Result<(Change, ImportReport)> {
        let store = self.writer().await?;
        let staged = store.stage_set(id, set, self.clock.now()).await?;
        let (members, report) = fill(store, staged, list).await?;
        if members == 0 {
            store.discard_set(staged).await?;
            return Err(Error::refused(
                "empty_import",
                "the list names no contact of the book",
                "import the contacts first: `muster contacts import FILE`; then a list with one contact id a line",
            ));
        }
        let described = format!("import {set:?} {}", super::commit::digest(id, &String::from_utf8_lossy(list)));
        match self.act_with(caller, id, &described, command(members), vec![RowChange::UseSet(staged)]).await {
            Ok(change) => Ok((change, report)),
            Err(error) => {
                store.discard_set(staged).await?;
                Err(error)
            }
        }
    }
}

/// A contact as people speak of it; the id of one that is called nothing.
fn called(contact: &Contact) -> String {
    match (contact.org.trim(), contact.name.trim()) {
        ("", "") => contact.id.to_string(),
        ("", name) | (name, "") => name.to_owned(),
        (org, name) => format!("{org} · {name}"),
    }
}

fn shown(loaded: &Loaded, coverage: &Coverage, locale: &Locale) -> CoverageView {
    let line = |reach: &Reach| FallbackLine {
        id: reach.id.to_string(),
        on: reach.on,
        reach: reach.reach,
        adds: reach.adds,
        capacity: reach.capacity.map(rate),
        title: loaded.runbook.fallbacks.get(&reach.id).map_or("", |f| f.title.get(locale)).to_owned(),
    };
    CoverageView {
        affected: coverage.affected,
        fallbacks: coverage.fallbacks.iter().map(line).collect(),
        covered: coverage.covered,
        uncovered: coverage.uncovered,
        remainder: coverage.remainder.iter().map(ToString::to_string).collect(),
        left: coverage.left,
    }
}

/// Puts the contacts a file names into a staged set; those the book lacks are reported.
async fn fill(store: &Store, staged: StagedSet, bytes: &[u8]) -> Result<(u64, ImportReport)> {
    let mut report = ImportReport::default();
    let mut ids = Vec::new();
    for row in list::read(bytes) {
        match row {
            Ok(named) => ids.push(named),
            Err(rejected) => report.rejected.push(rejected),
        }
    }
    let mut members = 0;
    for chunk in ids.chunks(CHUNK) {
        let named: Vec<_> = chunk.iter().map(|(_, id)| id.clone()).collect();
        let known: Vec<_> = store.contacts(&named).await?.into_iter().map(|contact| contact.id).collect();
        let lower: std::collections::BTreeSet<_> = known.iter().map(|id| id.as_str().to_lowercase()).collect();
        for (row, id) in chunk.iter().filter(|(_, id)| !lower.contains(&id.as_str().to_lowercase())) {
            let reason = format!("no contact `{id}` in the book");
            report.rejected.push(RejectedRow { row: *row, field: "id".to_owned(), reason });
        }
        members += store.add_to_set(staged, &known).await?;
    }
    report.imported = members;
    report.rejected.sort_by_key(|rejected| rejected.row);
    Ok((members, report))
}

/// A `reach` step, and whom it asks for.
pub(super) fn reach_step<'a>(loaded: &'a Loaded, step: &str) -> Result<(&'a StepId, &'a [AudienceId])> {
    let reaches = loaded.runbook.steps.values().filter(|step| matches!(step.kind, StepKind::Reach { .. }));
    match loaded.runbook.step(step).map(|step| (&step.id, &step.kind)) {
        Some((id, StepKind::Reach { audience })) => Ok((id, audience)),
        _ => Err(Error::unknown("`reach` step", step, reaches.map(|step| step.id.as_str()))),
    }
}

fn reach_line(loaded: &Loaded, contact: &Contact) -> ReachLine {
    ReachLine {
        id: contact.id.to_string(),
        org: contact.org.clone(),
        name: contact.name.clone(),
        phone: contact.phone.clone(),
        emails: contact.emails.clone(),
        duty: contact.duty.clone(),
        reached: loaded.incident.reached_by_hand.contains(&contact.id),
    }
}

/// A rate as runbooks write it, such as `60/h`.
fn rate(rate: Rate) -> String {
    let unit = match rate.per.as_secs() {
        1 => "s".to_owned(),
        60 => "m".to_owned(),
        3600 => "h".to_owned(),
        86_400 => "d".to_owned(),
        _ => humantime::format_duration(rate.per).to_string(),
    };
    format!("{}/{unit}", rate.count)
}
