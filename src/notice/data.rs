//! What templates read: facts as finished wording, in one language.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::Serialize;
use serde_json::Value;

use super::when::Calendar;
use super::words::{Kind, Language};
use super::{Promise, Scene, inert, personal};

use crate::clock::{self, Timestamp};
use crate::incident::event::FactValue;
use crate::locale::{Locale, Text};
use crate::runbook::{FactId, FactKind, Runbook, Status};

/// The values of a notice in one language. Empty where nothing was stated.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Data {
    pub title: String,
    /// The word for what this notice is: `Investigating`, `调查中`.
    pub status: String,
    pub components: Vec<String>,
    pub severity: String,

    pub impact: String,
    /// `some customers` where nobody said.
    pub affected: String,
    pub unaffected: String,
    pub workaround: String,
    pub contact: String,
    /// What is new since the last notice; says so where the author said there is nothing.
    pub changed: String,
    /// When it began; `about` where that is only when it was declared.
    pub since: String,
    /// From when to when, once it has ended, and for how long.
    pub period: String,
    pub duration: String,
    pub data_loss: String,
    pub safe_to_retry: String,
    pub review: String,
    /// An end-time estimate, only where somebody authorised it.
    pub estimate: String,
    pub claim: String,
    pub truth: String,

    /// When customers hear again, by page and by mail; empty where nothing is promised.
    pub next_update: String,
    pub page_title: String,
    pub page_url: String,

    /// Placeholders, filled in for each person at sending.
    pub name: String,
    pub organisation: String,

    /// Every fact of the runbook, by its id.
    pub facts: BTreeMap<String, String>,
}

/// What the layout of mail is set with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Frame {
    pub lang: String,
    pub subject: String,
    pub title: String,
    pub preheader: String,
    pub status: String,
    /// `investigating`, `identified`, `monitoring`, `resolved` or `notice`: what the chip is coloured by.
    pub tone: String,
    /// The line that says this is a drill; empty where it is not.
    pub drill: String,
    /// The body, already HTML.
    pub body: String,
    pub page_title: String,
    pub page_url: String,
    pub page_label: String,
    pub why_you: String,
    /// The placeholder of the unsubscribe link; empty where there cannot be one.
    pub unsubscribe: String,
    pub unsubscribe_label: String,
}

impl Frame {
    /// The layout's names.
    pub(super) fn shape() -> Value {
        serde_json::to_value(Self::default()).unwrap_or_default()
    }
}

/// A part of a notice that goes out in another language than the reader's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Untranslated {
    pub(super) fact: FactId,
    /// Its translation exists, but is older than the last statement.
    pub(super) stale: bool,
}

impl Data {
    /// A template's names: the fields, and below `facts` the runbook's; any, where there is none to say.
    pub(super) fn shape(runbook: Option<&Runbook>) -> Value {
        let facts = runbook.into_iter().flat_map(|runbook| runbook.facts.keys());
        let data = Self {
            components: vec![String::new()],
            facts: facts.map(|id| (id.as_str().to_owned(), String::new())).collect(),
            ..Self::default()
        };
        serde_json::to_value(data).unwrap_or_default()
    }
}

/// Words a notice's values for readers of one language.
pub(super) struct Wording<'a> {
    scene: &'a Scene<'a>,
    locale: &'a Locale,
    language: Language,
    calendar: Calendar,
    /// Says above a part in another language that it is; the head of a message has no room for that.
    notes: bool,
}

impl<'a> Wording<'a> {
    pub(super) fn new(scene: &'a Scene<'a>, locale: &'a Locale, notes: bool) -> Self {
        let language = Language::of(locale);
        let zone: Tz = scene.incident.timezone;
        Self { scene, locale, language, calendar: Calendar { language, zone, now: scene.now }, notes }
    }

    pub(super) fn data(&self, kind: Kind, promise: Promise) -> Data {
        let scene = self.scene;
        let (incident, words) = (scene.incident, self.language);
        Data {
            title: inert::one_line(incident.title.get(self.locale)),
            status: words.kind(kind).to_owned(),
            components: scene.runbook.components.iter().map(|component| inert::one_line(component)).collect(),
            severity: incident.severity.as_str().to_owned(),
            impact: self.fact("impact"),
            affected: self.or(self.fact("affected"), words.some_customers()),
            unaffected: self.unless_none("unaffected", words.nothing_unaffected()),
            workaround: self.unless_none("workaround", words.no_workaround()),
            contact: self.or(self.fact("contact"), &setting(scene.page.contact.as_deref())),
            changed: if scene.nothing_new { words.nothing_new().to_owned() } else { self.fact("changed") },
            since: self.since(),
            period: self.period(),
            duration: self
                .ended()
                .map_or_else(String::new, |end| self.calendar.span(clock::between(scene.began().0, end))),
            data_loss: self.chosen("data_loss", |value| words.data_loss(value)),
            safe_to_retry: self.fact("safe_to_retry"),
            review: self.chosen("review", |value| words.review(value)),
            estimate: self.estimate(),
            claim: self.fact("claim"),
            truth: self.fact("truth"),
            next_update: self.next_update(promise),
            page_title: setting(Some(&scene.page.title)),
            page_url: setting(scene.page.url.as_deref()),
            name: personal::token("name"),
            organisation: personal::token("organisation"),
            facts: scene.runbook.facts.keys().map(|id| (id.as_str().to_owned(), self.fact(id.as_str()))).collect(),
        }
    }

    pub(super) fn frame(&self, kind: Kind, subject: &str, preheader: &str, body: String, to_customers: bool) -> Frame {
        let (scene, words) = (self.scene, self.language);
        let link = scene.page.url.is_some() && to_customers;
        Frame {
            lang: self.locale.as_str().to_owned(),
            subject: subject.to_owned(),
            title: inert::one_line(scene.incident.title.get(self.locale)),
            preheader: preheader.to_owned(),
            status: words.kind(kind).to_owned(),
            tone: scene.status().map_or("notice", Status::as_str).to_owned(),
            drill: self.drill_banner().to_owned(),
            body,
            page_title: setting(Some(&scene.page.title)),
            page_url: setting(scene.page.url.as_deref()),
            page_label: words.status_page().to_owned(),
            why_you: if to_customers { words.why_you().to_owned() } else { String::new() },
            unsubscribe: if link { personal::token("unsubscribe") } else { String::new() },
            unsubscribe_label: words.unsubscribe().to_owned(),
        }
    }

    pub(super) fn drill_banner(&self) -> &'static str {
        if self.scene.incident.drill { self.language.drill_banner() } else { "" }
    }

    /// What stands below the body in a plain-text mail.
    pub(super) fn footer(&self, frame: &Frame) -> String {
        let mut lines = Vec::new();
        let colon = self.language.colon();
        if !frame.why_you.is_empty() {
            lines.push(frame.why_you.clone());
        }
        if !frame.page_url.is_empty() {
            lines.push(format!("{}{colon}{}", frame.page_label, frame.page_url));
        }
        if !frame.unsubscribe.is_empty() {
            lines.push(format!("{}{colon}{}", frame.unsubscribe_label, frame.unsubscribe));
        }
        lines.join("\n")
    }

    /// The facts that have no wording in this language that is as new as the last statement.
    pub(super) fn untranslated(&self) -> Vec<Untranslated> {
        let texts = self.scene.incident.facts.iter().filter_map(|(id, state)| match &state.value {
            FactValue::Text(text) => Some((id, text)),
            _ => None,
        });
        texts
            .filter_map(|(id, text)| match self.say(id.as_str(), text) {
                Said::Here(_) => None,
                Said::Elsewhere { stale, .. } => Some(Untranslated { fact: id.clone(), stale }),
            })
            .collect()
    }

    /// A fact as finished wording, without what nobody can see.
    fn fact(&self, id: &str) -> String {
        inert::clean(&self.worded(id))
    }

    fn worded(&self, id: &str) -> String {
        let Some(value) = self.scene.incident.fact(id) else { return String::new() };
        match value {
            FactValue::Text(text) => match self.say(id, text) {
                Said::Here(wording) => wording.to_owned(),
                Said::Elsewhere { wording, locale, .. } if self.notes => {
                    format!("{}\n{wording}", self.language.in_original(locale))
                }
                Said::Elsewhere { wording, .. } => wording.to_owned(),
            },
            FactValue::Number(number) => number.to_string(),
            FactValue::Percent(percent) => format!("{percent}%"),
            FactValue::Datetime(moment) => self.calendar.dated(*moment),
            FactValue::Duration(seconds) => self.calendar.span(std::time::Duration::from_secs(*seconds)),
            FactValue::Choice(choice) => self.choice(id, choice),
        }
    }

    fn choice(&self, id: &str, choice: &str) -> String {
        let kind = self.scene.runbook.facts.get(id).map(|fact| &fact.kind);
        match kind {
            Some(FactKind::Choice(choices)) => {
                choices.get(choice).map_or(choice, |text| text.get(self.locale)).to_owned()
            }
            _ => choice.to_owned(),
        }
    }

    /// A choice that Muster has a sentence for; otherwise the fact as it was worded.
    fn chosen(&self, id: &str, sentence: impl Fn(&str) -> Option<&'static str>) -> String {
        let value = match self.scene.incident.fact(id) {
            Some(FactValue::Choice(choice)) => choice.as_str(),
            Some(FactValue::Text(text)) => text.original().trim(),
            _ => return self.fact(id),
        };
        sentence(value).map_or_else(|| self.fact(id), str::to_owned)
    }

    /// The fact, or a stock sentence that says plainly that there is none.
    fn unless_none(&self, id: &str, sentence: &str) -> String {
        if self.is_none(id) { sentence.to_owned() } else { self.fact(id) }
    }

    /// Whether a text was last stated as `none`.
    fn is_none(&self, id: &str) -> bool {
        let Some(FactValue::Text(text)) = self.scene.incident.fact(id) else { return false };
        let last = self.scene.incident.facts.get(id).and_then(|state| state.locale.as_ref());
        let wording = last.and_then(|locale| text.exactly(locale)).unwrap_or(text.original());
        is_none(wording)
    }

    /// The wording for this reader, or the last one stated where theirs is missing or older.
    fn say<'t>(&'t self, id: &str, text: &'t Text) -> Said<'t> {
        let state = self.scene.incident.facts.get(id);
        let best = self.locale.best(text.locales());
        let stale = best.is_some_and(|locale| state.is_some_and(|state| state.stale.contains(locale)));
        if let (Some(locale), false) = (best, stale) {
            return Said::Here(text.exactly(locale).unwrap_or_default());
        }
        let stated = state.and_then(|state| state.locale.as_ref()).filter(|locale| text.exactly(locale).is_some());
        match stated.or_else(|| text.locales().next()) {
            Some(locale) => Said::Elsewhere { wording: text.exactly(locale).unwrap_or_default(), locale, stale },
            None => Said::Here(""),
        }
    }

    fn or(&self, stated: String, otherwise: &str) -> String {
        if stated.trim().is_empty() { otherwise.to_owned() } else { stated }
    }

    fn since(&self) -> String {
        let (began, about) = self.scene.began();
        let began = self.calendar.dated(began);
        if about { self.language.about(&began) } else { began }
    }

    fn ended(&self) -> Option<Timestamp> {
        match self.scene.incident.fact("ended_at") {
            Some(FactValue::Datetime(moment)) => Some(*moment),
            _ => None,
        }
    }

    fn period(&self) -> String {
        let (began, about) = self.scene.began();
        self.ended().map_or_else(String::new, |end| self.calendar.range(began, about, end))
    }

    fn estimate(&self) -> String {
        match self.scene.estimate() {
            Some(moment) => self.language.estimate(&self.calendar.soon(moment)),
            None => String::new(),
        }
    }

    fn next_update(&self, promise: Promise) -> String {
        let soon = |moment: Option<Timestamp>| moment.map(|m| self.calendar.soon(m)).unwrap_or_default();
        match (promise.update, promise.mail) {
            (None, _) => String::new(),
            (Some(_), Some(mail)) if self.scene.page.url.is_none() => {
                self.language.next_update(&self.calendar.soon(mail), "")
            }
            (update, mail) => self.language.next_update(&soon(update), &soon(mail)),
        }
    }
}

/// A setting on one line; empty where there is none.
fn setting(value: Option<&str>) -> String {
    inert::one_line(value.unwrap_or_default())
}

enum Said<'a> {
    Here(&'a str),
    Elsewhere { wording: &'a str, locale: &'a Locale, stale: bool },
}

/// Whether a wording says that there is none.
pub(super) fn is_none(wording: &str) -> bool {
    let wording = wording.trim().trim_end_matches(['.', '。']);
    wording.eq_ignore_ascii_case("none") || matches!(wording, "无" | "暂无" | "没有")
}
