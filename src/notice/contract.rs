//! What a notice must say before it may be drafted, by status; each gap comes with the command that fills it.

use super::data::{self, Wording};
use super::words::Kind;
use super::{Scene, inert, wording};
use crate::incident::event::FactValue;
use crate::locale::Locale;
use crate::problem::{Place, Problem};
use crate::runbook::{FactDefault, Status};

/// Characters a subject may have: more is cut or refused on the way.
pub(super) const MOST_SUBJECT: usize = 200;

/// What a notice answers for, by its template or else its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duty {
    Investigating,
    /// Identified, monitoring and every update.
    Progress,
    Resolved,
    Statement,
    SecondTouch,
    /// A notice of the team's own, without a status.
    Free,
}

impl Duty {
    pub(super) fn of(template: &str, status: Option<Status>) -> Self {
        match (template, status) {
            ("statement", _) => Self::Statement,
            ("second_touch", _) => Self::SecondTouch,
            (_, Some(Status::Resolved)) => Self::Resolved,
            ("update", _) | (_, Some(Status::Identified | Status::Monitoring)) => Self::Progress,
            (_, Some(Status::Investigating)) => Self::Investigating,
            (_, None) => Self::Free,
        }
    }

    /// Facts that must have been stated.
    fn facts(self) -> &'static [&'static str] {
        match self {
            Self::Investigating => &["impact", "unaffected", "workaround", "contact"],
            Self::Progress => &["changed", "workaround", "contact"],
            Self::Resolved => &["ended_at", "data_loss", "safe_to_retry", "contact"],
            Self::Statement => &["claim", "truth", "contact"],
            Self::SecondTouch => &["impact", "contact"],
            Self::Free => &[],
        }
    }

    /// Values that the template must show.
    fn shows(self) -> &'static [&'static str] {
        match self {
            Self::Investigating => &["impact", "since", "unaffected", "workaround", "next_update", "contact"],
            Self::Progress => &["changed", "workaround", "next_update", "contact"],
            Self::Resolved => &["period", "data_loss", "safe_to_retry", "contact"],
            Self::Statement => &["claim", "truth", "contact"],
            Self::SecondTouch => &["impact", "contact"],
            Self::Free => &[],
        }
    }

    /// Whether customers are promised to hear again.
    pub(super) fn promises(self) -> bool {
        matches!(self, Self::Investigating | Self::Progress)
    }
}

/// What the word in the subject's brackets is.
pub(super) fn kind(template: &str, status: Option<Status>, current: Option<Status>) -> Kind {
    match (template, status) {
        ("statement", _) => Kind::Statement,
        (_, Some(status)) => Kind::Status(status),
        ("update", None) => Kind::Update,
        ("second_touch", None) => current.map_or(Kind::Notice, Kind::Status),
        (_, None) => Kind::Notice,
    }
}

/// Facts that a reopening makes untrue until they are stated again.
const OF_THE_END: [&str; 3] = ["ended_at", "data_loss", "safe_to_retry"];

/// Checks what was stated against what the notice answers for.
pub(super) fn check_facts(scene: &Scene<'_>, duty: Duty) -> Vec<Problem> {
    let mut problems: Vec<Problem> = duty.facts().iter().filter_map(|id| check_fact(scene, id)).collect();
    if duty == Duty::Resolved {
        problems.extend(check_end(scene));
    }
    problems.extend(check_estimate(scene));
    problems
}

fn check_fact(scene: &Scene<'_>, id: &str) -> Option<Problem> {
    let default = match id {
        "contact" => scene.page.contact.as_deref().is_some_and(|contact| !contact.trim().is_empty()),
        "changed" => scene.nothing_new,
        _ => false,
    };
    let state = scene.incident.facts.get(id);
    let stated = state.is_some_and(|state| match &state.value {
        FactValue::Text(text) => text.iter().any(|(_, wording)| !inert::one_line(wording).is_empty()),
        FactValue::Number(_) | FactValue::Percent(_) | FactValue::Datetime(_) | FactValue::Duration(_) => true,
        FactValue::Choice(choice) => !choice.is_empty(),
    });
    let outdated = OF_THE_END.contains(&id) && state.is_some_and(|state| state.attempt < scene.incident.attempt);
    if default || (stated && !outdated) {
        return None;
    }
    let (message, why) = if outdated {
        (format!("`{id}` was stated before the incident was reopened"), "reopened")
    } else {
        (format!("{} is not stated (`{id}`)", meaning(id)), "unstated")
    };
    let problem = Problem::error("missing_fact", Place::default(), message).help(set(scene, id));
    Some(problem.naming("fact", id).naming("why", why))
}

/// What a fact tells customers.
fn meaning(id: &str) -> &str {
    match id {
        "impact" => "what customers notice",
        "unaffected" => "what still works",
        "workaround" => "what customers can do meanwhile",
        "contact" => "how customers reach you",
        "changed" => "what changed since the last notice",
        "ended_at" => "when it ended",
        "data_loss" => "whether data was lost",
        "safe_to_retry" => "what is safe to retry",
        "claim" => "the claim that is going round",
        "truth" => "what is true",
        other => other,
    }
}

/// The command that states a fact: with the prepared wording where the runbook has one.
fn set(scene: &Scene<'_>, id: &str) -> String {
    let prepared = scene.runbook.facts.get(id).and_then(|fact| fact.default.as_ref()).map(|default| match default {
        FactDefault::Text(text) => text.get(&scene.incident.locale),
        FactDefault::Written(written) => written.as_str(),
    });
    match (id, prepared) {
        (_, Some(wording)) if !wording.is_empty() => format!("muster set {id}={}", quoted(wording)),
        ("workaround", _) => "muster set workaround=\"…\", or workaround=none if there is none yet".to_owned(),
        ("changed", _) => "muster set changed=\"…\", or draft with --nothing-new".to_owned(),
        ("contact", _) => "muster set contact=\"…\", or contact under [page] in muster.toml".to_owned(),
        ("data_loss", _) => "muster set data_loss=none (or some, or unknown)".to_owned(),
        ("ended_at", _) => "muster set ended_at=HH:MM".to_owned(),
        (id, _) => format!("muster set {id}=\"…\""),
    }
}

/// The wording as a shell takes it literally.
fn quoted(wording: &str) -> String {
    let mut quoted = String::from("\"");
    for c in inert::one_line(wording).chars() {
        if matches!(c, '"' | '\\' | '$' | '`') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

fn check_end(scene: &Scene<'_>) -> Option<Problem> {
    let Some(FactValue::Datetime(end)) = scene.incident.fact("ended_at") else { return None };
    let problem = |code, message: &str, help: &str| Some(Problem::error(code, Place::default(), message).help(help));
    if *end > scene.now {
        return problem("ends_in_future", "`ended_at` is still to come", "muster set ended_at=HH:MM");
    }
    if *end < scene.began().0 {
        let help = "muster set started_at=HH:MM, or muster set ended_at=HH:MM";
        return problem("ends_before_it_began", "`ended_at` is before the incident began", help);
    }
    None
}

fn check_estimate(scene: &Scene<'_>) -> Option<Problem> {
    let eta = scene.incident.fact("eta")?;
    let warning = |code, message: &str, help: &str| Some(Problem::warning(code, Place::default(), message).help(help));
    match eta {
        _ if scene.estimate().is_some() => None,
        FactValue::Datetime(eta) if *eta <= scene.now => {
            warning("estimate_past", "the estimate is left out: `eta` is past", "muster set eta=HH:MM")
        }
        _ => warning(
            "estimate_not_authorised",
            "the estimate is left out: nobody authorised it (`eta_by`)",
            "muster set eta_by=\"…\"",
        ),
    }
}

/// Checks that a template shows what the notice answers for.
pub(super) fn check_template(duty: Duty, file: &str, reads: &std::collections::BTreeSet<String>) -> Vec<Problem> {
    let missing = duty.shows().iter().filter(|name| !reads.contains(**name));
    let problem = |name: &&str| {
        let message = format!("the template never shows `{name}`");
        Problem::error("template_omits", Place::default(), message)
            .help(format!("add {{{{{name}}}}} to it"))
            .naming("value", *name)
            .in_file(file)
    };
    missing.map(problem).collect()
}

/// Reads the wording of every fact that the notice shows, in every language.
pub(super) fn check_wording(scene: &Scene<'_>, duty: Duty, reads: &std::collections::BTreeSet<String>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (id, state) in &scene.incident.facts {
        let FactValue::Text(text) = &state.value else { continue };
        if !reads.contains(id.as_str()) && !reads.contains("facts") {
            continue;
        }
        let reading = wording::Reading {
            authorised: scene.estimate().is_some(),
            limits: id.as_str() == "affected" && duty == Duty::Investigating,
            reaches_us: id.as_str() == "contact",
        };
        for (locale, wording) in text.iter().filter(|(locale, _)| !state.stale.contains(locale)) {
            let name = named(scene, id.as_str(), locale);
            for found in wording::read(wording, reading) {
                let message = format!("`{name}` {}: “{}”", found.does, inert::one_line(&found.words));
                let help = format!("{}: muster set {name}=\"…\"", found.instead);
                let problem = Problem::warning(found.code, Place::default(), message).help(help);
                problems.push(problem.naming("fact", &name).naming("words", inert::one_line(&found.words)));
            }
            if wording.chars().any(inert::turns_direction) {
                let message = format!("`{name}` holds characters that turn the direction of text; they are left out");
                let problem = Problem::warning("direction_controls", Place::default(), message);
                problems.push(problem.naming("fact", &name));
            }
        }
    }
    problems
}

/// A fact as `muster set` names it: with its language where that is not the team's.
fn named(scene: &Scene<'_>, id: &str, locale: &Locale) -> String {
    if *locale == scene.incident.locale { id.to_owned() } else { format!("{id}.{locale}") }
}

/// Tells the approver what goes out in another language than its reader's.
pub(super) fn check_translations(
    scene: &Scene<'_>,
    locale: &Locale,
    wording: &Wording<'_>,
    reads: &std::collections::BTreeSet<String>,
) -> Vec<Problem> {
    let shown = wording.untranslated().into_iter().filter(|missing| reads.contains(missing.fact.as_str()));
    let said_by_muster = |fact: &str| {
        matches!(fact, "workaround" | "unaffected")
            && matches!(scene.incident.fact(fact), Some(FactValue::Text(text)) if data::is_none(text.original()))
    };
    let problem = |missing: data::Untranslated| {
        let (why, cause) =
            if missing.stale { ("is older than the last statement", "older") } else { ("is missing", "missing") };
        let message = format!("the {locale} wording of `{}` {why}: its readers get the original", missing.fact);
        Problem::warning("untranslated", Place::default(), message)
            .help(format!("muster set {}.{locale}=\"…\"", missing.fact))
            .naming("fact", missing.fact.as_str())
            .naming("language", locale.as_str())
            .naming("why", cause)
    };
    shown.filter(|missing| !said_by_muster(missing.fact.as_str())).map(problem).collect()
}

/// Refuses a subject that no mail program would show.
pub(super) fn check_subject(locale: &Locale, subject: &str) -> Option<Problem> {
    let length = subject.chars().count();
    let message = format!("the {locale} subject has {length} characters, more than {MOST_SUBJECT}");
    (length > MOST_SUBJECT).then(|| {
        Problem::error("subject_too_long", Place::default(), message)
            .help("declare the incident with a shorter --title; customers read the first 60 characters")
            .naming("language", locale.as_str())
    })
}
