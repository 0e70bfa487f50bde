//! A notice: what is true of an incident, told in every language from the same facts, frozen before anyone approves it.

pub mod audience;
pub mod body;
mod contract;
pub mod coverage;
mod data;
pub mod draft;
mod inert;
pub mod nudge;
pub mod personal;
pub mod template;
mod when;
pub mod wording;
mod words;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DurationRound, TimeDelta};

use self::contract::Duty;
use self::data::Wording;
use self::words::{Kind, Language};
use crate::clock::{self, Timestamp};
use crate::incident::Incident;
use crate::incident::event::{FactValue, Message};
use crate::locale::Locale;
use crate::problem::{Place, Problem};
use crate::runbook::{FactId, NoticeSpec, Runbook, Status, StepId, StepKind, Via};
use crate::settings::Page;

pub use draft::{Fingerprint, difference};
pub use template::Templates;
pub use when::zone_name;

/// Everything a notice is composed from, at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    pub runbook: &'a Runbook,
    pub incident: &'a Incident,
    pub step: &'a StepId,
    pub spec: &'a NoticeSpec,
    /// A status the author gives instead of the step's.
    pub status: Option<Status>,
    /// The author says there is nothing new to tell.
    pub nothing_new: bool,
    /// The status page, and how customers reach the team.
    pub page: &'a Page,
    /// The languages it goes out in; those of the runbook.
    pub locales: &'a [Locale],
    pub now: Timestamp,
}

/// A notice as it would go out, and what stands in its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// What the public is told by it: what stands, where an update says nothing else; none for a statement.
    pub status: Option<Status>,
    /// One a language, rendered from the same facts. Rendered also where errors stand in the way, to be looked at.
    pub messages: Vec<Message>,
    /// Errors refuse the draft; warnings are for whoever approves. `help` is the command that states what is missing.
    pub problems: Vec<Problem>,
    /// The warnings as sentences, for whoever approves.
    pub warnings: Vec<String>,
    pub next_update_at: Option<Timestamp>,
    pub next_mail_at: Option<Timestamp>,
    /// Facts that queueing it uses up.
    pub spends: Vec<FactId>,
}

impl Composed {
    /// Whether nothing stands in the way of drafting it.
    pub fn is_sound(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }

    /// Adds a warning that others found in it.
    pub fn warn(&mut self, problem: Problem) {
        self.warnings.push(sentence(&problem));
        self.problems.push(problem);
    }
}

/// When customers hear again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Promise {
    update: Option<Timestamp>,
    mail: Option<Timestamp>,
}

impl Scene<'_> {
    /// What the author or the step says the public is told.
    fn stated_status(&self) -> Option<Status> {
        self.status.or(self.spec.status)
    }

    /// What the public is told: an update that says nothing else repeats what stands.
    fn status(&self) -> Option<Status> {
        let repeats = Duty::of(self.template(), self.stated_status()) == Duty::Progress;
        self.stated_status().or(self.incident.status.filter(|_| repeats))
    }

    /// The template: the step's, or that of a status given instead of the one it is named after.
    fn template(&self) -> &str {
        let named_after_status = self.spec.status.is_some_and(|status| status.as_str() == self.spec.template);
        match self.status {
            Some(status) if named_after_status => status.as_str(),
            Some(Status::Resolved) if self.spec.template == "update" => Status::Resolved.as_str(),
            _ => &self.spec.template,
        }
    }

    /// When it began, and whether that is only when it was declared.
    fn began(&self) -> (Timestamp, bool) {
        match self.incident.fact("started_at") {
            Some(FactValue::Datetime(moment)) => (*moment, false),
            _ => (self.incident.declared_at, true),
        }
    }

    /// The end-time estimate: one that is still to come, and that somebody authorised.
    fn estimate(&self) -> Option<Timestamp> {
        let authorised = match self.incident.fact("eta_by")? {
            FactValue::Text(text) => !text.original().trim().is_empty(),
            _ => true,
        };
        match self.incident.fact("eta")? {
            FactValue::Datetime(moment) if authorised && *moment > self.now => Some(*moment),
            _ => None,
        }
    }

    fn promise(&self, duty: Duty) -> Promise {
        let updates = matches!(self.runbook.step(self.step.as_str()).map(|s| &s.kind), Some(StepKind::Updates { .. }));
        let Some((severity, _)) = self.runbook.severity(self.incident.severity.as_str()) else {
            return Promise::default();
        };
        if !(duty.promises() || (updates && duty == Duty::Free)) {
            return Promise::default();
        }
        let paced = self.spec.via.contains(&Via::Mail) && severity.mail_every > severity.update_every;
        Promise {
            update: Some(whole_minute(self.now, severity.update_every)),
            mail: paced.then(|| whole_minute(self.now, severity.mail_every)),
        }
    }

    fn reaches_customers(&self) -> bool {
        !self.runbook.is_staff_only(&self.spec.audience)
    }
}

/// The moment after a span, on the minute that people will read; never later than it.
fn whole_minute(now: Timestamp, span: Duration) -> Timestamp {
    let moment = clock::after(now, span);
    let shown = moment.duration_trunc(TimeDelta::minutes(1)).unwrap_or(moment);
    if shown > now { shown } else { moment }
}

/// Composes a notice: checks the contract, computes the promises, renders each language once.
pub fn compose(scene: &Scene<'_>, templates: &Templates) -> Composed {
    let template = scene.template();
    let duty = Duty::of(template, scene.stated_status());
    let promise = scene.promise(duty);
    let kind = contract::kind(template, scene.stated_status(), scene.incident.status);
    let mut problems = contract::check_facts(scene, duty);
    problems.extend(templates.check_layout());
    let mut reads = BTreeSet::new();
    let mut messages = Vec::new();
    for locale in scene.locales {
        let Some(found) = templates.find(template, locale) else {
            let message = format!("there is no template `{template}`");
            let problem = Problem::error("unknown_template", Place::default(), message);
            problems.push(problem.help(format!("write it as `{template}.{locale}.md.hbs` in the templates folder")));
            break;
        };
        let faults = template::check_template(found.file, found.source, templates, Some(scene.runbook));
        let broken = faults.iter().any(Problem::is_error);
        problems.extend(faults);
        let read = template::reads(&found, templates, scene.runbook);
        problems.extend(contract::check_template(duty, found.file, &read));
        problems.extend(contract::check_translations(scene, locale, &Wording::new(scene, locale, true), &read));
        reads.extend(read);
        if broken {
            continue;
        }
        match render(scene, templates, &found, locale, kind, promise) {
            Ok(message) => {
                problems.extend(contract::check_subject(locale, &message.subject));
                messages.push(message);
            }
            Err(error) => problems.push(Problem::error("template_failed", Place::default(), error.to_string())),
        }
    }
    problems.extend(contract::check_wording(scene, duty, &reads));
    let problems = each_once(problems);
    Composed {
        status: scene.status(),
        messages,
        warnings: problems.iter().filter(|p| !p.is_error()).map(sentence).collect(),
        problems,
        next_update_at: promise.update,
        next_mail_at: promise.mail,
        spends: spends(scene, &reads),
    }
}

/// `changed` is used up by a notice that shows it.
fn spends(scene: &Scene<'_>, reads: &BTreeSet<String>) -> Vec<FactId> {
    let shown = reads.contains("changed") && !scene.nothing_new && scene.incident.fact("changed").is_some();
    if shown { vec![FactId::new("changed")] } else { Vec::new() }
}

/// Two languages may share a template; what is wrong with it is said once.
fn each_once(problems: Vec<Problem>) -> Vec<Problem> {
    let mut once = Vec::with_capacity(problems.len());
    for problem in problems {
        if !once.contains(&problem) {
            once.push(problem);
        }
    }
    once
}

/// A problem as whoever approves reads it.
pub fn sentence(problem: &Problem) -> String {
    let message = problem.message.trim_end_matches('.');
    let mut letters = message.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn render(
    scene: &Scene<'_>,
    templates: &Templates,
    found: &template::Found<'_>,
    locale: &Locale,
    kind: Kind,
    promise: Promise,
) -> Result<Message, template::Error> {
    let wording = Wording::new(scene, locale, true);
    let head = Wording::new(scene, locale, false).data(kind, promise);
    let rendered = templates.render(found, &head, &wording.data(kind, promise))?;
    let prefix = if scene.incident.drill { format!("[{}] ", Language::of(locale).drill()) } else { String::new() };
    let subject = format!("{prefix}{}", rendered.subject);
    let short = inert::shorten(&format!("{prefix}{}", rendered.short), template::MOST_SHORT);
    let fragment = body::html(&rendered.markdown);
    let frame = wording.frame(kind, &subject, &rendered.preheader, fragment, scene.reaches_customers());
    let banner = body::escape(wording.drill_banner());
    let markdown = if banner.is_empty() { rendered.markdown } else { format!("{banner}\n\n{}", rendered.markdown) };
    let footer = wording.footer(&frame);
    let mut text = body::text(&markdown);
    if !footer.is_empty() {
        text = format!("{text}\n\n—\n{footer}");
    }
    text.push('\n');
    let html = templates.lay_out(&frame)?;
    Ok(Message { locale: locale.clone(), subject, preheader: rendered.preheader, short, markdown, text, html })
}
