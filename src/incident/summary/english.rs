//! The sentences in English.

use super::Words;
use crate::incident::Outcome;
use crate::incident::event::Event;
use crate::locale::Locale;
use crate::runbook::{Cause, Phase, Status};

pub(super) fn sentence(event: &Event, words: &Words<'_>) -> String {
    match event {
        Event::IncidentDeclared(declared) => {
            let drill = if declared.drill { " as a drill" } else { "" };
            let severity = words.severity(&declared.severity);
            format!("“{}” was declared{drill}, severity {severity}.", declared.title.get(words.locale))
        }
        Event::PhaseEntered { phase } => match phase {
            Phase::Pre => "The first response began.".to_owned(),
            Phase::Mid => "The search for the problem and its repair began.".to_owned(),
            Phase::Post => "The review began.".to_owned(),
        },

        Event::StepOpened { step, attempt: 1, .. } => format!("“{}” opened.", words.step(step)),
        Event::StepOpened { step, attempt, .. } => format!("“{}” opened again, attempt {attempt}.", words.step(step)),
        Event::StepNotApplicable { step } => format!("“{}” did not apply.", words.step(step)),
        Event::UpdatesStarted { step, .. } => {
            format!("From now on “{}” owes regular updates.", words.step(step))
        }
        Event::StepPassed { step } => format!("“{}” had been taken care of early.", words.step(step)),
        Event::StepTakenEarly { step, reason, .. } => {
            format!("“{}” was taken before its turn: {}", words.step(step), ended(reason))
        }
        Event::DecisionAnswered { step, answer } => {
            let (question, answer) = (words.step(step), words.answer(step, answer));
            if question.ends_with('?') {
                format!("{question} {}", ended(answer))
            } else {
                format!("“{question}” was answered: {}", ended(answer))
            }
        }
        Event::SignalReceived { step } => format!("The signal for “{}” came.", words.step(step)),
        Event::ProbeAnswered { step, passed: true, .. } => format!("The probe of “{}” passed.", words.step(step)),
        Event::ProbeAnswered { step, passed: false, detail } => {
            with(format!("The probe of “{}” did not pass", words.step(step)), Some(detail))
        }
        Event::StepEnded { step, outcome, note, reason, .. } => {
            let (step, accepts) = (words.step(step), words.accepts(step));
            match outcome {
                Outcome::Done if accepts => with(format!("“{step}” passed"), note.as_deref()),
                Outcome::Failed if accepts => with(format!("“{step}” did not pass"), note.as_deref()),
                Outcome::Done => with(format!("“{step}” was done"), note.as_deref()),
                Outcome::Worked => with(format!("“{step}” worked"), note.as_deref()),
                Outcome::Failed => with(format!("“{step}” failed"), note.as_deref()),
                Outcome::Skipped => with(format!("“{step}” was skipped"), reason.as_deref()),
            }
        }
        Event::AttemptRestarted { because, attempt, .. } => {
            format!("“{}” did not pass, so the steps before it start again: attempt {attempt}.", words.step(because))
        }

        Event::MeasureRequested { step, .. } => format!("Approval was asked for “{}”.", words.step(step)),
        Event::ActionQueued { step, run: 1, .. } => format!("“{}” was set going.", words.step(step)),
        Event::ActionQueued { step, run, .. } => format!("“{}” was set going again, run {run}.", words.step(step)),
        Event::ActionStarted { step, .. } => format!("“{}” started.", words.step(step)),
        Event::ActionWorked { step, detail, .. } => {
            with(format!("“{}” was carried out", words.step(step)), Some(detail))
        }
        Event::ActionFailed { step, detail, retries_left: 0, .. } => {
            with(format!("“{}” could not be carried out", words.step(step)), Some(detail))
        }
        Event::ActionFailed { step, detail, .. } => {
            with(format!("“{}” could not be carried out and is tried again", words.step(step)), Some(detail))
        }

        Event::Approved { step, alone: Some(reason), .. } => {
            format!("“{}” was approved by its author alone: {}", words.step(step), ended(reason))
        }
        Event::Approved { step, complete: true, .. } => format!("“{}” was approved.", words.step(step)),
        Event::Approved { step, complete: false, .. } => {
            format!("“{}” was approved by one; more are needed.", words.step(step))
        }
        Event::Rejected { step, reason, .. } => format!("“{}” was rejected: {}", words.step(step), ended(reason)),
        Event::ApprovalEscalated { step, to } => {
            let roles: Vec<&str> = to.iter().map(|role| words.role(role)).collect();
            format!("The approval of “{}” took long; {} may give it too.", words.step(step), roles.join(", "))
        }

        Event::ObligationOpened { step } => format!("“{}” is in place and must be lifted or kept.", words.step(step)),
        Event::ObligationLifted { step } => match words.lift(step) {
            Some(lift) => format!("“{}” was lifted: {}", words.step(step), ended(lift)),
            None => format!("“{}” was lifted.", words.step(step)),
        },
        Event::ObligationKept { step, reason } => format!("“{}” was kept: {}", words.step(step), ended(reason)),

        Event::FactStated { fact, value, .. } => {
            format!("{}: {}", words.fact(fact), ended(&words.value(fact, value)))
        }
        Event::FactsConfirmed { facts } => {
            let said = |(fact, value)| format!("{}: {}", words.fact(fact), words.value(fact, value));
            ended(&facts.iter().map(said).collect::<Vec<String>>().join("; "))
        }
        Event::SeverityChanged { from, to, reason, .. } => {
            let (from, to) = (words.severity(from), words.severity(to));
            format!("The severity changed from {from} to {to}: {}", ended(reason))
        }
        Event::CauseClassified { cause } => match cause {
            Cause::Platform => "The cause was classified: platform.".to_owned(),
            Cause::Human => "The cause was classified: human.".to_owned(),
            Cause::System => "The cause was classified: system.".to_owned(),
        },
        Event::RoleAssigned { role, people } if people.is_empty() => {
            format!("Nobody holds the role “{}” any more.", words.role(role))
        }
        Event::RoleAssigned { role, .. } => format!("The role “{}” was taken.", words.role(role)),
        Event::NoteAdded { text, .. } => text.clone(),
        Event::EventTranslated { seq, locale, text } => format!("Event {seq} in {}: {}", language(locale), ended(text)),
        Event::EventCorrected { seq, text, reason } => {
            format!("Correction of event {seq}: {} Reason: {}", ended(text), ended(reason))
        }

        Event::FallbackSwitched { fallback, on } => {
            let not = if *on { "" } else { "not " };
            format!("The fallback “{}” is {not}in use.", words.fallback(fallback))
        }
        Event::FallbackImported { fallback, contacts } => {
            format!("“{}” reaches {} by an imported list.", words.fallback(fallback), count(*contacts, "contact"))
        }
        Event::AffectedImported { contacts } => {
            format!("The list of who is affected was imported: {}.", count(*contacts, "contact"))
        }
        Event::ContactsReached { contacts, by, note, .. } => {
            let many = u64::try_from(contacts.len()).unwrap_or(u64::MAX);
            let verb = if many == 1 { "was" } else { "were" };
            with(format!("{} {verb} reached by {by}", count(many, "contact")), note.as_deref())
        }

        Event::NoticeDrafted(draft) => {
            format!("“{}” was drafted for {}.", words.step(&draft.step), count(draft.recipients.rows, "recipient"))
        }
        Event::NoticeVoided { step, because, .. } => {
            format!("The draft of “{}” was voided: {}.", words.step(step), voided(because, words))
        }
        Event::NoticeCancelled { step, .. } => format!("“{}” was cancelled.", words.step(step)),
        Event::NoticeQueued(queued) => match queued.kept_promise {
            Some(false) => format!("“{}” went out, later than promised.", words.step(&queued.step)),
            Some(true) | None => format!("“{}” went out.", words.step(&queued.step)),
        },
        Event::NoticePaused { step, reason, .. } => {
            with(format!("The sending of “{}” was paused", words.step(step)), reason.as_deref())
        }
        Event::NoticeResumed { step, .. } => format!("The sending of “{}” went on.", words.step(step)),
        Event::NoticeResent { step, rows, .. } => {
            format!("“{}” was sent again to {}.", words.step(step), count(*rows, "recipient"))
        }
        Event::NoticeFirstSent { step, .. } => format!("“{}” was sent to its first recipient.", words.step(step)),
        Event::NoticeSettled { step, counts, .. } => {
            let counts: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
            let counts = if counts.is_empty() { "nothing to deliver".to_owned() } else { counts.join(", ") };
            format!("The delivery of “{}” is complete: {counts}.", words.step(step))
        }
        Event::StatusChanged { to, .. } => format!("The public status is now “{}”.", status(*to)),

        Event::UpdateOwed { step, missed: 1, .. } => {
            format!("The promised moment of “{}” passed; an update is owed.", words.step(step))
        }
        Event::UpdateOwed { step, missed, .. } => {
            format!("“{}” is owed; {missed} promised moments have passed.", words.step(step))
        }
        Event::DeadlineMissed { step, .. } => format!("“{}” is late.", words.step(step)),

        Event::IncidentResolved { reason: None } => "The incident was resolved.".to_owned(),
        Event::IncidentResolved { reason: Some(reason) } => {
            format!("The incident was resolved before its steps had ended: {}", ended(reason))
        }
        Event::IncidentClosed { reason: None } => "The incident was closed.".to_owned(),
        Event::IncidentClosed { reason: Some(reason) } => {
            format!("The incident was closed before its steps had ended: {}", ended(reason))
        }
        Event::IncidentReopened { reason, .. } => format!("The incident was reopened: {}", ended(reason)),

        Event::SectionEdited { section, .. } => format!("The section “{section}” of the retrospective was written."),
        Event::FactorAdded { text } => format!("Contributing factor: {}", ended(text)),
        Event::PhraseKept { reason, .. } => format!("A phrase of the retrospective was kept: {}", ended(reason)),
        Event::FollowUpAdded { id, plan, from_runbook } => {
            let text = plan.text.as_deref().or_else(|| from_runbook.as_ref().map(|text| text.get(words.locale)));
            with(format!("Follow-up {id} was added"), text)
        }
        Event::FollowUpPlanned { id, .. } => format!("Follow-up {id} was planned."),
        Event::FollowUpDone { id, note } => with(format!("Follow-up {id} was done"), note.as_deref()),
        Event::FollowUpVerified { id, note } => {
            with(format!("Follow-up {id} was verified as effective"), note.as_deref())
        }
    }
}

/// A sentence with what people added, if they did.
fn with(sentence: String, more: Option<&str>) -> String {
    match more.map(str::trim) {
        Some(more) if !more.is_empty() => format!("{sentence}: {}", ended(more)),
        Some(_) | None => format!("{sentence}."),
    }
}

/// Ends what people wrote with a full stop, unless it ends by itself.
fn ended(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?', '…', '。', '！', '？', '”', ')']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

fn count(many: u64, thing: &str) -> String {
    if many == 1 { format!("1 {thing}") } else { format!("{many} {thing}s") }
}

fn language(locale: &Locale) -> &str {
    match locale.language() {
        "en" => "English",
        "zh" => "Chinese",
        _ => locale.as_str(),
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Investigating => "investigating",
        Status::Identified => "identified",
        Status::Monitoring => "monitoring",
        Status::Resolved => "resolved",
    }
}

fn voided(because: &str, words: &Words<'_>) -> String {
    match because {
        "severity" => "the severity changed".to_owned(),
        "cause" => "the cause was classified".to_owned(),
        "status" => "the public status changed".to_owned(),
        "redrafted" => "it was drafted anew".to_owned(),
        "step_ended" => "its step ended".to_owned(),
        other => match other.strip_prefix("fact:") {
            Some(fact) => format!("“{}” changed", words.fact(&crate::runbook::FactId::new(fact))),
            None => "something it says changed".to_owned(),
        },
    }
}
