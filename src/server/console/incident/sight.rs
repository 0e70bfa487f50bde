//! Who looks at which incident, and when: what everything on its page is told by.

use super::kept::Kept;
use super::names::{Names, joined, role};
use crate::app::view::CoverageView;
use crate::app::{Access, Loaded};
use crate::clock::Timestamp;
use crate::incident::decide::Pending;
use crate::incident::{Incident, PersonId, roles};
use crate::locale::Locale;
use crate::runbook::{RoleId, Runbook, StepId};

pub(super) struct Sight<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) person: &'a PersonId,
    pub(super) access: Access,
    pub(super) now: Timestamp,
    pub(super) locale: &'a Locale,
    pub(super) names: &'a Names,
    pub(super) coverage: Option<&'a CoverageView>,
    pub(super) pending: Vec<Pending>,
    /// What was written into a form that was refused.
    pub(super) kept: &'a Kept,
}

impl Sight<'_> {
    pub(super) fn runbook(&self) -> &Runbook {
        &self.loaded.runbook
    }

    pub(super) fn incident(&self) -> &Incident {
        &self.loaded.incident
    }

    pub(super) fn may_act(&self) -> bool {
        self.access >= Access::Respond
    }

    /// A step as it is called; its id where the runbook does not know it.
    pub(super) fn step_title(&self, step: &StepId) -> String {
        self.runbook().steps.get(step).map_or(step.as_str(), |step| step.title.get(self.locale)).to_owned()
    }

    pub(super) fn role(&self, id: &RoleId) -> String {
        role(self.runbook(), id, self.locale).to_owned()
    }

    pub(super) fn roles(&self, ids: &[RoleId]) -> String {
        let titles: Vec<String> = ids.iter().map(|id| self.role(id)).collect();
        joined(&titles, self.locale)
    }

    pub(super) fn people<'p>(&self, people: impl IntoIterator<Item = &'p PersonId>) -> String {
        self.names.listed(people, self.locale)
    }

    pub(super) fn holders(&self, role: &RoleId) -> String {
        self.people(roles::holders(self.runbook(), self.incident(), role))
    }

    /// The language of the runbook that serves the reader best.
    pub(super) fn writing(&self) -> &Locale {
        self.locale.best(&self.runbook().locales).unwrap_or_else(|| self.runbook().locale())
    }
}
