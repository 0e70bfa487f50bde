//! Learning: the retrospective written from the journal, and the follow-ups that came of it.

use super::view::{FollowUpLine, FollowUps};
use super::{App, Error, Loaded, Result};
use crate::incident::state::FollowUpState;
use crate::incident::{Event, FollowUpId, IncidentId, Recorded};
use crate::library;
use crate::locale::Locale;
use crate::retrospective::{self, CoverageSummary, Document, EarlierIncident, Edition, Sources, roster};
use crate::runbook::StepKind;

/// How many earlier incidents patterns are looked for in.
const EARLIER: usize = 50;

impl App {
    /// The retrospective of an incident, finished or not.
    pub async fn retrospective(&self, id: IncidentId, edition: Edition, locale: &Locale) -> Result<Document> {
        let store = self.reader().await?.ok_or_else(|| Error::no_incident(&id.to_string()))?;
        let loaded = self.load(id).await?;
        let events = store.events(id, 0).await?;
        let roster = roster(&self.team().await?);
        let names: Vec<_> = roster.iter().flat_map(|person| [person.handle.clone(), person.name.clone()]).collect();
        let lexicon = library::lexicon(&self.settings, &names)?;
        let template = self.document_template(&loaded, locale)?;
        // Without fallbacks there is nothing that could cover anybody.
        let coverage = match loaded.runbook.fallbacks.is_empty() {
            true => None,
            false => Some(self.kept_coverage(id).await?.1),
        };
        let journal_head = store.audit(Some(id)).await?.into_iter().next().and_then(|audit| audit.head);
        let earlier = self.earlier(&loaded).await?;
        let sources = Sources {
            runbook: &loaded.runbook,
            incident: &loaded.incident,
            events: &events,
            roster: &roster,
            lexicon: &lexicon,
            template: &template,
            earlier: &earlier,
            coverage: coverage.as_ref().map(|coverage| CoverageSummary {
                affected: coverage.affected,
                covered: coverage.covered,
                uncovered: coverage.uncovered,
                remainder: coverage.left,
            }),
            journal_head: journal_head.as_deref(),
            now: self.clock.now(),
        };
        retrospective::write(&sources, edition, locale).map_err(|error| {
            Error::refused("retrospective", error.to_string(), "check the template: `muster check templates`")
        })
    }

    fn document_template(&self, loaded: &Loaded, locale: &Locale) -> Result<String> {
        let named = loaded.runbook.steps.values().find_map(|step| match &step.kind {
            StepKind::Retrospective { template, .. } => Some(template.as_str()),
            _ => None,
        });
        let name = format!("retrospective/{}", named.unwrap_or("six_steps"));
        let found = library::template(&self.settings, &name, locale)?
            .ok_or_else(|| Error::unknown("template", &name, ["retrospective/six_steps"]))?;
        String::from_utf8(found.bytes).map_err(|_| {
            Error::refused("not_text", format!("the template `{name}` is not UTF-8 text"), "save it as UTF-8")
        })
    }

    /// Incidents declared before this one, newest first.
    async fn earlier(&self, loaded: &Loaded) -> Result<Vec<EarlierIncident>> {
        let Some(store) = self.reader().await? else { return Ok(Vec::new()) };
        let mut earlier = Vec::new();
        let before = |head: &crate::store::journal::Head| head.number < loaded.incident.number;
        for head in store.heads(true).await?.iter().filter(|head| before(head)).take(EARLIER) {
            let (Ok(other), Ok(events)) = (self.load(head.id).await, store.events(head.id, 0).await) else { continue };
            earlier.push(summed_up(&other, &events));
        }
        Ok(earlier)
    }

    /// Follow-ups of one incident, or of all.
    pub async fn follow_ups(&self, id: Option<IncidentId>, locale: &Locale) -> Result<FollowUps> {
        let ids = match (id, self.reader().await?) {
            (Some(id), _) => vec![id],
            (None, Some(store)) => store.heads(true).await?.iter().map(|head| head.id).collect(),
            (None, None) => Vec::new(),
        };
        let mut lines = Vec::new();
        for id in ids {
            let loaded = self.load(id).await?;
            for (number, follow_up) in &loaded.incident.follow_ups {
                lines.push(self.follow_up_line(&loaded, *number, follow_up, locale));
            }
        }
        Ok(FollowUps { follow_ups: lines })
    }

    fn follow_up_line(
        &self,
        loaded: &Loaded,
        id: FollowUpId,
        follow_up: &FollowUpState,
        locale: &Locale,
    ) -> FollowUpLine {
        let plan = &follow_up.plan;
        let today = self.clock.now().with_timezone(&self.settings.timezone).date_naive();
        let open = follow_up.done_at.is_none() && follow_up.verified_at.is_none();
        FollowUpLine {
            incident: loaded.incident.number,
            id: id.to_string(),
            text: text_of(follow_up, locale),
            owner: plan.owner.as_ref().map(ToString::to_string),
            due: plan.due,
            important: plan.important,
            urgent: plan.urgent,
            check: plan.check.clone(),
            state: match (follow_up.verified_at, follow_up.done_at) {
                (Some(_), _) => "verified",
                (None, Some(_)) => "done",
                (None, None) => "open",
            },
            overdue: open && plan.due.is_some_and(|due| due < today),
        }
    }
}

/// What people wrote, else what the runbook says.
fn text_of(follow_up: &FollowUpState, locale: &Locale) -> String {
    let written = follow_up.plan.text.as_deref();
    written.or_else(|| follow_up.from_runbook.as_ref().map(|text| text.get(locale))).unwrap_or_default().to_owned()
}

fn summed_up(loaded: &Loaded, events: &[Recorded]) -> EarlierIncident {
    let incident = &loaded.incident;
    let locale = loaded.runbook.locale();
    let factor = |recorded: &Recorded| match &recorded.event {
        Event::FactorAdded { text } => Some(text.clone()),
        _ => None,
    };
    EarlierIncident {
        number: incident.number,
        title: incident.title.get(locale).to_owned(),
        runbook: incident.runbook.to_string(),
        declared_at: incident.declared_at,
        severity: incident.severity.clone(),
        cause: incident.cause,
        components: loaded.runbook.components.clone(),
        factors: events.iter().filter_map(factor).collect(),
        open_follow_ups: incident
            .follow_ups
            .values()
            .filter(|follow_up| follow_up.verified_at.is_none())
            .map(|follow_up| text_of(follow_up, locale))
            .collect(),
    }
}
