//! The page for other programs: the shapes of Statuspage's interface, version 2, which many already read.

use serde::Serialize;

use super::links::Place;
use super::press::{Press, fingerprint};
use crate::app::view::Moment;
use crate::app::{Component, Health, Impact, Public, PublicIncident, Told};
use crate::clock::Timestamp;
use crate::notice::body;
use crate::runbook::Status;
use crate::server::views::Language;

/// How many incidents `incidents.json` holds, as Statuspage does.
const INCIDENTS: usize = 50;

#[derive(Serialize)]
struct Answer {
    page: Page,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Vec<ComponentShape>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incidents: Option<Vec<IncidentShape>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_maintenances: Option<[(); 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<StatusShape>,
}

#[derive(Serialize, Clone)]
struct Page {
    id: String,
    name: String,
    url: Option<String>,
    time_zone: String,
    updated_at: Moment,
}

#[derive(Serialize, Clone)]
struct StatusShape {
    indicator: &'static str,
    description: String,
}

#[derive(Serialize, Clone)]
struct ComponentShape {
    id: String,
    name: String,
    status: &'static str,
    created_at: Moment,
    updated_at: Moment,
    position: usize,
    description: Option<String>,
    showcase: bool,
    start_date: Option<String>,
    group_id: Option<String>,
    page_id: String,
    group: bool,
    only_show_if_degraded: bool,
}

#[derive(Serialize, Clone)]
struct IncidentShape {
    id: String,
    name: String,
    status: &'static str,
    created_at: Moment,
    updated_at: Moment,
    monitoring_at: Option<Moment>,
    resolved_at: Option<Moment>,
    impact: &'static str,
    shortlink: String,
    started_at: Moment,
    page_id: String,
    incident_updates: Vec<UpdateShape>,
    components: Vec<ComponentShape>,
    reminder_intervals: Option<String>,
}

#[derive(Serialize, Clone)]
struct UpdateShape {
    id: String,
    status: &'static str,
    body: String,
    incident_id: String,
    created_at: Moment,
    updated_at: Moment,
    display_at: Moment,
    affected_components: Vec<AffectedShape>,
    deliver_notifications: bool,
    custom_tweet: Option<String>,
    tweet_id: Option<String>,
}

#[derive(Serialize, Clone)]
struct AffectedShape {
    code: String,
    name: String,
    old_status: &'static str,
    new_status: &'static str,
}

/// Every shape with its name below `/api/v2/`, as JSON.
pub(super) fn all(press: &Press<'_>, public: &Public, language: Language) -> Vec<(&'static str, String)> {
    let shaper = Shaper { press, public, language, page: page(press, public, language) };
    let components = shaper.components(|_| true);
    let incidents: Vec<_> = public.incidents().take(INCIDENTS).map(|one| shaper.incident(one)).collect();
    let unresolved: Vec<_> =
        public.incidents().filter(|incident| incident.is_open()).map(|one| shaper.incident(one)).collect();
    let status = shaper.status();
    let bare = || Answer {
        page: shaper.page.clone(),
        components: None,
        incidents: None,
        scheduled_maintenances: None,
        status: None,
    };
    let summary = Answer {
        components: Some(components.clone()),
        incidents: Some(unresolved.clone()),
        scheduled_maintenances: Some([]),
        status: Some(status.clone()),
        ..bare()
    };
    [
        ("summary", summary),
        ("status", Answer { status: Some(status), ..bare() }),
        ("components", Answer { components: Some(components), ..bare() }),
        ("incidents", Answer { incidents: Some(incidents), ..bare() }),
        ("incidents/unresolved", Answer { incidents: Some(unresolved), ..bare() }),
    ]
    .into_iter()
    .map(|(name, answer)| (name, serde_json::to_string(&answer).unwrap_or_default()))
    .collect()
}

struct Shaper<'a> {
    press: &'a Press<'a>,
    public: &'a Public,
    language: Language,
    page: Page,
}

fn page(press: &Press<'_>, public: &Public, language: Language) -> Page {
    let url = press.settings.page.url.clone();
    let name = press.name(language);
    Page {
        id: fingerprint(url.as_deref().unwrap_or(&press.settings.page.title), 12),
        name,
        url,
        time_zone: press.settings.timezone.to_string(),
        updated_at: newest(public.incidents()).into(),
    }
}

/// When anything was last said or closed; the beginning of time where nothing ever was.
fn newest<'a>(incidents: impl Iterator<Item = &'a PublicIncident>) -> Timestamp {
    incidents.map(changed_at).max().unwrap_or_default()
}

fn changed_at(incident: &PublicIncident) -> Timestamp {
    incident.closed_at.filter(|_| incident.status() != Some(Status::Resolved)).unwrap_or(incident.newest().at)
}

impl Shaper<'_> {
    fn status(&self) -> StatusShape {
        let health = self.public.health();
        let word = if health.recovers { "recovers" } else { health.impact.as_str() };
        let description = self.press.views.say(&format!("page.overall.{word}"), self.language);
        StatusShape { indicator: health.impact.as_str(), description }
    }

    fn components(&self, is_shown: impl Fn(&Component) -> bool) -> Vec<ComponentShape> {
        let all = self.public.components();
        let shown = all.iter().enumerate().filter(|(_, one)| is_shown(one));
        shown.map(|(index, one)| self.component(one, index + 1)).collect()
    }

    fn component(&self, component: &Component, position: usize) -> ComponentShape {
        let about = self.public.incidents().filter(|incident| incident.components.contains(&component.name));
        let updated_at = newest(about).into();
        ComponentShape {
            id: component_id(&component.name),
            name: self.press.component(&component.name, self.language),
            status: component_status(component.health),
            created_at: Timestamp::default().into(),
            updated_at,
            position,
            description: None,
            showcase: false,
            start_date: None,
            group_id: None,
            page_id: self.page.id.clone(),
            group: false,
            only_show_if_degraded: false,
        }
    }

    fn incident(&self, incident: &PublicIncident) -> IncidentShape {
        let number = incident.number.to_string();
        let place = Place::Incident(incident.number);
        let relative = || format!("/{}", place.path());
        let updates = incident.told.iter().enumerate().map(|(index, told)| self.update(incident, told, index));
        let watched = incident.told.iter().find(|told| told.status == Some(Status::Monitoring));
        IncidentShape {
            name: self.wording(incident.newest()).0,
            status: if incident.is_open() { status_word(incident, 0) } else { Status::Resolved.as_str() },
            created_at: incident.began_at().into(),
            updated_at: changed_at(incident).into(),
            monitoring_at: watched.map(|told| told.at.into()),
            resolved_at: incident.ended_at().map(Into::into),
            impact: incident.impact().as_str(),
            shortlink: self.press.links.absolute(place, self.language).unwrap_or_else(relative),
            started_at: incident.began_at().into(),
            page_id: self.page.id.clone(),
            incident_updates: updates.collect(),
            components: self.components(|one| incident.components.contains(&one.name)),
            reminder_intervals: None,
            id: number,
        }
    }

    fn update(&self, incident: &PublicIncident, told: &Told, index: usize) -> UpdateShape {
        let before = incident.told.get(index + 1).map_or_else(Health::default, health_of);
        let affected = incident.components.iter().filter(|_| told.status.is_some()).map(|name| AffectedShape {
            code: component_id(name),
            name: self.press.component(name, self.language),
            old_status: component_status(before),
            new_status: component_status(health_of(told)),
        });
        UpdateShape {
            id: told.id.to_string(),
            status: status_word(incident, index),
            body: self.wording(told).1,
            incident_id: incident.number.to_string(),
            created_at: told.at.into(),
            updated_at: told.at.into(),
            display_at: told.at.into(),
            affected_components: affected.collect(),
            deliver_notifications: true,
            custom_tweet: None,
            tweet_id: None,
        }
    }

    /// Title and plain text.
    fn wording(&self, told: &Told) -> (String, String) {
        let wording = told.wording(&self.language.locale()).map(|(_, wording)| wording);
        wording.map(|wording| (wording.title.clone(), body::text(&wording.markdown))).unwrap_or_default()
    }
}

/// What a notice said of the components it is about.
fn health_of(told: &Told) -> Health {
    match told.status {
        Some(Status::Resolved) | None => Health::default(),
        Some(status) => Health { impact: told.impact, recovers: status == Status::Monitoring },
    }
}

/// The status that stood with a notice; the gentlest one that Statuspage has where only statements were made.
fn status_word(incident: &PublicIncident, index: usize) -> &'static str {
    let stood = incident.told.iter().skip(index).find_map(|told| told.status);
    stood.unwrap_or(Status::Monitoring).as_str()
}

fn component_id(name: &str) -> String {
    fingerprint(&format!("component\n{name}"), 12)
}

fn component_status(health: Health) -> &'static str {
    match health.impact {
        Impact::None => "operational",
        Impact::Minor | Impact::Major | Impact::Critical if health.recovers => "degraded_performance",
        Impact::Minor => "degraded_performance",
        Impact::Major => "partial_outage",
        Impact::Critical => "major_outage",
    }
}
