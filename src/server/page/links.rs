//! Where everything of the page stands, and how one place links to another: on the listener and among files.

use crate::incident::IncidentNumber;
use crate::server::views::Language;

/// A place of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Home,
    History,
    Incident(IncidentNumber),
    Feed,
    /// A shape of the Statuspage interface, such as `incidents/unresolved`.
    Api(&'static str),
    Style,
    Robots,
    /// Whatever is not there; it may be asked for at any depth.
    Missing,
    Unsubscribe,
}

impl Place {
    /// Its path on the listener, without the slash that all begin with.
    pub(super) fn path(self) -> String {
        match self {
            Self::Home => String::new(),
            Self::History => "history".to_owned(),
            Self::Incident(number) => format!("incidents/{number}"),
            Self::Feed => "feed.atom".to_owned(),
            Self::Api(shape) => format!("api/v2/{shape}.json"),
            Self::Style => "page.css".to_owned(),
            Self::Robots => "robots.txt".to_owned(),
            Self::Missing => "404.html".to_owned(),
            Self::Unsubscribe => "unsubscribe/".to_owned(),
        }
    }

    /// Its file: pages become folders, so that a host of files finds them under the same path.
    fn file(self) -> String {
        match self {
            Self::Home => "index.html".to_owned(),
            Self::History | Self::Incident(_) => format!("{}/index.html", self.path()),
            Self::Feed | Self::Api(_) | Self::Style | Self::Robots | Self::Missing | Self::Unsubscribe => self.path(),
        }
    }

    /// Whether it says the same in every language.
    fn has_no_language(self) -> bool {
        matches!(self, Self::Style | Self::Robots)
    }
}

/// How places are linked.
#[derive(Debug, Clone)]
pub(super) struct Links {
    pub(super) medium: Medium,
    /// Where the page stands in the world, without a slash at its end.
    url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    /// The listener: the language stands in the query.
    Listener,
    /// Files: this language stands at the top, every other in a folder of its own.
    Files { home: Language },
}

impl Links {
    pub(super) fn new(medium: Medium, url: Option<&str>) -> Self {
        Self { medium, url: url.map(|url| url.trim_end_matches('/').to_owned()) }
    }

    /// A link from a place to another, relative, so that it holds wherever the page stands.
    pub(super) fn href(&self, from: (Place, Language), to: Place, language: Language) -> String {
        let up = match from.0 {
            Place::Missing => self.base(),
            place => match self.target(place, from.1).split('?').next().unwrap_or_default().matches('/').count() {
                0 => "./".to_owned(),
                depth => "../".repeat(depth),
            },
        };
        format!("{up}{}", self.target(to, language))
    }

    /// A place's address in the world; none where the settings name none.
    pub(super) fn absolute(&self, to: Place, language: Language) -> Option<String> {
        self.url.as_ref().map(|url| format!("{url}/{}", self.target(to, language)))
    }

    /// The name of a place's file below the folder.
    pub(super) fn file(home: Language, place: Place, language: Option<Language>) -> String {
        match language {
            Some(language) if language != home => format!("{}/{}", language.as_str(), place.file()),
            Some(_) | None => place.file(),
        }
    }

    fn target(&self, place: Place, language: Language) -> String {
        match self.medium {
            Medium::Files { home } => Self::file(home, place, Some(language).filter(|_| !place.has_no_language())),
            Medium::Listener if place.has_no_language() => place.path(),
            Medium::Listener => format!("{}?lang={}", place.path(), language.as_str()),
        }
    }

    /// The path of the page's top, for what may be shown at any depth.
    fn base(&self) -> String {
        let path = self.url.as_deref().and_then(|url| url.split_once("://")).and_then(|(_, rest)| rest.split_once('/'));
        path.map_or_else(|| "/".to_owned(), |(_, path)| format!("/{path}/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{Chinese, English};

    const INCIDENT: Place = Place::Incident(IncidentNumber(7));

    #[test]
    fn links_hold_wherever_the_page_stands() {
        let listener = Links::new(Medium::Listener, Some("https://example.com/status/"));
        let files = Links::new(Medium::Files { home: English }, Some("https://example.com/status"));
        for (from, to, live, file) in [
            ((Place::Home, English), (INCIDENT, English), "./incidents/INC-7?lang=en", "./incidents/INC-7/index.html"),
            ((INCIDENT, English), (Place::Home, Chinese), "../?lang=zh-Hans", "../../zh-Hans/index.html"),
            ((INCIDENT, Chinese), (Place::Style, Chinese), "../page.css", "../../../page.css"),
            (
                (Place::History, Chinese),
                (INCIDENT, English),
                "./incidents/INC-7?lang=en",
                "../../incidents/INC-7/index.html",
            ),
            ((Place::Missing, English), (Place::Home, English), "/status/?lang=en", "/status/index.html"),
        ] {
            assert_eq!(listener.href(from, to.0, to.1), live, "{from:?} to {to:?}");
            assert_eq!(files.href(from, to.0, to.1), file, "{from:?} to {to:?}");
        }
        assert_eq!(
            files.absolute(INCIDENT, Chinese).as_deref(),
            Some("https://example.com/status/zh-Hans/incidents/INC-7/index.html")
        );
        assert_eq!(Links::new(Medium::Listener, None).absolute(INCIDENT, Chinese), None);
        let nowhere = Links::new(Medium::Listener, None);
        assert_eq!(nowhere.href((Place::Missing, English), Place::Style, English), "/page.css");
    }
}
