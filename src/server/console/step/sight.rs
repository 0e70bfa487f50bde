//! Who looks at which incident, and when: what every page about it is told by.

use std::sync::Arc;

use crate::app::view::CoverageView;
use crate::app::{Access, App, Error, Loaded};
use crate::clock::Timestamp;
use crate::incident::decide::{Pending, pending};
use crate::incident::view::{self, Task, Todo};
use crate::incident::{Incident, IncidentId, PersonId, roles};
use crate::locale::Locale;
use crate::runbook::{RoleId, Runbook, StepId};
use crate::server::console::names::{Names, joined, role};
use crate::server::console::refused::Form;
use crate::server::desk::Desk;

/// What is read of an incident before a page about it is made.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) loaded: Arc<Loaded>,
    names: Names,
    coverage: Option<CoverageView>,
}

impl Known {
    pub(crate) async fn of(app: &App, id: IncidentId) -> Result<Self, Error> {
        Ok(Self::new(app.load(id).await?, Names::of(app).await?))
    }

    pub(crate) fn new(loaded: Arc<Loaded>, names: Names) -> Self {
        Self { loaded, names, coverage: None }
    }

    /// Counts whom the fallbacks serve; without fallbacks there is nothing that could cover anybody.
    pub(crate) async fn count(&mut self, app: &App, locale: &Locale) -> Result<(), Error> {
        if !self.loaded.runbook.fallbacks.is_empty() {
            self.coverage = Some(app.coverage_at_a_glance(self.loaded.incident.id, locale).await?);
        }
        Ok(())
    }

    /// As whoever asks may see it now.
    pub(crate) fn sight<'a>(&'a self, desk: &'a Desk) -> Sight<'a> {
        let now = desk.app().clock().now();
        Sight {
            loaded: &self.loaded,
            person: &desk.me.person,
            access: desk.me.access,
            now,
            locale: &desk.reader.locale,
            names: &self.names,
            coverage: self.coverage.as_ref(),
            pending: pending(&self.loaded.runbook, now, &self.loaded.incident),
            kept: desk.reader.refused.as_ref().map(|refused| &refused.form),
        }
    }
}

pub(crate) struct Sight<'a> {
    pub(crate) loaded: &'a Loaded,
    pub(crate) person: &'a PersonId,
    pub(crate) access: Access,
    pub(crate) now: Timestamp,
    pub(crate) locale: &'a Locale,
    pub(crate) names: &'a Names,
    pub(crate) coverage: Option<&'a CoverageView>,
    pub(crate) pending: Vec<Pending>,
    /// What was written into a form that was refused.
    pub(crate) kept: Option<&'a Form>,
}

impl Sight<'_> {
    pub(crate) fn runbook(&self) -> &Runbook {
        &self.loaded.runbook
    }

    pub(crate) fn incident(&self) -> &Incident {
        &self.loaded.incident
    }

    pub(crate) fn may_act(&self) -> bool {
        self.access >= Access::Respond
    }

    /// What there is to do, the reader's own first; what may rest comes after what may not.
    pub(crate) fn todo(&self) -> Vec<Todo> {
        let mut todo = view::todo(self.runbook(), self.now, self.incident(), Some(self.person), self.locale);
        // An approval that somebody else gives is waited for; an update that is not yet owed is no hurry.
        let rests = |todo: &Todo| {
            let owed_later = self.incident().updates.get(&todo.step).is_some_and(|owed| owed.next_due > self.now);
            owed_later || (todo.task == Task::Approve && !todo.mine)
        };
        todo.sort_by_key(|todo| (!todo.mine, rests(todo)));
        todo
    }

    /// To whom something to do falls.
    pub(crate) fn falls_to(&self, todo: &Todo) -> String {
        let pending = self.pending.iter().find(|pending| pending.step == todo.step);
        match pending.filter(|_| todo.task == Task::Approve) {
            Some(pending) => self.people(&pending.approvers),
            None => self.holders(&todo.role),
        }
    }

    /// A step as it is called; its id where the runbook does not know it.
    pub(crate) fn step_title(&self, step: &StepId) -> String {
        self.runbook().steps.get(step).map_or(step.as_str(), |step| step.title.get(self.locale)).to_owned()
    }

    pub(crate) fn role(&self, id: &RoleId) -> String {
        role(self.runbook(), id, self.locale).to_owned()
    }

    pub(crate) fn roles(&self, ids: &[RoleId]) -> String {
        let titles: Vec<String> = ids.iter().map(|id| self.role(id)).collect();
        joined(&titles, self.locale)
    }

    pub(crate) fn people<'p>(&self, people: impl IntoIterator<Item = &'p PersonId>) -> String {
        self.names.listed(people, self.locale)
    }

    pub(crate) fn holders(&self, role: &RoleId) -> String {
        self.people(roles::holders(self.runbook(), self.incident(), role))
    }

    /// The language of the runbook that serves the reader best.
    pub(crate) fn writing(&self) -> &Locale {
        self.locale.best(&self.runbook().locales).unwrap_or_else(|| self.runbook().locale())
    }
}
