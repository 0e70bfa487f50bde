//! What is going on: incidents listed, one shown whole, its events told.

use indexmap::IndexMap;
use serde_json::Value;

use super::view::{Head, List, NextDue, NoticeLine, Obligation, Show, StepLine, Timeline, TimelineEvent};
use super::{App, Error, Loaded, Result};
use crate::clock::rfc3339;
use crate::incident::state::{Incident, Lifecycle, Progress, StepState};
use crate::incident::{Event, IncidentId, Recorded, due};
use crate::locale::Locale;
use crate::runbook::{Cause, FactValue, Status, Step, StepId, StepKind};
use crate::store::journal;

impl App {
    /// Incidents, newest first: those not closed, or all.
    pub async fn list(&self, all: bool, locale: &Locale) -> Result<List> {
        let heads = match self.reader().await? {
            Some(store) => store.heads(all).await?,
            None => Vec::new(),
        };
        Ok(List { incidents: heads.iter().map(|head| listed(head, locale)).collect() })
    }

    /// Everything about an incident as it stands.
    pub async fn show(&self, id: IncidentId, locale: &Locale) -> Result<Show> {
        let loaded = self.load(id).await?;
        let incident = &loaded.incident;
        let mut notices = Vec::new();
        for notice in &incident.notices {
            notices.push(NoticeLine {
                id: notice.id().to_string(),
                step: notice.draft.step.to_string(),
                status: notice.draft.status.map(Status::as_str),
                state: super::draft::stage_name(notice.stage),
                hash: notice.draft.hash.clone(),
                next_update_at: notice.draft.next_update_at.map(Into::into),
                recipients: notice.draft.recipients.rows,
                counts: self.counts_of(notice).await?,
            });
        }
        Ok(Show {
            head: head(&loaded, locale),
            facts: facts(&loaded),
            answers: incident.answers.iter().map(|(step, answer)| (step.to_string(), answer.to_string())).collect(),
            steps: loaded.runbook.steps.values().map(|step| step_line(incident, step, locale)).collect(),
            notices,
            obligations: obligations(&loaded, locale),
            next_due: due(&loaded.runbook, incident)
                .map(|due| NextDue { step: due.step.to_string(), at: due.at.into() }),
            roles: held(incident),
        })
    }

    /// A number that grows with every event of any incident; cheap to ask for.
    pub async fn journal_mark(&self) -> Result<u64> {
        match self.reader().await? {
            Some(store) => Ok(store.mark().await?),
            None => Ok(0),
        }
    }

    /// Every event of an incident, as sentences and as stored.
    pub async fn timeline(&self, id: IncidentId, locale: &Locale) -> Result<Timeline> {
        Ok(Timeline { events: self.events_after(id, 0, locale).await? })
    }

    /// The events of an incident after a sequence number.
    pub async fn events_after(&self, id: IncidentId, after: u64, locale: &Locale) -> Result<Vec<TimelineEvent>> {
        let store = self.reader().await?.ok_or_else(|| Error::no_incident(&id.to_string()))?;
        let loaded = self.load(id).await?;
        let told = |recorded: &Recorded| TimelineEvent {
            seq: recorded.seq,
            r#type: recorded.event.type_name().to_owned(),
            at: recorded.at.into(),
            occurred_at: occurred_at(&recorded.event).map(Into::into),
            actor: recorded.actor.to_string(),
            role: recorded.role.as_ref().map(ToString::to_string),
            step: recorded.event.step().map(ToString::to_string),
            text: recorded.event.summary(&loaded.runbook, locale, self.settings.timezone),
            body: body(&recorded.event),
        };
        Ok(store.events(id, after).await?.iter().map(told).collect())
    }
}

/// The steps open now, in the order of the runbook.
pub(super) fn open_steps(loaded: &Loaded) -> Vec<String> {
    let open = loaded.runbook.steps.keys().filter(|step| loaded.incident.is_open(step));
    open.map(ToString::to_string).collect()
}

fn listed(head: &journal::Head, locale: &Locale) -> Head {
    Head {
        incident: head.number,
        id: head.id,
        title: head.title.get(locale).to_owned(),
        state: head.state.as_str(),
        status: head.status.map(Status::as_str),
        severity: head.severity.to_string(),
        rank: head.rank,
        cause: head.cause.map(Cause::as_str),
        phase: head.phase.as_str(),
        declared_at: head.declared_at.into(),
        resolved_at: head.resolved_at.map(Into::into),
        closed_at: head.closed_at.map(Into::into),
    }
}

fn head(loaded: &Loaded, locale: &Locale) -> Head {
    let incident = &loaded.incident;
    Head {
        incident: incident.number,
        id: incident.id,
        title: incident.title.get(locale).to_owned(),
        state: match incident.lifecycle {
            Lifecycle::Open => "open",
            Lifecycle::Resolved { .. } => "resolved",
            Lifecycle::Closed { .. } => "closed",
        },
        status: incident.status.map(Status::as_str),
        severity: incident.severity.to_string(),
        rank: loaded.runbook.severity(incident.severity.as_str()).map_or(0, |(_, rank)| rank),
        cause: incident.cause.map(Cause::as_str),
        phase: incident.phase.as_str(),
        declared_at: incident.declared_at.into(),
        resolved_at: incident.resolved_at().map(Into::into),
        closed_at: incident.closed_at().map(Into::into),
    }
}

/// Every fact of the runbook, the built-in ones included; null until stated.
fn facts(loaded: &Loaded) -> IndexMap<String, Value> {
    let value = |id: &crate::runbook::FactId| match loaded.incident.fact(id.as_str()) {
        None => Value::Null,
        Some(FactValue::Text(text)) => {
            text.iter().map(|(locale, text)| (locale.to_string(), Value::from(text))).collect()
        }
        Some(FactValue::Number(n) | FactValue::Percent(n)) => Value::from(*n),
        Some(FactValue::Datetime(moment)) => Value::from(rfc3339(*moment)),
        Some(FactValue::Duration(seconds)) => {
            Value::from(humantime::format_duration(std::time::Duration::from_secs(*seconds)).to_string())
        }
        Some(FactValue::Choice(choice)) => Value::from(choice.as_str()),
    };
    loaded.runbook.facts.keys().map(|id| (id.to_string(), value(id))).collect()
}

fn step_line(incident: &Incident, step: &Step, locale: &Locale) -> StepLine {
    let state: Option<&StepState> = incident.step(&step.id);
    let progress = state.map_or(&Progress::Waiting, |state| &state.progress);
    let ended_at = match progress {
        Progress::Ended { at, .. } => Some(*at),
        Progress::Waiting | Progress::NotApplicable | Progress::Open => None,
    };
    StepLine {
        id: step.id.to_string(),
        kind: step.kind.name(),
        title: step.title.get(locale).to_owned(),
        phase: step.phase.as_str(),
        role: step.role.to_string(),
        state: match progress {
            Progress::Waiting => "waiting",
            Progress::NotApplicable => "not_applicable",
            Progress::Open => "open",
            Progress::Ended { .. } => "ended",
        },
        outcome: incident.outcome(&step.id).map(crate::incident::Outcome::as_str),
        attempt: state.map_or(1, |state| state.attempt),
        opened_at: state.and_then(|state| state.opened_at).map(Into::into),
        due_at: state.and_then(|state| state.due_at).map(Into::into),
        ended_at: ended_at.map(Into::into),
    }
}

fn obligations(loaded: &Loaded, locale: &Locale) -> Vec<Obligation> {
    let lift = |step: &StepId| match loaded.runbook.step(step.as_str()).map(|step| &step.kind) {
        Some(StepKind::Contain { lift: Some(lift), .. }) => lift.get(locale).to_owned(),
        _ => String::new(),
    };
    loaded.incident.obligations.iter().map(|step| Obligation { step: step.to_string(), lift: lift(step) }).collect()
}

fn occurred_at(event: &Event) -> Option<crate::clock::Timestamp> {
    match event {
        Event::NoteAdded { occurred_at, .. } => *occurred_at,
        _ => None,
    }
}

/// The event's own fields, without its name.
fn body(event: &Event) -> Value {
    match serde_json::to_value(event) {
        Ok(Value::Object(fields)) => fields.into_iter().next().map_or(Value::Null, |(_, body)| body),
        _ => Value::Null,
    }
}

/// The roles that somebody was given, each with whom.
fn held(incident: &Incident) -> IndexMap<String, Vec<String>> {
    let held = incident.roles.iter().filter(|(_, people)| !people.is_empty());
    held.map(|(role, people)| (role.to_string(), people.iter().map(ToString::to_string).collect())).collect()
}
