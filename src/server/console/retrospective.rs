//! The retrospective at a desk: the document with a place to write beside each section, and what it still lacks.

use serde::Serialize;

use super::follow_ups::{Item, roles};
use crate::app::Loaded;
use crate::app::review::{Placed, Review, ReviewState, Spot, WrittenText};
use crate::app::view::{FollowUpLine, Moment};
use crate::incident::review::Unmet;
use crate::incident::state::Lifecycle;
use crate::locale::Locale;
use crate::retrospective::{Edition, blame::Level};

/// How much of what is yet to be translated a page shows; the next comes once these are done.
const MOST_UNTRANSLATED: usize = 20;

/// The page's own data.
#[derive(Debug, Serialize)]
pub(crate) struct View {
    incident: String,
    title: String,
    public: bool,
    lang: String,
    langs: Vec<Lang>,
    back: String,
    head: String,
    sections: Vec<Section>,
    /// Flagged phrases that stand in no section: notes, reasons, follow-ups.
    stray: Vec<Flag>,
    flagged: usize,
    kept: Vec<Kept>,
    untranslated: Vec<Note>,
    untranslated_more: usize,
    follow_ups: Vec<Item>,
    /// Roles that may own a new follow-up.
    roles: Vec<RoleChoice>,
    publishing: Publishing,
}

#[derive(Debug, PartialEq, Serialize)]
struct RoleChoice {
    id: String,
    title: String,
}

#[derive(Debug, PartialEq, Serialize)]
struct Lang {
    tag: String,
    name: String,
    current: bool,
}

#[derive(Debug, Serialize)]
struct Section {
    id: &'static str,
    title: String,
    /// As safe HTML.
    html: String,
    written: bool,
    own: String,
    others: Vec<Other>,
    flags: Vec<Flag>,
    /// Contributing factors, in the section they belong to.
    factors: Option<Vec<Factor>>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Other {
    lang: String,
    name: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct Factor {
    seq: u64,
    text: String,
    flags: Vec<Flag>,
}

/// A flagged phrase with what to do about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Flag {
    rule: String,
    level: &'static str,
    phrase: String,
    suggest: String,
    seq: Option<u64>,
    /// The whole text, where it may be corrected in place.
    text: Option<String>,
    follow_up: bool,
}

#[derive(Debug, PartialEq, Serialize)]
struct Kept {
    phrase: String,
    reason: String,
}

#[derive(Debug, PartialEq, Serialize)]
struct Note {
    seq: u64,
    at: Moment,
    text: String,
}

/// How far it is from being published.
#[derive(Debug, PartialEq, Serialize)]
struct Publishing {
    /// `waiting`, `open`, `ended`; `none` where the runbook has no such step.
    state: &'static str,
    step: Option<String>,
    factors: Option<u32>,
    follow_ups: Vec<String>,
    sections: Vec<&'static str>,
    blaming: usize,
    ready: bool,
    closed: bool,
    resolved: bool,
}

pub(crate) fn view(review: Review, follow_ups: &[FollowUpLine], loaded: &Loaded, locale: &Locale) -> View {
    let document = &review.document;
    let pieces = document.pieces();
    let public = document.edition == Edition::Public;
    let here = format!("/incidents/{}/retrospective", loaded.incident.number);
    let own_roles = roles(&loaded.runbook, locale);
    let of_section = |id: &str| {
        let own =
            review.findings.iter().filter(|placed| matches!(&placed.spot, Spot::Section(section) if *section == id));
        own.map(flag).collect()
    };
    let sections = review.sections.iter().map(|written| Section {
        id: written.id,
        title: document.sections.iter().find(|s| s.id == written.id).map(|s| s.title.clone()).unwrap_or_default(),
        html: pieces
            .sections
            .iter()
            .find(|(id, _)| id == written.id)
            .map(|(_, html)| reachable(html))
            .unwrap_or_default(),
        written: written.own.is_some() || !written.others.is_empty(),
        own: written.own.clone().unwrap_or_default(),
        others: written
            .others
            .iter()
            .map(|(locale, text)| Other {
                lang: locale.to_string(),
                name: locale.own_name().to_owned(),
                text: text.clone(),
            })
            .collect(),
        flags: of_section(written.id),
        factors: (written.id == "causes").then(|| factors(&review)),
    });
    let sections = sections.collect();
    let stray = review.findings.iter().filter(|placed| matches!(placed.spot, Spot::Event | Spot::FollowUp)).map(flag);
    let untranslated = review.untranslated.iter().take(MOST_UNTRANSLATED).map(note).collect();
    View {
        incident: loaded.incident.number.to_string(),
        title: loaded.incident.title.get(locale).to_owned(),
        public,
        lang: locale.to_string(),
        langs: loaded
            .runbook
            .locales
            .iter()
            .map(|known| Lang { tag: known.to_string(), name: known.own_name().to_owned(), current: known == locale })
            .collect(),
        back: format!("{here}?lang={locale}"),
        head: pieces.head,
        sections,
        stray: stray.collect(),
        flagged: review.findings.len(),
        kept: review.kept.iter().map(|k| Kept { phrase: k.phrase.clone(), reason: k.reason.clone() }).collect(),
        untranslated,
        untranslated_more: review.untranslated.len().saturating_sub(MOST_UNTRANSLATED),
        follow_ups: follow_ups.iter().map(|line| Item::of(line, &own_roles)).collect(),
        roles: own_roles.iter().map(|(id, title)| RoleChoice { id: id.clone(), title: title.clone() }).collect(),
        publishing: publishing(&review, loaded),
    }
}

impl View {
    /// What the page is about, for its title.
    pub(crate) fn about(&self) -> String {
        format!("{} {}", self.incident, self.title)
    }
}

/// The language the document is shown in: the one asked for, else the reader's, as far as the runbook speaks it.
pub(crate) fn language(loaded: &Loaded, asked: Option<&Locale>, reader: &Locale) -> Locale {
    let known = &loaded.runbook.locales;
    let best = asked.and_then(|asked| asked.best(known)).or_else(|| reader.best(known));
    best.unwrap_or_else(|| loaded.runbook.locale()).clone()
}

/// A section's HTML; its picture is wider than a phone, and can be moved by the keyboard, too.
fn reachable(html: &str) -> String {
    html.replace("<figure>", "<figure tabindex=\"0\">")
}

fn flag(placed: &Placed) -> Flag {
    let in_place = matches!(placed.spot, Spot::Event | Spot::Factor) && !placed.text.is_empty();
    Flag {
        rule: placed.finding.rule.clone(),
        level: match placed.finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "info",
        },
        phrase: placed.finding.text.clone(),
        suggest: placed.finding.suggest.clone(),
        seq: placed.finding.seq,
        text: in_place.then(|| placed.text.clone()),
        follow_up: placed.spot == Spot::FollowUp,
    }
}

fn factors(review: &Review) -> Vec<Factor> {
    let factor = |written: &WrittenText| Factor {
        seq: written.seq,
        text: written.text.clone(),
        flags: review
            .findings
            .iter()
            .filter(|placed| placed.spot == Spot::Factor && placed.finding.seq == Some(written.seq))
            .map(flag)
            .collect(),
    };
    review.factors.iter().map(factor).collect()
}

fn note(written: &WrittenText) -> Note {
    Note { seq: written.seq, at: written.at.into(), text: written.text.clone() }
}

fn publishing(review: &Review, loaded: &Loaded) -> Publishing {
    let (resolved, closed) = match loaded.incident.lifecycle {
        Lifecycle::Open => (false, false),
        Lifecycle::Resolved { .. } => (true, false),
        Lifecycle::Closed { .. } => (true, true),
    };
    let mut publishing = Publishing {
        state: "none",
        step: None,
        factors: None,
        follow_ups: Vec::new(),
        sections: Vec::new(),
        blaming: 0,
        ready: false,
        closed,
        resolved,
    };
    let Some(step) = &review.step else { return publishing };
    for unmet in &step.unmet {
        match unmet {
            Unmet::Factors(named) => publishing.factors = Some(*named),
            Unmet::FollowUps(ids) => publishing.follow_ups = ids.iter().map(ToString::to_string).collect(),
            Unmet::Sections(open) => publishing.sections.clone_from(open),
        }
    }
    publishing.state = match step.state {
        ReviewState::Waiting => "waiting",
        ReviewState::Open => "open",
        ReviewState::Ended => "ended",
    };
    publishing.ready = step.state == ReviewState::Open && step.unmet.is_empty() && step.blaming == 0;
    publishing.step = Some(step.id.to_string());
    publishing.blaming = step.blaming;
    publishing
}
