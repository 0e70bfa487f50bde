//! The press: sets everything that the public may know as pages, feed and shapes, in every language.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::links::{Links, Place};
use super::moment::Calendar;
use super::{pages, shapes};
use crate::app::{Public, PublicIncident};
use crate::incident::IncidentNumber;
use crate::server::views::{Error, Language, Views};
use crate::settings::Settings;

/// Scanners and robots have no business with other people's links.
const ROBOTS: &str = "User-agent: *\nDisallow: /unsubscribe/\n";

/// What prints: templates, words, and what the settings say of the page.
pub(super) struct Press<'a> {
    pub(super) views: &'a Views,
    pub(super) settings: &'a Settings,
    pub(super) links: Links,
}

/// Something printed, with where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) place: Place,
    /// None where every reader gets the same.
    pub(super) language: Option<Language>,
    pub(super) kind: Kind,
    pub(super) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    Atom,
    Json,
    Css,
    Text,
}

impl Press<'_> {
    /// A component as customers know it.
    pub(super) fn component(&self, id: &str, language: Language) -> String {
        self.settings.page.component(id, &language.locale()).to_owned()
    }

    /// Fills in a template: the user's own, or the shipped one where that does not fit this version, so that customers never find no page.
    pub(super) fn fill(&self, template: &str, language: Language, data: &impl Serialize) -> Result<String, Error> {
        let own = self.views.render(template, language, data);
        own.or_else(|_| self.views.render_shipped(template, language, data))
    }

    /// Everything but the pages of incidents that the caller still has.
    pub(super) fn print(&self, public: &Public, is_kept: impl Fn(IncidentNumber) -> bool) -> Result<Vec<Sheet>, Error> {
        let mut sheets = vec![self.style(), sheet(Place::Robots, None, Kind::Text, ROBOTS.to_owned())];
        for language in Language::ALL {
            for incident in public.incidents().filter(|incident| !is_kept(incident.number)) {
                sheets.push(self.incident(incident, language)?);
            }
            for (shape, json) in shapes::all(self, public, language) {
                sheets.push(sheet(Place::Api(shape), Some(language), Kind::Json, json));
            }
            let feed = legal_in_xml(&pages::feed(self, public, language)?);
            sheets.push(sheet(Place::Feed, Some(language), Kind::Atom, feed));
            let history = pages::history(self, public, language)?;
            sheets.push(sheet(Place::History, Some(language), Kind::Html, history));
            sheets.push(sheet(Place::Missing, Some(language), Kind::Html, pages::missing(self, language)?));
            sheets.push(sheet(Place::Home, Some(language), Kind::Html, pages::home(self, public, language)?));
        }
        Ok(sheets)
    }

    fn incident(&self, incident: &PublicIncident, language: Language) -> Result<Sheet, Error> {
        let page = pages::incident(self, incident, language)?;
        Ok(sheet(Place::Incident(incident.number), Some(language), Kind::Html, page))
    }

    fn style(&self) -> Sheet {
        sheet(Place::Style, None, Kind::Css, self.style_text().to_owned())
    }

    fn style_text(&self) -> &str {
        self.views.asset("page.css").unwrap_or_default()
    }

    /// The style sheet's version, so that browsers may keep it for as long as it is the same.
    pub(super) fn style_version(&self) -> String {
        fingerprint(self.style_text(), 8)
    }

    /// What the page is called.
    pub(super) fn name(&self, language: Language) -> String {
        match self.settings.page.title.trim() {
            "" => self.views.say("page.name", language),
            title => title.to_owned(),
        }
    }

    pub(super) fn calendar(&self, language: Language) -> Calendar {
        Calendar { language, zone: self.settings.timezone }
    }
}

fn sheet(place: Place, language: Option<Language>, kind: Kind, text: String) -> Sheet {
    Sheet { place, language, kind, text }
}

/// The beginning of a text's SHA-256, in hexadecimal.
pub(super) fn fingerprint(text: &str, length: usize) -> String {
    let digits: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    digits[..length.min(digits.len())].to_owned()
}

/// Without the characters that XML 1.0 knows no way to write.
fn legal_in_xml(text: &str) -> String {
    let is_legal = |c: &char| matches!(c, '\t' | '\n' | '\r') || (*c >= ' ' && !matches!(c, '\u{FFFE}' | '\u{FFFF}'));
    text.chars().filter(is_legal).collect()
}
