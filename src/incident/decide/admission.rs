//! What may still be asked of an incident that is resolved or closed.

use super::Rejection;
use crate::incident::command::Command;
use crate::incident::state::{Incident, Lifecycle};

/// Until when a command makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Until {
    /// While the incident is open.
    Resolved,
    /// Until it is closed: the steps of `post` still run.
    Closed,
    /// Always: records, learning, and what is on its way.
    Forever,
}

/// Refuses what makes no sense any more once an incident is resolved or closed.
pub(super) fn admit(incident: &Incident, command: &Command) -> Result<(), Rejection> {
    let number = incident.number;
    let until = until(command);
    let reopen = "muster reopen --reason \"…\"";
    match incident.lifecycle {
        Lifecycle::Open => {
            if let Command::Reopen { .. } = command {
                return Err(Rejection::new("not_resolved", format!("`{number}` is still open")).help("muster show"));
            }
            Ok(())
        }
        Lifecycle::Resolved { .. } if until >= Until::Closed => Ok(()),
        Lifecycle::Resolved { .. } => Err(Rejection::new("already_resolved", format!("`{number}` is resolved"))
            .help(format!("if it is not over: {reopen}"))),
        Lifecycle::Closed { .. } if until == Until::Forever => Ok(()),
        Lifecycle::Closed { .. } => Err(Rejection::new("already_closed", format!("`{number}` is closed"))
            .help(format!("if it is not over: {reopen}"))),
    }
}

fn until(command: &Command) -> Until {
    match command {
        Command::ChangeSeverity { .. } | Command::Resolve { .. } => Until::Resolved,

        Command::Declare(_)
        | Command::FinishStep { .. }
        | Command::SkipStep { .. }
        | Command::AnswerDecision { .. }
        | Command::RunStep { .. }
        | Command::SignalStep { .. }
        | Command::Approve { .. }
        | Command::Reject { .. }
        | Command::LiftContainment { .. }
        | Command::KeepContainment { .. }
        | Command::StateFacts { .. }
        | Command::ClassifyCause { .. }
        | Command::AssignRole { .. }
        | Command::SwitchFallback { .. }
        | Command::ImportFallback { .. }
        | Command::ImportAffected { .. }
        | Command::ReachContacts { .. }
        | Command::DraftNotice(_)
        | Command::QueueNotice { .. }
        | Command::Close { .. }
        | Command::ReportActionStarted { .. }
        | Command::ReportAction { .. }
        | Command::ReportProbe { .. }
        | Command::MissDeadline { .. }
        | Command::EscalateApproval { .. }
        | Command::OweUpdate { .. }
        | Command::EndWait { .. } => Until::Closed,

        Command::AddNote { .. }
        | Command::CorrectEvent { .. }
        | Command::TranslateEvent { .. }
        | Command::CancelNotice { .. }
        | Command::PauseNotice { .. }
        | Command::ResumeNotice { .. }
        | Command::ResendNotice { .. }
        | Command::Reopen { .. }
        | Command::EditSection { .. }
        | Command::AddFactor { .. }
        | Command::KeepPhrase { .. }
        | Command::AddFollowUp(_)
        | Command::PlanFollowUp { .. }
        | Command::FinishFollowUp { .. }
        | Command::VerifyFollowUp { .. }
        | Command::ReportFirstSent { .. }
        | Command::ReportSettled { .. }
        | Command::ReportStalled { .. } => Until::Forever,
    }
}
