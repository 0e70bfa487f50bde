//! The follow-ups of all incidents, by how important and how urgent they are.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::app::view::FollowUpLine;
use crate::app::{App, Error};
use crate::incident::IncidentNumber;
use crate::locale::Locale;
use crate::runbook::Runbook;

/// Which follow-ups are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Filter {
    /// What is still to be done.
    #[default]
    Open,
    /// Done, and nobody knows yet whether it helped.
    Done,
    Verified,
    All,
}

impl Filter {
    const ALL: [Self; 4] = [Self::Open, Self::Done, Self::Verified, Self::All];

    /// As addresses name it; what is still to be done where they name none that is known.
    pub(crate) fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|known| known.as_str() == name).unwrap_or_default()
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Verified => "verified",
            Self::All => "all",
        }
    }

    fn shows(self, line: &FollowUpLine) -> bool {
        self == Self::All || line.state == self.as_str()
    }
}

/// Where a follow-up stands between important and urgent; what nobody has weighed yet comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Quadrant {
    Unweighed,
    ImportantAndUrgent,
    Important,
    Urgent,
    Neither,
}

impl Quadrant {
    const ALL: [Self; 5] = [Self::Unweighed, Self::ImportantAndUrgent, Self::Important, Self::Urgent, Self::Neither];

    fn of(line: &FollowUpLine) -> Self {
        match (line.important, line.urgent) {
            (Some(true), Some(true)) => Self::ImportantAndUrgent,
            (Some(true), Some(false)) => Self::Important,
            (Some(false), Some(true)) => Self::Urgent,
            (Some(false), Some(false)) => Self::Neither,
            (None, _) | (_, None) => Self::Unweighed,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Unweighed => "unweighed",
            Self::ImportantAndUrgent => "both",
            Self::Important => "important",
            Self::Urgent => "urgent",
            Self::Neither => "neither",
        }
    }
}

/// The page's own data.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct View {
    filters: Vec<Tab>,
    /// Where forms come back to.
    back: String,
    overdue: usize,
    quadrants: Vec<Group>,
    /// Of which incidents one may be added, newest first.
    incidents: Vec<Of>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Tab {
    key: &'static str,
    count: usize,
    current: bool,
}

#[derive(Debug, PartialEq, Serialize)]
struct Group {
    key: &'static str,
    items: Vec<Item>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Of {
    number: String,
    title: String,
}

/// A follow-up with all that its forms need.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Item {
    incident: String,
    id: String,
    /// As an anchor of the page.
    anchor: String,
    text: String,
    owner: Option<String>,
    due: Option<String>,
    important: Option<bool>,
    urgent: Option<bool>,
    check: Option<String>,
    state: &'static str,
    overdue: bool,
    /// Whether it says who, until when, and how its effect will be seen.
    planned: bool,
    roles: Vec<RoleChoice>,
}

/// A role that may own it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct RoleChoice {
    id: String,
    title: String,
    chosen: bool,
}

impl Item {
    pub(crate) fn of(line: &FollowUpLine, roles: &[(String, String)]) -> Self {
        let chosen = |id: &String| line.owner.as_ref() == Some(id);
        let title = line.owner.as_ref().map(|owner| {
            roles.iter().find(|(id, _)| id == owner).map_or_else(|| owner.clone(), |(_, title)| title.clone())
        });
        Self {
            incident: line.incident.to_string(),
            id: line.id.clone(),
            anchor: format!("{}-{}", line.incident, line.id),
            text: line.text.clone(),
            owner: title,
            due: line.due.map(|due| due.to_string()),
            important: line.important,
            urgent: line.urgent,
            check: line.check.clone(),
            state: line.state,
            overdue: line.overdue,
            planned: line.owner.is_some() && line.due.is_some() && line.check.is_some(),
            roles: roles
                .iter()
                .map(|(id, title)| RoleChoice { chosen: chosen(id), id: id.clone(), title: title.clone() })
                .collect(),
        }
    }
}

/// A runbook's roles as a person chooses between them.
pub(crate) fn roles(runbook: &Runbook, locale: &Locale) -> Vec<(String, String)> {
    runbook.roles.values().map(|role| (role.id.to_string(), role.title.get(locale).to_owned())).collect()
}

/// Gathers the page.
pub(crate) async fn view(app: &App, filter: Filter, locale: &Locale) -> Result<View, Error> {
    let lines = app.follow_ups(None, locale).await?.follow_ups;
    let incidents = app.list(true, locale).await?.incidents;
    let mut of_incident = HashMap::new();
    for head in incidents.iter().filter(|head| lines.iter().any(|line| line.incident == head.incident)) {
        of_incident.insert(head.incident, roles(&app.load(head.id).await?.runbook, locale));
    }
    let of = incidents.iter().map(|head| Of { number: head.incident.to_string(), title: head.title.clone() });
    Ok(grouped(&lines, filter, &of_incident, of.take(MOST_OFFERED).collect()))
}

/// How many incidents one may add a follow-up to from here; older ones have their own page.
const MOST_OFFERED: usize = 50;

fn grouped(
    lines: &[FollowUpLine],
    filter: Filter,
    roles: &HashMap<IncidentNumber, Vec<(String, String)>>,
    incidents: Vec<Of>,
) -> View {
    let mut shown: Vec<&FollowUpLine> = lines.iter().filter(|line| filter.shows(line)).collect();
    // What is late comes first, then what is due soonest; what has no date comes last.
    shown.sort_by_key(|line| (!line.overdue, line.due.unwrap_or(NaiveDate::MAX), line.incident));
    let item = |line: &FollowUpLine| Item::of(line, roles.get(&line.incident).map_or(&[], Vec::as_slice));
    let group = |quadrant: Quadrant| Group {
        key: quadrant.as_str(),
        items: shown.iter().filter(|line| Quadrant::of(line) == quadrant).map(|line| item(line)).collect(),
    };
    let tab = |known: Filter| Tab {
        key: known.as_str(),
        count: lines.iter().filter(|line| known.shows(line)).count(),
        current: known == filter,
    };
    View {
        filters: Filter::ALL.into_iter().map(tab).collect(),
        back: format!("/follow-ups?state={}", filter.as_str()),
        overdue: lines.iter().filter(|line| line.overdue).count(),
        quadrants: Quadrant::ALL
            .into_iter()
            .map(group)
            .filter(|group| group.key != "unweighed" || !group.items.is_empty())
            .collect(),
        incidents,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, weight: (Option<bool>, Option<bool>), due: Option<&str>, state: &'static str) -> FollowUpLine {
        let due = due.map(|due| due.parse().expect("a date"));
        FollowUpLine {
            incident: IncidentNumber(7),
            id: id.to_owned(),
            text: format!("do {id}"),
            owner: Some("lead".to_owned()),
            due,
            important: weight.0,
            urgent: weight.1,
            check: None,
            state,
            overdue: state == "open" && due.is_some_and(|due| due.to_string().as_str() < "2026-11-22"),
        }
    }

    fn shape(view: &View) -> Vec<(&str, Vec<&str>)> {
        view.quadrants
            .iter()
            .map(|group| (group.key, group.items.iter().map(|item| item.id.as_str()).collect()))
            .collect()
    }

    #[test]
    fn follow_ups_stand_in_their_quadrant_the_late_ones_first() {
        let (yes, no) = (Some(true), Some(false));
        let lines = [
            line("F-1", (yes, no), None, "open"),
            line("F-2", (yes, no), Some("2026-12-01"), "open"),
            line("F-3", (yes, no), Some("2026-11-01"), "open"),
            line("F-4", (no, no), None, "open"),
            line("F-5", (None, yes), None, "open"),
            line("F-6", (yes, yes), None, "verified"),
        ];
        let roles = HashMap::from([(IncidentNumber(7), vec![("lead".to_owned(), "Lead".to_owned())])]);
        let open = grouped(&lines, Filter::Open, &roles, Vec::new());
        let expected = [
            ("unweighed", vec!["F-5"]),
            ("both", vec![]),
            ("important", vec!["F-3", "F-2", "F-1"]),
            ("urgent", vec![]),
            ("neither", vec!["F-4"]),
        ];
        assert_eq!(shape(&open), expected);
        assert_eq!(open.overdue, 1);
        let counts: Vec<_> = open.filters.iter().map(|tab| (tab.key, tab.count, tab.current)).collect();
        assert_eq!(counts, [("open", 5, true), ("done", 0, false), ("verified", 1, false), ("all", 6, false)]);
        let item = &open.quadrants[2].items[0];
        assert_eq!((item.owner.as_deref(), item.planned, item.roles[0].chosen), (Some("Lead"), false, true));
        let verified = grouped(&lines, Filter::Verified, &roles, Vec::new());
        assert_eq!(shape(&verified)[0], ("both", vec!["F-6"]));
    }
}
