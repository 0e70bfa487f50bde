//! What pages are made of: a face's templates and its own words, filled in for one reader.

mod forms;
mod language;
mod moments;
mod words;

use std::collections::BTreeMap;

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason};
use serde::Serialize;

pub(crate) use language::Language;
use words::Words;

use crate::clock::Clock;
use crate::library;
use crate::settings::Settings;

/// What a template's file name ends in: HTML is escaped, as is XML.
const SUFFIXES: [&str; 2] = [".html.hbs", ".atom.hbs"];

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Library(#[from] library::Error),
    #[error("failed to read the words in `{file}`: {reason}")]
    Words { file: String, reason: String },
    #[error("failed to read the template `{name}`")]
    Template { name: String, source: Box<handlebars::TemplateError> },
    #[error("failed to fill in the template `{name}`: {source}")]
    Render { name: String, source: Box<handlebars::RenderError> },
}

/// Templates by the language whose words they say.
type Registries = Vec<(Language, Handlebars<'static>)>;

/// The templates of one face in every language Muster speaks; what else lies beside them is served as it is.
#[derive(Debug)]
pub(crate) struct Views {
    shipped: Registries,
    /// The user's over the shipped ones, where the user has any.
    own: Option<Registries>,
    words: Words,
    assets: BTreeMap<String, String>,
}

impl Views {
    /// Reads a face's templates: `console` or `page`, the user's before the embedded ones.
    pub(crate) fn load(settings: &Settings, clock: &Clock, face: &str) -> Result<Self, Error> {
        let [shipped, own] = library::face(settings, face)?;
        let has_own = own.keys().any(|name| stem(name).is_some());
        let mut files = shipped.clone();
        files.extend(own);
        let words = words(settings, face)?;
        let assets: BTreeMap<_, _> = files
            .iter()
            .filter(|(name, _)| !name.ends_with(".hbs"))
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect();
        let read = |files: &BTreeMap<String, String>| -> Result<Registries, Error> {
            let registry = |language: Language| {
                let words = words.of(language);
                let mut registry = Handlebars::new();
                registry.set_strict_mode(true);
                registry.register_helper("t", Box::new(words.clone()));
                moments::register(&mut registry, &words, clock, settings.timezone);
                registry.register_helper("md", Box::new(markdown));
                registry.register_helper("asset", Box::new(forms::Addresses::of(&assets)));
                registry.register_helper("kept", Box::new(forms::kept));
                registry.register_helper("reopened", Box::new(forms::reopened));
                for (name, text) in files {
                    let Some(stem) = stem(name) else { continue };
                    let wrong = |source| Error::Template { name: name.clone(), source: Box::new(source) };
                    registry.register_template_string(stem, words.closed_up(text)).map_err(wrong)?;
                }
                Ok((language, registry))
            };
            Language::ALL.into_iter().map(registry).collect()
        };
        let own = if has_own { Some(read(&files)?) } else { None };
        Ok(Self { shipped: read(&shipped)?, own, words, assets })
    }

    /// Fills in a template for a reader of this language: the user's own where there is one.
    pub(crate) fn render(&self, template: &str, language: Language, data: &impl Serialize) -> Result<String, Error> {
        fill(self.own.as_ref().unwrap_or(&self.shipped), template, language, data)
    }

    /// The same from what comes with Muster, for where the user's own was written for another version of it.
    pub(crate) fn render_shipped(
        &self,
        template: &str,
        language: Language,
        data: &impl Serialize,
    ) -> Result<String, Error> {
        fill(&self.shipped, template, language, data)
    }

    /// What a key says outside any template; the key itself where no words are known.
    pub(crate) fn say(&self, key: &str, language: Language) -> String {
        self.words.of(language).say(key, &[]).unwrap_or_else(|| key.to_owned())
    }

    /// A file that is served as it is: a style sheet, a script.
    pub(crate) fn asset(&self, name: &str) -> Option<&str> {
        self.assets.get(name).map(String::as_str)
    }

    /// Whether this is the version of an asset that pages name now: then it may be kept for good.
    pub(crate) fn is_current(&self, name: &str, version: &str) -> bool {
        self.asset(name).is_some_and(|text| forms::version(text) == version)
    }
}

/// What a template is called; none for a file of another kind.
fn stem(name: &str) -> Option<&str> {
    SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix))
}

fn fill(registries: &Registries, template: &str, language: Language, data: &impl Serialize) -> Result<String, Error> {
    let wrong = |source| Error::Render { name: template.to_owned(), source: Box::new(source) };
    let found = registries.iter().find(|(known, _)| *known == language).or(registries.first());
    found.map_or(Ok(String::new()), |(_, registry)| registry.render(template, data).map_err(wrong))
}

/// What a face says, and what all faces do: the user's words before the shipped ones.
fn words(settings: &Settings, face: &str) -> Result<Words, Error> {
    let [shared, own_shared] = library::face(settings, "words")?;
    let [shipped, own] = library::face(settings, &format!("{face}/words"))?;
    Ok(Words::read(shared.iter().chain(&shipped))?.under(Words::read(own_shared.iter().chain(&own))?))
}

/// `{{md text}}`: Markdown as HTML, without the HTML that may stand in it.
fn markdown(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let text = helper.param(0).and_then(|param| param.value().as_str()).unwrap_or_default();
    let mut options = comrak::Options::default();
    options.extension.autolink = true;
    options.render.hardbreaks = true;
    Ok(out.write(&comrak::markdown_to_html(text, &options))?)
}

fn missing(helper: &'static str, index: usize) -> RenderErrorReason {
    RenderErrorReason::ParamNotFoundForIndex(helper, index)
}

#[cfg(test)]
mod tests;
