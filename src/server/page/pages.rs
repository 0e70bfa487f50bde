//! What each page is made of: the data that its template is filled in with.

use serde::Serialize;

use super::links::Place;
use super::moment::Moment;
use super::press::Press;
use crate::app::{Health, Impact, Public, PublicIncident, Told};
use crate::clock::Timestamp;
use crate::notice::body;
use crate::runbook::Status;
use crate::server::views::{Error, Language};

/// How many incidents that are over stand on the first page.
const RECENT: usize = 5;
/// How many notices a feed holds.
const FEED: usize = 50;

/// What stands around every page.
#[derive(Serialize)]
struct Around {
    lang: Language,
    site: String,
    /// The page's own title; none on the first page.
    title: Option<String>,
    home: String,
    history: String,
    feed: String,
    style: String,
    languages: Vec<Tongue>,
    contact: Option<String>,
    is_home: bool,
    is_history: bool,
}

/// The same page in a language.
#[derive(Serialize)]
struct Tongue {
    lang: &'static str,
    name: String,
    href: String,
    is_current: bool,
}

#[derive(Serialize)]
struct Page<T> {
    #[serde(flatten)]
    around: Around,
    #[serde(flatten)]
    own: T,
}

#[derive(Serialize)]
struct Home {
    health: &'static str,
    open: Vec<Line>,
    components: Vec<Part>,
    recent: Vec<Line>,
}

#[derive(Serialize)]
struct History {
    months: Vec<Month>,
}

#[derive(Serialize)]
struct Month {
    name: String,
    incidents: Vec<Line>,
}

#[derive(Serialize)]
struct Part {
    name: String,
    health: &'static str,
}

/// An incident in short, and the newest of what was said.
#[derive(Serialize)]
struct Line {
    href: String,
    number: String,
    title: String,
    /// The language of the title, where it is not the page's.
    title_lang: Option<String>,
    word: &'static str,
    began: Moment,
    ended: Option<Moment>,
    /// From when to when, as one range; none while it goes on.
    lasted: Option<[Moment; 2]>,
    components: Vec<String>,
    newest: Said,
}

/// A notice as a reader finds it.
#[derive(Serialize)]
struct Said {
    id: String,
    when: Moment,
    word: &'static str,
    title: String,
    /// The language it is in, where that is not the page's.
    lang: Option<String>,
    html: String,
    next_update: Option<Moment>,
}

#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    line: Line,
    told: Vec<Said>,
}

#[derive(Serialize)]
struct Feed {
    lang: Language,
    site: String,
    id: String,
    own: String,
    home: String,
    updated: String,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    id: String,
    href: String,
    word: &'static str,
    title: String,
    told_at: String,
    lang: Option<String>,
    html: String,
}

#[derive(Serialize)]
struct Nothing {}

pub(super) fn home(press: &Press<'_>, public: &Public, language: Language) -> Result<String, Error> {
    let from = (Place::Home, language);
    let (open, over): (Vec<_>, Vec<_>) = public.incidents().partition(|incident| incident.is_open());
    let lines = |incidents: &[&PublicIncident]| incidents.iter().map(|one| line(press, from, one)).collect();
    let components = public.components().into_iter();
    let own = Home {
        health: health_word(public.health()),
        open: lines(&open),
        components: components
            .map(|part| Part { name: press.component(&part.name, language), health: health_word(part.health) })
            .collect(),
        recent: lines(&over[..over.len().min(RECENT)]),
    };
    press.fill("home", language, &Page { around: around(press, from, None), own })
}

pub(super) fn history(press: &Press<'_>, public: &Public, language: Language) -> Result<String, Error> {
    let from = (Place::History, language);
    let mut months: Vec<Month> = Vec::new();
    for incident in public.incidents() {
        let name = press.calendar(language).month(incident.began_at());
        let line = line(press, from, incident);
        match months.last_mut().filter(|month| month.name == name) {
            Some(month) => month.incidents.push(line),
            None => months.push(Month { name, incidents: vec![line] }),
        }
    }
    let title = Some(press.views.say("page.history", language));
    press.fill("history", language, &Page { around: around(press, from, title), own: History { months } })
}

pub(super) fn incident(press: &Press<'_>, incident: &PublicIncident, language: Language) -> Result<String, Error> {
    let from = (Place::Incident(incident.number), language);
    let line = line(press, from, incident);
    let title = Some(line.title.clone());
    let told = incident.told.iter().map(|told| said(press, told, language)).collect();
    press.fill("incident", language, &Page { around: around(press, from, title), own: Whole { line, told } })
}

pub(super) fn missing(press: &Press<'_>, language: Language) -> Result<String, Error> {
    let title = Some(press.views.say("page.missing", language));
    let around = around(press, (Place::Missing, language), title);
    press.fill("missing", language, &Page { around, own: Nothing {} })
}

/// The page behind the link of a mail; `own` says how far unsubscribing has come.
pub(super) fn unsubscribe(press: &Press<'_>, language: Language, own: impl Serialize) -> Result<String, Error> {
    let title = Some(press.views.say("page.unsubscribe", language));
    let around = around(press, (Place::Unsubscribe, language), title);
    press.fill("unsubscribe", language, &Page { around, own })
}

/// Atom (RFC 4287): an entry for each notice, so that readers are told of every one.
pub(super) fn feed(press: &Press<'_>, public: &Public, language: Language) -> Result<String, Error> {
    let from = (Place::Feed, language);
    let link = |place| press.links.absolute(place, language).unwrap_or_else(|| press.links.href(from, place, language));
    let mut told: Vec<_> = public.incidents().flat_map(|one| one.told.iter().map(move |told| (one, told))).collect();
    told.sort_by(|(_, a), (_, b)| b.at.cmp(&a.at).then(b.id.cmp(&a.id)));
    told.truncate(FEED);
    let entries = told.iter().map(|(incident, told)| {
        let said = said(press, told, language);
        Entry {
            id: format!("urn:uuid:{}", told.id),
            href: format!("{}#{}", link(Place::Incident(incident.number)), said.id),
            word: said.word,
            title: said.title,
            told_at: crate::clock::rfc3339(told.at),
            lang: said.lang,
            html: said.html,
        }
    });
    let site = press.name(language);
    let own = link(Place::Feed);
    let feed = Feed {
        id: press.links.absolute(Place::Feed, language).unwrap_or_else(|| named(&site, language)),
        home: link(Place::Home),
        updated: crate::clock::rfc3339(told.first().map_or_else(Timestamp::default, |(_, told)| told.at)),
        entries: entries.collect(),
        lang: language,
        site,
        own,
    };
    press.fill("feed", language, &feed)
}

/// The name of a feed that stands nowhere in the world: the same for as long as the page is called so.
fn named(site: &str, language: Language) -> String {
    let hash = super::press::fingerprint(&format!("{site}\n{}", language.as_str()), 32);
    let part = |from: usize, to: usize| &hash[from..to];
    // Version 8, RFC 9562: made from whatever one likes.
    format!("urn:uuid:{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

fn around(press: &Press<'_>, from: (Place, Language), title: Option<String>) -> Around {
    let (place, language) = from;
    let link = |to| press.links.href(from, to, language);
    // A link that nobody else may have is not repeated, and has its language from the reader alone.
    let others: &[Language] = if place == Place::Unsubscribe { &[] } else { &Language::ALL };
    let languages = others.iter().map(|other| Tongue {
        lang: other.as_str(),
        name: other.locale().own_name().to_owned(),
        href: press.links.href(from, place, *other),
        is_current: *other == language,
    });
    Around {
        lang: language,
        site: press.name(language),
        title,
        home: link(Place::Home),
        history: link(Place::History),
        feed: link(Place::Feed),
        style: format!("{}?v={}", link(Place::Style), press.style_version()),
        languages: languages.collect(),
        contact: press.settings.page.contact.clone().filter(|contact| !contact.trim().is_empty()),
        is_home: place == Place::Home,
        is_history: place == Place::History,
    }
}

fn line(press: &Press<'_>, from: (Place, Language), incident: &PublicIncident) -> Line {
    let language = from.1;
    let calendar = press.calendar(language);
    let newest = said(press, incident.newest(), language);
    let began = incident.began_at();
    Line {
        href: press.links.href(from, Place::Incident(incident.number), language),
        number: incident.number.to_string(),
        title: newest.title.clone(),
        title_lang: newest.lang.clone(),
        word: incident_word(incident),
        began: calendar.moment(began),
        ended: incident.ended_at().map(|ended| calendar.moment(ended)),
        lasted: incident.ended_at().map(|ended| calendar.range(began, ended)),
        components: incident.components.iter().map(|id| press.component(id, language)).collect(),
        newest,
    }
}

fn said(press: &Press<'_>, told: &Told, language: Language) -> Said {
    let reader = language.locale();
    let (locale, wording) = match told.wording(&reader) {
        Some((locale, wording)) => (Some(locale), Some(wording)),
        None => (None, None),
    };
    let calendar = press.calendar(language);
    Said {
        id: format!("n-{}", told.id),
        when: calendar.moment(told.at),
        word: told_word(told),
        title: wording.map(|wording| wording.title.clone()).unwrap_or_default(),
        lang: locale.filter(|locale| **locale != reader).map(ToString::to_string),
        html: wording.map(|wording| body::html(&wording.markdown)).unwrap_or_default(),
        next_update: told.next_update_at.map(|at| calendar.moment(at)),
    }
}

/// The word for how something stands; the templates say it and give it a shape.
fn health_word(health: Health) -> &'static str {
    match health.impact {
        Impact::Minor | Impact::Major | Impact::Critical if health.recovers => "recovers",
        impact => impact.as_str(),
    }
}

fn told_word(told: &Told) -> &'static str {
    match told.status {
        Some(status) => status.as_str(),
        None if told.is_statement => "statement",
        None => "notice",
    }
}

fn incident_word(incident: &PublicIncident) -> &'static str {
    match incident.status() {
        Some(Status::Resolved) => Status::Resolved.as_str(),
        _ if !incident.is_open() => "closed",
        Some(status) => status.as_str(),
        None => told_word(incident.newest()),
    }
}
