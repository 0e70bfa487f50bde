//! What a review still lacks before its step may be ended.

use super::FollowUpId;
use super::decide::SECTIONS;
use super::state::{FollowUpState, Incident};
use crate::runbook::Requirement;

/// How many contributing factors a review names at least: things rarely have one cause.
pub const FACTORS: u32 = 2;

/// Something a runbook requires of a review that is not there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmet {
    /// So many factors are named.
    Factors(u32),
    /// Follow-ups without an owner, a due date or a check.
    FollowUps(Vec<FollowUpId>),
    /// Sections that nobody has written.
    Sections(Vec<&'static str>),
}

/// Everything that is required and not there, in the order of the runbook.
pub fn unmet(incident: &Incident, require: &[Requirement]) -> Vec<Unmet> {
    require.iter().filter_map(|requirement| lacking(incident, *requirement)).collect()
}

fn lacking(incident: &Incident, requirement: Requirement) -> Option<Unmet> {
    match requirement {
        Requirement::Factors => (incident.factors < FACTORS).then_some(Unmet::Factors(incident.factors)),
        Requirement::FollowUps => {
            let unplanned = incident.follow_ups.iter().filter(|(_, state)| !is_planned(state));
            let unplanned: Vec<_> = unplanned.map(|(id, _)| *id).collect();
            (!unplanned.is_empty()).then_some(Unmet::FollowUps(unplanned))
        }
        Requirement::Sections => {
            let open: Vec<_> = SECTIONS.into_iter().filter(|section| !incident.sections.contains(*section)).collect();
            (!open.is_empty()).then_some(Unmet::Sections(open))
        }
    }
}

/// Whether a follow-up says who, until when, and how its effect will be seen.
pub fn is_planned(follow_up: &FollowUpState) -> bool {
    let plan = &follow_up.plan;
    plan.owner.is_some() && plan.due.is_some() && plan.check.is_some()
}
