//! `[page]` of `muster.toml`: what customers find at its top, and what they call the components.

use indexmap::IndexMap;

use super::address;
use super::read::locale;
use super::reader::{Reader, Section};
use crate::locale::{Locale, Text};

/// The public page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub title: String,
    pub url: Option<String>,
    /// How customers reach the team, as notices print it.
    pub contact: Option<String>,
    /// What customers call the runbooks' components, by their ids.
    pub components: IndexMap<String, Text>,
}

impl Page {
    /// A component as customers know it; its id where the settings have no name for it.
    pub fn component<'a>(&'a self, id: &'a str, reader: &Locale) -> &'a str {
        self.components.get(id).map_or(id, |name| name.get(reader))
    }
}

/// Reads the section; names in one language are in the installation's.
pub(super) fn page<'i>(reader: &mut Reader<'i>, root: &Section<'_, 'i>, own: &Locale) -> Page {
    let Some((table, span)) = reader.table(root, "page") else { return Page::default() };
    let section = reader.section("page", span, table, &["title", "url", "contact", "components"]);
    Page {
        title: reader.text(&section, "title").map(|written| written.value).unwrap_or_default(),
        url: reader
            .parsed(&section, "url", |written| address::endpoint(written, "url"))
            .map(|url| url.trim_end_matches('/').to_owned()),
        contact: reader.text(&section, "contact").map(|written| written.value),
        components: components(reader, &section, own),
    }
}

fn components<'i>(reader: &mut Reader<'i>, page: &Section<'_, 'i>, own: &Locale) -> IndexMap<String, Text> {
    let Some(section) = names(reader, page, "components") else { return IndexMap::new() };
    let mut components = IndexMap::new();
    for id in section.keys() {
        let is_table = section.get(id).is_some_and(|value| value.get_ref().is_table());
        let name = match is_table {
            true => in_languages(reader, &section, id),
            false => reader.text(&section, id).map(|written| Text::new(own.clone(), written.value)),
        };
        components.extend(name.map(|name| (id.to_owned(), name)));
    }
    components
}

/// `{ en = "…", zh-Hans = "…" }`
fn in_languages<'i>(reader: &mut Reader<'i>, components: &Section<'_, 'i>, id: &str) -> Option<Text> {
    let section = names(reader, components, id)?;
    let mut name = Text::default();
    for language in section.keys() {
        match locale(language) {
            Ok(locale) => {
                if let Some(written) = reader.text(&section, language) {
                    name.set(locale, written.value);
                }
            }
            Err(refused) => reader.refuse(section.span_of(language), refused),
        }
    }
    Some(name)
}

/// A table whose keys are names of the operator's own.
fn names<'t, 'i>(reader: &mut Reader<'i>, section: &Section<'t, 'i>, key: &str) -> Option<Section<'t, 'i>> {
    let (table, span) = reader.table(section, key)?;
    let known: Vec<&str> = table.keys().map(|key| key.get_ref().as_ref()).collect();
    Some(reader.section(section.path(key), span, table, &known))
}
