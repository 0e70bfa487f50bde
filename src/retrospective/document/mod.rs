//! The document: six sections in one language and edition, as Markdown, HTML or JSON.

mod data;
mod fill;
mod follow_ups;
mod goals;
mod html;
mod markdown;
mod patterns;
mod results;
#[cfg(test)]
mod tests;
mod written;

use handlebars::Handlebars;
use serde::Serialize;

use super::names::Roles;
use super::words::Words;
use super::{Edition, Error, Figures, Finding, Sources, figures, svg, timeline};
use crate::incident::IncidentNumber;
use crate::locale::Locale;
pub use follow_ups::FollowUp;
pub use html::Pieces;
pub(super) use html::escape;
use written::Written;

/// The sections' ids, in order; `retro edit` takes these.
pub use crate::incident::decide::SECTIONS;

/// The line of a template that a section begins with: `<!-- section: goals -->`.
const SECTION_MARK: &str = "<!-- section: ";
/// The line of a template where the timeline's picture stands in HTML.
const PICTURE_MARK: &str = "<!-- picture: timeline -->";

/// One of the six steps, as Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// `goals`, `process`, `results`, `causes`, `patterns` or `document`.
    pub id: String,
    pub title: String,
    pub text: String,
}

/// A retrospective, ready to be printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub incident: IncidentNumber,
    pub edition: Edition,
    pub locale: Locale,
    pub title: String,
    /// Whether the incident is not resolved yet.
    pub unfinished: bool,
    pub sections: Vec<Section>,
    pub figures: Figures,
    pub findings: Vec<Finding>,
    pub follow_ups: Vec<FollowUp>,
    /// The filled template, its marks still in place.
    filled: String,
    picture: String,
}

pub(super) fn write(sources: &Sources<'_>, edition: Edition, locale: &Locale) -> Result<Document, Error> {
    let incident = sources.incident;
    let day = incident.declared_at.with_timezone(&incident.timezone).date_naive();
    let words = Words { locale: locale.clone(), timezone: incident.timezone, day: Some(day) };
    let roles = Roles::new(sources.runbook, sources.events, sources.roster, locale);
    let written = Written::of(sources.events);
    let figures = figures::figures(sources.runbook, sources.events, sources.coverage);
    let findings = written.findings(sources.events, sources.lexicon, edition, locale, &roles);
    let today = sources.now.with_timezone(&incident.timezone).date_naive();
    let follow_ups = follow_ups::of(incident, today, &roles, &words);
    let mut rows = timeline::rows(sources.runbook, sources.events, &roles, &words);
    let picture = svg::draw(&svg::Picture {
        runbook: sources.runbook,
        events: sources.events,
        edition,
        words: &words,
        roles: &roles,
    });
    match edition {
        Edition::Internal => {
            rows.extend(timeline::gaps::silences(sources.runbook, sources.events, &roles, &words));
            rows.sort_by_key(|row| row.occurred_at);
        }
        Edition::Public => {
            rows.retain(|row| !row.internal);
            rows.iter_mut().for_each(|row| row.aside = None);
        }
    }
    let parts = fill::Parts { sources, edition, words: &words, roles: &roles, written: &written };
    let data = parts.data(rows, &figures, &findings, &follow_ups);
    let filled = render(sources.template, &data)?;
    Ok(Document {
        incident: incident.number,
        edition,
        locale: locale.clone(),
        title: format!("{} {}", incident.number, roles.replace(incident.title.get(locale))),
        unfinished: data.unfinished,
        sections: sections(&filled),
        figures,
        findings,
        follow_ups,
        filled,
        picture,
    })
}

/// Fills a template in; a name that is not in the data is an error, never an empty space.
fn render(template: &str, data: &data::Data) -> Result<String, Error> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(handlebars::no_escape);
    let filled =
        handlebars.render_template(template, data).map_err(|error| Error::Template { reason: error.to_string() })?;
    Ok(tidy(&filled))
}

/// One blank line between paragraphs, none at the ends; code stays as it is.
fn tidy(filled: &str) -> String {
    let mut tidy = String::with_capacity(filled.len());
    let (mut blank, mut in_code) = (true, false);
    for line in filled.lines().map(str::trim_end) {
        in_code ^= line.starts_with("```") || line.starts_with("~~~");
        if line.is_empty() && blank && !in_code {
            continue;
        }
        blank = line.is_empty();
        tidy.push_str(line);
        tidy.push('\n');
    }
    tidy.truncate(tidy.trim_end().len());
    tidy.push('\n');
    tidy
}

fn sections(filled: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    for part in filled.split(SECTION_MARK).skip(1) {
        let Some((id, text)) = part.split_once("-->") else { continue };
        let text = text.trim_start();
        let (title, text) = match text.strip_prefix("## ") {
            Some(headed) => headed.split_once('\n').unwrap_or((headed, "")),
            None => ("", text),
        };
        let text = text.replace(PICTURE_MARK, "");
        sections.push(Section {
            id: id.trim().to_owned(),
            title: title.trim().to_owned(),
            text: text.trim().to_owned(),
        });
    }
    sections
}

impl Document {
    pub fn markdown(&self) -> String {
        let is_mark = |line: &&str| line.starts_with(SECTION_MARK) || *line == PICTURE_MARK;
        let lines: Vec<&str> = self.filled.lines().filter(|line| !is_mark(line)).collect();
        tidy(&lines.join("\n"))
    }

    /// One self-contained HTML file.
    pub fn html(&self) -> String {
        html::page(self)
    }

    /// The same in pieces, for a page that has its own headings and styles.
    pub fn pieces(&self) -> Pieces {
        html::pieces(self)
    }

    /// As `retro --format json` prints it.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "incident": self.incident.to_string(),
            "edition": self.edition,
            "locale": self.locale,
            "sections": self.sections,
            "figures": self.figures,
            "findings": self.findings,
            "follow_ups": self.follow_ups,
        })
    }

    /// The timeline's picture alone, as an SVG file.
    pub fn timeline_svg(&self) -> &str {
        &self.picture
    }

    /// Whether nothing in it blames a person, except where an author keeps the phrase with a reason.
    pub fn may_be_published(&self) -> bool {
        written::may_be_published(&self.findings)
    }
}
