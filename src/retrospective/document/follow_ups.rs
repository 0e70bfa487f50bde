//! The follow-ups of an incident: what, which role, by when, how weighty, and how we will know that it worked.

use chrono::NaiveDate;
use serde::Serialize;

use super::markdown::inline;
use crate::incident::Incident;
use crate::incident::state::FollowUpState;
use crate::retrospective::names::Roles;
use crate::retrospective::words::Words;
use crate::runbook::RoleId;

/// A follow-up as the document and its JSON show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowUp {
    /// `F-2`.
    pub id: String,
    pub text: String,
    pub owner: Option<RoleId>,
    pub due: Option<NaiveDate>,
    pub important: Option<bool>,
    pub urgent: Option<bool>,
    pub check: Option<String>,
    /// `open`, `done` or `verified`.
    pub state: &'static str,
    pub overdue: bool,
    #[serde(skip)]
    pub(super) shown: Shown,
}

/// The same as cells of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub(super) struct Shown {
    id: String,
    text: String,
    owner: String,
    due: String,
    quadrant: String,
    check: String,
    state: String,
}

pub(super) fn of(incident: &Incident, today: NaiveDate, roles: &Roles, words: &Words) -> Vec<FollowUp> {
    let told = incident.follow_ups.iter().map(|(id, state)| follow_up(&id.to_string(), state, today, roles, words));
    told.collect()
}

fn follow_up(id: &str, known: &FollowUpState, today: NaiveDate, roles: &Roles, words: &Words) -> FollowUp {
    let plan = &known.plan;
    let written = plan.text.clone();
    let text = written.or_else(|| known.from_runbook.as_ref().map(|text| text.get(&words.locale).to_owned()));
    let text = roles.replace(&text.unwrap_or_default());
    let check = plan.check.as_ref().map(|check| roles.replace(check));
    let state = match (known.verified_at, known.done_at) {
        (Some(_), _) => "verified",
        (None, Some(_)) => "done",
        (None, None) => "open",
    };
    let overdue = state != "verified" && plan.due.is_some_and(|due| due < today);
    let open = words.pick("待定", "to be agreed");
    let state_shown = match (state, overdue) {
        ("verified", _) => words.pick("已验证有效", "verified"),
        ("done", _) => words.pick("已完成，待验证", "done, not verified yet"),
        (_, true) => words.pick("已逾期", "overdue"),
        _ => words.pick("进行中", "open"),
    };
    let quadrant = match (plan.important, plan.urgent) {
        (Some(true), Some(true)) => words.pick("重要且紧急", "important and urgent"),
        (Some(true), Some(false)) => words.pick("重要不紧急", "important, not urgent"),
        (Some(false), Some(true)) => words.pick("紧急不重要", "urgent, not important"),
        (Some(false), Some(false)) => words.pick("不重要不紧急", "neither"),
        _ => open,
    };
    let shown = Shown {
        id: id.to_owned(),
        text: inline(&text),
        owner: plan.owner.as_ref().map_or_else(|| open.to_owned(), |role| inline(&roles.title(role))),
        due: plan.due.map_or_else(|| open.to_owned(), |due| due.to_string()),
        quadrant: quadrant.to_owned(),
        check: check.as_deref().map_or_else(|| open.to_owned(), inline),
        state: state_shown.to_owned(),
    };
    FollowUp {
        id: id.to_owned(),
        text,
        owner: plan.owner.clone(),
        due: plan.due,
        important: plan.important,
        urgent: plan.urgent,
        check,
        state,
        overdue,
        shown,
    }
}
